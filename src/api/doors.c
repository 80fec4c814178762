/* The doors of a device: what may be done to one of them. */
#include "api/call.h"
#include "api/command_queue.h"
#include "api/door_list.h"
#include "base/number.h"

bool door_path_read(struct call *c, gh_slice *sn, int64_t *number)
{
	gh_slice door = call_path(c, PATH_door);
	const uint8_t *colon;
	uint64_t n;

	if (door.n == 0) {
		*sn = call_path(c, PATH_sn);
		return call_number(c, PATH_n, number);
	}
	colon = memrchr(door.p, ':', door.n);
	*sn = (gh_slice){ door.p, colon ? (size_t)(colon - door.p) : 0 };
	/* One name a door: what is decided about it is stored by it. */
	if (sn->n == 0 || ghi_number_parse(gh_slice_from(door, sn->n + 1), UINT16_MAX, &n) ||
	    door.p[sn->n + 1] == '0') {
		call_fail(c, ERROR_not_found,
			  "A door is SN:NUMBER, as /api/doors names it, not \"%.*s\".",
			  GH_FMT(door));
		return false;
	}
	*number = (int64_t)n;
	return true;
}

/* As a body of POST /api/commands: the path names the device and the door. */
static void door_command(struct call *c, gh_slice type)
{
	struct body *order = ghi_arena_alloc(call_arena(c), sizeof(*order));
	struct body *part =
		ghi_arena_alloc(call_arena(c), (2 + c->body->parts) * sizeof(*part));
	int64_t door;
	gh_slice sn;

	if (order == NULL || part == NULL) {
		call_fail_err(c, GH_ENOMEM);
		return;
	}
	if (!door_path_read(c, &sn, &door))
		return;
	part[0] = (struct body){ .name = GH_LIT("deviceSerial"), .kind = BODY_TEXT, .s = sn };
	part[1] = (struct body){ .name = GH_LIT("door"), .kind = BODY_INT, .i = door };
	for (size_t i = 0; i < c->body->parts; i++)
		part[2 + i] = c->body->part[i];
	*order =
		(struct body){ .kind = BODY_OBJECT, .part = part, .parts = 2 + c->body->parts };
	call_queue_command(c, order, type);
}

void handle_door_open(struct call *c)
{
	door_command(c, GH_LIT("unlock"));
}

void handle_door_close(struct call *c)
{
	door_command(c, GH_LIT("close_door"));
}

void handle_door_lock(struct call *c)
{
	door_command(c, GH_LIT("lock_door"));
}

void handle_door_hold_open(struct call *c)
{
	door_command(c, GH_LIT("hold_open"));
}

/* Who gives it seconds means to open the door. */
void handle_door_unlock(struct call *c)
{
	if (body_find(c->body, GH_LIT("seconds"))) {
		call_fail_field(c, ERROR_unlock_opens_nothing, "seconds",
				"cannot be given: unlock ends a lock, and opens nothing");
		return;
	}
	door_command(c, GH_LIT("unlock_door"));
}

void handle_door_cancel_alarm(struct call *c)
{
	door_command(c, GH_LIT("cancel_alarm"));
}

/* The doors of a device: what may be done to one of them. */
#include "api/call.h"
#include "api/command_queue.h"

/* As a body of POST /api/commands: the path names the device and the door. */
static void door_command(struct call *c, gh_slice type)
{
	struct body *order = ghi_arena_alloc(call_arena(c), sizeof(*order));
	struct body *part =
		ghi_arena_alloc(call_arena(c), (2 + c->body->parts) * sizeof(*part));
	int64_t door;

	if (order == NULL || part == NULL) {
		call_fail_err(c, GH_ENOMEM);
		return;
	}
	if (!call_number(c, PATH_n, &door))
		return;
	part[0] = (struct body){ .name = GH_LIT("deviceSerial"),
				 .kind = BODY_TEXT,
				 .s = call_path(c, PATH_sn) };
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

/* CONTROL DEVICE AABBCCDD[EE]: hexadecimal bytes (Security PUSH 3.1.2, 9.4). */
#include "base/hex.h"
#include "model/access_event.h"
#include "sim/access/command.h"
#include "sim/access/door.h"
#include "sim/access/floors.h"

#include <stdio.h>

enum {
	EVENT_ALARM_CANCELLED = 7,
	EVENT_REMOTE_OPEN = 8,
	EVENT_REMOTE_CLOSE = 9,
	EVENT_NORMAL_OFF = 10,
	EVENT_NORMAL_ON = 11,
	EVENT_AUX_ON = 12,
	EVENT_AUX_OFF = 13,
	EVENT_ELEVATOR_RESTORED = 132,
	EVENT_HELD_OPEN = 205,
	EVENT_ALL_OPEN = 227,
	EVENT_ALL_CLOSED = 228,
	EVENT_LOCKED = 233,
	EVENT_UNLOCKED = 234,
};

enum { HOLD = 0xFF, LOCK = 1, AUX = 2, BYTES = 40 };

struct control {
	struct unit *u;
	struct panel *p;
	uint8_t byte[BYTES];
	size_t n;
	const struct unit_command *c;
};

typedef int64_t control_fn(struct control *k, unsigned door);

static void control_event(struct control *k, int32_t code, unsigned address)
{
	struct panel_event e = panel_event_of(k->p, code, (int32_t)address);

	panel_event_make(k->p, &e);
}

/* A function for a door, or for all where its number is 0. */
static int64_t control_doors(struct control *k, control_fn *run)
{
	unsigned door = k->byte[1];
	int64_t code = UNIT_OK;

	if (door > k->p->persona->doors)
		return UNIT_PARAMETER;
	for (unsigned n = door ? door : 1; n <= (door ? door : k->p->persona->doors); n++) {
		int64_t one = run(k, n);

		if (one)
			code = one;
	}
	return code;
}

static int64_t control_lock(struct control *k, unsigned door)
{
	uint8_t seconds = k->byte[3];

	if (seconds == 0) {
		panel_lock_close(k->p, door);
		k->p->door[door - 1].first_until_s = PANEL_NEVER;
		k->p->door[door - 1].normal_open = false;
		control_event(k, EVENT_REMOTE_CLOSE, door);
		return UNIT_OK;
	}
	if (k->p->door[door - 1].normal_open)
		return UNIT_OPEN_PERIOD;
	panel_lock_release(k->p, door, seconds == HOLD ? 0 : seconds);
	control_event(k, seconds == HOLD ? EVENT_HELD_OPEN : EVENT_REMOTE_OPEN, door);
	return UNIT_OK;
}

static int64_t control_output(struct control *k)
{
	if (k->byte[2] == LOCK) {
		if (k->byte[3] == 0 && k->p->persona->quirk & ACC_NO_CLOSE)
			return UNIT_NO_COMMAND;
		return control_doors(k, control_lock);
	}
	if (k->byte[2] != AUX || k->byte[1] == 0 || k->byte[1] > k->p->persona->aux_out)
		return UNIT_PARAMETER;
	panel_aux_output(k->p, k->byte[1], k->byte[3]);
	control_event(k, k->byte[3] ? EVENT_AUX_ON : EVENT_AUX_OFF, k->byte[1]);
	return UNIT_OK;
}

static int64_t control_cancel_alarm(struct control *k, unsigned door)
{
	struct panel_event e = panel_event_of(k->p, EVENT_ALARM_CANCELLED, (int32_t)door);

	k->p->door[door - 1].alarms = 0;
	/* The gate names what it was about (7.13). */
	if (k->p->persona->quirk & ACC_CHANNEL)
		e.alarm_type = ACCESS_ALARM_ENDED;
	panel_event_make(k->p, &e);
	return UNIT_OK;
}

static int64_t control_normal_open(struct control *k, unsigned door)
{
	k->p->door[door - 1].normal_off_day =
		k->byte[2] ? PANEL_NEVER : panel_moment_of(k->p->now_s).days;
	control_event(k, k->byte[2] ? EVENT_NORMAL_ON : EVENT_NORMAL_OFF, door);
	return UNIT_OK;
}

static int64_t control_locking(struct control *k, unsigned door)
{
	k->p->door[door - 1].locked = k->byte[2];
	control_event(k, k->byte[2] ? EVENT_LOCKED : EVENT_UNLOCKED, door);
	return UNIT_OK;
}

static int64_t control_emergency(struct control *k)
{
	if (k->byte[1] != 1 && k->byte[1] != 2)
		return UNIT_PARAMETER;
	for (unsigned n = 1; n <= k->p->persona->doors; n++) {
		if (k->byte[1] == 1)
			panel_lock_release(k->p, n, 0);
		else
			panel_lock_close(k->p, n);
		control_event(k, k->byte[1] == 1 ? EVENT_ALL_OPEN : EVENT_ALL_CLOSED, n);
	}
	return UNIT_OK;
}

/* A card's bits as the reader sees them, until the test is stopped. */
static int64_t control_wiegand_test(struct control *k)
{
	char body[128];

	if (k->byte[1] == 2)
		return UNIT_OK;
	snprintf(body, sizeof(body),
		 "type=wg\tbitscount=26\tbits=01101000111101001010110010\tsn=%s", k->u->sn);
	acc_outbox_add(&k->u->outbox, ACC_POST_UPLOAD, "cdata", "&table=testdata",
		       gh_slice_of(body));
	return UNIT_OK;
}

static int64_t control_gate(struct control *k)
{
	struct unit *u = k->u;
	uint8_t which = k->byte[1];

	if (which < 1 || which > 4)
		return UNIT_PARAMETER;
	if (which == 1 || which == 4)
		u->gate_out = 0;
	if (which == 2 || which == 4)
		u->gate_in = 0;
	if (which == 3 || which == 4)
		u->gate_alarms = 0;
	unit_gate_upload(u);
	return UNIT_OK;
}

/* AA, 32 bytes of floors, CC (which some senders leave out), DD, and EE (A58). */
static int64_t control_elevator(struct control *k)
{
	enum {
		FLOORS_AT = 1,
		FLOOR_BYTES = PANEL_FLOORS / 8,
		SHORT = FLOORS_AT + FLOOR_BYTES + 1
	};

	if (k->n < SHORT)
		return UNIT_PARAMETER;
	return panel_floors_order(k->p, k->byte + FLOORS_AT,
				  k->byte[k->n == SHORT ? SHORT - 1 : SHORT],
				  k->byte[0] == 0x12)
		       ? UNIT_NOT_SAVED
		       : UNIT_OK;
}

/* The position of AccSupportFunList that a verb needs; -1: none. */
static int control_needs(uint8_t verb)
{
	static const struct {
		uint8_t verb;
		int8_t bit;
	} needs[] = { { 0x06, 2 },  { 0x07, 3 },  { 0x09, 10 }, { 0x0A, 13 }, { 0x0B, 25 },
		      { 0x0C, 30 }, { 0x0F, 54 }, { 0x11, 56 }, { 0x12, 56 } };

	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		if (needs[i].verb == verb)
			return needs[i].bit;
	return -1;
}

static int64_t control_run(struct control *k)
{
	int needs = control_needs(k->byte[0]);

	if (needs >= 0 && !acc_persona_can(k->p->persona, (unsigned)needs))
		return UNIT_UNSUPPORTED;
	switch (k->byte[0]) {
	case 0x01:
		return control_output(k);
	case 0x02:
		return control_doors(k, control_cancel_alarm);
	case 0x03:
		/* Who is where stands in memory, and goes (a choice, which has been seen on no device). */
		g_hash_table_remove_all(k->p->passages);
		if (k->u->serving)
			panel_boot(k->p);
		else
			k->u->reboot = k->byte[1] == 0;
		return UNIT_OK;
	case 0x04:
		return control_doors(k, control_normal_open);
	case 0x06:
		return control_doors(k, control_locking);
	case 0x07:
		return control_emergency(k);
	case 0x09:
		return control_wiegand_test(k);
	case 0x05:
	case 0x0A:
	case 0x0C:
	case 0x0D:
	case 0x0E:
		return UNIT_OK;
	case 0x08:
	case 0x0B:
		return k->byte[1] >= 1 && k->byte[1] <= 4 ? UNIT_OK : UNIT_PARAMETER;
	case 0x0F:
		control_event(k, EVENT_ELEVATOR_RESTORED, 0);
		return UNIT_OK;
	case 0x10:
		return k->p->persona->quirk & ACC_CHANNEL ? control_gate(k) : UNIT_UNSUPPORTED;
	case 0x11:
	case 0x12:
		return control_elevator(k);
	default:
		return UNIT_UNSUPPORTED;
	}
}

void unit_command_control(struct unit *u, const struct unit_command *c)
{
	enum { SHORTEST = 4 };
	struct control k = { .u = u, .p = &u->panel, .c = c };
	int64_t code;

	for (size_t i = 0; i + 1 < c->args.n && k.n < BYTES; i += 2) {
		int byte = ghi_hex_byte(c->args.p + i);

		if (byte < 0)
			break;
		k.byte[k.n++] = (uint8_t)byte;
	}
	if (k.n < SHORTEST || k.n * 2 != c->args.n) {
		unit_answer(u, c, UNIT_PARAMETER, "");
		return;
	}
	code = control_run(&k);
	if (code == UNIT_OK && u->persona->quirk & ACC_RETURN_ONE)
		code = 1;
	unit_answer(u, c, code, "");
}

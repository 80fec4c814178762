#include "sim/access/door.h"

#include "model/access_event.h"
#include "sim/access/group.h"
#include "sim/access/linkage.h"
#include "sim/access/rights.h"
#include "sim/prng.h"

enum {
	EVENT_FACTORS_LATE = 75,
	EVENT_OPEN_LONG = 28,
	EVENT_BUTTON_CLOSED_ZONE = 64,
	EVENT_INPUT_CLOSED_ZONE = 65,
	EVENT_TAMPER = 100,
	EVENT_FORCED = 102,
	EVENT_OPENED = 200,
	EVENT_CLOSED = 201,
	EVENT_BUTTON = 202,
	EVENT_NORMAL_OPEN_ENDS = 204,
	EVENT_STARTED = 206,
	EVENT_BUTTON_LOCKED = 209,
	EVENT_INPUT_OPEN = 220,
	EVENT_INPUT_SHORT = 221,
	EVENT_INPUT_NORMAL = 225,
	EVENT_INPUT_TRIGGERED = 226,
	EVENT_OUTPUT_TIMED_ON = 229,
	EVENT_OUTPUT_TIMED_OFF = 230,
	EVENT_PASSED = 4001,
	EVENT_MEMORY_FULL = 6005,
};

/* OutType and ActionType of outrelaysetting (Security PUSH 3.1.2, 9.1.1). */
enum { OUT_LOCK, OUT_AUX };
enum { ACTION_NONE, ACTION_OPEN, ACTION_CLOSED };

enum { DRIVE_S = 5, DETECTOR_S = 15, FACTORS_S = 10, MINUTE_S = 60, DAY_S = 86400 };

struct panel_event panel_event_of(const struct panel *p, int32_t code, int32_t address)
{
	return (struct panel_event){ .at_s = p->now_s,
				     .event = code,
				     .address = address,
				     .direction = 2,
				     .verify = PANEL_VERIFY_NONE,
				     .pin = "0" };
}

void panel_event_make(struct panel *p, const struct panel_event *e)
{
	struct panel_event made = *e;
	uint32_t step = 1;

	made.at_s += p->skew_s;
	if (p->persona->quirk & ACC_INDEX_GAPS)
		step += (uint32_t)(sim_hash(p->seed, p->ring.next, 'I') % 3);
	p->ring.index += step;
	if (!(p->persona->quirk & ACC_INDEX_ZERO))
		made.index = p->ring.index;
	if (panel_ring_add(&p->ring, &made))
		return;
	if (p->observer)
		p->observer(p->observer_ctx, &made);
	panel_linkage_trigger(p, &made);
	/* Gates report once that nine tenths are full (11.19). */
	if (p->persona->quirk & ACC_CHANNEL &&
	    p->ring.next - p->ring.first == p->ring.capacity / 10 * 9) {
		struct panel_event full = panel_event_of(p, EVENT_MEMORY_FULL, 0);

		panel_event_make(p, &full);
	}
}

/* An event at a door, of no person. */
static void door_event(struct panel *p, int32_t code, unsigned door)
{
	struct panel_event e = panel_event_of(p, code, (int32_t)door);

	panel_event_make(p, &e);
}

/* An alarm ended by itself: gates report the event of it once more (7.13). */
static void door_alarm_end(struct panel *p, int32_t code, unsigned door, uint8_t alarm)
{
	struct panel_event e = panel_event_of(p, code, (int32_t)door);

	if (!(p->door[door - 1].alarms & alarm))
		return;
	p->door[door - 1].alarms &= (uint8_t)~alarm;
	e.alarm_type = ACCESS_ALARM_ENDED;
	if (p->persona->quirk & ACC_CHANNEL)
		panel_event_make(p, &e);
}

/* --- the lock --- */

void panel_lock_release(struct panel *p, unsigned door, int64_t seconds)
{
	struct panel_door *d = &p->door[door - 1];

	if (seconds == 0)
		d->relay_until_s = PANEL_HOLD;
	else if (d->relay_until_s < p->now_s + seconds)
		d->relay_until_s = p->now_s + seconds;
}

void panel_lock_close(struct panel *p, unsigned door)
{
	p->door[door - 1].relay_until_s = PANEL_NEVER;
}

bool panel_lock_released(const struct panel *p, unsigned door)
{
	const struct panel_door *d = &p->door[door - 1];

	return d->normal_open || d->relay_until_s > p->now_s;
}

bool panel_door_has_sensor(const struct panel *p, unsigned door)
{
	return panel_door_number(p, door, "SensorType", p->persona->sensors ? 2 : 0) != 0;
}

bool panel_door_is_open(const struct panel *p, unsigned door)
{
	return panel_door_has_sensor(p, door) ? p->door[door - 1].open
					      : panel_lock_released(p, door);
}

/* --- the leaf --- */

void panel_leaf_open(struct panel *p, unsigned door)
{
	struct panel_door *d = &p->door[door - 1];
	bool sensor = panel_door_has_sensor(p, door);

	if (d->open)
		return;
	d->open = true;
	d->open_s = p->now_s;
	d->let_through = panel_lock_released(p, door);
	if (!sensor)
		return;
	if (d->let_through) {
		door_event(p, EVENT_OPENED, door);
		if (p->persona->quirk & ACC_CHANNEL)
			door_event(p, EVENT_PASSED, door);
	} else {
		d->alarms |= GHI_ALARM_FORCED;
		door_event(p, EVENT_FORCED, door);
	}
}

void panel_leaf_close(struct panel *p, unsigned door)
{
	struct panel_door *d = &p->door[door - 1];

	if (!d->open)
		return;
	d->open = false;
	if (!panel_door_has_sensor(p, door))
		return;
	door_alarm_end(p, EVENT_OPEN_LONG, door, GHI_ALARM_OPEN_TOO_LONG);
	if (panel_door_number(p, door, "CloseAndLock", 1) && d->relay_until_s != PANEL_HOLD)
		panel_lock_close(p, door);
	door_event(p, EVENT_CLOSED, door);
}

/* The time rule of an input (bit 8); inputs without one always count. */
static bool input_is_open(const struct panel *p, unsigned n, unsigned type)
{
	const struct panel_row *row;

	for (size_t i = 0; (row = panel_row_at(&p->tables, PANEL_INPUTIOSETTING, i)); i++)
		if (panel_number(row, "Number", 0) == n &&
		    panel_number(row, "InType", 0) == type)
			return panel_zone_open(p, panel_number(row, "TimeZoneId", 0), p->now_s);
	return true;
}

void panel_exit_button(struct panel *p, unsigned door)
{
	struct panel_door *d = &p->door[door - 1];

	if (d->locked || panel_door_number(p, door, "MaskFlag", 0) == 1 ||
	    panel_door_number(p, door, "REXInput", 1) == 0) {
		door_event(p, EVENT_BUTTON_LOCKED, door);
		return;
	}
	if (!input_is_open(p, door, 0)) {
		door_event(p, EVENT_BUTTON_CLOSED_ZONE, door);
		return;
	}
	panel_lock_release(p, door, (int64_t)panel_door_number(p, door, "Drivertime", DRIVE_S));
	door_event(p, EVENT_BUTTON, door);
}

void panel_tamper(struct panel *p, unsigned door)
{
	p->door[door - 1].alarms |= GHI_ALARM_TAMPER;
	door_event(p, EVENT_TAMPER, door);
}

/* --- inputs and outputs --- */

/* A supervised line has a resting state, whichever of the two is open (9.1.1; that these
 * events go with it has been seen on no device). */
static int32_t input_event(const struct panel *p, unsigned n, bool shorted)
{
	enum { NORMALLY_CLOSED = 2 };
	const struct panel_row *row;

	for (size_t i = 0; (row = panel_row_at(&p->tables, PANEL_AUXIN, i)); i++)
		if (panel_number(row, "ID", 0) == n && panel_number(row, "InputMode", 0) == 1) {
			bool rests_shorted =
				panel_number(row, "InputType", 0) == NORMALLY_CLOSED;

			return shorted == rests_shorted ? EVENT_INPUT_NORMAL
							: EVENT_INPUT_TRIGGERED;
		}
	return shorted ? EVENT_INPUT_SHORT : EVENT_INPUT_OPEN;
}

void panel_aux_input(struct panel *p, unsigned n, bool shorted)
{
	struct panel_event e = panel_event_of(p, input_event(p, n, shorted), (int32_t)n);

	if (n == 0 || n > p->persona->aux_in || p->aux_shorted[n - 1] == shorted)
		return;
	p->aux_shorted[n - 1] = shorted;
	if (!input_is_open(p, n, 1))
		e.event = EVENT_INPUT_CLOSED_ZONE;
	panel_event_make(p, &e);
}

void panel_aux_output(struct panel *p, unsigned n, int64_t seconds)
{
	enum { HOLD = 255 };

	if (n == 0 || n > p->persona->aux_out)
		return;
	p->aux_until_s[n - 1] = seconds == 0	  ? PANEL_NEVER
				: seconds == HOLD ? PANEL_HOLD
						  : p->now_s + seconds;
}

void panel_boot(struct panel *p)
{
	struct panel_event e;

	for (unsigned n = 1; n <= p->persona->doors; n++) {
		struct panel_door *d = &p->door[n - 1];

		d->relay_until_s = PANEL_NEVER;
		d->pending = d->group = 0;
		d->attempt_s = PANEL_NEVER;
	}
	e = panel_event_of(p, EVENT_STARTED, 0);
	panel_event_make(p, &e);
}

/* --- time --- */

/* What the time rule of an output does to it now. [I]: outside of the rule it does nothing. */
static unsigned output_action(const struct panel *p, unsigned n, unsigned type)
{
	const struct panel_row *row;

	for (size_t i = 0; (row = panel_row_at(&p->tables, PANEL_OUTRELAYSETTING, i)); i++)
		if (panel_number(row, "Num", 0) == n &&
		    panel_number(row, "OutType", 0) == type &&
		    panel_zone_open(p, panel_number(row, "TimezoneId", 0), p->now_s))
			return (unsigned)panel_number(row, "ActionType", ACTION_NONE);
	return ACTION_NONE;
}

bool panel_aux_is_on(const struct panel *p, unsigned n)
{
	if (n == 0 || n > p->persona->aux_out || output_action(p, n, OUT_AUX) == ACTION_CLOSED)
		return false;
	return p->aux_normal_open[n - 1] || p->aux_until_s[n - 1] > p->now_s;
}

static void aux_zones_follow(struct panel *p, unsigned n)
{
	bool on = output_action(p, n, OUT_AUX) == ACTION_OPEN;
	struct panel_event e = panel_event_of(
		p, on ? EVENT_OUTPUT_TIMED_ON : EVENT_OUTPUT_TIMED_OFF, (int32_t)n);

	if (on == p->aux_normal_open[n - 1])
		return;
	p->aux_normal_open[n - 1] = on;
	panel_event_make(p, &e);
}

/* Whether its zone, a scheduled output or a first card holds the door open now. */
static bool door_normal_open(const struct panel *p, unsigned door)
{
	const struct panel_door *d = &p->door[door - 1];
	uint64_t zone = panel_door_number(p, door, "KeepOpenTimeZone", 0);

	unsigned action = output_action(p, door, OUT_LOCK);

	if (d->locked || action == ACTION_CLOSED)
		return false;
	if (d->first_until_s > p->now_s || action == ACTION_OPEN)
		return true;
	return zone && d->normal_off_day != panel_moment_of(p->now_s).days &&
	       panel_door_number(p, door, "FirstCardOpenDoor", 0) != 1 &&
	       panel_zone_open(p, zone, p->now_s);
}

static void door_zones_follow(struct panel *p, unsigned door)
{
	struct panel_door *d = &p->door[door - 1];
	bool open = door_normal_open(p, door), before = d->normal_open;

	d->normal_open = open;
	if (before && !open)
		door_event(p, EVENT_NORMAL_OPEN_ENDS, door);
}

static int64_t open_long_s(const struct panel *p, unsigned door)
{
	const struct panel_door *d = &p->door[door - 1];
	int64_t limit;

	/* Settings are looked up only for a door that may be open too long: most are shut. */
	if (!d->open || !d->let_through || d->alarms & GHI_ALARM_OPEN_TOO_LONG ||
	    d->normal_open || d->relay_until_s == PANEL_HOLD || !panel_door_has_sensor(p, door))
		return PANEL_HOLD;
	limit = (int64_t)panel_door_number(p, door, "Detectortime", DETECTOR_S);
	return limit ? d->open_s + limit : PANEL_HOLD;
}

static int64_t door_due_s(const struct panel *p, unsigned door)
{
	const struct panel_door *d = &p->door[door - 1];
	int64_t due = open_long_s(p, door), at;

	if (d->relay_until_s != PANEL_NEVER && d->relay_until_s < due)
		due = d->relay_until_s;
	if (d->pending && d->pending_s + FACTORS_S < due)
		due = d->pending_s + FACTORS_S;
	at = panel_group_due_s(p, door);
	if (at < due)
		due = at;
	/* Zones begin and end with a minute. */
	at = (p->now_s / MINUTE_S + 1) * MINUTE_S;
	if ((d->normal_open || panel_door_number(p, door, "KeepOpenTimeZone", 0) ||
	     panel_row_at(&p->tables, PANEL_OUTRELAYSETTING, 0)) &&
	    at < due)
		due = at;
	return due;
}

static void door_due(struct panel *p, unsigned door)
{
	struct panel_door *d = &p->door[door - 1];

	if (d->relay_until_s != PANEL_NEVER && d->relay_until_s <= p->now_s)
		panel_lock_close(p, door);
	if (d->pending && d->pending_s + FACTORS_S <= p->now_s) {
		struct panel_event e = panel_event_of(p, EVENT_FACTORS_LATE, (int32_t)door);

		memcpy(e.pin, d->pending_pin, sizeof(e.pin));
		e.word = d->pending;
		d->pending = 0;
		panel_event_make(p, &e);
	}
	panel_group_expire(p, door);
	if (open_long_s(p, door) <= p->now_s) {
		d->alarms |= GHI_ALARM_OPEN_TOO_LONG;
		door_event(p, EVENT_OPEN_LONG, door);
	}
	door_zones_follow(p, door);
}

static void panel_midnight(struct panel *p, int64_t before_s)
{
	if (p->persona->apb_midnight && before_s / DAY_S != p->now_s / DAY_S)
		g_hash_table_remove_all(p->passages);
}

void panel_advance(struct panel *p, int64_t to_s)
{
	while (p->now_s < to_s) {
		int64_t due = to_s, before_s = p->now_s;

		for (unsigned n = 1; n <= p->persona->doors; n++) {
			int64_t at = door_due_s(p, n);

			/* What is due already happens with the next second. */
			if (at <= before_s)
				at = before_s + 1;
			if (at < due)
				due = at;
		}
		p->now_s = due;
		panel_midnight(p, before_s);
		for (unsigned n = 1; n <= p->persona->doors; n++)
			door_due(p, n);
		for (unsigned n = 0; n < p->persona->aux_out; n++) {
			if (p->aux_until_s[n] != PANEL_NEVER && p->aux_until_s[n] <= p->now_s)
				p->aux_until_s[n] = PANEL_NEVER;
			aux_zones_follow(p, n + 1);
		}
	}
}

static void moment_shift(int64_t *at_s, int64_t by_s)
{
	if (*at_s != PANEL_NEVER && *at_s != PANEL_HOLD)
		*at_s += by_s;
}

void panel_clock_shift(struct panel *p, int64_t by_s)
{
	p->now_s += by_s;
	for (int i = 0; i < PANEL_DOORS; i++) {
		struct panel_door *d = &p->door[i];

		moment_shift(&d->relay_until_s, by_s);
		moment_shift(&d->attempt_s, by_s);
		d->open_s += by_s;
		d->pending_s += by_s;
		d->group_s += by_s;
	}
	for (int i = 0; i < PANEL_AUX; i++)
		moment_shift(&p->aux_until_s[i], by_s);
}

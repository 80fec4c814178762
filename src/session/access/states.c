/* States that units send again every few seconds (Security PUSH 3.1.2, 7.3 and 7.14): they are compared with
 * what is in memory, and answered without a job of the store. */
#include "core/access/doors.h"
#include "core/access/subs.h"
#include "core/access/unit_clock.h"
#include "core/command_confirm.h"
#include "session/access/upload.h"
#include "wire/access/parameters.h"
#include "wire/access/state.h"

unsigned access_doors_of(const struct device_row *row)
{
	int64_t n = ghi_parameters_number(row->access.parameters, "LockCount", DOORS_MAX);

	return n < 1 || n > DOORS_MAX ? DOORS_MAX : (unsigned)n;
}

static void door_states_report(struct device *d, const struct ghi_door_states *s,
			       unsigned doors, int64_t now_ms)
{
	struct door_report report[DOORS_MAX];
	unsigned n = 0;

	for (unsigned door = 1; door <= doors; door++) {
		struct door_report *r = &report[door - 1];

		*r = (struct door_report){ ghi_sensor_of(s, door), ghi_relay_of(s, door),
					   ghi_alarm_of(s, door) };
		if (r->sensor >= 0 || r->relay >= 0 || r->alarms >= 0)
			n = door;
	}
	device_doors_report(d, report, n, now_ms);
}

/* Of a unit that is no sub-controller of this one nothing is shown. */
static void sub_states_report(struct exchange *x, const struct ghi_door_states *s)
{
	struct device *sub = device_sub_find(x->server->devices, x->device, s->unit);
	/* A request has many lines: its own arena would keep a copy of the row for each of them. */
	struct arena a = ghi_arena_beside(x->arena);
	struct device_row row;

	if (sub == NULL)
		return;
	device_row(sub, &a, &row);
	if (!a.failed)
		door_states_report(sub, s, access_doors_of(&row), x->now_ms);
	x->arena->failed |= a.failed;
	ghi_arena_clear(&a);
	command_confirm_relays(x->server, sub);
	device_unref(sub);
}

bool access_door_states_take(struct exchange *x, gh_slice line, unsigned doors, ghi_civil *at)
{
	struct ghi_door_states s;

	if (ghi_door_states_parse(line, &s))
		return false;
	if (s.unit.n && !gh_slice_eq(s.unit, x->sn)) {
		sub_states_report(x, &s);
		return true;
	}
	door_states_report(x->device, &s, doors, x->now_ms);
	command_confirm_relays(x->server, x->device);
	if (at)
		*at = s.time;
	return true;
}

static bool gate_state_take(struct exchange *x, gh_slice line)
{
	struct ghi_gate_state s;

	if (ghi_gate_state_parse(line, &s))
		return false;
	device_gate_report(x->device,
			   &(struct unit_state){ .gate_state = s.state,
						 .gate_in = s.in,
						 .gate_out = s.out,
						 .gate_alarms = s.alarms,
						 .gate_runs = s.runs },
			   x->now_ms);
	return true;
}

bool access_states_upload(struct exchange *x, gh_slice table)
{
	bool gate = gh_slice_ieq(table, GH_LIT("irstate"));
	struct ghi_lines lines = ghi_lines_of(x->body);
	struct device_row row;
	ghi_civil at = GHI_CIVIL_NONE;
	unsigned doors;
	gh_slice line;

	if (!gate && !gh_slice_ieq(table, GH_LIT("rtstate")))
		return false;
	device_row(x->device, x->arena, &row);
	doors = access_doors_of(&row);
	while (ghi_lines_next(&lines, &line))
		if (gh_slice_trim(line).n &&
		    !(gate ? gate_state_take(x, line)
			   : access_door_states_take(x, line, doors, &at)))
			return false;
	/* The last of them is the present. */
	if (!x->verdict.elsewhere)
		device_unit_clock_seen(x->server, x->device, &row, access_from(x), at, true);
	exchange_ok(x);
	return true;
}

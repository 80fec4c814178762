#include "sim/attendance/door.h"

#include "base/civil_time.h"
#include "base/number.h"
#include "sim/attendance/settings.h"

#include <stdio.h>

enum { OP_REFUSED = 2, OP_ALARM = 3, ALARM_ATTEMPT = 58, ALARM_CANCELLED = 65535 };
enum { REFUSED_ALARM = 3, COMBINATION_MS = 10000, PERIODS = 3 };

static uint64_t decimal_of(gh_slice text)
{
	uint64_t n = 0;

	return ghi_number_parse(gh_slice_trim(text), UINT32_MAX, &n) ? 0 : n;
}

/* The number at a key of a record; 0: it is none. */
static uint64_t pair_number(gh_slice pairs, const char *key)
{
	gh_slice text;

	return pair_get(pairs, key, &text) ? decimal_of(text) : 0;
}

/* The record of a table with that key; {NULL, 0}: there is none. */
static gh_slice record_of(const struct sim_device *d, enum table_id t, const char *key,
			  gh_slice value)
{
	char keys[64];
	const struct contents_record *one;

	if (value.n >= 40)
		return (gh_slice){ 0 };
	snprintf(keys, sizeof(keys), "%s=%.*s", key, GH_FMT(value));
	one = sim_contents_get(&d->contents, t, gh_slice_of(keys));
	return one ? one->pairs : (gh_slice){ 0 };
}

static gh_slice record_numbered(const struct sim_device *d, enum table_id t, const char *key,
				uint64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
	return record_of(d, t, key, gh_slice_of(text));
}

/* --- periods --- */

struct moment {
	unsigned weekday; /* 0: Sunday */
	unsigned hhmm, mmdd;
};

static struct moment moment_now(const struct sim_device *d)
{
	int64_t s = sim_device_clock_s(d);
	int64_t day = s >= 0 ? s / 86400 : (s - 86399) / 86400;
	ghi_civil c = ghi_civil_from_seconds(s);
	/* 1 January 1970 was a Thursday. */
	struct moment m = { .weekday = (unsigned)((day % 7 + 11) % 7) };

	m.hhmm = (unsigned)(c / 100 % 10000);
	m.mmdd = (unsigned)(c / 1000000 % 10000);
	return m;
}

static bool period_edge(gh_slice row, const char *const day[2], const char *edge, unsigned *out)
{
	char key[16];
	gh_slice text;

	for (size_t i = 0; i < 2 && day[i]; i++) {
		snprintf(key, sizeof(key), "%s%s", day[i], edge);
		if (pair_get(row, key, &text)) {
			*out = (unsigned)decimal_of(text);
			return true;
		}
	}
	return false;
}

static bool period_holds(const struct sim_device *d, uint64_t number, const struct moment *m)
{
	static const char *const days[7][2] = {
		{ "Sun" },	     { "Mon" }, { "Tues", "Tue" }, { "Wed" },
		{ "Thurs", "Thur" }, { "Fri" }, { "Sat" }
	};
	gh_slice row = number ? record_numbered(d, TABLE_ACC_TIME_ZONE, "UID", number)
			      : (gh_slice){ 0 };
	unsigned start, end;

	if (row.p == NULL)
		return number == 1;
	return period_edge(row, days[m->weekday], "Start", &start) &&
	       period_edge(row, days[m->weekday], "End", &end) && m->hhmm >= start &&
	       m->hhmm <= end;
}

/* The period of today's holiday; 0: it is none. */
static uint64_t holiday_period(const struct sim_device *d, const struct moment *m)
{
	const struct contents_record *one;

	for (size_t i = 0; (one = sim_contents_at(&d->contents, i)); i++)
		if (!one->gone && one->table == TABLE_ACC_HOLIDAY &&
		    m->mmdd >= pair_number(one->pairs, "StartDate") &&
		    m->mmdd <= pair_number(one->pairs, "EndDate"))
			return pair_number(one->pairs, "TimeZone");
	return 0;
}

static bool group_in_time(const struct sim_device *d, uint64_t group, const struct moment *m)
{
	gh_slice row = record_numbered(d, TABLE_ACC_GROUP, "ID", group), zones, piece;
	uint64_t holiday = pair_number(row, "ValidHoliday") ? holiday_period(d, m) : 0;
	bool holds = false;

	if (holiday)
		return period_holds(d, holiday, m);
	if (!pair_get(row, "TZ", &zones))
		return true;
	gh_slice_cut(zones, ';', &piece, &zones);
	if (decimal_of(piece) == 0)
		return true; /* the group's periods are not used */
	while (zones.n && !holds) {
		gh_slice_cut(zones, ';', &piece, &zones);
		holds = period_holds(d, decimal_of(piece), m);
	}
	return holds;
}

/* Sixteen digits: 0001 and three periods of the person's own, or 0000 and those of the group. */
static bool person_in_time(const struct sim_device *d, gh_slice zones, uint64_t group)
{
	struct moment m = moment_now(d);
	bool holds = false;

	zones = gh_slice_trim(zones);
	if (zones.n != 16 || decimal_of((gh_slice){ zones.p, 4 }) != 1)
		return group_in_time(d, group, &m);
	for (size_t i = 1; i <= PERIODS && !holds; i++)
		holds = period_holds(d, decimal_of((gh_slice){ zones.p + 4 * i, 4 }), &m);
	return holds;
}

/* --- combinations --- */

/* The groups of a combination, in any order. */
static unsigned combination_groups(gh_slice pairs, uint64_t to[SIM_COMBINATION])
{
	unsigned n = 0;

	for (unsigned i = 1; i <= SIM_COMBINATION; i++) {
		char key[16];
		uint64_t group;

		snprintf(key, sizeof(key), "Group%u", i);
		group = pair_number(pairs, key);
		if (group)
			to[n++] = group;
	}
	return n;
}

/* Whether each of a has one of its own in b. */
static bool groups_are_in(const uint64_t *a, unsigned n, const uint64_t *b, unsigned m)
{
	bool taken[SIM_COMBINATION] = { false };

	for (unsigned i = 0; i < n; i++) {
		unsigned k = 0;

		while (k < m && (taken[k] || b[k] != a[i]))
			k++;
		if (k == m)
			return false;
		taken[k] = true;
	}
	return true;
}

enum combined { COMBINED_NEVER, COMBINED_WAITS, COMBINED_OPENS };

static enum combined groups_combine(const struct sim_device *d, const uint64_t *group,
				    unsigned n)
{
	const struct contents_record *one;
	enum combined best = COMBINED_NEVER;
	bool any = false;

	for (size_t i = 0; (one = sim_contents_at(&d->contents, i)); i++) {
		uint64_t row[SIM_COMBINATION];
		unsigned m = 0;

		if (!one->gone && one->table == TABLE_ACC_UNLOCK)
			m = combination_groups(one->pairs, row);
		if (m == 0)
			continue;
		any = true;
		if (groups_are_in(row, m, group, n))
			return COMBINED_OPENS;
		if (groups_are_in(group, n, row, m))
			best = COMBINED_WAITS;
	}
	if (any)
		return best;
	return n >= settings_number(d, "UnlockPerson") ? COMBINED_OPENS : COMBINED_WAITS;
}

static bool person_waits(const struct sim_door *door, gh_slice pin)
{
	for (unsigned i = 0; i < door->waiting; i++)
		if (gh_slice_eq(pin, gh_slice_of(door->pin[i])))
			return true;
	return false;
}

static enum combined person_combines(struct sim_device *d, gh_slice pin, uint64_t group)
{
	struct sim_door *door = &d->door;
	enum combined c;

	if (d->now_ms >= door->waiting_until_ms)
		door->waiting = 0;
	if (person_waits(door, pin))
		return COMBINED_WAITS;
	for (;; door->waiting = 0) {
		if (door->waiting == SIM_COMBINATION)
			continue;
		door->group[door->waiting] = group;
		c = groups_combine(d, door->group, door->waiting + 1);
		/* Those who came before do not fit: it begins with this one. */
		if (c != COMBINED_NEVER || door->waiting == 0)
			break;
	}
	if (c != COMBINED_WAITS) {
		door->waiting = 0;
		return c;
	}
	snprintf(door->pin[door->waiting++], PEOPLE_PIN, "%.*s", GH_FMT(pin));
	door->waiting_until_ms = d->now_ms + plan_wait(d->plan, COMBINATION_MS);
	return c;
}

/* --- what happens --- */

static void door_note(struct sim_device *d, gh_slice pin, const char *what, const char *why)
{
	statistics_truth(d->statistics, d->sn, sim_device_clock_s(d), pin, what,
			 gh_slice_of(why));
}

static void door_open(struct sim_device *d, gh_slice pin, const char *why)
{
	int64_t ms = (int64_t)settings_number(d, "LockOn") * 1000;

	d->door.open_until_ms = d->now_ms + plan_wait(d->plan, ms);
	d->statistics->doors_opened++;
	door_note(d, pin, "opened", why);
}

static void alarm_event(struct sim_device *d, unsigned reason)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", reason);
	sim_device_event(d, TABLE_OPLOG, OP_ALARM, gh_slice_of(text));
}

void door_refuse(struct sim_device *d, gh_slice pin, const char *why)
{
	d->statistics->doors_refused++;
	door_note(d, pin, "refused", why);
	sim_device_event(d, TABLE_OPLOG, OP_REFUSED, pin);
	if (++d->door.refused < REFUSED_ALARM || d->door.alarm)
		return;
	d->door.alarm = true;
	d->statistics->alarms++;
	alarm_event(d, ALARM_ATTEMPT);
	door_note(d, (gh_slice){ 0 }, "alarm", "attempts");
}

void door_come(struct sim_device *d, gh_slice pin)
{
	gh_slice person = record_of(d, TABLE_USERINFO, "PIN", pin), zones = { 0 };
	uint64_t group = pair_number(person, "Grp");

	if (group == 0)
		group = 1;
	pair_get(person, "TZ", &zones);
	if (!person_in_time(d, zones, group)) {
		door_refuse(d, pin, "period");
		return;
	}
	switch (person_combines(d, pin, group)) {
	case COMBINED_OPENS:
		d->door.refused = 0;
		door_open(d, pin, "person");
		break;
	case COMBINED_WAITS:
		door_note(d, pin, "waits", "combination");
		break;
	case COMBINED_NEVER:
		door_refuse(d, pin, "combination");
		break;
	}
}

void door_unlock(struct sim_device *d)
{
	door_open(d, (gh_slice){ 0 }, "order");
}

void door_alarm_cancel(struct sim_device *d)
{
	if (d->door.alarm) {
		alarm_event(d, ALARM_CANCELLED);
		door_note(d, (gh_slice){ 0 }, "alarm-cancelled", "order");
	}
	d->door.alarm = false;
	d->door.refused = 0;
}

bool door_is_open(const struct sim_device *d)
{
	return d->now_ms < d->door.open_until_ms;
}

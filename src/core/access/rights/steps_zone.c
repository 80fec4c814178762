/* Time rules that change together with what names them, or with holidays. Until all of a plan is done such a rule
 * is open only when it was before and is afterwards: first it is made narrower, at the end wider. So nothing that
 * goes from one rule to another meets hours that neither of them had. */
#include <stdlib.h>

#include "base/number.h"
#include "core/access/rights/steps_private.h"
#include "model/time_rule.h"
#include "wire/access/pack.h"

#define DAY_MINUTES 1440
#define ZONE_PERIODS 3
#define MIDNIGHT 1000000
#define EVERY_YEAR 10000

struct zone_hours {
	bool open[TIME_COLUMNS][DAY_MINUTES];
};

static void zone_hours_read(gh_slice text, struct zone_hours *z)
{
	*z = (struct zone_hours){ 0 };
	for (enum time_column c = 0; c < TIME_COLUMNS; c++)
		for (unsigned n = 1; n <= ZONE_PERIODS; n++) {
			struct ghi_period p;

			if (!unit_row_period(text, c, n, &p))
				continue;
			for (int minute = p.from; minute <= p.to; minute++)
				z->open[c][minute] = true;
		}
}

static void column_meet(bool *to, const bool *with)
{
	for (int i = 0; i < DAY_MINUTES; i++)
		to[i] = to[i] && with[i];
}

/* Period number i of a column, packed; 0: there are fewer. What has no room is closed. */
static uint32_t column_period(const bool *open, int i)
{
	for (int from = 0; from < DAY_MINUTES; from++) {
		struct ghi_period p = { from, from };
		uint32_t packed;

		if (!open[from])
			continue;
		while (p.to + 1 < DAY_MINUTES && open[p.to + 1])
			p.to++;
		from = p.to;
		if (ghi_period_pack(p, &packed) == GH_OK && i-- == 0)
			return packed;
	}
	return 0;
}

/* --- days --- */

/* Holidays before and afterwards. */
struct zone_days {
	const struct needed_row *const *held, *const *wanted;
	size_t helds, wanteds;
	bool gone; /* in between there are none */
	uint64_t today;
};

static uint64_t row_number(gh_slice text, const char *field)
{
	gh_slice value;
	uint64_t n;

	return unit_row_value(text, gh_slice_of(field), &value) &&
			       ghi_number_parse(value, INT64_MAX, &n) == GH_OK
		       ? n
		       : 0;
}

static bool holiday_is_on(gh_slice text, uint64_t day)
{
	uint64_t date = row_number(text, "Holiday");

	return date == day ||
	       (row_number(text, "Loop") == 1 && date % EVERY_YEAR == day % EVERY_YEAR);
}

static size_t day_column(const struct needed_row *row, uint64_t day, size_t weekday)
{
	uint64_t type = row_number(row->text, "HolidayType");

	return holiday_is_on(row->text, day) && type >= 1 && type <= 3
		       ? (size_t)TIME_HOLIDAY1 + type - 1
		       : weekday;
}

static size_t day_column_of(const struct needed_row *const *row, size_t n, uint64_t day,
			    size_t weekday)
{
	size_t column = weekday;

	for (size_t i = 0; i < n && column == weekday; i++)
		column = day_column(row[i], day, weekday);
	return column;
}

/* The rows of holidays among those that are sorted by table and key; *n of them. */
static const struct needed_row *const *holidays_of(const struct needed_row *const *row,
						   size_t all, size_t *n)
{
	size_t first = 0;

	while (first < all && row[first]->table != UNIT_HOLIDAY)
		first++;
	for (*n = 0; first + *n < all && row[first + *n]->table == UNIT_HOLIDAY;)
		++*n;
	return row + first;
}

/* On a day whose column changes, whichever counts meanwhile is no wider than that before and that afterwards. */
static void day_meet(const struct zone_days *d, const struct needed_row *holiday,
		     const struct zone_hours *before, const struct zone_hours *after,
		     struct zone_hours *out)
{
	uint64_t day = row_number(holiday->text, "Holiday"), today = d->today;
	size_t column[3];

	if (row_number(holiday->text, "Loop") == 1 && today) {
		day = today - today % EVERY_YEAR + day % EVERY_YEAR;
		day += day < today ? EVERY_YEAR : 0;
	}
	if (day < today)
		return;
	column[0] = time_weekday((ghi_civil)day * MIDNIGHT);
	column[1] = day_column_of(d->held, d->helds, day, column[0]);
	column[2] = day_column_of(d->wanted, d->wanteds, day, column[0]);
	if (column[1] == column[2] && !d->gone)
		return;
	for (size_t i = 0; i < 3; i++) {
		column_meet(out->open[column[i]], before->open[column[1]]);
		column_meet(out->open[column[i]], after->open[column[2]]);
	}
}

static void days_meet(const struct zone_days *d, const struct zone_hours *before,
		      const struct zone_hours *after, struct zone_hours *out)
{
	for (size_t i = 0; i < d->helds; i++)
		day_meet(d, d->held[i], before, after, out);
	for (size_t i = 0; i < d->wanteds; i++)
		day_meet(d, d->wanted[i], before, after, out);
}

/* --- rows --- */

static void period_meet_write(struct ghi_writer *w, gh_slice name, const struct zone_hours *z)
{
	for (enum time_column c = 0; c < TIME_COLUMNS; c++) {
		gh_slice column = gh_slice_of(time_column_name(c));

		if (!gh_slice_starts(name, column) || name.n != column.n + 5)
			continue;
		ghi_put_decimal(w,
				column_period(z->open[c], name.p[name.n - 1] - (uint8_t)'1'));
	}
}

/* The later of two beginnings, the earlier of two ends, as packed seconds: 0 is none. */
static void moment_meet_write(struct ghi_writer *w, gh_slice before, gh_slice after,
			      const char *field)
{
	uint64_t a = row_number(before, field), b = row_number(after, field);
	bool end = field[0] == 'E';

	if (a == 0 || (b != 0 && (end ? b < a : b > a)))
		a = b;
	ghi_put_decimal(w, a);
}

/* The pairs of `after` with the hours of both. */
static gh_slice zone_meet(struct steps_maker *m, const struct zone_days *d, gh_slice before,
			  gh_slice after)
{
	struct zone_hours *z = calloc(3, sizeof(*z));
	size_t room = after.n + TIME_COLUMNS * ZONE_PERIODS * 12 + 64;
	uint8_t *text = ghi_arena_alloc(&m->out->text, room);
	struct ghi_writer w = ghi_writer_on(text, text ? room : 0);
	gh_slice rest = after, pair, name, value;
	bool more = rest.n != 0;

	m->no_memory = m->no_memory || z == NULL || text == NULL;
	if (m->no_memory) {
		free(z);
		return after;
	}
	zone_hours_read(before, &z[0]);
	zone_hours_read(after, &z[1]);
	z[2] = z[0];
	for (size_t c = 0; c < TIME_COLUMNS; c++)
		column_meet(z[2].open[c], z[1].open[c]);
	days_meet(d, &z[0], &z[1], &z[2]);
	while (more) {
		more = gh_slice_cut(rest, '\t', &pair, &rest);
		gh_slice_cut(pair, '=', &name, &value);
		if (w.n)
			ghi_put_u8(&w, '\t');
		ghi_put(&w, name);
		ghi_put_u8(&w, '=');
		if (gh_slice_eq(name, GH_LIT("StartTime")))
			moment_meet_write(&w, before, after, "StartTime");
		else if (gh_slice_eq(name, GH_LIT("EndTime")))
			moment_meet_write(&w, before, after, "EndTime");
		else if (gh_slice_eq(name, GH_LIT("TimezoneId")))
			ghi_put(&w, value);
		else
			period_meet_write(&w, name, &z[2]);
	}
	free(z);
	return ghi_written(&w);
}

/* --- the plan --- */

/* Whether a rule changes with something else. A rule alone, or holidays that are only added, go by themselves:
 * each day is decided by what was before or by what is afterwards. */
static bool zones_change_together(const struct steps_maker *m, bool options)
{
	size_t zones = 0, others = options;
	bool days = m->table[UNIT_HOLIDAY].differences != 0;

	if (m->table[UNIT_HOLIDAY].groups)
		return true;
	for (size_t i = 0; i < m->table[UNIT_TIMEZONE].differences; i++)
		zones += m->table[UNIT_TIMEZONE].difference[i].change == ROW_CHANGED;
	for (int t = 0; t < UNIT_TABLES; t++)
		others += t != UNIT_TIMEZONE && t != UNIT_HOLIDAY && m->table[t].differences;
	return days ? zones + others > 0 : zones > 1 || (zones && others);
}

static void zone_done(struct table_steps *t, const struct needed_row *row)
{
	for (size_t i = 0; i < t->differences; i++)
		t->difference[i].done = t->difference[i].done || t->difference[i].after == row;
}

/* `after` NULL: it goes with the plan. */
static void zone_note(struct steps_maker *m, const struct zone_days *d,
		      const struct needed_row *before, const struct needed_row *after)
{
	struct zone_change change = { .before = before, .after = after, .meet = *before };

	change.meet.text = zone_meet(m, d, before->text, after ? after->text : before->text);
	if (unit_row_serves(after ? after : before, &change.meet, false) ||
	    !steps_grow(m, &m->zone, &m->zone_room, m->zones, sizeof(*m->zone)))
		return;
	change.narrows = !unit_row_serves(before, &change.meet, false);
	if (after)
		zone_done(&m->table[UNIT_TIMEZONE], after);
	m->zone[m->zones++] = change;
}

void zone_steps_plan(struct steps_maker *m, bool options)
{
	struct zone_days d = { .gone = m->table[UNIT_HOLIDAY].groups != 0,
			       .today = (uint64_t)(m->wanted->at / MIDNIGHT) };

	d.held = holidays_of(m->held_by_key, m->n, &d.helds);
	d.wanted = holidays_of(m->wanted_by_key, m->wanted->rows, &d.wanteds);
	if (!zones_change_together(m, options))
		return;
	for (size_t i = 0; i < m->n && !m->no_memory; i++) {
		const struct held_row *held = &m->held[i];
		const struct needed_row *row = &held->row, *const * wanted;

		if (row->table != UNIT_TIMEZONE)
			continue;
		wanted = bsearch(&row, m->wanted_by_key, m->wanted->rows, sizeof(row),
				 steps_pointer_order);
		zone_note(m, &d, row,
			  wanted			  ? *wanted
			  : held->ours || m->wish.foreign ? NULL
							  : row);
	}
}

/* --- settings of doors --- */

static bool name_ends(gh_slice name, const char *end)
{
	gh_slice e = gh_slice_of(end);

	return name.n >= e.n && gh_slice_eq(gh_slice_from(name, name.n - e.n), e);
}

/* Whether the rule that the unit is to have in `after` is open whenever the one it has in `before` is. */
static bool zone_includes(const struct steps_maker *m, gh_slice before, gh_slice after)
{
	struct needed_row key = { .table = UNIT_TIMEZONE, .key = after };
	const struct needed_row *p = &key,
				*held = held_find(m, UNIT_TIMEZONE, before), *const * wanted;
	struct zone_hours *z;
	bool all = true;

	if (gh_slice_eq(after, GH_LIT("1")))
		return true;
	wanted = bsearch(&p, m->wanted_by_key, m->wanted->rows, sizeof(p), steps_pointer_order);
	z = held && wanted ? calloc(2, sizeof(*z)) : NULL;
	if (z == NULL || row_number((*wanted)->text, "StartTime") ||
	    row_number((*wanted)->text, "EndTime")) {
		free(z);
		return false;
	}
	zone_hours_read(held->text, &z[0]);
	zone_hours_read((*wanted)->text, &z[1]);
	for (size_t c = 0; c < TIME_COLUMNS; c++)
		for (int i = 0; i < DAY_MINUTES; i++)
			all = all && (!z[0].open[c][i] || z[1].open[c][i]);
	free(z);
	return all;
}

bool setting_loosens(const struct steps_maker *m, gh_slice name, gh_slice before,
		     gh_slice after)
{
	if (before.n == 0)
		return false;
	if (name_ends(name, "ValidTZ"))
		return zone_includes(m, before, after);
	if (name_ends(name, "Disable"))
		return gh_slice_eq(after, GH_LIT("1"));
	return (name_ends(name, "MaskFlag") || name_ends(name, "FirstCardOpenDoor")) &&
	       gh_slice_eq(after, GH_LIT("0"));
}

/* The hours of time rules on their way from one to another: those of both. */
#include <stdlib.h>

#include "base/number.h"
#include "core/access/rights/steps_private.h"

#define DAY_MINUTES 1440
#define ZONE_PERIODS 3
#define MIDNIGHT 1000000
#define EVERY_YEAR 10000
#define LAST_DAY 99991231

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
	/* A unit may report any number: there is no such day. */
	if (day < today || day > LAST_DAY)
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
gh_slice zone_meet(struct steps_maker *m, const struct zone_days *d, gh_slice before,
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

bool zone_hours_include(gh_slice wide, gh_slice narrow)
{
	struct zone_hours *z = calloc(2, sizeof(*z));
	bool all = z && !row_number(wide, "StartTime") && !row_number(wide, "EndTime");

	if (all) {
		zone_hours_read(narrow, &z[0]);
		zone_hours_read(wide, &z[1]);
	}
	for (size_t c = 0; c < TIME_COLUMNS && all; c++)
		for (int i = 0; i < DAY_MINUTES; i++)
			all = all && (!z[0].open[c][i] || z[1].open[c][i]);
	free(z);
	return all;
}

struct zone_days zone_days_of(const struct steps_maker *m)
{
	struct zone_days d = { .gone = m->table[UNIT_HOLIDAY].groups != 0,
			       .today = (uint64_t)(m->wanted->at / MIDNIGHT) };

	d.held = holidays_of(m->held_by_key, m->n, &d.helds);
	d.wanted = holidays_of(m->wanted_by_key, m->wanted->rows, &d.wanteds);
	return d;
}

#include "model/time_rule.h"

#include "model/text_list.h"

#define DAY_MINUTES 1440

static const char day_word[7][4] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat" };

const char *time_day_word(enum time_column day)
{
	return day_word[day];
}

const char *time_column_name(enum time_column column)
{
	static const char name[TIME_COLUMNS][5] = { "Sun", "Mon", "Tue",  "Wed",  "Thu",
						    "Fri", "Sat", "Hol1", "Hol2", "Hol3" };

	return name[column];
}

enum time_column time_weekday(ghi_civil t)
{
	int64_t days = ghi_civil_to_seconds(t - t % 1000000) / 86400;

	/* 1970-01-01 was a Thursday. */
	return (enum time_column)(((days + 4) % 7 + 7) % 7);
}

bool time_open(const struct time_table *t, enum time_column column, int minute)
{
	const struct time_day *d = &t->day[column];

	for (size_t i = 0; i < d->n; i++)
		if (minute >= d->span[i].from && minute <= d->span[i].to)
			return true;
	return false;
}

bool time_over_midnight(const struct time_table *t)
{
	for (size_t i = 0; i < 7; i++) {
		const struct time_day *d = &t->day[i], *next = &t->day[(i + 1) % 7];

		if (d->n && next->n && d->span[d->n - 1].to == TIME_DAY_LAST &&
		    next->span[0].from == 0)
			return true;
	}
	return false;
}

/* --- days --- */

static int weekday_read(gh_slice word)
{
	for (int i = 0; i < 7; i++)
		if (gh_slice_ieq(word, gh_slice_of(day_word[i])))
			return i;
	return -1;
}

enum gh_err time_days_read(gh_slice text, unsigned *days, const char **why)
{
	unsigned bits = 0;
	gh_slice rest = text, part, first, last;

	*why = "must be days, as mon, mon-fri or sat,sun: sun mon tue wed thu fri sat";
	do {
		gh_slice_cut(rest, ',', &part, &rest);
		bool range = gh_slice_cut(part, '-', &first, &last);
		int from = weekday_read(gh_slice_trim(first)),
		    to = range ? weekday_read(gh_slice_trim(last)) : from;

		if (from < 0 || to < 0)
			return GH_EINVALID;
		for (int d = from;; d = (d + 1) % 7) {
			bits |= 1u << d;
			if (d == to)
				break;
		}
	} while (rest.n);
	*days = bits;
	return GH_OK;
}

/* --- ranges --- */

/* Minutes of "HH:MM", up to 24:00; -1: it is none. */
static int minute_read(gh_slice s)
{
	const uint8_t *p = s.p;

	if (s.n != 5 || p[2] != ':')
		return -1;
	for (size_t i = 0; i < 5; i++)
		if (i != 2 && (p[i] < '0' || p[i] > '9'))
			return -1;
	int hour = (p[0] - '0') * 10 + p[1] - '0', minute = (p[3] - '0') * 10 + p[4] - '0';

	return minute < 60 && hour * 60 + minute <= DAY_MINUTES ? hour * 60 + minute : -1;
}

/* *to is smaller than *from where the range goes over midnight. */
static enum gh_err range_read(gh_slice text, int *from, int *to, const char **why)
{
	gh_slice first, last;
	bool cut = gh_slice_cut(text, '-', &first, &last);
	int a = minute_read(gh_slice_trim(first)), b = minute_read(gh_slice_trim(last));

	*why = "must be a range of the day, HH:MM-HH:MM, as 08:00-12:30 or 18:00-24:00";
	if (!cut || a < 0 || b < 0 || a == DAY_MINUTES)
		return GH_EINVALID;
	*why = "begins and ends with the same minute; the whole day is 00:00-24:00";
	if (a == b)
		return GH_EINVALID;
	*from = a;
	*to = b == 0 || b == DAY_MINUTES ? TIME_DAY_LAST : b;
	return GH_OK;
}

/* Ranges that overlap or touch become one: what ends at 11:59 touches what begins at 12:00. */
static bool span_add(struct time_day *d, int from, int to)
{
	size_t first = 0, last;

	while (first < d->n && d->span[first].to + 1 < from)
		first++;
	for (last = first; last < d->n && d->span[last].from <= to + 1; last++) {
		from = d->span[last].from < from ? d->span[last].from : from;
		to = d->span[last].to > to ? d->span[last].to : to;
	}
	if (last == first && d->n == TIME_SPANS)
		return false;
	memmove(&d->span[first + 1], &d->span[last], (d->n - last) * sizeof(d->span[0]));
	d->n = d->n - (last - first) + 1;
	d->span[first] = (struct time_span){ (uint16_t)from, (uint16_t)to };
	return true;
}

#define TOO_MANY "has too many ranges: 24 a day at the most"

enum gh_err time_table_add(struct time_table *t, unsigned days, gh_slice range,
			   const char **why)
{
	int from, to;
	bool fits = true;
	enum gh_err err = range_read(range, &from, &to, why);

	if (err)
		return err;
	for (size_t i = 0; i < 7; i++) {
		if (!(days >> i & 1))
			continue;
		fits = fits && span_add(&t->day[i], from, from > to ? TIME_DAY_LAST : to);
		if (from > to)
			fits = fits && span_add(&t->day[(i + 1) % 7], 0, to);
	}
	*why = TOO_MANY;
	return fits ? GH_OK : GH_EINVALID;
}

enum gh_err time_holiday_name(struct time_table *t, gh_slice type, enum time_column *column,
			      const char **why)
{
	*why = "must be a type of holiday: 1, 2 or 3";
	if (type.n != 1 || type.p[0] < '1' || type.p[0] > '0' + TIME_HOLIDAY_TYPES)
		return GH_EINVALID;
	t->named |= 1u << (type.p[0] - '1');
	*column = (enum time_column)(TIME_HOLIDAY1 + type.p[0] - '1');
	return GH_OK;
}

enum gh_err time_holiday_add(struct time_table *t, enum time_column column, gh_slice range,
			     const char **why)
{
	int from, to;
	enum gh_err err = range_read(range, &from, &to, why);

	if (err)
		return err;
	*why = "goes over midnight, where the next day may be no holiday; end it at 24:00";
	if (from > to)
		return GH_EINVALID;
	*why = TOO_MANY;
	return span_add(&t->day[column], from, to) ? GH_OK : GH_EINVALID;
}

/* --- what is stored --- */

static void minute_write(struct ghi_writer *w, int minute)
{
	ghi_put_padded(w, (uint64_t)(minute / 60), 2);
	ghi_put(w, GH_LIT(":"));
	ghi_put_padded(w, (uint64_t)(minute % 60), 2);
}

static void column_write(struct ghi_writer *w, const struct time_day *d)
{
	ghi_put(w, GH_LIT("["));
	for (size_t i = 0; i < d->n; i++) {
		int to = d->span[i].to;

		ghi_put(w, i ? GH_LIT(",\"") : GH_LIT("\""));
		minute_write(w, d->span[i].from);
		ghi_put(w, GH_LIT("-"));
		minute_write(w, to == TIME_DAY_LAST ? DAY_MINUTES : to);
		ghi_put(w, GH_LIT("\""));
	}
	ghi_put(w, GH_LIT("]"));
}

static bool day_equal(const struct time_day *a, const struct time_day *b)
{
	return a->n == b->n && memcmp(a->span, b->span, a->n * sizeof(a->span[0])) == 0;
}

/* Day i of a week that begins on Monday. */
static size_t from_monday(size_t i)
{
	return (i + TIME_MON) % 7;
}

void time_week_write(struct ghi_writer *w, const struct time_table *t)
{
	bool comma = false;

	ghi_put(w, GH_LIT("{"));
	for (size_t i = 0, to; i < 7; i = to + 1) {
		const struct time_day *d = &t->day[from_monday(i)];

		for (to = i; to < 6 && day_equal(d, &t->day[from_monday(to + 1)]);)
			to++;
		if (d->n == 0)
			continue;
		ghi_put(w, comma ? GH_LIT(",\"") : GH_LIT("\""));
		ghi_put(w, gh_slice_of(day_word[from_monday(i)]));
		if (to > i) {
			ghi_put(w, GH_LIT("-"));
			ghi_put(w, gh_slice_of(day_word[from_monday(to)]));
		}
		ghi_put(w, GH_LIT("\":"));
		column_write(w, d);
		comma = true;
	}
	ghi_put(w, GH_LIT("}"));
}

void time_holidays_write(struct ghi_writer *w, const struct time_table *t)
{
	bool comma = false;

	ghi_put(w, GH_LIT("{"));
	for (unsigned i = 0; i < TIME_HOLIDAY_TYPES; i++) {
		if (!(t->named >> i & 1))
			continue;
		ghi_put(w, comma ? GH_LIT(",\"") : GH_LIT("\""));
		ghi_put_decimal(w, i + 1);
		ghi_put(w, GH_LIT("\":"));
		column_write(w, &t->day[TIME_HOLIDAY1 + i]);
		comma = true;
	}
	ghi_put(w, GH_LIT("}"));
}

enum gh_err time_table_read(gh_slice week, gh_slice holidays, struct time_table *t)
{
	struct time_table table = { 0 };
	enum time_column column = TIME_COLUMNS;
	unsigned days = 0;
	const char *why;
	gh_slice text;
	bool name;
	enum gh_err err = GH_OK;

	while (err == GH_OK && text_list_next(&week, &text, &name))
		err = name ? time_days_read(text, &days, &why)
			   : time_table_add(&table, days, text, &why);
	while (err == GH_OK && text_list_next(&holidays, &text, &name)) {
		if (name)
			err = time_holiday_name(&table, text, &column, &why);
		else if (column == TIME_COLUMNS)
			err = GH_EINVALID;
		else
			err = time_holiday_add(&table, column, text, &why);
	}
	if (err)
		return GH_EMALFORMED;
	*t = table;
	return GH_OK;
}

#include "api/day_list.h"

#include <stdlib.h>

#include "api/list.h"
#include "base/number.h"

#define DAY_ROWS 4096 /* of a day, read at a time */
#define DAY_PIN 1024
#define DAY_SECONDS 86400

static const struct store_column columns[] = {
	{ LIST_DAYS, "pin", NULL, true, COLUMN_FILTER },
	{ LIST_DAYS, "timestamp", NULL, false, COLUMN_FILTER },
};

const struct store_column *day_columns(size_t *n)
{
	*n = sizeof(columns) / sizeof(columns[0]);
	return columns;
}

const struct store_column *day_order(void)
{
	return &columns[0];
}

/* --- the question --- */

static int64_t day_next(int64_t day)
{
	int64_t seconds = ghi_civil_to_seconds(day * 1000000) + DAY_SECONDS;

	return ghi_civil_from_seconds(seconds) / 1000000;
}

static int64_t days_between(int64_t from, int64_t to)
{
	return (ghi_civil_to_seconds(to * 1000000) - ghi_civil_to_seconds(from * 1000000)) /
	       DAY_SECONDS;
}

/* "YYYY-MM" as the moments at its ends. */
static bool month_parse(gh_slice text, ghi_civil *from, ghi_civil *to)
{
	gh_slice year, month;
	uint64_t y, m;
	int64_t next;

	if (text.n != 7 || !gh_slice_cut(text, '-', &year, &month) || year.n != 4 ||
	    ghi_number_parse(year, 9998, &y) || ghi_number_parse(month, 12, &m) || m == 0 ||
	    y < 1970)
		return false;
	*from = (int64_t)(y * 100 + m) * 100000000 + 1000000;
	next = (int64_t)(m == 12 ? (y + 1) * 100 + 1 : y * 100 + m + 1) * 100000000 + 1000000;
	*to = ghi_civil_from_seconds(ghi_civil_to_seconds(next) - 1);
	return true;
}

static void term_add(struct list_question *q, enum store_match match, ghi_civil time)
{
	q->term[q->rows.terms++] = (struct store_term){ &columns[1], match, { .i = time } };
}

static bool month_read(struct call *c, struct list_question *q)
{
	const struct param_value *month = call_param(c, PARAM_month);
	ghi_civil from, to;

	if (!month->present)
		return true;
	if (call_param(c, PARAM_from)->present || call_param(c, PARAM_to)->present) {
		call_fail_param(c, PARAM_month, "does not go with `from` and `to`");
		return false;
	}
	if (!month_parse(month->s, &from, &to)) {
		call_fail_param(c, PARAM_month, "must be YYYY-MM");
		return false;
	}
	term_add(q, MATCH_AT_LEAST, from);
	term_add(q, MATCH_AT_MOST, to);
	return true;
}

struct day_span {
	ghi_civil from, to;
	gh_slice pin;
};

static struct day_span span_of(const struct store_rows *rows)
{
	struct day_span s = { GHI_CIVIL_NONE, GHI_CIVIL_NONE, { 0 } };

	for (size_t i = 0; i < rows->terms; i++) {
		const struct store_term *t = &rows->term[i];

		if (t->column == &columns[0])
			s.pin = t->value.s;
		else if (t->match == MATCH_AT_LEAST)
			s.from = t->value.i;
		else
			s.to = t->value.i;
	}
	return s;
}

bool days_check(struct call *c, struct list_question *q)
{
	struct day_span s;

	if (!month_read(c, q))
		return false;
	s = span_of(&q->rows);
	if (s.from == GHI_CIVIL_NONE || s.to == GHI_CIVIL_NONE) {
		call_fail_param(c, PARAM_month, "is missing: name a month, or `from` and `to`");
		return false;
	}
	if (days_between(s.from / 1000000, s.to / 1000000) >= DAY_LIST_MOST) {
		call_fail_param(c, PARAM_to, "must be within %d days of `from`", DAY_LIST_MOST);
		return false;
	}
	return true;
}

/* --- rows --- */

struct day_reading {
	struct server *server;
	struct store_reader *reader;
	const struct store_rows *rows;
	struct day_span span;
	store_row_fn *fn;
	void *ctx;
	int64_t left; /* rows still to give */
	bool more;
	enum gh_err err;

	struct punch_day *day;		/* read and not given yet */
	struct store_person_name *name; /* of them; NULL: they are only counted */
	size_t n, room;
	struct arena texts;
	uint8_t last[DAY_PIN]; /* the PIN behind which a day is read on */
};

static bool day_give(struct day_reading *d, size_t i)
{
	const struct punch_day *day = &d->day[i];
	struct punch_day_view view = { .d = *day, .sum = punch_day_sum(day) };
	struct store_key key = { .number = day->day, .value = { true, 0, day->pin } };

	if (d->name)
		view.person_name = (gh_slice){ d->name[i].name, d->name[i].name_n };
	d->left--;
	return d->fn(d->ctx, &view, &key) && d->left > 0;
}

/* Those that were read. */
static void days_give(struct day_reading *d)
{
	for (size_t i = 0; i < d->n && d->name; i++) {
		d->name[i].device = d->day[i].device;
		d->name[i].pin = d->day[i].pin;
	}
	if (d->err == GH_OK && d->name)
		d->err = d->server->db.ops->person_names(d->reader, d->name, d->n);
	for (size_t i = 0; i < d->n && d->more && d->err == GH_OK; i++)
		d->more = day_give(d, i);
}

/* --- all people: a day at a time, from the database --- */

static bool day_keep(void *ctx, const struct punch_day *day)
{
	struct day_reading *d = ctx;
	struct punch_day *kept = &d->day[d->n];

	*kept = *day;
	kept->pin = ghi_arena_copy(&d->texts, day->pin);
	if (day->pin.n && kept->pin.p == NULL)
		d->err = GH_ENOMEM;
	else
		d->n++;
	return d->err == GH_OK && d->n < d->room;
}

/* The text lies in what is cleared next. */
static void day_after_keep(struct day_reading *d, struct punch_day_query *q)
{
	q->after = d->day[d->n - 1].pin;
	if (q->after.n > sizeof(d->last)) {
		d->err = GH_ETOOBIG;
		return;
	}
	memcpy(d->last, q->after.p, q->after.n);
	q->after.p = d->last;
}

/* Those of a day whose PIN comes after `after`, in parts: names can be read only when the database
 * has given the rows. */
static void day_read(struct day_reading *d, int64_t day, gh_slice after)
{
	struct punch_day_query q = { .from = day * 1000000,
				     .to = day * 1000000 + 235959,
				     .device = d->rows->device,
				     .group = d->rows->group,
				     .after = after };

	q.from = q.from < d->span.from ? d->span.from : q.from;
	q.to = q.to > d->span.to ? d->span.to : q.to;
	do {
		ghi_arena_clear(&d->texts);
		d->n = 0;
		q.limit = d->left < (int64_t)d->room ? d->left : (int64_t)d->room;
		if (d->err == GH_OK)
			d->err = d->server->db.ops->punch_days_read(d->reader, &q, day_keep, d);
		days_give(d);
		if (d->err == GH_OK && d->n && d->more)
			day_after_keep(d, &q);
	} while (d->err == GH_OK && d->more && d->n == (size_t)q.limit);
}

static void all_days_read(struct day_reading *d)
{
	const struct store_key *from = d->rows->from;
	int64_t first = d->span.from / 1000000, last = d->span.to / 1000000;

	if (from && from->number > first)
		first = from->number;
	for (int64_t day = first; day <= last && d->more && d->err == GH_OK;
	     day = day_next(day))
		day_read(d, day, from && day == from->number ? from->value.s : (gh_slice){ 0 });
}

/* --- one person: from the punches, which the index beside the ledger finds --- */

static bool person_punch_add(void *ctx, const void *row, const struct store_key *key)
{
	struct day_reading *d = ctx;
	const struct punch *p = row;
	int64_t day = p->time / 1000000, at;

	(void)key;
	if (!ghi_civil_valid(day * 1000000) || p->time % 1000000 > 235959 || punch_is_check(p))
		return true;
	at = days_between(d->span.from / 1000000, day);
	if (at < 0 || at >= (int64_t)d->room)
		return true;
	d->day[at].day = day;
	d->day[at].device = p->device;
	punch_day_add(&d->day[at], p->time, p->status);
	return true;
}

static void person_days_read(struct day_reading *d)
{
	const struct store_term term[] = {
		{ store_column_find(STORE_PUNCHES, GH_LIT("pin")),
		  MATCH_EQUAL,
		  { .is_text = true, .s = d->span.pin } },
		{ store_column_find(STORE_PUNCHES, GH_LIT("timestamp")),
		  MATCH_AT_LEAST,
		  { .i = d->span.from } },
		{ store_column_find(STORE_PUNCHES, GH_LIT("timestamp")),
		  MATCH_AT_MOST,
		  { .i = d->span.to } },
	};
	struct store_rows rows = { .list = STORE_PUNCHES,
				   .limit = INT64_MAX,
				   .device = d->rows->device,
				   .group = d->rows->group,
				   .term = term,
				   .terms = sizeof(term) / sizeof(term[0]) };

	const struct store_key *from = d->rows->from;

	d->err = d->server->db.ops->rows_read(d->reader, &rows, person_punch_add, d);
	for (size_t i = 0; i < d->room && (int64_t)d->n < d->left; i++) {
		if (d->day[i].day == 0 || (from && d->day[i].day <= from->number))
			continue;
		d->day[d->n] = d->day[i];
		d->day[d->n++].pin = d->span.pin;
	}
	days_give(d);
}

static enum gh_err days_read(struct server *server, struct store_reader *reader,
			     const struct store_rows *rows, bool named, store_row_fn *fn,
			     void *ctx)
{
	struct day_reading d = { .server = server,
				 .reader = reader,
				 .rows = rows,
				 .span = span_of(rows),
				 .fn = fn,
				 .ctx = ctx,
				 .left = rows->limit,
				 .more = rows->limit > 0 };

	d.room = d.span.pin.n ? DAY_LIST_MOST : DAY_ROWS;
	d.day = calloc(d.room, sizeof(*d.day));
	d.name = named ? calloc(d.room, sizeof(*d.name)) : NULL;
	if (d.day == NULL || (named && d.name == NULL))
		d.err = GH_ENOMEM;
	else if (d.span.pin.n)
		person_days_read(&d);
	else
		all_days_read(&d);
	ghi_arena_clear(&d.texts);
	free(d.day);
	free(d.name);
	return d.err;
}

enum gh_err day_rows_read(struct server *server, struct store_reader *reader,
			  const struct store_rows *rows, store_row_fn *fn, void *ctx)
{
	return days_read(server, reader, rows, true, fn, ctx);
}

static bool day_count(void *ctx, const void *row, const struct store_key *key)
{
	int64_t *n = ctx;

	(void)row, (void)key;
	++*n;
	return true;
}

enum gh_err day_rows_count(struct server *server, struct store_reader *reader,
			   const struct store_rows *rows, int64_t most, int64_t *n)
{
	struct store_rows all = *rows;

	all.from = NULL;
	all.limit = most;
	*n = 0;
	return days_read(server, reader, &all, false, day_count, n);
}

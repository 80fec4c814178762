/* Lists of punches by PIN, time and device, which use an index beside the ledger: whatever of it
 * there is, they find what a filter over all rows finds. */
#include "contract.h"

#include <stdio.h>
#include <stdlib.h>

#include "model/record.h"
#include "store/maintenance.h"

#define PART_ROWS 32768
#define LEDGER_ROWS 75000 /* two parts of the index, and what is in none */
#define DEVICES 4
#define QUERIES 150
#define PART 4000 /* rows of a question that is read in parts */
#define SOME_PIN "\x00\xff"

struct ledger {
	int64_t device[DEVICES + 1];
	int64_t outer, inner; /* areas, one within the other */
	int64_t deleted;      /* the device that is; 0: none */
	struct punch *p;
	char (*pin)[8];
	uint64_t random;
};

static uint64_t ledger_random(struct ledger *l, uint64_t below)
{
	l->random = l->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (l->random >> 33) % below;
}

/* Minutes after 2026-01-01, of which each month has 28 days. */
static ghi_civil ledger_time(uint64_t minutes)
{
	uint64_t days = minutes / 1440;

	return 20260101000000 + (int64_t)(days / 28 * 100000000 + days % 28 * 1000000 +
					  minutes / 60 % 24 * 10000 + minutes % 60 * 100);
}

/* One PIN has a fifth of all, one the rest of a hundred each, one is no text; the last device has
 * few punches; some were late, and every thousandth is of a clock that lost its date. */
static void ledger_punch(struct ledger *l, size_t i)
{
	struct punch *p = &l->p[i];
	uint64_t minutes = i / 2, who = ledger_random(l, 500);

	*p = punch_at(l->device[i % 5000 == 77 ? DEVICES : ledger_random(l, DEVICES)], "", 0);
	if (i / 4096 % 4 == 2 && i % 50 == 0)
		minutes -= ledger_random(l, minutes + 1);
	p->time = i % 1000 == 1 ? 20000101000000 + (int64_t)i : ledger_time(minutes);
	p->status = (int32_t)i; /* so that no two are alike */
	p->pin.p = (const uint8_t *)l->pin[i];
	p->pin.n = 2;
	if (who == 0)
		memcpy(l->pin[i], SOME_PIN, 2);
	else
		p->pin.n = (size_t)snprintf(l->pin[i], sizeof(l->pin[i]), "%d",
					    who < 100 ? 1 : (int)who);
}

/* --- groups of devices --- */

static const struct group {
	const char *tag;
	enum { NO_AREA, OUTER, INNER } area;
	unsigned devices; /* bits */
} groups[] = {
	{ "north", NO_AREA, 1 << 0 | 1 << 2 | 1 << DEVICES },
	{ "few", NO_AREA, 1 << DEVICES },
	{ "of none", NO_AREA, 0 },
	{ "unknown", NO_AREA, 0 },
	{ "", OUTER, 1 << 1 | 1 << 2 },
	{ "", INNER, 1 << 2 },
	{ "north", OUTER, 1 << 2 },
};
#define GROUPS (sizeof(groups) / sizeof(groups[0]))

static void ledger_tag(struct fixture *f, struct ledger *l, const struct group *g)
{
	struct tag tag = { .present = 1 << TAG_name, .name = gh_slice_of(g->tag) };
	int64_t id = 0;

	assert_ok(write_alone(f, f->ops->entity_put(f->s, ENTITY_TAG, &id, &tag)));
	for (int i = 0; i <= DEVICES; i++)
		if (g->devices & 1u << i)
			assert_ok(write_alone(f, f->ops->relation_put(f->s, RELATION_DEVICE_TAG,
								      l->device[i], id)));
}

static int64_t ledger_area(struct fixture *f, const char *name, int64_t parent)
{
	struct area area = { .present = 1 << AREA_name | (parent ? 1 << AREA_parent : 0),
			     .name = gh_slice_of(name),
			     .parent = parent };
	int64_t id = 0;

	assert_ok(write_alone(f, f->ops->entity_put(f->s, ENTITY_AREA, &id, &area)));
	return id;
}

static void ledger_device_place(struct fixture *f, int64_t device, int64_t area)
{
	struct device_row d = { .id = device,
				.present = DEVICE_FIELDS_OF(DEVICE_area),
				.area = area };

	assert_ok(write_alone(f, f->ops->device_put(f->s, &d)));
}

static void ledger_groups_store(struct fixture *f, struct ledger *l)
{
	for (size_t i = 0; i < 3; i++)
		ledger_tag(f, l, &groups[i]);
	l->outer = ledger_area(f, "outer", 0);
	l->inner = ledger_area(f, "inner", l->outer);
	ledger_device_place(f, l->device[1], l->outer);
	ledger_device_place(f, l->device[2], l->inner);
}

static void ledger_store(struct fixture *f, struct ledger *l)
{
	static const char *const serial[] = { "A", "B", "C", "D", "FEW" };

	*l = (struct ledger){ .p = calloc(LEDGER_ROWS, sizeof(*l->p)),
			      .pin = calloc(LEDGER_ROWS, sizeof(*l->pin)),
			      .random = 7 };
	assert_true(l->p && l->pin);
	for (int i = 0; i <= DEVICES; i++)
		l->device[i] = device_new(f, serial[i]);
	ledger_groups_store(f, l);
	for (size_t i = 0; i < LEDGER_ROWS; i++)
		ledger_punch(l, i);
	for (size_t i = 0; i < LEDGER_ROWS; i += 5000)
		assert_int_equal(punches_store(f, &l->p[i], 5000), 5000);
	for (size_t i = 0; i < LEDGER_ROWS; i++)
		assert_int_equal(l->p[i].seq, i + 1);
}

static void ledger_free(struct ledger *l)
{
	free(l->p);
	free(l->pin);
}

/* --- a question, and what a filter finds --- */

struct question {
	struct store_rows rows;
	struct store_term term[3];
	struct store_key from;
	char pin[8];
	const struct group *group; /* NULL: none */
};

static void question_term(struct question *q, const char *column, enum store_match match,
			  struct store_value value)
{
	struct store_term *t = &q->term[q->rows.terms++];

	t->column = store_column_find(STORE_PUNCHES, gh_slice_of(column));
	assert_non_null(t->column);
	t->match = match;
	t->value = value;
}

static void question_pin(struct ledger *l, struct question *q)
{
	static const gh_slice special[] = { { (const uint8_t *)SOME_PIN, 2 },
					    { (const uint8_t *)"1", 1 },
					    { (const uint8_t *)"nobody", 6 } };
	uint64_t which = ledger_random(l, 5);
	gh_slice pin = which < 3 ? special[which] : l->p[ledger_random(l, LEDGER_ROWS)].pin;

	question_term(q, "pin", MATCH_EQUAL, (struct store_value){ .is_text = true, .s = pin });
}

static void question_group(struct ledger *l, struct question *q)
{
	const struct group *g = &groups[ledger_random(l, GROUPS)];

	q->group = g;
	q->rows.group.tag = gh_slice_of(g->tag);
	q->rows.group.area = g->area == OUTER ? l->outer : g->area == INNER ? l->inner : 0;
}

static void question_make(struct ledger *l, struct question *q)
{
	uint64_t what = ledger_random(l, 64), at = ledger_random(l, LEDGER_ROWS / 2);
	uint64_t most = ledger_random(l, 2) ? 3000 : LEDGER_ROWS / 4;

	*q = (struct question){ .rows = { .list = STORE_PUNCHES } };
	q->rows.limit = 1 + (int64_t)ledger_random(l, what % 3 ? 100 : 2 * LEDGER_ROWS);
	q->rows.term = q->term;
	q->rows.descending = ledger_random(l, 2);
	if (what & 1)
		question_pin(l, q);
	if (what & 2)
		q->rows.device = l->device[ledger_random(l, DEVICES + 1)];
	if (what & 4)
		question_term(q, "timestamp", MATCH_AT_LEAST,
			      (struct store_value){ .i = ledger_time(at) });
	if (what & 8)
		question_term(
			q, "timestamp", MATCH_AT_MOST,
			(struct store_value){ .i = ledger_time(at + ledger_random(l, most)) });
	if (what & 16)
		q->rows.after = (int64_t)ledger_random(l, LEDGER_ROWS + 10);
	if (ledger_random(l, 4) == 0)
		q->rows.before = 1 + (int64_t)ledger_random(l, LEDGER_ROWS + 10);
	if (what & 32) {
		q->from.number = 1 + (int64_t)ledger_random(l, LEDGER_ROWS);
		q->rows.from = &q->from;
	}
	if (ledger_random(l, 3) == 0)
		question_group(l, q);
}

static bool term_holds(const struct store_term *t, const struct punch *p)
{
	if (t->value.is_text)
		return gh_slice_eq(t->value.s, p->pin);
	return t->match == MATCH_AT_LEAST ? p->time >= t->value.i : p->time <= t->value.i;
}

static bool group_has(const struct ledger *l, const struct group *g, int64_t device)
{
	for (int i = 0; i <= DEVICES; i++)
		if (l->device[i] == device)
			return device != l->deleted && (g->devices & 1u << i);
	return false;
}

static bool question_matches(const struct ledger *l, const struct question *q,
			     const struct punch *p)
{
	bool holds = (q->rows.device == 0 || q->rows.device == p->device) &&
		     (q->group == NULL || group_has(l, q->group, p->device));

	for (size_t i = 0; i < q->rows.terms && holds; i++)
		holds = term_holds(&q->term[i], p);
	return holds;
}

static bool question_in_bounds(const struct question *q, int64_t seq)
{
	return seq > q->rows.after && (q->rows.before == 0 || seq < q->rows.before) &&
	       (q->rows.from == NULL ||
		(q->rows.descending ? seq < q->from.number : seq > q->from.number));
}

struct answer {
	const struct ledger *l;
	const struct question *q;
	int64_t at, n; /* the number looked at last; the rows there were */
};

/* The next row, by the filter; 0: there is none. */
static int64_t answer_next(struct answer *a)
{
	int64_t step = a->q->rows.descending ? -1 : 1;

	while (a->n < a->q->rows.limit) {
		a->at += step;
		if (a->at < 1 || a->at > LEDGER_ROWS)
			return 0;
		if (question_in_bounds(a->q, a->at) &&
		    question_matches(a->l, a->q, &a->l->p[a->at - 1]))
			return a->at;
	}
	return 0;
}

static bool answer_row(void *ctx, const void *row, const struct store_key *key)
{
	struct answer *a = ctx;
	const struct punch *p = row;

	assert_int_equal(key->number, answer_next(a));
	assert_int_equal(p->seq, key->number);
	a->n++;
	return true;
}

static void question_count_check(struct fixture *f, const struct ledger *l,
				 const struct question *q)
{
	int64_t all = 0, n = -1;

	for (size_t i = 0; i < LEDGER_ROWS; i++)
		all += question_matches(l, q, &l->p[i]);
	assert_ok(f->ops->rows_count(f->r, &q->rows, 1000, &n));
	assert_int_equal(n, all < 1000 ? all : 1000);
}

static void parts_check(struct fixture *f, const struct ledger *l, const struct question *q)
{
	struct answer a = { .l = l, .q = q, .at = q->rows.descending ? LEDGER_ROWS + 1 : 0 };
	struct store_rows rows = q->rows;
	struct store_key last;
	bool many = false;
	int64_t had;

	rows.many = &many;
	do {
		had = a.n;
		rows.limit = q->rows.limit - a.n < PART ? q->rows.limit - a.n : PART;
		assert_ok(f->ops->rows_read(f->r, &rows, answer_row, &a));
		last = (struct store_key){ .number = a.at };
		rows.from = &last;
	} while (a.n - had == rows.limit && a.n < q->rows.limit);
	assert_int_equal(answer_next(&a), 0);
}

static void answers_check(struct fixture *f, struct ledger *l)
{
	for (int i = 0; i < QUERIES; i++) {
		struct question q;
		struct answer a = { .l = l, .q = &q };

		question_make(l, &q);
		q.rows.term = q.term;
		q.rows.from = q.rows.from ? &q.from : NULL;
		a.at = q.rows.descending ? LEDGER_ROWS + 1 : 0;
		assert_ok(f->ops->rows_read(f->r, &q.rows, answer_row, &a));
		assert_int_equal(answer_next(&a), 0);
		question_count_check(f, l, &q);
		parts_check(f, l, &q);
	}
}

/* Whether there was enough for a part. */
static bool index_part_make(struct fixture *f, bool stored)
{
	struct punch_index_part *part = NULL;
	enum gh_err err;

	assert_ok(f->ops->punch_index_make(f->r, last_seq(f), &part));
	if (part == NULL)
		return false;
	tx_begin(f);
	err = f->ops->punch_index_put(f->s, part);
	if (stored) {
		assert_ok(tx_end(f, err));
	} else {
		assert_ok(err);
		tx_rollback(f);
	}
	f->ops->punch_index_free(part);
	return true;
}

/* Whether there is enough for a part while `last` is the ledger's last number. */
static bool index_part_is_due(struct fixture *f, int64_t last)
{
	struct punch_index_part *part = NULL;
	bool due;

	assert_ok(f->ops->punch_index_make(f->r, last, &part));
	due = part != NULL;
	f->ops->punch_index_free(part);
	return due;
}

static void index_check_line(void *ctx, const char *text)
{
	snprintf(ctx, 256, "%s", text);
}

/* What `store check` finds, and its last line. */
static size_t index_faults(struct fixture *f, char line[256])
{
	struct store_report report = { .line = index_check_line, .ctx = line };
	size_t found = 99;

	line[0] = '\0';
	assert_ok(store_check(&f->db, &report, &found));
	return found;
}

static void what_the_index_lacks_is_found(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), b = device_new(f, "B1");
	struct punch p[] = { punch_at(a, "1", 0), punch_at(b, "2", 1), punch_at(a, "3", 2) };
	struct punch_index_part *part = NULL;
	struct store_expiry e = { .what = KEPT_PUNCHES,
				  .before_ms = p[0].received_ms + 1,
				  .limit = 20 };
	char line[256];

	e.now_ms = p[2].received_ms;
	assert_int_equal(punches_store(f, p, 2), 2);
	assert_int_equal(index_faults(f, line), 0);
	/* A part that was made too early. */
	assert_ok(f->ops->punch_index_make(f->r, PART_ROWS, &part));
	assert_non_null(part);
	assert_ok(write_alone(f, f->ops->punch_index_put(f->s, part)));
	f->ops->punch_index_free(part);
	assert_int_equal(index_faults(f, line), 0);
	assert_int_equal(punches_store(f, p + 2, 1), 1);
	assert_int_equal(index_faults(f, line), 1);
	assert_string_equal(line,
			    "the index of punches 1 to 32768 is not theirs: lists by PIN, time "
			    "or device may lack some");
	/* Where punches were removed it has more than there is. */
	assert_ok(write_alone(f, f->ops->rows_expire(f->s, &e)));
	assert_int_equal(e.removed, 1);
	assert_int_equal(index_faults(f, line), 0);
}

static void lists_find_what_a_filter_finds_whatever_is_indexed(void **state)
{
	struct fixture *f = *state;
	struct ledger l;
	char line[256];

	ledger_store(f, &l);
	answers_check(f, &l);
	/* A number that came into a part later would not be found. */
	assert_false(index_part_is_due(f, PART_ROWS - 1));
	assert_true(index_part_is_due(f, PART_ROWS));
	assert_true(index_part_make(f, true));
	assert_false(index_part_is_due(f, 2 * PART_ROWS - 1));
	answers_check(f, &l);
	/* A server that was killed meanwhile. */
	assert_true(index_part_make(f, false));
	fixture_reopen(f);
	answers_check(f, &l);
	assert_true(index_part_make(f, true));
	assert_false(index_part_make(f, true));
	answers_check(f, &l);
	assert_int_equal(index_faults(f, line), 0);
	ledger_free(&l);
}

static void lists_find_punches_of_a_deleted_device_and_of_another_zone(void **state)
{
	struct fixture *f = *state;
	struct ledger l;
	struct punch changed[100];
	char line[256];

	ledger_store(f, &l);
	while (index_part_make(f, true))
		;
	for (int i = 0; i < 100; i++)
		changed[i] = (struct punch){ .seq = 1 + i * 700, .zone = GH_LIT("Asia/Tokyo") };
	assert_ok(write_alone(f, f->ops->punches_rezone(f->s, changed, 100)));
	assert_ok(write_alone(f, f->ops->device_delete(f->s, l.device[1])));
	l.deleted = l.device[1];
	answers_check(f, &l);
	assert_int_equal(index_faults(f, line), 0);
	ledger_free(&l);
}

int contract_index(void)
{
	static const struct CMUnitTest tests[] = {
		CONTRACT(what_the_index_lacks_is_found),
		CONTRACT(lists_find_what_a_filter_finds_whatever_is_indexed),
		CONTRACT(lists_find_punches_of_a_deleted_device_and_of_another_zone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

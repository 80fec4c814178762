/* What is shown of a device's log (core/comparison_step.h), with devices that are a list of punches. */
#include "tests.h"

#include <string.h>

#include "core/comparison_step.h"

#define MOST 6000
#define ORDERS 3000

struct device_world {
	struct world_punch {
		ghi_civil time;
		bool held, stored;
		bool twin;   /* the same as another one: it is never stored */
		bool unread; /* nor is this, of which the time cannot be read */
		bool sent;   /* since a range was queried */
	} p[MOST];
	size_t n;
	unsigned refuses; /* bits: ways */
	unsigned fails;	  /* the same: with -3 */
	struct comparison_extra extra[64];
	size_t extras;
	ghi_civil from, to; /* what was queried */
	int64_t more;	    /* it counts so many more than it holds, where it holds any */
	int queries_lost;   /* of a thousand */
	bool no_info;
	size_t orders, queries, infos;
	bool besides; /* a second range is queried */
	bool amid;    /* comparisons are amid a day */
	uint64_t chance;
};

static struct device_world w;
static struct comparison c;

static unsigned world_chance(unsigned n)
{
	w.chance = w.chance * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(w.chance >> 33) % n;
}

static ghi_civil civil_at(int64_t day, int64_t second)
{
	/* Days are counted from 2026-11-01. */
	return ghi_civil_from_seconds(ghi_civil_to_seconds(20261101000000) + day * 86400 +
				      second);
}

static void punch_add(ghi_civil t, bool held, bool stored)
{
	assert_true(w.n < MOST);
	w.p[w.n++] = (struct world_punch){ .time = t, .held = held, .stored = stored };
}

static void world_begin(uint64_t seed)
{
	memset(&w, 0, sizeof(w));
	w.chance = seed;
	c = comparison_new();
}

static int64_t range_count(ghi_civil from, ghi_civil to, bool held)
{
	int64_t n = 0;

	for (size_t i = 0; i < w.n; i++)
		n += (held ? w.p[i].held : w.p[i].stored) && w.p[i].time >= from &&
		     w.p[i].time <= to;
	return n;
}

static int64_t range_stored(ghi_civil from, ghi_civil to)
{
	int64_t n = range_count(from, to, false);

	for (size_t i = 0; i < w.extras; i++)
		if (w.extra[i].day >= from / 1000000 && w.extra[i].day <= to / 1000000)
			n += w.extra[i].n;
	return n;
}

/* In uploads of some rows, of which each may be lost; what came is there once, however often. */
static void log_send(const struct comparison_question *q, bool besides)
{
	bool lost = false;
	size_t rows = 0;

	for (size_t i = 0; i < w.n && !besides; i++)
		w.p[i].sent = false;
	w.from = q->from;
	w.to = q->to;
	for (size_t i = 0; i < w.n; i++) {
		if (!w.p[i].held || w.p[i].time < q->from || w.p[i].time > q->to)
			continue;
		if (!w.p[i].twin && rows++ % 10 == 0)
			lost = (int)world_chance(1000) < w.queries_lost;
		if (lost)
			continue;
		w.p[i].stored = !w.p[i].twin && !w.p[i].unread;
		w.p[i].sent = true;
	}
}

static int64_t rows_sent(ghi_civil from, ghi_civil to, bool unread)
{
	int64_t n = 0;

	for (size_t i = 0; i < w.n; i++)
		n += w.p[i].sent && w.p[i].unread == unread && w.p[i].time >= from &&
		     w.p[i].time <= to;
	return n;
}

static void answer_came(struct comparison_answer *a)
{
	ghi_civil first = COMPARISON_LAST;

	a->seen = rows_sent(w.from, w.to, false);
	a->unplaced = rows_sent(w.from, w.to, true);
	a->queried = range_stored(w.from, w.to);
	a->first_seen = rows_sent(c.first_to / 1000000 * 1000000, c.first_to, false);
	for (size_t i = 0; i < w.n; i++)
		if (w.p[i].sent && w.p[i].time < first && w.p[i].time >= COMPARISON_MODERN)
			first = w.p[i].time;
	a->first_to = first / 1000000 * 1000000 + 235959;
	a->first_rows = rows_sent(first / 1000000 * 1000000, a->first_to, false);
}

static void world_answer(const struct comparison_question *q, struct comparison_answer *a)
{
	unsigned way = 1u << (q->kind == COMMAND_KIND_INFO	   ? COMPARISON_COUNTERS
			      : q->kind == COMMAND_KIND_VERIFY_SUM ? COMPARISON_VERIFY_SUM
								   : COMPARISON_ACCOUNT);

	if (q->kind == COMMAND_KIND_QUERY_PUNCHES) {
		w.queries++;
		log_send(q, w.besides);
		a->what = COMPARISON_SENT;
		a->stored = range_stored(0, INT64_MAX);
		return;
	}
	w.infos += q->kind == COMMAND_KIND_INFO;
	a->stored = range_stored(q->from, q->to);
	answer_came(a);
	if (w.fails & way) {
		a->what = COMPARISON_FAILED;
		a->code = -3;
	} else if (w.refuses & way) {
		a->what = COMPARISON_REFUSED;
	} else if (q->kind == COMMAND_KIND_INFO) {
		a->people = a->fingers = -1;
		a->n = w.no_info ? -1 : range_count(0, INT64_MAX, true);
	} else {
		a->n = range_count(q->from, q->to, true);
		a->n += a->n ? w.more : 0;
	}
}

/* One comparison, to its end. */
static void world_compare(int64_t day)
{
	const struct comparison_start start = {
		.now_ms = day * 86400000,
		.end = civil_at(day, w.amid ? -36000 : -1),
		.firmware = 7,
	};

	w.orders = w.queries = w.infos = 0;
	comparison_begin(&c, &start);
	for (;;) {
		struct comparison_question q = comparison_question(&c);
		struct comparison_answer a = { .what = COMPARISON_COUNTED,
					       .now_ms = start.now_ms };

		if (q.kind == COMMAND_KINDS)
			break;
		assert_true(++w.orders < ORDERS);
		assert_true(q.from <= q.to);
		/* It counts days alone. */
		if (q.kind == COMMAND_KIND_COMPARE_PUNCHES) {
			assert_int_equal(q.from % 1000000, 0);
			assert_int_equal(q.to % 1000000, 235959);
		}
		world_answer(&q, &a);
		w.besides = c.step == COMPARISON_COUNTER_EARLY;
		struct comparison_extra extra = comparison_take(&c, &a);

		if (extra.n) {
			assert_true(w.extras < 64);
			w.extra[w.extras++] = extra;
		}
	}
	assert_int_equal(c.step, COMPARISON_IDLE);
}

/* What is shown is so; where the latest comparison did not show it, but for what is dated back since. */
static void expect_right(void)
{
	for (size_t i = 0; i < w.n; i++)
		if (w.p[i].held && !w.p[i].stored && !w.p[i].twin && !w.p[i].unread &&
		    w.p[i].time <= c.complete_to &&
		    ((w.fails == 0 && c.gap_from == GHI_CIVIL_NONE) ||
		     w.p[i].time >= COMPARISON_MODERN))
			fail_msg("%lld is missing, complete up to %lld by %lld; it does not "
				 "know %x, %d of "
				 "1000 queries are lost, %lld more are counted",
				 (long long)w.p[i].time, (long long)c.complete_to,
				 (long long)c.complete_by, w.refuses, w.queries_lost,
				 (long long)w.more);
}

static void days_make(int64_t days, unsigned lost_in_thousand)
{
	for (int64_t d = 0; d < days; d++)
		for (int k = 0; k < 8; k++)
			punch_add(civil_at(d, 28800 + k * 600), true,
				  world_chance(1000) >= lost_in_thousand);
}

static void a_whole_log_takes_few_orders(void **state)
{
	(void)state;
	world_begin(1);
	days_make(300, 0);
	world_compare(300);
	assert_int_equal(c.complete_to, civil_at(300, -1));
	assert_int_equal(c.complete_by, COMPARISON_VERIFY_SUM);
	assert_true(w.orders < 60);
	assert_true(w.queries <= 2);
	world_compare(301);
	assert_int_equal(c.complete_to, civil_at(301, -1));
	assert_true(w.orders <= 5);
	assert_int_equal(w.queries, 0);
}

static void what_is_missing_is_queried_and_complete_moves_on(void **state)
{
	(void)state;
	world_begin(2);
	days_make(40, 100);
	world_compare(40);
	assert_int_equal(c.complete_to, civil_at(40, -1));
	assert_int_equal(c.missing, 0);
	assert_int_equal(range_count(COMPARISON_FIRST, COMPARISON_LAST, false), 320);
}

static void a_day_that_was_queried_in_vain_is_a_gap_until_the_next_comparison(void **state)
{
	(void)state;
	world_begin(5);
	days_make(30, 0);
	for (size_t i = 0; i < w.n; i++)
		w.p[i].stored = i / 8 != 17;
	w.queries_lost = 1000;
	world_compare(30);
	/* Those at the beginning are not known to be sent, either. */
	assert_int_equal(w.queries, 3 * COMPARISON_TRIES);
	assert_int_equal(c.complete_to, civil_at(0, -1));
	assert_int_equal(c.missing, 8);
	w.queries_lost = 0;
	world_compare(31);
	expect_right();
	assert_int_equal(c.complete_to, civil_at(31, -1));
	assert_int_equal(c.gap_from, GHI_CIVIL_NONE);
	/* The same in a log that was complete before. */
	for (int64_t d = 31; d < 60; d++)
		for (int k = 0; k < 4; k++)
			punch_add(civil_at(d, 28800 + k), true, d != 40);
	w.queries_lost = 1000;
	world_compare(60);
	assert_int_equal(w.queries, COMPARISON_TRIES);
	assert_int_equal(c.complete_to, civil_at(40, -1));
	assert_int_equal(c.gap_from, civil_at(40, 0));
	assert_int_equal(c.gap_to, civil_at(41, -1));
	assert_int_equal(c.missing, 4);
	w.queries_lost = 0;
	world_compare(61);
	expect_right();
	assert_int_equal(c.complete_to, civil_at(61, -1));
	assert_int_equal(range_count(COMPARISON_FIRST, COMPARISON_LAST, false), (int64_t)w.n);
}

static void the_other_way_is_used_where_one_is_refused(void **state)
{
	(void)state;
	world_begin(3);
	days_make(10, 100);
	w.refuses = 1u << COMPARISON_VERIFY_SUM;
	world_compare(10);
	/* Days alone: that of the last second is not over. */
	assert_int_equal(c.complete_to, civil_at(9, -1));
	assert_int_equal(c.complete_by, COMPARISON_ACCOUNT);
	expect_right();
	world_compare(11);
	assert_int_equal(c.refused, 1 << COMPARISON_VERIFY_SUM);
	assert_int_equal(c.complete_to, civil_at(10, -1));
}

static void a_gap_that_stays_is_shown_and_not_queried_for_ever(void **state)
{
	(void)state;
	world_begin(4);
	days_make(20, 0);
	w.more = 2;
	w.no_info = true;
	for (int64_t d = 20; d < 24; d++)
		world_compare(d);
	assert_true(w.queries > 0);
	assert_int_equal(c.complete_to, civil_at(0, -1));
	assert_int_equal(c.gap_from, civil_at(0, 0));
	assert_int_equal(c.gap_why, COMPARISON_MORE);
	assert_int_equal(c.missing, 40);
	assert_int_equal(c.gap_since_ms, INT64_C(20) * 86400000);
	for (int64_t d = 24; d < 27; d++)
		world_compare(d);
	assert_int_equal(w.queries, 0);
	/* A person may have it queried once more; it is over when the counts are right. */
	w.more = 0;
	c.wanted = 1;
	world_compare(27);
	assert_int_equal(c.gap_from, GHI_CIVIL_NONE);
	assert_int_equal(c.complete_to, civil_at(27, -1));
}

static void a_log_that_was_read_whole_has_no_gap(void **state)
{
	(void)state;
	world_begin(15);
	days_make(5, 0);
	w.more = 2;
	w.no_info = true;
	world_compare(5);
	assert_int_not_equal(c.gap_from, GHI_CIVIL_NONE);
	comparison_whole(&c, COMPARISON_READ, 77);
	assert_int_equal(c.gap_from, GHI_CIVIL_NONE);
	assert_int_equal(c.gap_since_ms, 0);
	assert_int_equal(c.gap_runs, 0);
	assert_int_equal(c.missing, 0);
	assert_int_equal(c.complete_by, COMPARISON_READ);
	assert_int_equal(c.compared_ms, 77);
}

static void counts_that_are_not_right_are_seen_by_what_it_reports(void **state)
{
	(void)state;
	for (int64_t more = -3; more <= 3; more += 6) {
		world_begin(8);
		days_make(20, 200);
		w.more = more;
		world_compare(20);
		expect_right();
		assert_int_equal(c.lies, 1);
		assert_int_equal(c.complete_to, civil_at(20, -1));
		assert_int_equal(c.complete_by, COMPARISON_READ);
		assert_int_equal(c.gap_from, GHI_CIVIL_NONE);
		for (int k = 0; k < 9; k++)
			punch_add(civil_at(20, k), true, k % 2);
		world_compare(21);
		expect_right();
		assert_int_equal(c.complete_to, civil_at(21, -1));
		assert_int_equal(w.queries, 2);
		/* New firmware counts right. */
		w.more = 0;
		world_compare(22);
		assert_int_equal(c.complete_by, COMPARISON_VERIFY_SUM);
	}
}

static void a_device_that_counts_no_periods_is_compared_by_its_counter(void **state)
{
	(void)state;
	world_begin(9);
	w.refuses = 1u << COMPARISON_VERIFY_SUM | 1u << COMPARISON_ACCOUNT;
	days_make(20, 100);
	world_compare(20);
	expect_right();
	assert_int_equal(c.complete_by, COMPARISON_COUNTERS);
	assert_int_equal(c.complete_to, civil_at(19, -1));
	punch_add(civil_at(20, 5), true, true);
	world_compare(21);
	assert_int_equal(c.complete_to, civil_at(21, -1));
	assert_int_equal(w.orders, 4);
	punch_add(civil_at(21, 5), true, false);
	world_compare(22);
	expect_right();
	assert_int_equal(c.complete_to, civil_at(22, -1));
	assert_int_equal(w.queries, 2);
	/* It reports nothing, either: nothing is shown, and what was shown stays. */
	w.no_info = true;
	c.firmware = 1;
	world_compare(23);
	assert_int_equal(c.complete_to, civil_at(22, -1));
	assert_int_equal(c.step, COMPARISON_IDLE);
}

/* As many were overwritten as never came: the counts are equal. */
static void equal_counts_of_a_log_that_lost_some_are_no_proof(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed < 200; seed++) {
		world_begin(seed);
		days_make(12, 0);
		world_compare(3);
		unsigned gone = 24 + world_chance(40);

		for (size_t i = 0; i < gone; i++)
			w.p[i].held = false;
		/* The day that is held in part lacks as many. */
		for (size_t i = gone, n = gone % 8; n && i < w.n; i++, n--)
			w.p[i].stored = false;
		world_compare(12);
		expect_right();
		assert_int_equal(c.complete_to, civil_at(12, -1));
	}
}

static void lost_once(const struct comparison_start *s, const struct comparison_answer *lost)
{
	comparison_begin(&c, s);
	(void)comparison_take(&c, lost);
}

/* It counts fewer than are stored, whatever is missing. */
static void a_counter_alone_proves_nothing_of_a_log_that_was_erased(void **state)
{
	(void)state;
	for (int lies = 0; lies < 2; lies++) {
		world_begin(10);
		w.refuses = lies ? 0 : 1u << COMPARISON_VERIFY_SUM | 1u << COMPARISON_ACCOUNT;
		w.more = lies ? 2 : 0;
		days_make(10, 0);
		world_compare(10);
		ghi_civil before = c.complete_to;

		assert_int_not_equal(before, GHI_CIVIL_NONE);
		for (size_t i = 0; i < w.n; i++)
			w.p[i].held = false;
		for (int k = 0; k < 5; k++)
			punch_add(civil_at(10, k * 600), true, false);
		w.queries_lost = 1000;
		world_compare(11);
		assert_int_equal(c.complete_to, before);
		assert_int_equal(c.gap_why, COMPARISON_NOT_SENT);
		w.queries_lost = 0;
		world_compare(12);
		expect_right();
		assert_true(c.complete_to > before);
		assert_int_equal(c.gap_from, GHI_CIVIL_NONE);
		assert_int_equal(c.gone, 80);
		assert_int_equal(c.shrunk, 1);
		/* Where nothing was lost since, what is new is enough. */
		punch_add(civil_at(12, 5), true, false);
		world_compare(13);
		assert_int_equal(c.complete_to, civil_at(13, -1));
		assert_int_equal(c.shrunk, 0);
		assert_int_equal(w.queries, 2);
	}
}

static void what_fails_once_is_tried_again(void **state)
{
	(void)state;
	world_begin(11);
	days_make(10, 100);
	w.fails = 1u << COMPARISON_VERIFY_SUM;
	for (int k = 0; k < 2; k++) {
		world_compare(10 + k);
		assert_int_equal(c.complete_by, COMPARISON_ACCOUNT);
		assert_int_equal(c.refused, 0);
		assert_int_equal(c.failed, 1 << COMPARISON_VERIFY_SUM);
		assert_int_equal(c.failed_code, -3);
	}
	w.fails = 0;
	world_compare(12);
	assert_int_equal(c.complete_by, COMPARISON_VERIFY_SUM);
	assert_int_equal(c.failed, 0);
	/* It is not tried for ever, until there is other firmware. */
	w.fails = 1u << COMPARISON_VERIFY_SUM;
	for (int k = 0; k < COMPARISON_FAILS; k++)
		world_compare(13 + k);
	w.fails = 0;
	world_compare(20);
	assert_int_equal(c.complete_by, COMPARISON_ACCOUNT);
	assert_int_equal(c.failed, 1 << COMPARISON_VERIFY_SUM);
	c.firmware = 1;
	world_compare(21);
	assert_int_equal(c.complete_by, COMPARISON_VERIFY_SUM);
	/* What it counted is not shown while it does not report what it has. */
	w.fails = 1u << COMPARISON_COUNTERS;
	world_compare(22);
	assert_int_equal(c.complete_to, civil_at(21, -1));
	w.fails = 0;
	world_compare(23);
	assert_int_equal(c.complete_to, civil_at(23, -1));
}

static void rows_that_are_no_punches_of_their_own_are_no_gap(void **state)
{
	(void)state;
	world_begin(12);
	days_make(10, 100);
	for (size_t i = 0; i < 80; i += 20) {
		punch_add(w.p[i].time, true, false);
		w.p[w.n - 1].twin = true;
	}
	world_compare(10);
	expect_right();
	assert_int_equal(c.gap_from, GHI_CIVIL_NONE);
	assert_int_equal(c.complete_to, civil_at(10, -1));
	assert_int_equal(c.extra, 4);
	/* That is known from then on. */
	world_compare(11);
	assert_int_equal(w.queries, 0);
	assert_int_equal(c.complete_to, civil_at(11, -1));
	/* One of which the time cannot be read may be of that day, or not. */
	punch_add(civil_at(11, 100), true, false);
	w.p[w.n - 1].unread = true;
	world_compare(12);
	assert_int_equal(w.queries, 1);
	assert_int_equal(c.gap_why, COMPARISON_QUARANTINED);
	assert_int_equal(c.complete_to, civil_at(11, -1));
}

static void periods_are_whole_days_whichever_way_counts_them(void **state)
{
	(void)state;
	world_begin(13);
	w.amid = true;
	days_make(10, 0);
	world_compare(9);
	assert_int_equal(c.complete_to, civil_at(9, -36000));
	w.refuses = 1u << COMPARISON_VERIFY_SUM;
	w.no_info = true;
	c.wanted = 1;
	world_compare(10);
	assert_int_equal(c.complete_by, COMPARISON_ACCOUNT);
	assert_int_equal(c.gap_from, GHI_CIVIL_NONE);
	assert_int_equal(c.complete_to, civil_at(9, -1));
}

static void an_order_of_a_person_is_not_lost_with_an_answer(void **state)
{
	const struct comparison_answer lost = { .what = COMPARISON_LOST };
	const struct comparison_start start = { .end = civil_at(5, -1), .firmware = 7 };

	(void)state;
	world_begin(14);
	days_make(5, 0);
	c.wanted = 1;
	for (int k = 0; k < 3; k++) {
		comparison_begin(&c, &start);
		(void)comparison_take(&c, &lost);
		assert_int_equal(c.step, COMPARISON_IDLE);
		assert_true(c.wanted);
	}
	world_compare(5);
	assert_int_equal(c.wanted, 0);
	for (c.wanted = 1; c.wanted; lost_once(&start, &lost))
		assert_true(c.wanted <= COMPARISON_LOST_MOST);
}

static void lost_answers_end_it_and_nothing_is_shown(void **state)
{
	const struct comparison_answer lost = { .what = COMPARISON_LOST };

	(void)state;
	world_begin(6);
	days_make(5, 0);
	world_compare(4);
	comparison_begin(&c,
			 &(struct comparison_start){ .end = civil_at(5, -1), .firmware = 7 });
	comparison_take(&c, &lost);
	assert_int_equal(c.step, COMPARISON_IDLE);
	assert_int_equal(c.complete_to, civil_at(4, -1));
}

/* Nights of a device to which everything happens. */
static void what_is_shown_is_so_whatever_happens(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed < 400; seed++) {
		world_begin(seed * 7919);
		size_t most = 40 + world_chance(400);
		bool moves = world_chance(4) == 0;

		w.queries_lost = (int)world_chance(3) * 150;
		w.refuses = world_chance(5) == 0 ? 1u << COMPARISON_VERIFY_SUM
			    : world_chance(5) == 0
				    ? 1u << COMPARISON_VERIFY_SUM | 1u << COMPARISON_ACCOUNT
				    : 0;
		w.amid = world_chance(2);
		w.no_info = world_chance(4) == 0;
		/* That nothing was sent is seen by what it counts. */
		w.more = w.queries_lost == 0 && world_chance(5) == 0 && !w.no_info && !moves
				 ? (int64_t)world_chance(5) - 2
				 : 0;
		for (int64_t d = 0; d < 40; d++) {
			bool away = world_chance(10) == 0;

			for (unsigned k = world_chance(20); k; k--) {
				ghi_civil t = civil_at(d, (int64_t)world_chance(86400));

				if (moves && world_chance(30) == 0)
					t = ghi_civil_from_seconds(
						ghi_civil_to_seconds(20000101000000) +
						world_chance(86400));
				punch_add(t, true, !away && world_chance(20) != 0);
				if (world_chance(150) == 0 && w.more == 0) {
					punch_add(t, true, false);
					w.p[w.n - 1].twin = true;
				}
			}
			/* The log is full, or erased at the device, or it is another device. */
			size_t held = (size_t)range_count(0, INT64_MAX, true);
			size_t drop = world_chance(60) == 0 ? held
				      : held > most	    ? held - most
							    : 0;

			for (size_t i = 0; i < w.n && drop; i++)
				if (w.p[i].held) {
					w.p[i].held = false;
					drop--;
				}
			w.fails = world_chance(12) == 0 ? 1u << (1 + world_chance(3)) : 0;
			if (!away) {
				world_compare(d + 1);
				expect_right();
			}
		}
		if (w.queries_lost == 0 && w.refuses == 0 && w.more == 0) {
			w.fails = 0;
			c.wanted = 1;
			world_compare(41);
			expect_right();
			assert_int_equal(c.complete_to, civil_at(41, w.amid ? -36000 : -1));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_log_takes_few_orders),
		cmocka_unit_test(what_is_missing_is_queried_and_complete_moves_on),
		cmocka_unit_test(
			a_day_that_was_queried_in_vain_is_a_gap_until_the_next_comparison),
		cmocka_unit_test(the_other_way_is_used_where_one_is_refused),
		cmocka_unit_test(a_gap_that_stays_is_shown_and_not_queried_for_ever),
		cmocka_unit_test(a_log_that_was_read_whole_has_no_gap),
		cmocka_unit_test(counts_that_are_not_right_are_seen_by_what_it_reports),
		cmocka_unit_test(a_device_that_counts_no_periods_is_compared_by_its_counter),
		cmocka_unit_test(equal_counts_of_a_log_that_lost_some_are_no_proof),
		cmocka_unit_test(a_counter_alone_proves_nothing_of_a_log_that_was_erased),
		cmocka_unit_test(what_fails_once_is_tried_again),
		cmocka_unit_test(rows_that_are_no_punches_of_their_own_are_no_gap),
		cmocka_unit_test(periods_are_whole_days_whichever_way_counts_them),
		cmocka_unit_test(an_order_of_a_person_is_not_lost_with_an_answer),
		cmocka_unit_test(lost_answers_end_it_and_nothing_is_shown),
		cmocka_unit_test(what_is_shown_is_so_whatever_happens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What is shown of a device's log (core/comparison_step.h), with devices that are a list of punches. */
#include "tests.h"

#include "comparison_world.h"

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

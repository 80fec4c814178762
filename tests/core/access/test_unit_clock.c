#include "tests.h"

#include "core/access/unit_clock.h"

#define HOUR_S 3600
#define YEAR_S (365 * 24 * HOUR_S)
#define HOUR_MS INT64_C(3600000)

/* A unit with a clock, as the loop sees it. */
static struct unit {
	struct unit_clock clock;
	struct unit_clock_facts facts;
	int64_t off_s; /* of its digits from UTC */
} unit;

static void unit_begin(int64_t off_s)
{
	unit = (struct unit){
		.facts = { .policy = CLOCK_AUTO,
			   .own_zone = true,
			   .zone_offset_s = 3 * HOUR_S,
			   .target_offset_s = 3 * HOUR_S,
			   .now_ms = 5 },
		.off_s = off_s,
	};
}

/* It reports its state every nine seconds, so often. What the loop decided last. */
static enum unit_clock_step unit_reports(int n)
{
	enum unit_clock_step step = UNIT_CLOCK_NOTHING;

	while (n-- > 0) {
		unit.facts.now_ms += 9000;
		if (unit_clock_sample(&unit.clock, unit.off_s, true, unit.facts.now_ms))
			step = unit_clock_decide(&unit.clock, &unit.facts);
	}
	return step;
}

/* The clock is set, in the form that is known, and acknowledged. */
static void unit_is_set(bool reads_utc)
{
	int64_t given = unit.facts.target_offset_s -
			(unit.facts.form_utc ? unit.facts.zone_offset_s : 0);

	unit.off_s = given + (reads_utc ? unit.facts.zone_offset_s : 0);
	unit_clock_answered(&unit.clock);
}

static void three_reports_that_agree_decide(void **state)
{
	(void)state;
	unit_begin(3 * HOUR_S + 21);
	assert_int_equal(unit_reports(2), UNIT_CLOCK_NOTHING);
	unit.off_s += 6;
	assert_int_equal(unit_reports(2), UNIT_CLOCK_NOTHING);
	assert_int_equal(unit_reports(1), UNIT_CLOCK_SET);
	unit_is_set(false);
	assert_int_equal(unit_reports(2), UNIT_CLOCK_NOTHING);
	assert_int_equal(unit_reports(1), UNIT_CLOCK_RIGHT);
	unit.off_s += 20;
	assert_int_equal(unit_reports(3), UNIT_CLOCK_RIGHT);
}

static void clock_form_flips_once_and_stays(void **state)
{
	(void)state;
	unit_begin(0);
	assert_int_equal(unit_reports(3), UNIT_CLOCK_SET);
	unit_is_set(true);
	assert_int_equal(unit.off_s, 6 * HOUR_S);
	assert_int_equal(unit_reports(3), UNIT_CLOCK_TURN);
	unit.facts.form_utc = true;
	unit_is_set(true);
	assert_int_equal(unit_reports(3), UNIT_CLOCK_RIGHT);
	/* Whatever it shows after the next setting, the form is known. */
	unit.off_s += 60;
	unit.facts.now_ms += HOUR_MS;
	assert_int_equal(unit_reports(3), UNIT_CLOCK_SET);
	unit.off_s = 6 * HOUR_S;
	unit_clock_answered(&unit.clock);
	assert_int_equal(unit_reports(3), UNIT_CLOCK_LEFT);
	unit.facts.now_ms += HOUR_MS;
	assert_int_equal(unit_reports(3), UNIT_CLOCK_SET);
}

static void what_a_unit_showed_before_it_was_set_turns_nothing(void **state)
{
	(void)state;
	unit_begin(6 * HOUR_S);
	assert_int_equal(unit_reports(3), UNIT_CLOCK_SET);
	/* It was not acknowledged yet. */
	assert_int_equal(unit_reports(30), UNIT_CLOCK_LEFT);
	unit_is_set(false);
	assert_int_equal(unit_reports(3), UNIT_CLOCK_RIGHT);
	/* An hour off later, by the offset of the zone, which no setting made. */
	unit.off_s = 6 * HOUR_S;
	unit.facts.now_ms += HOUR_MS;
	assert_int_equal(unit_reports(3), UNIT_CLOCK_SET);
}

static void a_clock_that_lies_is_set_once_an_hour(void **state)
{
	int set = 0;
	(void)state;
	unit_begin(0);
	for (int i = 0; i < 4000; i++) {
		unit.off_s = (int64_t)(i % 2 ? 1 : -1) * (i % 40 + 1) * YEAR_S;
		set += unit_reports(1) == UNIT_CLOCK_SET;
	}
	/* Ten hours, each report another year: no three agree. */
	assert_int_equal(set, 0);
	for (int i = 0; i < 4000; i++) {
		unit.off_s = (int64_t)(i / 3 % 40 + 1) * YEAR_S;
		if (unit_reports(1) != UNIT_CLOCK_SET)
			continue;
		set++;
		unit_clock_answered(&unit.clock);
	}
	assert_in_range(set, 5, 11);
}

static void more_than_two_minutes_need_a_zone_or_a_person(void **state)
{
	static const struct {
		enum clock_policy policy;
		bool own_zone;
		int64_t off_s;
		enum unit_clock_step want;
	} row[] = {
		{ CLOCK_AUTO, false, 119, UNIT_CLOCK_SET },
		{ CLOCK_AUTO, false, -119, UNIT_CLOCK_SET },
		{ CLOCK_AUTO, false, 121, UNIT_CLOCK_LEFT },
		{ CLOCK_AUTO, false, -YEAR_S, UNIT_CLOCK_LEFT },
		{ CLOCK_AUTO, true, -YEAR_S, UNIT_CLOCK_SET },
		{ CLOCK_LOCAL, false, 5 * YEAR_S, UNIT_CLOCK_SET },
		{ CLOCK_UTC, false, 121, UNIT_CLOCK_SET },
		{ CLOCK_OFF, true, 121, UNIT_CLOCK_LEFT },
		{ CLOCK_OFF, true, 21, UNIT_CLOCK_LEFT },
		{ CLOCK_OFF, true, 20, UNIT_CLOCK_RIGHT },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		unit_begin(3 * HOUR_S + row[i].off_s);
		unit.facts.policy = row[i].policy;
		unit.facts.own_zone = row[i].own_zone;
		assert_int_equal(unit_reports(3), row[i].want);
	}
}

static void a_change_of_summer_time_moves_the_clock(void **state)
{
	(void)state;
	unit_begin(3 * HOUR_S);
	unit.facts.own_zone = false;
	assert_int_equal(unit_reports(3), UNIT_CLOCK_RIGHT);
	unit.facts.zone_offset_s = unit.facts.target_offset_s = 4 * HOUR_S;
	assert_int_equal(unit_reports(1), UNIT_CLOCK_SET);
	unit_is_set(false);
	assert_int_equal(unit_reports(3), UNIT_CLOCK_RIGHT);
	/* The other way within the hour: it is to show another time than it was given. */
	unit.facts.zone_offset_s = unit.facts.target_offset_s = 3 * HOUR_S;
	assert_int_equal(unit_reports(1), UNIT_CLOCK_SET);
	unit_is_set(false);
	assert_int_equal(unit_reports(3), UNIT_CLOCK_RIGHT);
	/* An hour that is no change of the zone. */
	unit.off_s += HOUR_S;
	unit.facts.now_ms += 2 * HOUR_MS;
	assert_int_equal(unit_reports(3), UNIT_CLOCK_LEFT);
}

static bool event_counts(int64_t at_s)
{
	return unit_clock_sample(&unit.clock, at_s - unit.facts.now_ms / 1000, false,
				 unit.facts.now_ms);
}

static void old_events_sent_again_move_no_clock(void **state)
{
	int64_t at_s = -30 * 24 * HOUR_S;
	(void)state;
	unit_begin(0);
	unit.facts.now_ms = 1000000;
	/* A month of them, one every ten seconds, sent a hundred in a second. */
	for (int i = 0; i < 200000; i++) {
		at_s += 10;
		unit.facts.now_ms += 10;
		assert_false(event_counts(at_s));
	}
	/* Those that happen now count. */
	for (int i = 0; i < 3; i++) {
		unit.facts.now_ms += 25000;
		at_s = unit.facts.now_ms / 1000 - 100;
		if (event_counts(at_s))
			assert_int_equal(i, 2);
	}
	assert_int_equal(unit_clock_decide(&unit.clock, &unit.facts), UNIT_CLOCK_SET);
}

static void events_do_not_count_beside_states(void **state)
{
	(void)state;
	unit_begin(3 * HOUR_S);
	unit_reports(2);
	for (int i = 0; i < 5; i++) {
		unit.facts.now_ms += 25000;
		assert_false(event_counts(unit.facts.now_ms / 1000 - YEAR_S));
	}
	assert_int_equal(unit_reports(1), UNIT_CLOCK_RIGHT);
	/* A unit that ended to report states. */
	unit.facts.now_ms += UNIT_CLOCK_STATES_MS;
	for (int i = 0; i < 3; i++) {
		unit.facts.now_ms += 25000;
		(void)event_counts(unit.facts.now_ms / 1000 + 3 * HOUR_S + 30);
	}
	assert_int_equal(unit_clock_decide(&unit.clock, &unit.facts), UNIT_CLOCK_SET);
}

static void when_a_clock_was_set_holds_after_a_restart(void **state)
{
	int64_t set_ms = 0;
	(void)state;

	unit_begin(0);
	unit.facts.time_ms = 50 * HOUR_MS;
	assert_false(unit_clock_keep(&unit.clock, &set_ms));
	assert_int_equal(unit_reports(3), UNIT_CLOCK_SET);
	assert_true(unit_clock_keep(&unit.clock, &set_ms));
	assert_int_equal(set_ms, 50 * HOUR_MS);
	unit_clock_answered(&unit.clock);
	assert_false(unit_clock_keep(&unit.clock, &set_ms));

	/* When the time of day is `at_ms`; whether it is set by then. */
	static const struct {
		int64_t at_ms;
		enum unit_clock_step want;
	} row[] = {
		{ 50 * HOUR_MS, UNIT_CLOCK_LEFT },
		{ 51 * HOUR_MS - 40000, UNIT_CLOCK_LEFT },
		{ 51 * HOUR_MS, UNIT_CLOCK_SET },
		{ 90 * HOUR_MS, UNIT_CLOCK_SET },
		/* It went back, or began at 1970. */
		{ 49 * HOUR_MS, UNIT_CLOCK_LEFT },
		{ 0, UNIT_CLOCK_LEFT },
	};
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		unit_begin(9 * HOUR_S);
		unit_clock_recall(&unit.clock, set_ms, unit.facts.now_ms, row[i].at_ms);
		/* Once. */
		unit_clock_recall(&unit.clock, 0, unit.facts.now_ms, row[i].at_ms);
		assert_int_equal(unit_reports(3), row[i].want);
		assert_int_equal(unit_clock_keep(&unit.clock, &set_ms),
				 row[i].want == UNIT_CLOCK_SET);
		set_ms = 50 * HOUR_MS;
	}
	/* From then on for an hour. */
	unit_begin(9 * HOUR_S);
	unit_clock_recall(&unit.clock, set_ms, unit.facts.now_ms, set_ms + HOUR_MS / 2);
	assert_int_equal(unit_reports(3), UNIT_CLOCK_LEFT);
	unit.facts.now_ms += HOUR_MS / 2;
	assert_int_equal(unit_reports(3), UNIT_CLOCK_SET);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_reports_that_agree_decide),
		cmocka_unit_test(clock_form_flips_once_and_stays),
		cmocka_unit_test(what_a_unit_showed_before_it_was_set_turns_nothing),
		cmocka_unit_test(a_clock_that_lies_is_set_once_an_hour),
		cmocka_unit_test(more_than_two_minutes_need_a_zone_or_a_person),
		cmocka_unit_test(a_change_of_summer_time_moves_the_clock),
		cmocka_unit_test(old_events_sent_again_move_no_clock),
		cmocka_unit_test(events_do_not_count_beside_states),
		cmocka_unit_test(when_a_clock_was_set_holds_after_a_restart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

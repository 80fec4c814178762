/* Who may pass where, at which minute, and why. */
#include "tests.h"

#include <stdio.h>

#include "core/access/rights/site.h"

#define DOOR(serial, number)                                        \
	{                                                           \
		.sn = { (const uint8_t *)(serial), 1 }, .n = number \
	}

static const struct site_door doors_of_a[] = { DOOR("A", 1), DOOR("A", 2) };
static const struct site_door door_b1[] = { DOOR("B", 1) };
static const int64_t ann_and_bob[] = { 1, 2 }, ann[] = { 1 }, all[] = { 1, 2, 3, 4 };

static const struct site_person people[] = {
	{ .id = 1, .valid = { 20260901000000, 20261231235959 } },
	{ .id = 2 },
	{ .id = 3, .disabled = true },
	{ .id = 4 },
};

static const struct site_level levels[] = {
	{ .id = 1,
	  .rule = 2,
	  .door = doors_of_a,
	  .doors = 2,
	  .person = ann_and_bob,
	  .people = 2 },
	{ .id = 2,
	  .rule = 1,
	  .door = door_b1,
	  .doors = 1,
	  .person = ann,
	  .people = 1,
	  .valid = { 20261101000000, 20261130235959 } },
	{ .id = 3, .rule = 0, .door = door_b1, .doors = 1, .person = all, .people = 4 },
	{ .id = 4,
	  .rule = 3,
	  .door = doors_of_a,
	  .doors = 1,
	  .person = ann_and_bob,
	  .people = 2 },
};

static const struct holiday_days holidays[] = {
	{ 20261225, 20261225, 1, true },
	{ 20261226, 20261226, 2, false },
	{ 20261224, 20261224, 3, false },
};

static struct site_rule rules[3];

static struct site site_of(void)
{
	static const char *const week[] = {
		"{\"mon-sun\":[\"00:00-24:00\"]}",
		"{\"mon-fri\":[\"08:00-12:00\",\"12:30-18:00\"]}",
		"{\"sat\":[\"10:00-11:00\"]}",
	};
	static const char *const holiday[] = {
		"{\"1\":[\"00:00-24:00\"],\"2\":[\"00:00-24:00\"],\"3\":[\"00:00-24:00\"]}",
		"{\"1\":[],\"2\":[\"09:00-10:00\"]}",
		"{}",
	};

	for (size_t i = 0; i < 3; i++) {
		rules[i].id = (int64_t)i + 1;
		assert_int_equal(time_table_read(gh_slice_of(week[i]), gh_slice_of(holiday[i]),
						 &rules[i].table),
				 GH_OK);
	}
	rules[2].valid = (struct validity){ 20261101000000, 20261114235959 };
	return (struct site){ .person = people,
			      .people = 4,
			      .rule = rules,
			      .rules = 3,
			      .holiday = holidays,
			      .holidays = 3,
			      .level = levels,
			      .levels = 4 };
}

static void a_right_is_a_level_a_rule_and_a_valid_person(void **state)
{
	static const struct {
		int64_t person;
		const char *door;
		ghi_civil at;
		enum site_verdict why;
		int64_t level;
	} c[] = {
		{ 1, "A:1", 20261130080000, SITE_GRANTED, 1 }, /* a Monday */
		{ 1, "A:1", 20261130075959, SITE_CLOSED, 1 },
		{ 1, "A:1", 20261130120059, SITE_GRANTED, 1 }, /* the minute of the end */
		{ 1, "A:1", 20261130120100, SITE_CLOSED, 1 },
		{ 1, "A:2", 20261130123000, SITE_GRANTED, 1 },
		{ 1, "A:3", 20261130123000, SITE_NO_LEVEL, 0 },
		{ 1, "A:1", 20261129090000, SITE_CLOSED, 1 },  /* a Sunday */
		{ 1, "A:1", 20261225090000, SITE_CLOSED, 1 },  /* a holiday, named and closed */
		{ 2, "A:1", 20271225090000, SITE_CLOSED, 1 },  /* every year, a Saturday */
		{ 1, "A:1", 20261226093000, SITE_GRANTED, 1 }, /* a holiday that is open */
		{ 1, "A:1", 20261226103000, SITE_CLOSED, 1 },
		{ 1, "A:1", 20261224090000, SITE_CLOSED,
		  1 }, /* a type the rule does not name */
		{ 1, "A:1", 20260831235959, SITE_PERSON_EARLY, 0 },
		{ 1, "A:1", 20270104090000, SITE_PERSON_LATE, 0 },
		{ 2, "A:1", 20270104090000, SITE_GRANTED, 1 },
		{ 3, "A:1", 20261130090000, SITE_DISABLED, 0 },
		{ 3, "B:1", 20261130090000, SITE_DISABLED, 0 },
		{ 4, "A:1", 20261130090000, SITE_NO_LEVEL, 0 },
		{ 4, "B:1", 20261130090000, SITE_NO_RULE, 3 },
		{ 9, "A:1", 20261130090000, SITE_NO_PERSON, 0 },
		{ 1, "B:1", 20261130235959, SITE_GRANTED, 2 },
		{ 1, "B:1", 20261201000000, SITE_LEVEL_LATE, 2 },
		{ 1, "B:1", 20261031235959, SITE_LEVEL_EARLY, 2 },
		/* The second level grants it where the first is closed. */
		{ 2, "A:1", 20261107103000, SITE_GRANTED, 4 },
		{ 2, "A:2", 20261107103000, SITE_CLOSED, 1 },
		{ 2, "A:1", 20261121103000, SITE_CLOSED, 1 }, /* that rule is over */
	};
	struct site s = site_of();
	(void)state;

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		struct site_door door;

		assert_int_equal(site_door_read(gh_slice_of(c[i].door), &door), GH_OK);
		struct site_answer a = site_decide(&s, site_person_find(&s, c[i].person), &door,
						   c[i].at, NULL, NULL);
		int64_t level = a.level ? a.level->id : 0;

		if (a.why != c[i].why || level != c[i].level)
			fail_msg("row %zu: %s of level %d", i, site_verdict_word(a.why),
				 (int)level);
		assert_int_equal(a.granted, c[i].why == SITE_GRANTED);
	}
}

struct steps {
	size_t n;
	char text[8][64];
};

static void step_see(void *ctx, const struct site_step *step)
{
	struct steps *all_steps = ctx;

	assert_true(all_steps->n < 8);
	snprintf(all_steps->text[all_steps->n++], 64, "%d %s %d %d-%d",
		 step->level ? (int)step->level->id : 0, site_verdict_word(step->verdict),
		 step->rule ? (int)step->column : -1, step->span ? step->span->from : -1,
		 step->span ? step->span->to : -1);
}

static void everything_that_was_looked_at_is_named(void **state)
{
	const struct site_door door = DOOR("A", 1);
	struct site s = site_of();
	struct steps steps = { 0 };
	(void)state;

	site_decide(&s, &people[1], &door, 20261107103000, step_see, &steps);
	assert_int_equal(steps.n, 2);
	assert_string_equal(steps.text[0], "1 rule_closed 6 -1--1");
	assert_string_equal(steps.text[1], "4 granted 6 600-660");
	steps.n = 0;
	site_decide(&s, &people[0], &door, 20270105103000, step_see, &steps);
	assert_int_equal(steps.n, 3);
	assert_string_equal(steps.text[0], "0 person_expired -1 -1--1");
	assert_string_equal(steps.text[1], "1 granted 2 480-720");
	assert_string_equal(steps.text[2], "4 rule_expired 0 -1--1");
	steps.n = 0;
	site_decide(&s, &people[3], &door, 20261107103000, step_see, &steps);
	assert_int_equal(steps.n, 1);
	assert_string_equal(steps.text[0], "0 no_level -1 -1--1");
}

/* It is named for those who have no right, too. */
static void a_door_that_stands_open_is_named(void **state)
{
	static const struct site_output out[] = {
		{ .id = 1,
		  .sn = { (const uint8_t *)"A", 1 },
		  .n = 1,
		  .rule = 2,
		  .action = SCHEDULED_OPEN },
		{ .id = 2,
		  .sn = { (const uint8_t *)"A", 1 },
		  .n = 1,
		  .rule = 3,
		  .action = SCHEDULED_CLOSED },
		{ .id = 3, .sn = { (const uint8_t *)"A", 1 }, .n = 2, .rule = 1 },
		{ .id = 4,
		  .sn = { (const uint8_t *)"A", 1 },
		  .output = SCHEDULED_OUTPUT_AUX,
		  .n = 2,
		  .rule = 1,
		  .action = SCHEDULED_OPEN },
	};
	struct site_door_setting set = { .door = DOOR("B", 1) };
	const struct site_door a1 = DOOR("A", 1), a2 = DOOR("A", 2), b1 = DOOR("B", 1);
	struct site s = site_of();
	struct steps steps = { 0 };
	(void)state;

	s.output = out;
	s.outputs = 4;
	s.door = &set;
	s.doors = 1;
	for (size_t i = 0; i < DOOR_SETTINGS; i++)
		set.number[i] = DOOR_SETTING_ABSENT;
	set.number[DOOR_SET_usable_rule] = 0;
	set.number[DOOR_SET_normal_open_rule] = 2;
	assert_true(site_door_stands_open(&s, &a1, 20261130080000));
	assert_false(site_door_stands_open(&s, &a1, 20261130121500));
	assert_false(site_door_stands_open(&s, &a1, 20261225090000)); /* a holiday */
	assert_false(site_door_stands_open(&s, &a1, 20261107103000));
	assert_false(site_door_stands_open(&s, &a2, 20261130080000));
	assert_true(site_door_stands_open(&s, &b1, 20261130080000));
	assert_false(site_door_stands_open(&s, &b1, 20261130180100));
	site_decide(&s, &people[3], &a1, 20261130080000, step_see, &steps);
	assert_int_equal(steps.n, 2);
	assert_string_equal(steps.text[0], "0 no_level -1 -1--1");
	assert_string_equal(steps.text[1], "0 stands_open -1 -1--1");
	steps.n = 0;
	site_decide(&s, &people[1], &a1, 20261107103000, step_see, &steps);
	assert_int_equal(steps.n, 3);
	assert_string_equal(steps.text[2], "0 held_closed -1 -1--1");
}

/* As the simulated unit: it looks at nothing else. */
static void a_super_user_passes_a_locked_door_without_a_right(void **state)
{
	static const struct site_door door = DOOR("B", 1);
	static const int64_t who[] = { 3, 4 };
	static const struct site_super super = {
		.id = 1, .door = &door, .doors = 1, .person = who, .people = 2
	};
	struct site_door_setting set = { .door = DOOR("B", 1) };
	struct site s = site_of();
	(void)state;

	for (size_t i = 0; i < DOOR_SETTINGS; i++)
		set.number[i] = DOOR_SETTING_ABSENT;
	set.number[DOOR_SET_masked] = 1;
	s.door = &set;
	s.doors = 1;
	for (int supers = 0; supers < 2; supers++) {
		const struct site_person *p = site_person_find(&s, 4);
		struct site_answer a = site_decide(&s, p, &door, 20261130090000, NULL, NULL);

		s.super = &super;
		s.supers = 1;
		assert_int_equal(a.granted, supers);
		assert_int_equal(a.why, supers ? SITE_SUPER_USER : SITE_DOOR_LOCKED);
	}
	/* One that is disabled passes none, and of a door that is not locked a right is needed. */
	assert_int_equal(
		site_decide(&s, site_person_find(&s, 3), &door, 20261130090000, NULL, NULL).why,
		SITE_DISABLED);
	set.number[DOOR_SET_masked] = 0;
	assert_int_equal(
		site_decide(&s, site_person_find(&s, 4), &door, 20261130090000, NULL, NULL).why,
		SITE_NO_RULE);
}

static void a_door_is_a_serial_number_and_a_number(void **state)
{
	static const char *const wrong[] = { "A",    "A:",    "A:0",  ":1",   "A:x",
					     "A:01", "A:256", "A:1 ", "A:-1", "" };
	struct site_door d;
	(void)state;

	assert_int_equal(site_door_read(GH_LIT("CGD1:16"), &d), GH_OK);
	assert_true(gh_slice_eq(d.sn, GH_LIT("CGD1")));
	assert_int_equal(d.n, 16);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(site_door_read(gh_slice_of(wrong[i]), &d), GH_EMALFORMED);
}

static void a_person_has_no_right_in_another_namespace(void **state)
{
	const struct site_unit unit[] = { { { (const uint8_t *)"A", 1 }, GH_LIT("berlin") },
					  { { (const uint8_t *)"C", 1 }, GH_LIT("rome") } };
	struct site_person person[4];
	struct site s = site_of();
	(void)state;

	memcpy(person, people, sizeof(person));
	s.person = person;
	s.unit = unit;
	s.units = 2;
	assert_string_equal((const char *)site_namespace(&s, GH_LIT("C")).p, "rome");
	assert_string_equal((const char *)site_namespace(&s, GH_LIT("B")).p, "default");
	assert_int_equal(
		site_decide(&s, &person[1], &doors_of_a[0], 20261012090000, NULL, NULL).why,
		SITE_OTHER_NAMESPACE);
	assert_false(site_identify(&s, &person[1], &doors_of_a[0], 20261012090000).elsewhere);
	person[1].namespace = GH_LIT("berlin");
	assert_true(site_decide(&s, &person[1], &doors_of_a[0], 20261012090000, NULL, NULL)
			    .granted);
	assert_int_equal(
		site_decide(&s, &person[1], &door_b1[0], 20261012090000, NULL, NULL).why,
		SITE_OTHER_NAMESPACE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_right_is_a_level_a_rule_and_a_valid_person),
		cmocka_unit_test(everything_that_was_looked_at_is_named),
		cmocka_unit_test(a_door_that_stands_open_is_named),
		cmocka_unit_test(a_super_user_passes_a_locked_door_without_a_right),
		cmocka_unit_test(a_person_has_no_right_in_another_namespace),
		cmocka_unit_test(a_door_is_a_serial_number_and_a_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What a unit answered that it does not know is not sent to it again, and what cannot be there without it neither. */
#include "tests.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/access/rights/refused.h"
#include "core/access/rights/steps.h"

#define CONTROLLER "MachineType=9,LockCount=2,DateFmtFunOn=1,AccSupportFunList=00000001"

static struct needed_row row_of(enum unit_table t, const char *key, const char *text)
{
	return (struct needed_row){ .table = t,
				    .key = gh_slice_of(key),
				    .text = gh_slice_of(text) };
}

/* Two people, the second for a time, with a card and a right each; in the order of the tables. */
static struct unit_rows two_people(void)
{
	const struct needed_row rows[] = {
		row_of(UNIT_TIMEZONE, "1", "TimezoneId=1\tSunTime1=2359"),
		row_of(UNIT_HOLIDAY, "20261225", "Holiday=20261225\tHolidayType=1\tLoop=1"),
		row_of(UNIT_USER, "5", "Pin=5\tEndTime=0\tName=Ann"),
		row_of(UNIT_USER, "6", "Pin=6\tEndTime=900000000\tName=Bo"),
		row_of(UNIT_CARDS, "5\tA", "Pin=5\tCardNo=A"),
		row_of(UNIT_CARDS, "6\tB", "Pin=6\tCardNo=B"),
		row_of(UNIT_RIGHTS, "5\t1\t1",
		       "Pin=5\tAuthorizeTimezoneId=1\tAuthorizeDoorId=1"),
		row_of(UNIT_RIGHTS, "6\t1\t1",
		       "Pin=6\tAuthorizeTimezoneId=1\tAuthorizeDoorId=1"),
	};
	struct unit_rows u = { .row = malloc(sizeof(rows)),
			       .rows = sizeof(rows) / sizeof(rows[0]) };

	assert_non_null(u.row);
	memcpy(u.row, rows, sizeof(rows));
	return u;
}

static struct ghi_table_unit unit_without(const char *refused)
{
	struct ghi_table_unit unit = ghi_table_unit_of(GH_LIT(CONTROLLER));

	unit.refused = gh_slice_of(refused);
	return unit;
}

static void rows_are(const struct unit_rows *u, const char *const *want)
{
	size_t i = 0;

	for (; want[i] && i < u->rows; i++) {
		char text[160];

		snprintf(text, sizeof(text), "%s %.*s", unit_table_name(u->row[i].table),
			 (int)u->row[i].text.n, (const char *)u->row[i].text.p);
		assert_string_equal(text, want[i]);
	}
	assert_null(want[i]);
	assert_int_equal(i, u->rows);
}

static void refusals_are(const struct unit_rows *u, const char *const *want)
{
	size_t i = 0;

	for (; want[i] && i < u->refusals; i++) {
		char *text = strndup((const char *)u->refusal[i].text.p, u->refusal[i].text.n);

		assert_int_equal(u->refusal[i].of, REFUSED_UNIT);
		assert_string_equal(text, want[i]);
		free(text);
	}
	assert_null(want[i]);
	assert_int_equal(i, u->refusals);
}

static void nothing_refused_changes_nothing(void **state)
{
	struct ghi_table_unit unit = unit_without("");
	struct unit_rows u = two_people();
	(void)state;

	assert_int_equal(unit_rows_refuse(&u, &unit), GH_OK);
	assert_int_equal(u.rows, 8);
	assert_int_equal(u.refusals, 0);
	unit_rows_clear(&u);
}

static void a_table_that_is_refused_gets_no_rows(void **state)
{
	struct ghi_table_unit unit = unit_without(",holiday,");
	const struct held_row held[] = {
		{ row_of(UNIT_HOLIDAY, "20261224", "Holiday=20261224\tHolidayType=1\tLoop=1"),
		  true, false },
	};
	const struct steps_wish usual = { 0 };
	struct unit_rows u = two_people();
	struct unit_steps s;
	(void)state;

	assert_int_equal(unit_rows_refuse(&u, &unit), GH_OK);
	assert_int_equal(u.rows, 7);
	refusals_are(&u, (const char *const[]){
				 "The unit answered that it does not know the table holiday "
				 "(-629): it is not sent 1 rows of it until the table is reset",
				 NULL });
	/* Nor is anything deleted from it. */
	assert_int_equal(unit_steps_make(&u, held, 1, &unit, usual, &s), GH_OK);
	for (size_t i = 0; i < s.steps; i++)
		assert_int_not_equal(s.step[i].table, UNIT_HOLIDAY);
	assert_int_equal(s.removed, 0);
	unit_steps_clear(&s);
	unit_rows_clear(&u);
}

static void what_needs_a_refused_row_is_not_sent(void **state)
{
	struct ghi_table_unit unit = unit_without(",timezone,");
	struct unit_rows u = two_people();
	(void)state;

	assert_int_equal(unit_rows_refuse(&u, &unit), GH_OK);
	rows_are(&u, (const char *const[]){ "holiday Holiday=20261225\tHolidayType=1\tLoop=1",
					    "user Pin=5\tEndTime=0\tName=Ann",
					    "user Pin=6\tEndTime=900000000\tName=Bo",
					    "mulcarduser Pin=5\tCardNo=A",
					    "mulcarduser Pin=6\tCardNo=B", NULL });
	refusals_are(&u, (const char *const[]){
				 "The unit answered that it does not know the table timezone "
				 "(-629): it is not sent 1 rows of it until the table is reset",
				 "2 rows of the table userauthorize need rows that the unit "
				 "cannot hold",
				 NULL });
	unit_rows_clear(&u);
}

static void a_name_is_left_out_of_its_row(void **state)
{
	struct ghi_table_unit unit = unit_without(",user.Name,");
	struct unit_rows u = two_people();
	(void)state;

	assert_int_equal(unit_rows_refuse(&u, &unit), GH_OK);
	assert_int_equal(u.rows, 8);
	assert_true(gh_slice_eq(u.row[2].text, GH_LIT("Pin=5\tEndTime=0")));
	assert_true(gh_slice_eq(u.row[3].text, GH_LIT("Pin=6\tEndTime=900000000")));
	refusals_are(&u,
		     (const char *const[]){
			     "The unit answered that it does not know the field Name of the "
			     "table user (-621): its rows are sent without it until the "
			     "table is reset",
			     NULL });
	unit_rows_clear(&u);
}

static void who_is_limited_by_a_refused_field_is_not_sent(void **state)
{
	struct ghi_table_unit unit = unit_without(",user.EndTime,");
	struct unit_rows u = two_people();
	(void)state;

	assert_int_equal(unit_rows_refuse(&u, &unit), GH_OK);
	rows_are(&u, (const char *const[]){
			     "timezone TimezoneId=1\tSunTime1=2359",
			     "holiday Holiday=20261225\tHolidayType=1\tLoop=1",
			     "user Pin=5\tName=Ann", "mulcarduser Pin=5\tCardNo=A",
			     "userauthorize Pin=5\tAuthorizeTimezoneId=1\tAuthorizeDoorId=1",
			     NULL });
	assert_int_equal(u.refusals, 3);
	unit_rows_clear(&u);
}

/* --- doors --- */

static bool rights_at(const struct unit_rows *u, const char *door)
{
	gh_slice value;

	for (size_t i = 0; i < u->rows; i++)
		if (u->row[i].table == UNIT_RIGHTS &&
		    unit_row_value(u->row[i].text, GH_LIT("AuthorizeDoorId"), &value) &&
		    gh_slice_eq(value, gh_slice_of(door)))
			return true;
	return false;
}

/* A door that is limited by what the unit does not know stays closed; the other does not. */
static void a_door_that_cannot_be_limited_gets_no_rights(void **state)
{
	static const struct site_door first = { { (const uint8_t *)"A", 1 }, 1 },
				      second = { { (const uint8_t *)"A", 1 }, 2 };
	static const int64_t member[] = { 1 };
	struct site_rule rule = { .id = 4 };
	const struct site_person person = { .id = 1, .pin = GH_LIT("7"), .group = 2 };
	const struct site_level levels[] = {
		{ .id = 1,
		  .rule = 4,
		  .door = &first,
		  .doors = 1,
		  .person = member,
		  .people = 1 },
		{ .id = 2,
		  .rule = 4,
		  .door = &second,
		  .doors = 1,
		  .person = member,
		  .people = 1 },
	};
	const struct site_first_card cards[] = { {
		.id = 3,
		.door = first,
		.rule = 4,
		.mode = FIRST_CARD_ACTIVATES,
		.person = member,
		.people = 1,
	} };
	const struct site_multi_card several[] = {
		{ .id = 5, .door = first, .group = { 2, 2 }, .groups = 2 },
	};
	static const char *const refused[] = { ",firstcard,", ",multimcard,", ",user.Verify," };
	struct site s = { .rule = &rule,
			  .rules = 1,
			  .person = &person,
			  .people = 1,
			  .level = levels,
			  .levels = 2 };
	(void)state;

	assert_int_equal(time_table_read(GH_LIT("{\"mon-fri\":[\"08:00-18:00\"]}"),
					 GH_LIT("{}"), &rule.table),
			 GH_OK);
	for (int i = 0; i < 3; i++) {
		struct ghi_table_unit unit = unit_without(refused[i]);
		struct unit_facts f = unit_facts_of(GH_LIT("A"), unit.parameters);
		struct unit_rows u;

		s.first_card = i == 0 ? cards : NULL;
		s.first_cards = i == 0;
		s.multi_card = i == 1 ? several : NULL;
		s.multi_cards = i == 1;
		unit_facts_refuse(&f, &unit);
		assert_int_equal(site_compile(&s, &f, NULL, 0, 20261130120000, &u), GH_OK);
		assert_int_equal(unit_rows_refuse(&u, &unit), GH_OK);
		assert_int_equal(rights_at(&u, "1") || rights_at(&u, "3"), i == 2);
		assert_true(rights_at(&u, i == 2 ? "3" : "2"));
		assert_int_equal(u.refusals != 0, i != 2);
		unit_rows_clear(&u);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_refused_changes_nothing),
		cmocka_unit_test(a_table_that_is_refused_gets_no_rows),
		cmocka_unit_test(what_needs_a_refused_row_is_not_sent),
		cmocka_unit_test(a_name_is_left_out_of_its_row),
		cmocka_unit_test(who_is_limited_by_a_refused_field_is_not_sent),
		cmocka_unit_test(a_door_that_cannot_be_limited_gets_no_rights),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

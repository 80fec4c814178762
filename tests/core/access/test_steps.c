/* The commands of a plan, and their order. */
#include "tests.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/access/rights/steps.h"
#include "model/unit_row.h"
#include "wire/access/row.h"

#define MASKS                                       \
	"MachineType=9,LockCount=4,DateFmtFunOn=1," \
	"MulCardUserFunOn=1,AccSupportFunList=00000001"
#define NUMBERS                                     \
	"MachineType=9,LockCount=4,DateFmtFunOn=1," \
	"AccSupportFunList=0000000000000001"

/* --- rows --- */

static struct needed_row row_of(enum unit_table t, const char *key, const char *text)
{
	return (struct needed_row){ .table = t,
				    .key = gh_slice_of(key),
				    .text = gh_slice_of(text) };
}

#define RIGHT(pin, slot, doors)                       \
	row_of(UNIT_RIGHTS, pin "\t" slot "\t" doors, \
	       "Pin=" pin "\tAuthorizeTimezoneId=" slot "\tAuthorizeDoorId=" doors)
#define USER(pin) row_of(UNIT_USER, pin, "CardNo=\tPin=" pin)
#define ZONE(slot) row_of(UNIT_TIMEZONE, slot, "TimezoneId=" slot "\tSunTime1=2359")

static void steps_of(struct needed_row *wanted, size_t n, const struct held_row *held, size_t m,
		     const char *parameters, struct steps_wish wish, struct unit_steps *out)
{
	struct ghi_table_unit unit = ghi_table_unit_of(gh_slice_of(parameters));
	struct unit_rows u = { .row = wanted, .rows = n };

	assert_int_equal(unit_steps_make(&u, held, m, &unit, wish, out), GH_OK);
}

static void words_check(const struct unit_steps *s, const char *const *want)
{
	size_t i = 0;

	for (; want[i] && i < s->steps; i++) {
		char *words = strndup((const char *)s->step[i].words.p, s->step[i].words.n);

		assert_string_equal(words, want[i]);
		free(words);
	}
	assert_null(want[i]);
	assert_int_equal(i, s->steps);
}

static const struct steps_wish usual;

static void slot_1_is_written_first(void **state)
{
	struct needed_row wanted[] = { RIGHT("7", "10", "3"), USER("7"), ZONE("10"), ZONE("1"),
				       ZONE("2") };
	struct unit_steps s;
	(void)state;

	steps_of(wanted, 5, NULL, 0, MASKS, usual, &s);
	words_check(&s, (const char *const[]){
				"DATA UPDATE timezone TimezoneId=1\tSunTime1=2359\n"
				"TimezoneId=10\tSunTime1=2359\nTimezoneId=2\tSunTime1=2359",
				"DATA UPDATE user CardNo=\tPin=7",
				"DATA UPDATE userauthorize Pin=7\tAuthorizeTimezoneId=10\t"
				"AuthorizeDoorId=3",
				NULL });
	assert_int_equal(s.added, 5);
	unit_steps_clear(&s);
}

static void what_is_lost_goes_first(void **state)
{
	struct needed_row wanted[] = {
		ZONE("1"),	     ZONE("2"), USER("5"), USER("6"), RIGHT("5", "1", "1"),
		RIGHT("6", "2", "1")
	};
	struct held_row held[] = {
		{ ZONE("1"), true, false },
		{ ZONE("3"), true, false },
		{ USER("5"), true, false },
		{ USER("6"), true, false },
		{ USER("9"), true, false },
		{ RIGHT("5", "1", "3"), true, false },
		{ RIGHT("6", "3", "1"), true, false },
		{ RIGHT("9", "1", "1"), true, false },
	};
	struct unit_steps s;
	(void)state;

	/* 5 loses door 2; 6 changes to a rule that is not there yet; 9 goes; so does rule 3. */
	steps_of(wanted, 6, held, 8, MASKS, usual, &s);
	words_check(&s, (const char *const[]){
				"DATA DELETE userauthorize Pin=5",
				"DATA UPDATE userauthorize Pin=5\tAuthorizeTimezoneId=1\t"
				"AuthorizeDoorId=1",
				"DATA DELETE userauthorize Pin=6",
				"DATA DELETE userauthorize Pin=9", "DATA DELETE user Pin=9",
				"DATA UPDATE timezone TimezoneId=2\tSunTime1=2359",
				"DATA UPDATE userauthorize Pin=6\tAuthorizeTimezoneId=2\t"
				"AuthorizeDoorId=1",
				"DATA DELETE timezone TimezoneId=3", NULL });
	assert_true(s.step[0].takes && s.step[2].takes && s.step[3].takes);
	assert_false(s.step[1].takes || s.step[7].takes);
	assert_true(gh_slice_eq(s.step[0].before, RIGHT("5", "1", "3").text));
	unit_steps_clear(&s);
}

#define OF_1(password) "CardNo=\tPin=1\tPassword=" password "\tGroup=1"

/* Rows are parted by lines: one with a value that is not known is a line, too. */
static void a_value_that_is_not_known_leaves_each_row_its_line(void **state)
{
	struct needed_row wanted[] = { row_of(UNIT_USER, "1", OF_1("1234")),
				       row_of(UNIT_USER, "2", "CardNo=\tPin=2\tGroup=2") };
	struct held_row held[] = {
		{ row_of(UNIT_USER, "1", OF_1(UNIT_VALUE_UNKNOWN)), true, false },
		{ row_of(UNIT_USER, "2", "CardNo=\tPin=2\tGroup=1"), true, false },
	};
	struct unit_steps s;
	(void)state;

	assert_true(ghi_row_value_fits(GH_LIT(UNIT_VALUE_UNKNOWN)));
	steps_of(wanted, 2, held, 2, MASKS, usual, &s);
	words_check(&s, (const char *const[]){
				"DATA UPDATE user " OF_1("1234") "\n"
								 "CardNo=\tPin=2\tGroup=2",
				NULL });
	gh_slice rest = s.step[0].before, line;

	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(gh_slice_cut(rest, '\n', &line, &rest), i == 0);
		assert_true(gh_slice_eq(line, held[i].row.text));
	}
	unit_steps_clear(&s);
}

static void a_wider_mask_is_an_update(void **state)
{
	struct needed_row wanted[] = { ZONE("1"), USER("5"), RIGHT("5", "1", "3") };
	struct held_row held[] = { { ZONE("1"), true, false },
				   { USER("5"), true, false },
				   { RIGHT("5", "1", "1"), true, false },
				   { RIGHT("5", "1", "3"), true, false } };
	struct unit_steps s;
	(void)state;

	steps_of(wanted, 3, held, 3, MASKS, usual, &s);
	words_check(&s, (const char *const[]){
				"DATA UPDATE userauthorize Pin=5\tAuthorizeTimezoneId=1\t"
				"AuthorizeDoorId=3",
				NULL });
	unit_steps_clear(&s);
	/* The narrower one, which may be there still, gives nothing more. */
	steps_of(wanted, 3, held, 4, MASKS, usual, &s);
	assert_int_equal(s.steps, 0);
	unit_steps_clear(&s);
	/* Numbers of doors are no masks. */
	steps_of(wanted, 3, held, 4, NUMBERS, usual, &s);
	assert_int_equal(s.steps, 2);
	unit_steps_clear(&s);
}

#define DAY(date) row_of(UNIT_HOLIDAY, date, "Holiday=" date "\tHolidayType=1\tLoop=2")

static void holidays_are_emptied_only_where_one_goes(void **state)
{
	struct needed_row wanted[] = { DAY("20261224"), DAY("20261225") };
	struct held_row held[] = { { DAY("20261224"), true, false },
				   { DAY("20261231"), true, false } };
	struct unit_steps s;
	(void)state;

	steps_of(wanted, 2, held, 1, MASKS, usual, &s);
	words_check(&s, (const char *const[]){
				"DATA UPDATE holiday Holiday=20261225\tHolidayType=1\tLoop=2",
				NULL });
	unit_steps_clear(&s);
	steps_of(wanted, 2, held, 2, MASKS, usual, &s);
	words_check(&s, (const char *const[]){
				"DATA DELETE holiday *",
				"DATA UPDATE holiday Holiday=20261224\tHolidayType=1\tLoop=2\n"
				"Holiday=20261225\tHolidayType=1\tLoop=2",
				NULL });
	assert_int_equal(s.removed, 1);
	unit_steps_clear(&s);
}

static void foreign_rows_stay_unless_they_are_to_go(void **state)
{
	struct needed_row wanted[] = { ZONE("1"), USER("5"), RIGHT("5", "1", "1") };
	struct held_row held[] = { { ZONE("1"), true, false },
				   { USER("5"), true, false },
				   { USER("8"), false, true },
				   { RIGHT("5", "1", "3"), true, false },
				   { RIGHT("5", "4", "2"), false, false } };
	struct unit_steps s;
	(void)state;

	/* A deletion that would take a foreign row along writes it again. */
	steps_of(wanted, 3, held, 5, MASKS, usual, &s);
	words_check(&s, (const char *const[]){
				"DATA DELETE userauthorize Pin=5",
				"DATA UPDATE userauthorize Pin=5\tAuthorizeTimezoneId=1\t"
				"AuthorizeDoorId=1\n"
				"Pin=5\tAuthorizeTimezoneId=4\tAuthorizeDoorId=2",
				NULL });
	assert_int_equal(s.foreigns, 2);
	unit_steps_clear(&s);
	steps_of(wanted, 3, held, 5, MASKS, (struct steps_wish){ .foreign = true }, &s);
	words_check(&s, (const char *const[]){
				"DATA DELETE userauthorize Pin=5",
				"DATA UPDATE userauthorize Pin=5\tAuthorizeTimezoneId=1\t"
				"AuthorizeDoorId=1",
				"DATA DELETE user Pin=8", NULL });
	unit_steps_clear(&s);
}

static void a_resync_empties_every_table_first(void **state)
{
	struct needed_row wanted[] = { ZONE("1"), USER("5") };
	struct held_row held[] = { { ZONE("1"), true, false }, { USER("5"), true, false } };
	struct unit_steps s;
	(void)state;

	steps_of(wanted, 2, held, 2, MASKS, (struct steps_wish){ .resync = true }, &s);
	assert_true(s.steps >= 7);
	assert_true(gh_slice_eq(s.step[s.steps - 3].words, GH_LIT("DATA DELETE timezone *")));
	assert_true(
		gh_slice_starts(s.step[s.steps - 2].words, GH_LIT("DATA UPDATE timezone ")));
	assert_int_equal(s.added, 2);
	unit_steps_clear(&s);
}

/* What a unit has by itself is written only where it may have been given something else. */
static void a_resync_writes_what_rests(void **state)
{
	struct needed_row wanted[] = {
		row_of(UNIT_DOOR_SETTINGS, "1\tDoorFirstCardOpenDoor",
		       "ID=1\tName=DoorFirstCardOpenDoor\tValue=0"),
	};
	struct unit_steps s;
	(void)state;

	wanted[0].resting = true;
	steps_of(wanted, 1, NULL, 0, MASKS, usual, &s);
	assert_int_equal(s.steps, 0);
	unit_steps_clear(&s);
	steps_of(wanted, 1, NULL, 0, MASKS, (struct steps_wish){ .resync = true }, &s);
	assert_true(gh_slice_eq(s.step[s.steps - 1].words,
				GH_LIT("DATA UPDATE DoorParameters ID=1\t"
				       "Name=DoorFirstCardOpenDoor\tValue=0")));
	assert_int_equal(s.added, 1);
	unit_steps_clear(&s);
}

static void what_units_upload_without_a_name_is_the_same_row(void **state)
{
	struct needed_row wanted[] = { row_of(UNIT_USER, "5", "CardNo=77\tPin=5\tName=Ann") };
	struct held_row held[] = { { row_of(UNIT_USER, "5", "CardNo=77\tPin=5\tName=\tuid=3"),
				     false, true } };
	struct unit_steps s;
	(void)state;

	steps_of(wanted, 1, held, 1, MASKS, usual, &s);
	assert_int_equal(s.steps, 0);
	unit_steps_clear(&s);
	held[0].uploaded = false;
	steps_of(wanted, 1, held, 1, MASKS, usual, &s);
	assert_int_equal(s.steps, 1);
	unit_steps_clear(&s);
}

#define INPUT(n, zone) row_of(UNIT_INPUTS, n "\t0", "Number=" n "\tInType=0\tTimeZoneId=" zone)
#define OUTPUT(n, zone) \
	row_of(UNIT_OUTPUTS, n "\t0", "Num=" n "\tOutType=0\tActionType=1\tTimezoneId=" zone)

/* Inputs are deleted all together, and then each of them counts at any time. */
static void an_input_that_is_free_gets_rule_1_and_an_output_goes_first(void **state)
{
	struct needed_row wanted[] = { ZONE("1"), ZONE("2"), INPUT("2", "2"),
				       OUTPUT("2", "2") };
	struct held_row held[] = {
		{ ZONE("1"), true, false },	   { INPUT("1", "3"), true, false },
		{ INPUT("2", "2"), true, false },  { INPUT("3", "1"), true, false },
		{ OUTPUT("1", "3"), true, false }, { ZONE("3"), true, false },
	};
	struct unit_steps s;
	(void)state;

	steps_of(wanted, 4, held, 6, MASKS, usual, &s);
	words_check(&s, (const char *const[]){
				"DATA DELETE outrelaysetting Num=1",
				"DATA UPDATE timezone TimezoneId=2\tSunTime1=2359",
				"DATA UPDATE outrelaysetting Num=2\tOutType=0\tActionType=1\t"
				"TimezoneId=2",
				"DATA UPDATE InputIOSetting Number=1\tInType=0\tTimeZoneId=1",
				"DATA DELETE timezone TimezoneId=3", NULL });
	assert_true(s.step[0].takes);
	assert_int_equal(s.changed, 1);
	unit_steps_clear(&s);
}

static void a_door_that_goes_to_another_rule_has_the_hours_of_both_meanwhile(void **state)
{
	/* Mondays from 8 to 12 and from 10 to 18; together from 10 to 12. */
	struct needed_row first = row_of(UNIT_TIMEZONE, "2", "TimezoneId=2\tMonTime1=52430000"),
			  other = row_of(UNIT_TIMEZONE, "3", "TimezoneId=3\tMonTime1=65537800"),
			  wanted[] = { first, other,
				       row_of(UNIT_USER, "5", "CardNo=\tPin=5\tEndTime=9") };
	const struct held_row held[] = {
		{ first, true, false },
		{ other, true, false },
		{ row_of(UNIT_USER, "5", "CardNo=\tPin=5\tEndTime=0"), true, false },
	};
	struct unit_option option = { GH_LIT("Door1ValidTZ"), GH_LIT("3"), false };
	struct unit_rows u = { .row = wanted, .rows = 3, .option = &option, .options = 1 };
	struct ghi_table_unit unit = ghi_table_unit_of(GH_LIT(NUMBERS ",Door1ValidTZ=2"));
	struct unit_steps s;
	(void)state;

	assert_int_equal(unit_steps_make(&u, held, 3, &unit, usual, &s), GH_OK);
	words_check(&s, (const char *const[]){
				"DATA UPDATE timezone TimezoneId=3\tMonTime1=65537200",
				"SET OPTIONS Door1ValidTZ=3",
				"DATA UPDATE user CardNo=\tPin=5\tEndTime=9",
				"DATA UPDATE timezone TimezoneId=3\tMonTime1=65537800", NULL });
	unit_steps_clear(&s);
	/* Without people each moment is decided by the one rule or by the other. */
	wanted[2] = held[2].row;
	assert_int_equal(unit_steps_make(&u, held, 3, &unit, usual, &s), GH_OK);
	words_check(&s, (const char *const[]){ "SET OPTIONS Door1ValidTZ=3", NULL });
	unit_steps_clear(&s);
}

/* Units may report any number as the date of a holiday. */
static void a_day_that_no_calendar_has_is_none(void **state)
{
	struct held_row held[] = {
		{ row_of(UNIT_TIMEZONE, "2", "TimezoneId=2\tMonTime1=52430000"), true, false },
		{ row_of(UNIT_TIMEZONE, "3", "TimezoneId=3\tMonTime1=65537800"), true, false },
		{ row_of(UNIT_HOLIDAY, "9223372036854775807",
			 "Holiday=9223372036854775807\tHolidayType=1\tLoop=0"),
		  false, false },
		{ RIGHT("7", "2", "1"), true, false },
	};
	struct needed_row wanted[] = {
		row_of(UNIT_TIMEZONE, "2", "TimezoneId=2\tMonTime1=65537800"),
		row_of(UNIT_TIMEZONE, "3", "TimezoneId=3\tMonTime1=52430000"),
		RIGHT("7", "3", "1"),
	};
	struct unit_steps s;
	(void)state;

	steps_of(wanted, 3, held, 4, MASKS, usual, &s);
	assert_int_equal(s.foreigns, 1);
	assert_true(s.steps > 2);
	unit_steps_clear(&s);
}

static void a_full_unit_gets_what_is_taken_and_changed(void **state)
{
	struct needed_row wanted[] = { ZONE("1"), USER("5"), USER("7"), RIGHT("5", "1", "1"),
				       RIGHT("7", "1", "1") };
	const struct held_row held[] = {
		{ ZONE("1"), true, false },
		{ USER("5"), true, false },
		{ USER("6"), true, false },
		{ RIGHT("5", "1", "3"), true, false },
		{ RIGHT("6", "1", "1"), true, false },
	};
	struct unit_rows u = { .row = wanted, .rows = 5, .over = "full" };
	struct ghi_table_unit unit = ghi_table_unit_of(GH_LIT(NUMBERS));
	struct unit_steps s;
	(void)state;

	assert_int_equal(unit_steps_make(&u, held, 5, &unit, usual, &s), GH_OK);
	for (size_t i = 0; i < s.steps; i++)
		assert_null(memmem(s.step[i].words.p, s.step[i].words.n, "Pin=7", 5));
	assert_int_equal(s.added, 1);
	assert_int_equal(s.removed, 3);
	unit_steps_clear(&s);
}

static void a_row_that_is_as_it_is_to_be_becomes_ours(void **state)
{
	struct needed_row wanted[] = { ZONE("1"), USER("5"), RIGHT("5", "1", "1") };
	const struct held_row held[] = {
		{ ZONE("1"), true, false },
		{ USER("5"), false, true },
		{ RIGHT("5", "1", "1"), false, false },
		{ USER("6"), false, true },
	};
	struct unit_steps s;
	(void)state;

	steps_of(wanted, 3, held, 4, NUMBERS, usual, &s);
	assert_int_equal(s.steps, 0);
	assert_int_equal(s.adopts, 2);
	assert_ptr_equal(s.adopted[0], &held[1]);
	assert_ptr_equal(s.adopted[1], &held[2]);
	assert_int_equal(s.foreigns, 1);
	unit_steps_clear(&s);
}

static void many_rows_go_in_few_commands(void **state)
{
	struct needed_row *wanted = calloc(1200, sizeof(*wanted));
	char(*key)[8] = calloc(1200, sizeof(*key)), (*text)[40] = calloc(1200, sizeof(*text));
	struct unit_steps s;
	(void)state;

	for (int i = 0; i < 1200; i++) {
		snprintf(key[i], sizeof(key[i]), "%d", 1000 + i);
		snprintf(text[i], sizeof(text[i]), "CardNo=\tPin=%d", 1000 + i);
		wanted[i] = row_of(UNIT_USER, key[i], text[i]);
	}
	steps_of(wanted, 1200, NULL, 0, MASKS, usual, &s);
	assert_int_equal(s.steps, 3);
	assert_int_equal(s.step[0].rows, 500);
	assert_int_equal(s.step[2].rows, 200);
	unit_steps_clear(&s);
	/* A quarter of the largest package that the unit takes. */
	steps_of(wanted, 1200, NULL, 0, MASKS ",MaxPackageSize=4000", usual, &s);
	assert_true(s.steps > 15);
	for (size_t i = 0; i < s.steps; i++)
		assert_true(s.step[i].words.n <= 1000 + sizeof("DATA UPDATE user "));
	unit_steps_clear(&s);
	free(wanted);
	free(key);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slot_1_is_written_first),
		cmocka_unit_test(what_is_lost_goes_first),
		cmocka_unit_test(a_value_that_is_not_known_leaves_each_row_its_line),
		cmocka_unit_test(a_wider_mask_is_an_update),
		cmocka_unit_test(holidays_are_emptied_only_where_one_goes),
		cmocka_unit_test(foreign_rows_stay_unless_they_are_to_go),
		cmocka_unit_test(a_resync_empties_every_table_first),
		cmocka_unit_test(a_resync_writes_what_rests),
		cmocka_unit_test(what_units_upload_without_a_name_is_the_same_row),
		cmocka_unit_test(an_input_that_is_free_gets_rule_1_and_an_output_goes_first),
		cmocka_unit_test(
			a_door_that_goes_to_another_rule_has_the_hours_of_both_meanwhile),
		cmocka_unit_test(a_day_that_no_calendar_has_is_none),
		cmocka_unit_test(a_full_unit_gets_what_is_taken_and_changed),
		cmocka_unit_test(a_row_that_is_as_it_is_to_be_becomes_ours),
		cmocka_unit_test(many_rows_go_in_few_commands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

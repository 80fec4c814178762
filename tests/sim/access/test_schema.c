/* How strictly data commands are held to the tables. */
#include "tests.h"

#include "sim/access/rights.h"
#include "unit_test.h"

#include <stdio.h>
#include <stdlib.h>

static struct unit_test *open_ready(const char *persona)
{
	struct unit_test *t = unit_test_of(persona);

	unit_test_open(t);
	unit_test_begin(t);
	return t;
}

static void the_schema_is_held_to_the_letter(void **state)
{
	static const struct {
		const char *command;
		int code;
	} cases[] = {
		{ "DATA UPDATE nothing a=1", -629 },
		{ "DATA UPDATE user Pin=1\tColour=red", -621 },
		{ "DATA UPDATE user Pin=1\tGroup=x", -620 },
		{ "DATA UPDATE user Pin=1\tPrivilege=3", -620 },
		{ "DATA UPDATE user Name=A", -11 },
		{ "DATA UPDATE holiday Holiday=20261\tHolidayType=1\tLoop=1", -620 },
		{ "DATA UPDATE timezone TimezoneId=2\tMonTime1=99999999", -620 },
		{ "DATA UPDATE userauthorize Pin=1\tAuthorizeTimezoneId=1\tAuthorizeDoorId=0",
		  -620 },
		{ "DATA UPDATE transaction Pin=1", -708 },
		{ "DATA DELETE user uid=1", -101 },
		{ "DATA DELETE user Colour=red", -621 },
		{ "DATA DELETE holiday Holiday=20261225", -101 },
		{ "DATA DELETE nothing *", -629 },
		{ "DATA DELETE user", -11 },
		{ "DATA COUNT holiday", -708 },
		{ "DATA QUERY tablename=holiday,fielddesc=*,filter=*", -708 },
		{ "DATA QUERY tablename=user,fielddesc=*,filter=Colour=red", -621 },
	};
	struct unit_test *t = open_ready("spec");
	size_t users = panel_rows(&t->unit.panel.tables, PANEL_USER);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char line[160], wanted[32];
		const char *body;

		snprintf(line, sizeof(line), "C:%zu:%s", i + 1, cases[i].command);
		snprintf(wanted, sizeof(wanted), "ID=%zu&Return=%d&", i + 1, cases[i].code);
		body = unit_test_command(t, line);
		if (strncmp(body, wanted, strlen(wanted)) != 0)
			fail_msg("%s: %s", cases[i].command, body);
	}
	assert_int_equal(panel_rows(&t->unit.panel.tables, PANEL_USER), users);
	unit_test_close(t);
}

static void the_first_bad_record_fails_and_those_before_it_stay(void **state)
{
	struct unit_test *t = open_ready("spec");

	(void)state;
	assert_string_equal(unit_test_command(t,
					      "C:1:DATA UPDATE user Pin=501\nPin=502\tGroup=x\n"
					      "Pin=503"),
			    "ID=1&Return=-620&CMD=DATA UPDATE");
	assert_non_null(panel_user(&t->unit.panel, GH_LIT("501")));
	assert_null(panel_user(&t->unit.panel, GH_LIT("502")));
	assert_null(panel_user(&t->unit.panel, GH_LIT("503")));
	unit_test_close(t);
}

/* Which of the two a real one does is not in the document. */
static void where_it_is_set_a_command_with_a_bad_record_changes_nothing(void **state)
{
	struct unit_test *t = open_ready("spec");

	(void)state;
	t->plan.whole = true;
	assert_string_equal(
		unit_test_command(t, "C:1:DATA UPDATE user Pin=501\nPin=502\tGroup=x"),
		"ID=1&Return=-620&CMD=DATA UPDATE");
	assert_null(panel_user(&t->unit.panel, GH_LIT("501")));
	assert_string_equal(
		unit_test_command(t, "C:2:DATA UPDATE user Pin=501\nPin=502\tGroup=2"),
		"ID=2&Return=0&CMD=DATA UPDATE");
	assert_non_null(panel_user(&t->unit.panel, GH_LIT("501")));
	assert_non_null(panel_user(&t->unit.panel, GH_LIT("502")));
	unit_test_close(t);
}

static void what_a_persona_does_not_have_is_708_where_it_is_strict(void **state)
{
	struct unit_test *t = open_ready("spec");

	(void)state;
	assert_int_equal(panel_option_set(&t->unit.panel, GH_LIT("AccSupportFunList"),
					  GH_LIT("000000000000")),
			 GH_OK);
	assert_string_equal(
		unit_test_command(t, "C:1:DATA UPDATE SuperAuthorize Pin=1\tDoorID=1"),
		"ID=1&Return=-708&CMD=DATA UPDATE");
	unit_test_close(t);
}

static void a_terminal_takes_small_letters_and_deletes_all_for_uid(void **state)
{
	struct unit_test *t = open_ready("senseface-2a");
	struct panel *p = &t->unit.panel;
	size_t users = panel_rows(&p->tables, PANEL_USER);

	(void)state;
	assert_string_equal(unit_test_command(t, "C:1:DATA UPDATE user pin=700\tname=x"),
			    "ID=1&Return=0&CMD=DATA UPDATE");
	assert_int_equal(panel_rows(&p->tables, PANEL_USER), users + 1);
	assert_null(panel_user(p, GH_LIT("700")));
	assert_string_equal(unit_test_command(t, "C:2:DATA DELETE user uid=1"),
			    "ID=2&Return=0&CMD=DATA DELETE");
	assert_int_equal(panel_rows(&p->tables, PANEL_USER), 0);
	assert_string_equal(unit_test_command(t, "C:3:SET OPTIONS a=1\tb=2"),
			    "ID=3&Return=0&CMD=SET OPTIONS");
	assert_string_equal(panel_option(p, GH_LIT("a")), "1\tb=2");
	unit_test_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_schema_is_held_to_the_letter),
		cmocka_unit_test(the_first_bad_record_fails_and_those_before_it_stay),
		cmocka_unit_test(where_it_is_set_a_command_with_a_bad_record_changes_nothing),
		cmocka_unit_test(what_a_persona_does_not_have_is_708_where_it_is_strict),
		cmocka_unit_test(a_terminal_takes_small_letters_and_deletes_all_for_uid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

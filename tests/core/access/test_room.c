/* What a unit has room for: what is left out is named with the limit and how many there are. */
#include "tests.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/access/rights/compile.h"

/* Several cards of a person. */
#define CONTROLLER "MachineType=9,LockCount=2,DateFmtFunOn=1,AccSupportFunList=00000001"

static const struct site_door a_door[] = { { { (const uint8_t *)"A", 1 }, 1 } };
static const struct site_card cards[] = { { .number = { (const uint8_t *)"11", 2 } },
					  { .number = { (const uint8_t *)"12", 2 } } };

/* The n-th row of holidays. */
static void holiday_row_check(const struct unit_rows *u, size_t n, const char *want)
{
	for (size_t i = 0; i < u->rows; i++)
		if (u->row[i].table == UNIT_HOLIDAY && n-- == 0) {
			assert_true(gh_slice_eq(u->row[i].text, gh_slice_of(want)));
			return;
		}
	fail_msg("there is no such row");
}

static void refusal_is(const struct unit_rows *u, size_t i, enum refusal_of of, int64_t id,
		       const char *text)
{
	char *got = strndup((const char *)u->refusal[i].text.p, u->refusal[i].text.n);

	assert_int_equal(u->refusal[i].of, of);
	assert_int_equal(u->refusal[i].id, id);
	assert_string_equal(got, text);
	free(got);
}

static void what_is_too_much_is_counted(void **state)
{
	static struct site_person many[201];
	static char pin[201][8];
	static int64_t member[201];
	const struct holiday_days days[] = { { 20261201, 20261203, 2, false },
					     { 20261203, 20261204, 2, false },
					     { 20261224, 20261224, 1, true } };
	struct site_rule rule = { .id = 4 };
	struct site_level level = {
		.id = 1, .rule = 4, .door = a_door, .doors = 1, .person = member, .people = 1
	};
	struct site s = { .rule = &rule, .rules = 1, .level = &level, .levels = 1 };
	struct unit_facts f = unit_facts_of(GH_LIT("A"), GH_LIT(CONTROLLER));
	struct unit_rows u;
	(void)state;

	assert_int_equal(time_table_read(GH_LIT("{\"mon-fri\":[\"08:00-18:00\"]}"),
					 GH_LIT("{}"), &rule.table),
			 GH_OK);
	/* Of a type the next days, and from the first that is left out on the rows are wrong. */
	s.holiday = days;
	s.holidays = 3;
	f.holidays_per_type = 2;
	f.rule_slots = 1;
	assert_int_equal(site_compile(&s, &f, NULL, 0, 20261129120000, &u), GH_OK);
	assert_int_equal(u.refusals, 3);
	refusal_is(&u, 0, REFUSED_RULE, 4,
		   "It needs 1 of the unit's numbers of time rules, which has 1, and 2 are "
		   "needed");
	refusal_is(&u, 1, REFUSED_HOLIDAY, 20261203,
		   "The holiday on 2026-12-03 is one too many: the unit holds 2 of type 2, and "
		   "4 are needed");
	refusal_is(&u, 2, REFUSED_HOLIDAY, 20261204,
		   "The holiday on 2026-12-04 is one too many: the unit holds 2 of type 2, and "
		   "4 are needed");
	holiday_row_check(&u, 0, "Holiday=20261224\tHolidayType=1\tLoop=1");
	holiday_row_check(&u, 2, "Holiday=20261202\tHolidayType=2\tLoop=2");
	assert_int_equal(u.good_until, 20261203000000);
	assert_null(u.over);
	unit_rows_clear(&u);
	/* What it reports is single ones or hundreds: beyond hundreds it is full for certain. */
	for (int i = 0; i < 201; i++) {
		snprintf(pin[i], sizeof(pin[i]), "%d", i + 1);
		member[i] = i + 1;
		many[i] = (struct site_person){ .id = i + 1, .pin = gh_slice_of(pin[i]) };
	}
	level.people = 201;
	s.person = many;
	s.people = 200;
	s.holidays = 0;
	f.rule_slots = 0;
	f.people = 2;
	assert_int_equal(site_compile(&s, &f, NULL, 0, 20261129120000, &u), GH_OK);
	assert_int_equal(u.refusals, 1);
	assert_null(u.over);
	unit_rows_clear(&u);
	s.people = 201;
	assert_int_equal(site_compile(&s, &f, NULL, 0, 20261129120000, &u), GH_OK);
	assert_int_equal(u.refusals, 1);
	refusal_is(&u, 0, REFUSED_UNIT, 0,
		   "It is to hold 201 people, and reports room for 2, or hundreds of them: 200 "
		   "at the most");
	assert_non_null(u.over);
	unit_rows_clear(&u);
	/* Cards have the same room. */
	for (int i = 0; i < 201; i++) {
		many[i].card = cards;
		many[i].cards = 2;
	}
	s.people = 101;
	assert_int_equal(site_compile(&s, &f, NULL, 0, 20261129120000, &u), GH_OK);
	assert_string_equal(u.over, "It is to hold 202 cards, and reports room for 2, or "
				    "hundreds of them: 200 at the most");
	unit_rows_clear(&u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_too_much_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

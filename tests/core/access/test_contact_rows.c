/* Linkages, and outputs and inputs by time rule, as a unit gets them: byte for byte, and what is refused with which
 * words. Super users are with them. */
#include "tests.h"

#include <stdio.h>
#include <stdlib.h>

#include "compiled.h"
#include "rights_site.h"

static void linkages_and_super_users(void **state)
{
	const struct site_linkage link[] = {
		{ .id = 9,
		  .sn = GH_LIT("A"),
		  .event = 220,
		  .place = 2,
		  .output = LINKAGE_AUX,
		  .number = 1,
		  .seconds = 30 },
		{ .id = 4,
		  .sn = GH_LIT("A"),
		  .event = 27,
		  .output = LINKAGE_LOCK,
		  .number = 4,
		  .seconds = 255 },
		{ .id = 5, .sn = GH_LIT("A"), .event = 221, .place = 3, .number = 1 },
		{ .id = 6,
		  .sn = GH_LIT("A"),
		  .event = 27,
		  .output = LINKAGE_CAMERA,
		  .seconds = 33 },
		{ .id = 7, .sn = GH_LIT("B"), .event = 27, .number = 1 },
	};
	const struct site_super super = {
		.id = 2, .door = door + 1, .doors = 2, .person = two, .people = 1
	};
	struct site s = site_base();
	struct unit_facts f = FACTS(16), numbered = FACTS(15, 16, 65), none = FACTS(0);
	struct unit_rows u;
	(void)state;

	s.linkage = link;
	s.linkages = 5;
	s.super = &super;
	s.supers = 1;
	u = site_compiled(&s, &f);
	refusal_expect(&u, REFUSED_LINKAGE, 5,
		       "It names auxiliary input 3, and the unit has 2");
	refusal_expect(&u, REFUSED_LINKAGE, 6, "The unit has no linkage to cameras");
	rows_expect(&u, TABLE(LINKAGE) | TABLE(SUPER),
		    "inoutfun Index=1 EventType=27 InAddr=0 OutType=0 OutAddr=4 OutTime=255 "
		    "Reserved=0\n"
		    "inoutfun Index=2 EventType=220 InAddr=2 OutType=1 OutAddr=1 OutTime=30 "
		    "Reserved=0\n"
		    "SuperAuthorize Pin=7 DoorID=6\n");
	u = site_compiled(&s, &numbered);
	rows_expect(&u, TABLE(LINKAGE) | TABLE(SUPER),
		    "inoutfun Index=1 EventType=27 InAddr=0 OutType=0 OutAddr=4 OutTime=255 "
		    "Reserved=0\n"
		    "inoutfun Index=2 EventType=27 InAddr=0 OutType=2 OutAddr=1 "
		    "OutTime=553648385 Reserved=2\n"
		    "inoutfun Index=3 EventType=220 InAddr=2 OutType=1 OutAddr=1 OutTime=30 "
		    "Reserved=0\n"
		    "SuperAuthorize Pin=7 DoorID=2\nSuperAuthorize Pin=7 DoorID=3\n");
	u = site_compiled(&s, &none);
	refusal_expect(&u, REFUSED_SUPER, 2, "The unit has no table of super users");
	unit_rows_clear(&u);
}

/* The examples of 9.1.1 but for DevID, which units without position 26 do not have. */
static void outputs_and_inputs_by_time_rule(void **state)
{
	const struct site_output out[] = {
		{ .id = 3,
		  .sn = GH_LIT("A"),
		  .output = SCHEDULED_OUTPUT_AUX,
		  .n = 1,
		  .rule = 1,
		  .action = SCHEDULED_NONE },
		{ .id = 1,
		  .sn = GH_LIT("A"),
		  .output = SCHEDULED_OUTPUT_LOCK,
		  .n = 2,
		  .rule = 1,
		  .action = SCHEDULED_OPEN },
		{ .id = 4,
		  .sn = GH_LIT("A"),
		  .output = SCHEDULED_OUTPUT_AUX,
		  .n = 1,
		  .rule = 1 },
		{ .id = 5,
		  .sn = GH_LIT("A"),
		  .output = SCHEDULED_OUTPUT_AUX,
		  .n = 3,
		  .rule = 1 },
		{ .id = 6,
		  .sn = GH_LIT("A"),
		  .output = SCHEDULED_OUTPUT_LOCK,
		  .n = 1,
		  .rule = 4,
		  .action = SCHEDULED_CLOSED },
		{ .id = 7,
		  .sn = GH_LIT("B"),
		  .output = SCHEDULED_OUTPUT_LOCK,
		  .n = 1,
		  .rule = 1 },
	};
	const struct site_input in[] = {
		{ .id = 2, .sn = GH_LIT("A"), .n = 1, .rule = 1 },
		{ .id = 3, .sn = GH_LIT("A"), .input = SCHEDULED_INPUT_AUX, .n = 2, .rule = 1 },
		{ .id = 4, .sn = GH_LIT("A"), .n = 1, .rule = 4 },
		{ .id = 5, .sn = GH_LIT("A"), .n = 5, .rule = 1 },
		{ .id = 6, .sn = GH_LIT("A"), .input = SCHEDULED_INPUT_AUX, .n = 1, .rule = 4 },
		{ .id = 7, .sn = GH_LIT("B"), .n = 1, .rule = 1 },
	};
	struct site s = site_base();
	struct unit_facts f = FACTS(8), none = FACTS(0);
	struct unit_rows u;
	(void)state;

	assert_false(f.output_rules);
	f.output_rules = true;
	s.output = out;
	s.outputs = 6;
	s.input = in;
	s.inputs = 6;
	u = site_compiled(&s, &f);
	assert_int_equal(u.refusals, 6);
	refusal_expect(&u, REFUSED_OUTPUT, 4,
		       "Scheduled output 3 is of the same output already");
	refusal_expect(&u, REFUSED_OUTPUT, 5,
		       "It names auxiliary output 3, and the unit has 2");
	refusal_expect(&u, REFUSED_OUTPUT, 6,
		       "Time rule 4 needs 3 ranges a day or fewer for it");
	refusal_expect(&u, REFUSED_INPUT, 4, "Scheduled input 2 is of the same input already");
	refusal_expect(&u, REFUSED_INPUT, 5, "It names door 5, and the unit has 4");
	refusal_expect(&u, REFUSED_INPUT, 6,
		       "Time rule 4 needs 3 ranges a day or fewer for it");
	/* A lock that cannot be held closed is closed to everyone. */
	assert_false(compiled_grants(&u, &f, GH_LIT("7"), 1, 20261130120000));
	assert_true(compiled_grants(&u, &f, GH_LIT("7"), 2, 20261130120000));
	rows_expect(&u, TABLE(OUTPUTS) | TABLE(INPUTS),
		    "outrelaysetting Num=2 OutType=0 ActionType=1 TimezoneId=1\n"
		    "outrelaysetting Num=1 OutType=1 ActionType=0 TimezoneId=1\n"
		    "InputIOSetting Number=1 InType=0 TimeZoneId=1\n"
		    "InputIOSetting Number=2 InType=1 TimeZoneId=1\n");
	u = site_compiled(&s, &none);
	refusal_expect(&u, REFUSED_OUTPUT, 1, "The unit has no outputs by time rule");
	refusal_expect(&u, REFUSED_INPUT, 2,
		       "The unit has no inputs by time rule; it counts always");
	assert_false(compiled_grants(&u, &none, GH_LIT("7"), 1, 20261130120000));
	rows_expect(&u, TABLE(OUTPUTS) | TABLE(INPUTS), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(linkages_and_super_users),
		cmocka_unit_test(outputs_and_inputs_by_time_rule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

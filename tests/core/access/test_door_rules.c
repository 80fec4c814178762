/* What is decided about single doors, as a unit gets it: byte for byte, and what is refused with which words. */
#include "tests.h"

#include <stdio.h>
#include <stdlib.h>

#include "compiled.h"
#include "rights_site.h"

static void first_cards_and_several_people(void **state)
{
	const struct site_first_card first = { .id = 1,
					       .door = A(2),
					       .rule = 1,
					       .mode = FIRST_CARD_ACTIVATES,
					       .person = two,
					       .people = 2 };
	const struct site_multi_card multi = {
		.id = 3, .door = A(1), .group = { 5, 5, 2 }, .groups = 3, .seconds = 15
	};
	struct site s = site_base();
	struct unit_facts f = FACTS(0), rows = FACTS(21);
	struct unit_rows u;
	(void)state;

	s.first_card = &first;
	s.multi_card = &multi;
	s.first_cards = s.multi_cards = 1;
	u = site_compiled(&s, &f);
	assert_int_equal(u.refusals, 0);
	rows_expect(&u, TABLE(FIRST_CARD) | TABLE(MULTI_CARD),
		    "firstcard DoorID=2 TimezoneID=1 Pin=7\n"
		    "firstcard DoorID=2 TimezoneID=1 Pin=8\n"
		    "multimcard Index=1 DoorId=1 Group1=5 Group2=5 Group3=2 Group4=0 Group5=0\n"
		    "Door1MultiCardOpenDoor=1\nDoor1MultiCardInterTime=15\n"
		    "Door2FirstCardOpenDoor=2\n");
	u = site_compiled(&s, &rows);
	rows_expect(&u, TABLE(DOOR_SETTINGS),
		    "DoorParameters ID=1 Name=DoorMultiCardOpenDoor Value=1\n"
		    "DoorParameters ID=1 Name=DoorMultiCardInterTime Value=15\n"
		    "DoorParameters ID=2 Name=DoorFirstCardOpenDoor Value=2\n");
}

/* A door whose limit cannot be held is closed: no person has a right to it. */
static void what_limits_a_door_and_cannot_be_held_closes_it(void **state)
{
	struct site_first_card first = { .id = 1,
					 .door = A(2),
					 .rule = 4,
					 .mode = FIRST_CARD_ACTIVATES,
					 .person = two,
					 .people = 2 };
	struct site_multi_card multi[11];
	struct site_door_setting set = { .door = A(2) };
	struct site s = site_base();
	struct unit_facts f = FACTS(0);
	struct unit_rows u;
	(void)state;

	s.first_card = &first;
	s.first_cards = 1;
	u = site_compiled(&s, &f);
	refusal_expect(&u, REFUSED_FIRST_CARD, 1,
		       "Time rule 4 needs 3 ranges a day or fewer for it");
	assert_true(compiled_grants(&u, &f, GH_LIT("7"), 1, 20261130120000));
	assert_false(compiled_grants(&u, &f, GH_LIT("7"), 2, 20261130120000));
	unit_rows_clear(&u);
	/* Where it would only let the door stand open, others pass as ever. */
	first.mode = FIRST_CARD_NORMAL_OPEN;
	u = site_compiled(&s, &f);
	assert_true(compiled_grants(&u, &f, GH_LIT("7"), 2, 20261130120000));
	unit_rows_clear(&u);
	s.first_cards = 0;
	for (int i = 0; i < 11; i++)
		multi[i] = (struct site_multi_card){
			.id = i + 1, .door = A(1), .group = { 1, 2 }, .groups = 2
		};
	s.multi_card = multi;
	s.multi_cards = 10;
	u = site_compiled(&s, &f);
	assert_true(compiled_grants(&u, &f, GH_LIT("7"), 1, 20261130120000));
	unit_rows_clear(&u);
	s.multi_cards = 11;
	u = site_compiled(&s, &f);
	refusal_expect(
		&u, REFUSED_MULTI_CARD, 11,
		"Door 1 has 10 combinations already, and the unit takes no more; no person "
		"can pass the door");
	assert_false(compiled_grants(&u, &f, GH_LIT("7"), 1, 20261130120000));
	unit_rows_clear(&u);
	s.multi_cards = 0;
	for (size_t i = 0; i < DOOR_SETTINGS; i++)
		set.number[i] = DOOR_SETTING_ABSENT;
	set.number[DOOR_SET_normal_open_rule] = 0;
	set.number[DOOR_SET_usable_rule] = 4;
	s.door = &set;
	s.doors = 1;
	u = site_compiled(&s, &f);
	refusal_expect(&u, REFUSED_DOOR, 2, "Time rule 4 needs 3 ranges a day or fewer for it");
	assert_false(compiled_grants(&u, &f, GH_LIT("7"), 2, 20261130120000));
	unit_rows_clear(&u);
}

static void a_value_means_exactly_what_is_decided(void **state)
{
	const struct site_passback readers[] = {
		{ .id = 1, .door = door + 2, .doors = 2 },
		{ .id = 2, .door = door, .doors = 1, .against = door + 1, .againsts = 1 },
	};
	const struct site_passback star = {
		.id = 1, .door = door + 1, .doors = 2, .against = door, .againsts = 1
	};
	const struct site_passback single = {
		.id = 1, .door = door, .doors = 1, .direction = PASSBACK_OUT, .seconds = 60
	};
	const struct site_interlock locks[] = { { .id = 1, .door = door + 2, .doors = 2 },
						{ .id = 2, .door = door, .doors = 2 },
						{ .id = 3, .door = door, .doors = 3 } };
	struct site s = site_base();
	struct unit_facts f = FACTS(0), rows = FACTS(27), lists = FACTS(66);
	struct unit_rows u;
	(void)state;

	/* Readers of doors 3 and 4: 192, which is printed as 196. */
	s.passback = readers;
	s.passbacks = 1;
	u = site_compiled(&s, &f);
	rows_expect(&u, 0, "AntiPassback=192\n");
	s.passbacks = 2;
	u = site_compiled(&s, &f);
	refusal_expect(
		&u, REFUSED_PASSBACK, 2,
		"The unit has no value for it and those before it; the nearest are: within the "
		"reader pairs of doors 3, 4, each separately (192); doors 1 against 2 (1); "
		"between the readers of door 3 (64)");
	rows_expect(&u, 0, "AntiPassback=192\n");
	s.passback = &star;
	s.passbacks = 1;
	u = site_compiled(&s, &rows);
	rows_expect(&u, TABLE(UNIT_SETTINGS), "DevParameters ID=1 Name=AntiPassback Value=5\n");
	u = site_compiled(&s, &lists);
	rows_expect(&u, TABLE(TRIGGERS) | TABLE(PASSBACK),
		    "TriggerList TriggerListID=1 Type=0 TriggerID=2\n"
		    "TriggerList TriggerListID=1 Type=0 TriggerID=3\n"
		    "TriggerList TriggerListID=2 Type=0 TriggerID=1\n"
		    "AntiPassBack AntiPassBackID=1 PTriggerListID=1 TTriggerListID=2\n");
	s.passback = &single;
	u = site_compiled(&s, &f);
	rows_expect(&u, 0, "Door1InOutAntiPassback=2\nDoor1InTimeAPB=60\n");
	f.readers = 4;
	u = site_compiled(&s, &f);
	refusal_expect(&u, REFUSED_PASSBACK, 1,
		       "The unit has 4 readers for 4 doors: there is no exit reader");
	rows_expect(&u, 0, "");
	s.passbacks = 0;
	s.interlock = locks;
	s.interlocks = 3;
	u = site_compiled(&s, &f);
	refusal_expect(&u, REFUSED_INTERLOCK, 3,
		       "The unit has no value for it and those before it; the nearest are: "
		       "doors 1, 2 and 3 (3); doors 1 and 2, and separately doors 3 and 4 (4); "
		       "doors 1, 2, 3 and 4 (5)");
	rows_expect(&u, 0, "InterLock=4\n");
	s.interlock = locks + 2;
	s.interlocks = 1;
	u = site_compiled(&s, &lists);
	rows_expect(&u, TABLE(TRIGGERS) | TABLE(INTERLOCK),
		    "TriggerList TriggerListID=1 Type=0 TriggerID=1\n"
		    "TriggerList TriggerListID=1 Type=0 TriggerID=2\n"
		    "TriggerList TriggerListID=1 Type=0 TriggerID=3\n"
		    "InterLock InterLockID=1 PTriggerListID=1 TTriggerListID=1\n");
}

static void verify_schedules_and_settings_of_doors(void **state)
{
	struct site_verify v[2] = {
		{ .id = 1, .door = door, .doors = 2 },
		{ .id = 2, .door = door, .doors = 1, .person = two, .people = 2 }
	};
	struct site_door_setting set = { .door = A(2) };
	struct site s = site_base();
	struct unit_facts f = FACTS(12), words = FACTS(12, 21), none = FACTS(0);
	struct unit_rows u;
	(void)state;

	v[0].table.span[TIME_MON][0] = (struct verify_span){ 510, 720, .door = GH_LIT("4") };
	v[0].table.spans[TIME_MON] = 1;
	v[1].table = v[0].table;
	s.verify = v;
	s.verifies = 2;
	u = site_compiled(&s, &f);
	for (size_t i = 0; i < u.rows; i++)
		if (u.row[i].table == UNIT_VERIFY_TIMES) {
			assert_true(gh_slice_eq(compiled_value(u.row[i].text, "MonTime1"),
						GH_LIT("54396080")));
			assert_true(gh_slice_eq(compiled_value(u.row[i].text, "MonTime1VSDoor"),
						GH_LIT("4")));
			assert_true(gh_slice_eq(compiled_value(u.row[i].text, "MonTime1VSUser"),
						GH_LIT("255")));
			assert_true(gh_slice_eq(compiled_value(u.row[i].text, "Hol3Time3"),
						GH_LIT("0")));
		}
	rows_expect(
		&u, TABLE(VERIFY_DOOR) | TABLE(VERIFY_PERSON),
		"DoorVSTimezone DoorID=1 TimezoneID=1\nDoorVSTimezone DoorID=2 TimezoneID=1\n"
		"PersonalVSTimezone PIN=7 DoorID=1 TimezoneID=2\n"
		"PersonalVSTimezone PIN=8 DoorID=1 TimezoneID=2\n");
	u = site_compiled(&s, &none);
	refusal_expect(&u, REFUSED_VERIFY, 1, "The unit has no verify schedules");
	unit_rows_clear(&u);
	v[1].people = 0;
	u = site_compiled(&s, &f);
	refusal_expect(&u, REFUSED_VERIFY, 2, "Verify schedule 1 is for the same door already");
	unit_rows_clear(&u);
	s.verifies = 0;
	for (size_t i = 0; i < DOOR_SETTINGS; i++)
		set.number[i] = DOOR_SETTING_ABSENT;
	set.number[DOOR_SET_usable_rule] = 0;
	set.number[DOOR_SET_normal_open_rule] = 1;
	set.number[DOOR_SET_disabled] = 0;
	set.number[DOOR_SET_drive_seconds] = 8;
	set.number[DOOR_SET_max_open_seconds] = 99;
	set.number[DOOR_SET_long_drive_seconds] = 4;
	set.text[DOOR_SET_verify_mode] = GH_LIT("11");
	set.text[DOOR_SET_emergency_password] = GH_LIT("123456");
	s.door = &set;
	s.doors = 1;
	u = site_compiled(&s, &f);
	refusal_expect(&u, REFUSED_DOOR, 2,
		       "The unit has no setting of doors for longDriveSeconds");
	rows_expect(
		&u, 0,
		"Door2Disable=1\nDoor2Drivertime=8\nDoor2ValidTZ=1\nDoor2KeepOpenTimeZone=1\n"
		"Door2VerifyType=11\nDoor2SupperPassWord=123456\n");
	words.verify_words = true;
	/* A password that was removed is written empty; one that was never decided is not written. */
	set.erased = UINT32_C(1) << DOOR_SET_duress_password;
	u = site_compiled(&s, &words);
	assert_int_equal(u.refusals, 0);
	rows_expect(&u, TABLE(DOOR_SETTINGS),
		    "DoorParameters ID=2 Name=DoorDisable Value=1\n"
		    "DoorParameters ID=2 Name=DoorDrivertime Value=8\n"
		    "DoorParameters ID=2 Name=ExtDoorDelayDrivertime Value=4\n"
		    "DoorParameters ID=2 Name=DoorValidTZ Value=1\n"
		    "DoorParameters ID=2 Name=DoorKeepOpenTimeZone Value=1\n"
		    "DoorParameters ID=2 Name=DoorVerifyType Value=0000101000000001\n"
		    "DoorParameters ID=2 Name=DoorSupperPassWord Value=123456\n"
		    "DoorParameters ID=2 Name=DoorForcePassWord Value=\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_cards_and_several_people),
		cmocka_unit_test(what_limits_a_door_and_cannot_be_held_closes_it),
		cmocka_unit_test(a_value_means_exactly_what_is_decided),
		cmocka_unit_test(verify_schedules_and_settings_of_doors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

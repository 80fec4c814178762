/* What is decided about single doors, as a unit gets it: byte for byte, and what is refused with which words. */
#include "tests.h"

#include <stdio.h>
#include <stdlib.h>

#include "compiled.h"

#define A(n)                                   \
	{                                      \
		{ (const uint8_t *)"A", 1 }, n \
	}

static const struct site_door door[] = { A(1), A(2), A(3), A(4), A(5) };
static const int64_t two[] = { 7, 8 };

/* Persons 7 and 8 may pass doors 1 and 2 always. */
static struct site site_base(void)
{
	static struct site_rule rules[2];
	static struct site_person people[2];
	static struct site_level levels[1];

	rules[0] = (struct site_rule){ .id = 1 };
	rules[1] = (struct site_rule){ .id = 4 };
	assert_int_equal(time_table_read(GH_LIT("{\"mon-sun\":[\"00:00-24:00\"]}"),
					 GH_LIT("{}"), &rules[0].table),
			 GH_OK);
	assert_int_equal(time_table_read(GH_LIT("{\"mon\":[\"08:00-09:00\",\"10:00-11:00\","
						"\"12:00-13:00\",\"14:00-15:00\"]}"),
					 GH_LIT("{}"), &rules[1].table),
			 GH_OK);
	for (size_t i = 0; i < 2; i++)
		people[i] = (struct site_person){ .id = two[i],
						  .pin = i ? GH_LIT("8") : GH_LIT("7"),
						  .group = 5 };
	levels[0] = (struct site_level){
		.id = 1, .rule = 1, .door = door, .doors = 2, .person = two, .people = 2
	};
	return (struct site){ .person = people,
			      .people = 2,
			      .rule = rules,
			      .rules = 2,
			      .level = levels,
			      .levels = 1 };
}

/* A controller with four doors, and the functions whose numbers are named. */
static struct unit_facts facts_of(const int *bits, size_t n)
{
	static char text[200];
	char functions[71];

	memset(functions, '0', 70);
	functions[70] = 0;
	for (size_t i = 0; i < n; i++)
		functions[bits[i]] = '1';
	snprintf(text, sizeof(text),
		 "MachineType=9,LockCount=4,ReaderCount=8,AuxInCount=2,AuxOutCount=2,"
		 "DateFmtFunOn=1,AccSupportFunList=%s",
		 functions);
	return unit_facts_of(GH_LIT("A"), gh_slice_of(text));
}

#define FACTS(...)                             \
	facts_of((const int[]){ __VA_ARGS__ }, \
		 sizeof((const int[]){ __VA_ARGS__ }) / sizeof(int))

static struct unit_rows site_compiled(const struct site *s, const struct unit_facts *f)
{
	struct unit_rows u;

	assert_int_equal(site_compile(s, f, NULL, 0, 20261130120000, &u), GH_OK);
	return u;
}

/* The rows of some tables, in lines; and options behind them, but what is resting. */
static void rows_expect(struct unit_rows *u, unsigned long tables, const char *want)
{
	char text[8192];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text) - 1);

	for (size_t i = 0; i < u->rows; i++) {
		if (!(tables >> u->row[i].table & 1) || u->row[i].resting)
			continue;
		ghi_put(&w, gh_slice_of(unit_table_name(u->row[i].table)));
		ghi_put(&w, GH_LIT(" "));
		for (size_t k = 0; k < u->row[i].text.n; k++)
			ghi_put_u8(&w, u->row[i].text.p[k] == '\t' ? ' ' : u->row[i].text.p[k]);
		ghi_put(&w, GH_LIT("\n"));
	}
	for (size_t i = 0; i < u->options; i++) {
		if (u->option[i].resting)
			continue;
		ghi_put(&w, u->option[i].name);
		ghi_put(&w, GH_LIT("="));
		ghi_put(&w, u->option[i].value);
		ghi_put(&w, GH_LIT("\n"));
	}
	text[w.n] = '\0';
	assert_string_equal(text, want);
	unit_rows_clear(u);
}

static void refusal_expect(const struct unit_rows *u, enum refusal_of of, int64_t id,
			   const char *text)
{
	for (size_t i = 0; i < u->refusals; i++)
		if (u->refusal[i].of == of && u->refusal[i].id == id) {
			char *got = strndup((const char *)u->refusal[i].text.p,
					    u->refusal[i].text.n);

			assert_string_equal(got, text);
			free(got);
			return;
		}
	fail_msg("%s %d is not refused", refusal_word(of), (int)id);
}

#define TABLE(NAME) (1ul << UNIT_##NAME)

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

/* Who is in a group of a combination is on the unit, with a level there or without; but for group 1, which is
 * everyone's. */
static void people_of_a_combination_alone_are_sent(void **state)
{
	const struct site_multi_card multi = {
		.id = 3, .door = A(1), .group = { 5, 1 }, .groups = 2
	};
	struct site_person people[] = {
		{ .id = 7, .pin = GH_LIT("7"), .group = 5 },
		{ .id = 8, .pin = GH_LIT("8"), .group = 1 },
		{ .id = 9, .pin = GH_LIT("9"), .group = 6 },
		{ .id = 10, .pin = GH_LIT("10"), .group = 5, .disabled = true }
	};
	struct site s = site_base();
	struct unit_facts f = FACTS(0);
	struct unit_rows u;
	(void)state;

	s.person = people;
	s.people = 4;
	s.levels = 0;
	s.multi_card = &multi;
	s.multi_cards = 1;
	u = site_compiled(&s, &f);
	assert_false(compiled_grants(&u, &f, GH_LIT("7"), 1, 20261130120000));
	rows_expect(&u, TABLE(USER) | TABLE(RIGHTS) | TABLE(MULTI_CARD),
		    "user CardNo= Pin=7 Password= Group=5 StartTime=0 EndTime=0 Name= "
		    "Privilege=0\n"
		    "multimcard Index=1 DoorId=1 Group1=5 Group2=1 Group3=0 Group4=0 Group5=0\n"
		    "Door1MultiCardOpenDoor=1\n");
	/* At a door of another unit it is none of this one. */
	f.sn = GH_LIT("B");
	u = site_compiled(&s, &f);
	rows_expect(&u, TABLE(USER) | TABLE(MULTI_CARD), "");
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

static void cards_and_numbers_of_people(void **state)
{
	const struct site_card cards[] = { { .number = GH_LIT("123456789"), .lost = true },
					   { .number = GH_LIT("258") } };
	struct site_person person = { .id = 7, .pin = GH_LIT("7"), .card = cards, .cards = 2 };
	struct site s = site_base();
	struct unit_facts one = FACTS(0), several = FACTS(7);
	struct unit_rows u;
	(void)state;

	s.person = &person;
	s.people = 1;
	/* A lost card is not that of a unit which takes one. */
	u = site_compiled(&s, &one);
	assert_int_equal(u.refusals, 0);
	rows_expect(&u, TABLE(USER) | TABLE(CARDS),
		    "user CardNo=258 Pin=7 Password= Group=1 StartTime=0 EndTime=0 Name= "
		    "Privilege=0\n");
	several.cards_turned = true;
	u = site_compiled(&s, &several);
	rows_expect(&u, TABLE(CARDS),
		    "mulcarduser Pin=7 CardNo=15CD5B07 LossCardFlag=1 CardType=0\n"
		    "mulcarduser Pin=7 CardNo=0201 LossCardFlag=0 "
		    "CardType=1\nMulCardUserFunOn=1\n");
	/* Room for people is a number without a unit: it is named, and nothing is left out. */
	one.people = 1;
	u = site_compiled(&s, &one);
	refusal_expect(
		&u, REFUSED_UNIT, 0,
		"It is to hold 1 people, and reports room for 1: single ones on some units, "
		"hundreds on others");
	assert_null(u.over);
	unit_rows_clear(&u);
	person.pin = GH_LIT("1234567890");
	one.people = 0;
	u = site_compiled(&s, &one);
	refusal_expect(&u, REFUSED_PERSON, 7,
		       "PIN 1234567890 is no number of up to 9 digits, as the unit needs it");
	unit_rows_clear(&u);
	/* A controller that registered StringPinFunOn takes texts. */
	one.text_pins = true;
	person.pin = GH_LIT("A-1234567890");
	u = site_compiled(&s, &one);
	assert_int_equal(u.refusals, 0);
	unit_rows_clear(&u);
	person.pin = GH_LIT("A234567890123456789012345");
	u = site_compiled(&s, &one);
	refusal_expect(&u, REFUSED_PERSON, 7,
		       "PIN A234567890123456789012345 is longer than 24 characters");
	rows_expect(&u, TABLE(USER), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_cards_and_several_people),
		cmocka_unit_test(people_of_a_combination_alone_are_sent),
		cmocka_unit_test(what_limits_a_door_and_cannot_be_held_closes_it),
		cmocka_unit_test(a_value_means_exactly_what_is_decided),
		cmocka_unit_test(linkages_and_super_users),
		cmocka_unit_test(outputs_and_inputs_by_time_rule),
		cmocka_unit_test(verify_schedules_and_settings_of_doors),
		cmocka_unit_test(cards_and_numbers_of_people),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

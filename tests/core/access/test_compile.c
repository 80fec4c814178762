/* What a unit gets decides as the site does, until the moment that is named. */
#include "tests.h"

#include <stdio.h>
#include <stdlib.h>

#include "chance.h"
#include "compiled.h"
#include "core/access/rights/diff.h"
#include "wire/access/table.h"

/* --- the example of the design, byte for byte --- */

static const struct site_door a_doors[] = { { { (const uint8_t *)"A", 1 }, 1 },
					    { { (const uint8_t *)"A", 1 }, 2 } };
static const int64_t ann_id[] = { 7 };
static struct site_card ann_cards[2];

static struct site example_site(void)
{
	static struct site_rule rules[2];
	static struct site_person people[1];
	static struct site_level levels[1];
	static const struct holiday_days holidays[] = { { 20261225, 20261225, 1, true } };
	static const struct site_passback passbacks[] = {
		{ .id = 1, .door = a_doors, .doors = 1, .against = a_doors + 1, .againsts = 1 }
	};

	rules[0] = (struct site_rule){ .id = 1 };
	rules[1] = (struct site_rule){ .id = 4 };
	assert_int_equal(time_table_read(GH_LIT("{\"mon-sun\":[\"00:00-24:00\"]}"),
					 GH_LIT("{}"), &rules[0].table),
			 GH_OK);
	assert_int_equal(
		time_table_read(GH_LIT("{\"mon-fri\":[\"08:00-12:00\",\"12:30-18:00\"]}"),
				GH_LIT("{\"1\":[]}"), &rules[1].table),
		GH_OK);
	ann_cards[0].number = GH_LIT("123456789");
	ann_cards[1].number = GH_LIT("10597059");
	people[0] = (struct site_person){ .id = 7,
					  .pin = GH_LIT("1024"),
					  .name = GH_LIT("Ann Example"),
					  .card = ann_cards,
					  .cards = 2,
					  .valid = { 20260901000000, 20261231235959 } };
	levels[0] = (struct site_level){
		.id = 1, .rule = 4, .door = a_doors, .doors = 2, .person = ann_id, .people = 1
	};
	return (struct site){ .person = people,
			      .people = 1,
			      .rule = rules,
			      .rules = 2,
			      .holiday = holidays,
			      .holidays = 1,
			      .level = levels,
			      .levels = 1,
			      .passback = passbacks,
			      .passbacks = 1 };
}

#define INBIO260                                    \
	"MachineType=9,LockCount=2,DateFmtFunOn=1," \
	"AccSupportFunList=111001111111100000000000000000000100000000000001110000000000000"

static void text_check(const struct unit_rows *u, enum unit_table t, size_t n, const char *want)
{
	for (size_t i = 0; i < u->rows; i++) {
		if (u->row[i].table != t || n--)
			continue;
		char *text = strndup((const char *)u->row[i].text.p, u->row[i].text.n);

		assert_string_equal(text, want);
		free(text);
		return;
	}
	if (want)
		fail_msg("%s has no such row", unit_table_name(t));
}

#define NO_PERIODS(day) "\t" day "Time1=0\t" day "Time2=0\t" day "Time3=0"
#define ALL_DAY(day) "\t" day "Time1=2359\t" day "Time2=0\t" day "Time3=0"
#define OFFICE(day) "\t" day "Time1=52430000\t" day "Time2=80611080\t" day "Time3=0"

/* The options of a unit that was given nothing before, "A=1 B=2". */
static void options_check(const struct unit_rows *u, const char *want)
{
	char text[256];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text) - 1);

	for (size_t i = 0; i < u->options; i++) {
		if (u->option[i].resting)
			continue;
		ghi_put(&w, w.n ? GH_LIT(" ") : GH_LIT(""));
		ghi_put(&w, u->option[i].name);
		ghi_put(&w, GH_LIT("="));
		ghi_put(&w, u->option[i].value);
	}
	text[w.n] = '\0';
	assert_string_equal(text, want);
}

static void the_example_of_the_design(void **state)
{
	struct site s = example_site();
	struct unit_facts f = unit_facts_of(GH_LIT("A"), GH_LIT(INBIO260));
	struct unit_rows u;
	(void)state;

	assert_int_equal(f.doors, 2);
	assert_true(f.controller && f.packed_validity && f.several_cards);
	assert_false(f.numbered_doors || f.rule_validity || f.right_validity);
	assert_int_equal(site_compile(&s, &f, NULL, 0, 20261129120000, &u), GH_OK);
	options_check(&u, "MulCardUserFunOn=1 AntiPassback=1");
	text_check(&u, UNIT_TIMEZONE, 0,
		   "TimezoneId=1" ALL_DAY("Sun") ALL_DAY("Mon") ALL_DAY("Tue") ALL_DAY("Wed")
			   ALL_DAY("Thu") ALL_DAY("Fri") ALL_DAY("Sat") ALL_DAY("Hol1")
				   ALL_DAY("Hol2") ALL_DAY("Hol3"));
	text_check(&u, UNIT_TIMEZONE, 1,
		   "TimezoneId=2" NO_PERIODS("Sun") OFFICE("Mon") OFFICE("Tue") OFFICE("Wed")
			   OFFICE("Thu") OFFICE("Fri") NO_PERIODS("Sat") NO_PERIODS("Hol1")
				   NO_PERIODS("Hol2") NO_PERIODS("Hol3"));
	text_check(&u, UNIT_HOLIDAY, 0, "Holiday=20261225\tHolidayType=1\tLoop=1");
	text_check(&u, UNIT_USER, 0,
		   "CardNo=\tPin=1024\tPassword=\tGroup=1\tStartTime=857088000\t"
		   "EndTime=867801599\tName=Ann Example\tPrivilege=0");
	text_check(&u, UNIT_CARDS, 0, "Pin=1024\tCardNo=75BCD15\tLossCardFlag=0\tCardType=0");
	text_check(&u, UNIT_CARDS, 1, "Pin=1024\tCardNo=A1B2C3\tLossCardFlag=0\tCardType=1");
	text_check(&u, UNIT_RIGHTS, 0, "Pin=1024\tAuthorizeTimezoneId=2\tAuthorizeDoorId=3");
	assert_int_equal(u.rows, 7);
	assert_int_equal(u.refusals, 0);
	assert_int_equal(u.good_until, 0);
	unit_rows_clear(&u);
	/* Doors by number, and rights with a validity. */
	f.numbered_doors = f.right_validity = true;
	assert_int_equal(site_compile(&s, &f, NULL, 0, 20261129120000, &u), GH_OK);
	text_check(
		&u, UNIT_RIGHTS, 0,
		"Pin=1024\tAuthorizeTimezoneId=2\tAuthorizeDoorId=1\tStartTime=0\tEndTime=0");
	text_check(
		&u, UNIT_RIGHTS, 1,
		"Pin=1024\tAuthorizeTimezoneId=2\tAuthorizeDoorId=2\tStartTime=0\tEndTime=0");
	assert_int_equal(u.rows, 8);
	unit_rows_clear(&u);
	/* The second example of mulcarduser, of Wiegand rules of version 2. */
	ann_cards[0] = (struct site_card){ .number = GH_LIT("3432592093"),
					   .has_bits = true,
					   .bits = 26,
					   .has_site_code = true,
					   .site_code = 10010,
					   .imie = GH_LIT("356591106") };
	f.wiegand_2 = true;
	assert_int_equal(site_compile(&s, &f, NULL, 0, 20261129120000, &u), GH_OK);
	text_check(&u, UNIT_CARDS, 0,
		   "Pin=1024\tCardNo=CC9932DD\tLossCardFlag=0\tCardType=0\tCardBit=26\t"
		   "SiteCode=10010\tIMIE=356591106");
	text_check(&u, UNIT_CARDS, 1, "Pin=1024\tCardNo=A1B2C3\tLossCardFlag=0\tCardType=1");
	unit_rows_clear(&u);
	f.wiegand_2 = false;
	assert_int_equal(site_compile(&s, &f, NULL, 0, 20261129120000, &u), GH_OK);
	text_check(&u, UNIT_CARDS, 0, "Pin=1024\tCardNo=CC9932DD\tLossCardFlag=0\tCardType=0");
	unit_rows_clear(&u);
	ann_cards[0] = (struct site_card){ .number = GH_LIT("123456789") };
	/* A terminal with one door and one card. */
	f = unit_facts_of(GH_LIT("A"), GH_LIT("MachineType=101,LockCount=1"));
	assert_int_equal(site_compile(&s, &f, NULL, 0, 20261129120000, &u), GH_OK);
	options_check(&u, "");
	assert_int_equal(u.refusals, 2);
	assert_int_equal(u.refusal[0].of, REFUSED_LEVEL);
	assert_int_equal(u.refusal[1].of, REFUSED_PASSBACK);
	assert_int_equal(u.rows, 2); /* rule 1 and the holiday */
	unit_rows_clear(&u);
}

/* --- slots --- */

static void slots_stay_with_their_rules(void **state)
{
	struct site s = example_site();
	struct unit_facts f = unit_facts_of(GH_LIT("A"), GH_LIT(INBIO260));
	const struct unit_slot given[] = { { .owner = 4, .part = 0, .slot = 9 },
					   { .owner = 8, .part = 0, .slot = 2 },
					   { .owner = 0, .slot = 3, .freed = 2 },
					   { .owner = 0, .slot = 4, .freed = 1 } };
	struct unit_rows u;
	(void)state;

	assert_int_equal(site_compile(&s, &f, given, 4, 20261129120000, &u), GH_OK);
	assert_int_equal(u.slots, 1);
	assert_int_equal(u.slot[0].slot, 9);
	unit_rows_clear(&u);
	/* The lowest that no rule has or had; then the one that is free for the longest time. */
	assert_int_equal(site_compile(&s, &f, given + 1, 3, 20261129120000, &u), GH_OK);
	assert_int_equal(u.slot[0].slot, 5);
	unit_rows_clear(&u);
	f.rule_slots = 4;
	assert_int_equal(site_compile(&s, &f, given + 1, 3, 20261129120000, &u), GH_OK);
	assert_int_equal(u.slot[0].slot, 4);
	unit_rows_clear(&u);
	f.rule_slots = 2;
	assert_int_equal(site_compile(&s, &f, given + 1, 1, 20261129120000, &u), GH_OK);
	assert_int_equal(u.slots, 0);
	assert_int_equal(u.refusals, 1);
	assert_int_equal(u.refusal[0].of, REFUSED_RULE);
	assert_false(compiled_grants(&u, &f, GH_LIT("1024"), 1, 20261130090000));
	unit_rows_clear(&u);
}

/* --- what differs from what it holds --- */

struct changes {
	int n[4];
	char last[4][160];
};

static bool change_see(void *ctx, enum row_change change, const struct needed_row *before,
		       const struct needed_row *after)
{
	struct changes *x = ctx;

	x->n[change]++;
	snprintf(x->last[change], 160, "%.*s", GH_FMT(after ? after->text : before->text));
	return true;
}

/* A person of another namespace has no rights at the unit, and is not written to it, where their PIN is another
 * person's; who is of its own is written as before. */
static void a_person_of_another_namespace_is_not_written(void **state)
{
	const struct site_unit unit[] = { { { (const uint8_t *)"A", 1 }, GH_LIT("berlin") } };
	static const int64_t both[] = { 7, 8 };
	struct site s = example_site();
	struct unit_facts f = unit_facts_of(GH_LIT("A"), GH_LIT(INBIO260));
	struct site_person people[2] = { s.person[0], s.person[0] };
	struct site_level level = s.level[0];
	struct unit_rows u;
	(void)state;

	people[1].id = 8;
	people[1].namespace = GH_LIT("berlin");
	people[1].name = GH_LIT("Bob");
	people[1].cards = 0;
	level.person = both;
	level.people = 2;
	s.person = people;
	s.people = 2;
	s.level = &level;
	for (size_t units = 0; units < 2; units++) {
		s.unit = unit;
		s.units = units;
		assert_int_equal(site_compile(&s, &f, NULL, 0, 20261012080000, &u), GH_OK);
		text_check(
			&u, UNIT_USER, 0,
			units ? "CardNo=\tPin=1024\tPassword=\tGroup=1\tStartTime=857088000"
				"\tEndTime=867801599\tName=Bob\tPrivilege=0"
			      : "CardNo=\tPin=1024\tPassword=\tGroup=1\tStartTime="
				"857088000\tEndTime=867801599\tName=Ann Example\tPrivilege=0");
		text_check(&u, UNIT_USER, 1, NULL);
		assert_int_equal(u.refusals, 1);
		assert_int_equal(u.refusal[0].of, REFUSED_PERSON);
		assert_int_equal(u.refusal[0].id, units ? 7 : 8);
		unit_rows_clear(&u);
	}
}

/* Where a unit has whole days, one of two levels ends within this one: its doors are closed for the day, and those of
 * the other are not. */
static void a_level_that_ends_within_a_day_takes_no_other_with_it(void **state)
{
	struct site s = example_site();
	struct unit_facts f = unit_facts_of(GH_LIT("A"), GH_LIT(INBIO260));
	struct site_person person = s.person[0];
	struct site_level levels[2] = { s.level[0], s.level[0] };
	struct unit_rows u;
	(void)state;

	f.packed_validity = false;
	person.valid = (struct validity){ 0 };
	s.person = &person;
	levels[0].doors = 1;
	levels[1] = (struct site_level){ .id = 2,
					 .rule = 1,
					 .door = a_doors + 1,
					 .doors = 1,
					 .person = ann_id,
					 .people = 1,
					 .valid = { 0, 20261012120000 } };
	s.level = levels;
	s.levels = 2;
	assert_int_equal(site_compile(&s, &f, NULL, 0, 20261012080000, &u), GH_OK);
	text_check(&u, UNIT_USER, 0,
		   "CardNo=\tPin=1024\tPassword=\tGroup=1\tStartTime=0\tEndTime=0\t"
		   "Name=Ann Example\tPrivilege=0");
	text_check(&u, UNIT_RIGHTS, 0, "Pin=1024\tAuthorizeTimezoneId=2\tAuthorizeDoorId=1");
	text_check(&u, UNIT_RIGHTS, 1, NULL);
	assert_int_equal(u.refusals, 1);
	unit_rows_clear(&u);
	/* Until the day before she has both. */
	assert_int_equal(site_compile(&s, &f, NULL, 0, 20261010080000, &u), GH_OK);
	text_check(&u, UNIT_USER, 0,
		   "CardNo=\tPin=1024\tPassword=\tGroup=1\tStartTime=0\tEndTime=20261011\t"
		   "Name=Ann Example\tPrivilege=0");
	text_check(&u, UNIT_RIGHTS, 1, "Pin=1024\tAuthorizeTimezoneId=2\tAuthorizeDoorId=1");
	assert_int_equal(u.good_until, 20261012000000);
	unit_rows_clear(&u);
}

static void only_what_differs_is_sent(void **state)
{
	struct site s = example_site();
	struct site_level level = s.level[0];
	struct unit_facts f = unit_facts_of(GH_LIT("A"), GH_LIT(INBIO260));
	struct unit_rows before, after;
	struct held_row held[8];
	struct changes x = { 0 };
	size_t n = 0;
	(void)state;

	assert_int_equal(site_compile(&s, &f, NULL, 0, 20261129120000, &before), GH_OK);
	for (; n < before.rows; n++)
		held[n] = (struct held_row){ .row = before.row[n], .ours = true };
	/* A second plan after the first is empty. */
	assert_int_equal(unit_rows_compare(&before, held, n, false, change_see, &x), GH_OK);
	assert_int_equal(x.n[0] + x.n[1] + x.n[2] + x.n[3], 0);
	/* Ann loses door 2: one row goes, another comes; what was written elsewhere stays. */
	held[n++] =
		(struct held_row){ .row = { UNIT_USER, GH_LIT("9"), GH_LIT("Pin=9"), false } };
	level.doors = 1;
	s.level = &level;
	assert_int_equal(
		site_compile(&s, &f, before.slot, before.slots, 20261129120000, &after), GH_OK);
	assert_int_equal(unit_rows_compare(&after, held, n, false, change_see, &x), GH_OK);
	assert_int_equal(x.n[ROW_ADDED], 1);
	assert_int_equal(x.n[ROW_CHANGED], 0);
	assert_int_equal(x.n[ROW_REMOVED], 1);
	assert_int_equal(x.n[ROW_FOREIGN], 1);
	assert_string_equal(x.last[ROW_ADDED],
			    "Pin=1024\tAuthorizeTimezoneId=2\tAuthorizeDoorId=1");
	assert_string_equal(x.last[ROW_REMOVED],
			    "Pin=1024\tAuthorizeTimezoneId=2\tAuthorizeDoorId=3");
	unit_rows_clear(&after);
	/* A rule that closes earlier is one row, and touches no person. */
	s = example_site();
	struct site_rule rule[2] = { s.rule[0], s.rule[1] };

	rule[1].name = GH_LIT("Another name");
	assert_int_equal(
		time_table_read(GH_LIT("{\"mon-thu\":[\"08:00-12:00\",\"12:30-18:00\"],"
				       "\"fri\":[\"08:00-12:00\",\"12:30-17:00\"]}"),
				GH_LIT("{\"1\":[]}"), &rule[1].table),
		GH_OK);
	s.rule = rule;
	x = (struct changes){ 0 };
	assert_int_equal(
		site_compile(&s, &f, before.slot, before.slots, 20261129120000, &after), GH_OK);
	assert_int_equal(unit_rows_compare(&after, held, n - 1, false, change_see, &x), GH_OK);
	assert_int_equal(x.n[ROW_CHANGED], 1);
	assert_int_equal(x.n[ROW_ADDED] + x.n[ROW_REMOVED], 0);
	assert_true(
		gh_slice_eq(compiled_value(after.row[1].text, "FriTime2"), GH_LIT("80610980")));
	unit_rows_clear(&after);
	unit_rows_clear(&before);
}

/* --- random sites --- */

#define PEOPLE 6
#define RULES 5
#define LEVELS 6
#define HOLIDAYS 5

struct world {
	struct site site;
	struct site_person person[PEOPLE];
	struct site_rule rule[RULES];
	struct site_level level[LEVELS];
	struct holiday_days holiday[HOLIDAYS];
	struct site_door door[LEVELS][4];
	int64_t member[LEVELS][PEOPLE];
	char pin[PEOPLE][8];
};

static struct validity any_validity(bool whole)
{
	struct validity v = { 0 };

	if (chance_number(2))
		v.from = chance_day() * 1000000 + (whole ? 0 : chance_number(24) * 10000);
	if (chance_number(2))
		v.to = chance_day() * 1000000 +
		       (whole ? 235959 : chance_number(24) * 10000 + 3000);
	return v;
}

static void world_make(struct world *w, bool whole)
{
	*w = (struct world){ 0 };
	for (int64_t i = 0; i < PEOPLE; i++) {
		snprintf(w->pin[i], sizeof(w->pin[i]), "%d", (int)(i * 7 + 3));
		w->person[i] = (struct site_person){ .id = i * 3 + 1,
						     .pin = gh_slice_of(w->pin[i]),
						     .valid = any_validity(whole),
						     .disabled = chance_number(8) == 0 };
	}
	for (int64_t i = 0; i < RULES; i++) {
		w->rule[i].id = i + 2;
		chance_table(&w->rule[i].table, 20, 40);
		if (chance_number(3) == 0)
			w->rule[i].valid = any_validity(whole);
	}
	for (int64_t i = 0; i < HOLIDAYS; i++) {
		/* Each has days of its own, for a day has one type. */
		int64_t day = 20261112 + i * 3;

		w->holiday[i] = (struct holiday_days){ day, day + chance_number(3),
						       chance_number(3) + 1, chance_number(2) };
	}
	for (int64_t i = 0; i < LEVELS; i++) {
		struct site_level *l = &w->level[i];

		*l = (struct site_level){ .id = i + 1,
					  .rule = chance_number(RULES + 2) + 1,
					  .valid = any_validity(whole),
					  .door = w->door[i],
					  .doors = (size_t)chance_number(5),
					  .person = w->member[i],
					  .people = (size_t)chance_number(PEOPLE + 1) };
		for (size_t k = 0; k < l->doors; k++)
			w->door[i][k] = (struct site_door){
				chance_number(4) ? GH_LIT("A") : GH_LIT("B"),
				chance_number(3) + (chance_number(9) == 0) + 1
			};
		for (size_t k = 0; k < l->people; k++)
			w->member[i][k] = chance_number(PEOPLE) * 3 + 1;
	}
	w->site = (struct site){ .person = w->person,
				 .people = PEOPLE,
				 .rule = w->rule,
				 .rules = RULES,
				 .holiday = w->holiday,
				 .holidays = HOLIDAYS,
				 .level = w->level,
				 .levels = LEVELS };
}

static const char unit_form[] =
	"MachineType=%d,LockCount=%d,DateFmtFunOn=%d,DisableUserFunOn=%d,AccSupportFunList=%s";

static void any_unit(char *text, size_t room, bool packed)
{
	char functions[70];

	for (size_t i = 0; i < 69; i++)
		functions[i] = chance_number(2) ? '1' : '0';
	functions[69] = 0;
	snprintf(text, room, unit_form, chance_number(2) ? 9 : 101, (int)chance_number(2) + 2,
		 packed, (int)chance_number(2), functions);
}

/* What was refused counts as not there. */
static void refused_drop(struct world *w, const struct unit_rows *u)
{
	for (size_t i = 0; i < u->refusals; i++) {
		if (u->refusal[i].of == REFUSED_LEVEL)
			w->level[u->refusal[i].id - 1].people = 0;
		else if (u->refusal[i].of == REFUSED_RULE)
			for (size_t k = 0; k < LEVELS; k++)
				if (w->level[k].rule == u->refusal[i].id)
					w->level[k].people = 0;
	}
}

static int64_t decisions_compare(struct world *w, const struct unit_facts *f,
				 const struct unit_rows *u, ghi_civil at, bool whole)
{
	int64_t start = ghi_civil_to_seconds(at), span = 14 * 86400, passed = 0;

	if (u->good_until && ghi_civil_to_seconds(u->good_until) - start < span)
		span = ghi_civil_to_seconds(u->good_until) - start;
	for (int n = 0; n < 120 && span > 0; n++) {
		/* The first and the last second, and hours and half hours, too. */
		int64_t t = start + (n == 0 ? 0 : n == 1 ? span - 1 : chance_number(span));

		if (n % 3 == 2 && t - t % 1800 >= start)
			t -= t % 1800;
		ghi_civil moment = ghi_civil_from_seconds(t);
		const struct site_person *p = &w->person[chance_number(PEOPLE)];
		struct site_door door = { GH_LIT("A"), chance_number(f->doors) + 1 };
		bool site = site_decide(&w->site, p, &door, moment, NULL, NULL).granted;
		bool unit = compiled_grants(u, f, p->pin, door.n, moment);

		if (whole || f->packed_validity ? site != unit : unit && !site)
			fail_msg("seed %llu: at %lld, person %d, door %d: site %d, unit %d",
				 (unsigned long long)chance_seed, (long long)moment, (int)p->id,
				 (int)door.n, site, unit);
		passed += site;
	}
	return passed;
}

#define TURN(array, n)                                     \
	for (size_t i_ = 0; i_ < (n) / 2; i_++) {          \
		__typeof__((array)[0]) one_ = (array)[i_]; \
		(array)[i_] = (array)[(n)-1 - i_];         \
		(array)[(n)-1 - i_] = one_;                \
	}

static void a_unit_decides_as_the_site_does(void **state)
{
	static struct world w;
	size_t limited = 0, refused = 0;
	int64_t passed = 0;
	(void)state;

	for (uint64_t n = 1; n <= 400; n++) {
		bool whole = n % 2, packed = n % 4 < 2;
		char parameters[256];
		struct unit_facts f;
		struct unit_rows u, again;

		chance_seed = n * 77;
		world_make(&w, whole);
		any_unit(parameters, sizeof(parameters), packed);
		f = unit_facts_of(GH_LIT("A"), gh_slice_of(parameters));
		if (n % 5 == 0)
			f.rule_slots = 3;
		if (n % 7 == 0)
			f.holidays_per_type = 1;
		ghi_civil at = chance_day() * 1000000 + chance_number(24) * 10000;

		assert_int_equal(site_compile(&w.site, &f, NULL, 0, at, &u), GH_OK);
		compiled_check(&u, gh_slice_of(parameters));
		limited += u.good_until != 0;
		refused += u.refusals != 0;
		/* Given its own slots, and in another order, it is the same. */
		TURN(w.person, PEOPLE)
		TURN(w.rule, RULES)
		TURN(w.level, LEVELS)
		TURN(w.holiday, HOLIDAYS)
		assert_int_equal(site_compile(&w.site, &f, u.slot, u.slots, at, &again), GH_OK);
		assert_true(compiled_equal(&u, &again));
		unit_rows_clear(&again);
		TURN(w.level, LEVELS)
		assert_true(u.good_until == 0 || u.good_until > at);
		refused_drop(&w, &u);
		passed += decisions_compare(&w, &f, &u, at, whole);
		unit_rows_clear(&u);
	}
	assert_true(limited > 50);
	assert_true(refused > 20);
	assert_true(passed > 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_the_design),
		cmocka_unit_test(slots_stay_with_their_rules),
		cmocka_unit_test(a_person_of_another_namespace_is_not_written),
		cmocka_unit_test(a_level_that_ends_within_a_day_takes_no_other_with_it),
		cmocka_unit_test(only_what_differs_is_sent),
		cmocka_unit_test(a_unit_decides_as_the_site_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

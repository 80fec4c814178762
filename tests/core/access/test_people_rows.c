/* What units get of people besides their rights: byte for byte, and what is refused with which words. */
#include "tests.h"

#include <stdio.h>
#include <stdlib.h>

#include "compiled.h"
#include "rights_site.h"

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
		cmocka_unit_test(people_of_a_combination_alone_are_sent),
		cmocka_unit_test(cards_and_numbers_of_people),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

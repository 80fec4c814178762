#include "tests.h"

#include "core/roster_sent.h"
#include "model/kind.h"

static void what_a_device_makes_of_a_text_is_an_echo(void **state)
{
	static const struct {
		const char *sent, *written;
		bool echo;
	} c[] = {
		{ "Alexande", "Alexander", true },
		{ "Alexander", "Alexander", true },
		{ "Alexandra", "Alexander", false },
		{ "Alexanders", "Alexander", false },
		{ "M?ller", "M\xC3\xBCller", true },
		{ "M\xC3", "M\xC3\xBCller", true },
		{ "M\xC3\xB6ller", "M\xC3\xBCller", false },
		{ "??", "\xE5\xBC\xA0\xE4\xB8\x89", true },
		{ "Bob", "Alexander", false },
		{ "", "Alexander", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++)
		if (roster_text_is_echo(gh_slice_of(c[i].sent), gh_slice_of(c[i].written)) !=
		    c[i].echo)
			fail_msg("%s of %s", c[i].sent, c[i].written);
}

static struct person person_of(const char *name, const char *group, int64_t privilege)
{
	struct person p = { .name = gh_slice_of(name),
			    .group_id = gh_slice_of(group),
			    .privilege = privilege };

	model_mark(&p, PERSON_name);
	model_mark(&p, PERSON_group_id);
	model_mark(&p, PERSON_privilege);
	return p;
}

static void a_name_is_changed_by_people_and_not_by_limits(void **state)
{
	struct person now = person_of("Alexande", "1", 0), was = person_of("Alexander", "1", 0);
	struct people is = { .name = GH_LIT("Alexander") };
	struct roster_sent s = { .now = &now, .was = &was, .written = true, .is = &is };

	(void)state;
	assert_false(roster_sent_changed(&s, ROSTER_NAME));
	/* It sent the whole name itself: it was shortened there. */
	s.written = false;
	assert_true(roster_sent_changed(&s, ROSTER_NAME));
	/* The device never held the person, or an order is under way. */
	s.was = NULL;
	assert_false(roster_sent_changed(&s, ROSTER_NAME));
	now.name = GH_LIT("Bob");
	assert_true(roster_sent_changed(&s, ROSTER_NAME));
	s.was = &was;
	s.written = true;
	assert_true(roster_sent_changed(&s, ROSTER_NAME));
	/* What it held all along changes nothing. */
	was.name = now.name;
	assert_false(roster_sent_changed(&s, ROSTER_NAME));
	now.name = (gh_slice){ 0 };
	assert_false(roster_sent_changed(&s, ROSTER_NAME));
}

static void a_number_that_was_clamped_is_no_change(void **state)
{
	struct person now = person_of("", "1", 14), was = person_of("", "60", 0);
	struct people is = { .member_group = 60 };
	struct roster_sent s = { .now = &now, .was = &was, .written = true, .is = &is };

	(void)state;
	assert_false(roster_sent_changed(&s, ROSTER_GROUP));
	assert_false(roster_sent_changed(&s, ROSTER_PRIVILEGE));
	s.written = false;
	assert_true(roster_sent_changed(&s, ROSTER_GROUP));
	assert_true(roster_sent_changed(&s, ROSTER_PRIVILEGE));
	s.underway = true;
	assert_false(roster_sent_changed(&s, ROSTER_GROUP));
	s.underway = false;
	now.group_id = GH_LIT("100");
	assert_false(roster_sent_changed(&s, ROSTER_GROUP));
	now.group_id = GH_LIT("0");
	assert_false(roster_sent_changed(&s, ROSTER_GROUP));
}

static void cards_are_numbers_in_any_spelling(void **state)
{
	(void)state;
	assert_int_equal(roster_sent_card(GH_LIT("[15CD5B07]")), 123456789);
	assert_int_equal(roster_sent_card(GH_LIT("0123456789")), 123456789);
	assert_int_equal(roster_sent_card(GH_LIT("0")), 0);
	assert_int_equal(roster_sent_card(GH_LIT("")), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_device_makes_of_a_text_is_an_echo),
		cmocka_unit_test(a_name_is_changed_by_people_and_not_by_limits),
		cmocka_unit_test(a_number_that_was_clamped_is_no_change),
		cmocka_unit_test(cards_are_numbers_in_any_spelling),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

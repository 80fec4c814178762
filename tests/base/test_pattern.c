#include "tests.h"

#include "base/pattern.h"
#include "slices.h"

static void stars_and_question_marks_match(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool matches;
	} c[] = {
		{ "CKUH*", "CKUH231260005", true },
		{ "CKUH*", "CKUH", true },
		{ "CKUH*", "CKU", false },
		{ "CKUH*", "XCKUH1", false },
		{ "*5", "CKUH231260005", true },
		{ "*26*", "CKUH231260005", true },
		{ "C?UH*5", "CKUH231260005", true },
		{ "C?UH*4", "CKUH231260005", false },
		{ "a*b*c", "axxbxxbxxc", true },
		{ "a*bxc", "abxbxc", true },
		{ "?", "a", true },
		{ "?", "", false },
		{ "", "", true },
		{ "", "a", false },
		{ "*", "", true },
		{ "**", "abc", true },
		{ "abc", "abc", true },
		{ "abc", "abcd", false },
		{ "[ab]c", "ac", false },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		gh_slice pattern = exact_copy(gh_slice_of(c[i].pattern)),
			 text = exact_copy(gh_slice_of(c[i].text));

		if (ghi_pattern_matches(pattern, text) != c[i].matches)
			fail_msg("%s and %s", c[i].pattern, c[i].text);
		exact_free(pattern);
		exact_free(text);
	}
	assert_true(ghi_pattern_is(GH_LIT("a*")));
	assert_true(ghi_pattern_is(GH_LIT("?a")));
	assert_false(ghi_pattern_is(GH_LIT("CKUH-1")));
}

/* A matcher that tries every split would not come to an end. */
static void many_stars_cost_no_more_than_the_product_of_the_lengths(void **state)
{
	uint8_t pattern[2000], text[4000];
	(void)state;

	for (size_t i = 0; i < sizeof(pattern); i++)
		pattern[i] = i % 2 ? 'a' : '*';
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = 'b';
	assert_false(ghi_pattern_matches((gh_slice){ pattern, sizeof(pattern) },
					 (gh_slice){ text, sizeof(text) }));
	assert_true(ghi_pattern_matches((gh_slice){ pattern, sizeof(pattern) },
					(gh_slice){ text, sizeof(text) - 1 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stars_and_question_marks_match),
		cmocka_unit_test(many_stars_cost_no_more_than_the_product_of_the_lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

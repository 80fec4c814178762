#include "tests.h"

#include <glib.h>
#include <string.h>

#include "base/text_fold.h"
#include "slices.h"

static void texts_that_differ_by_case_and_accents_are_the_same(void **state)
{
	static const struct {
		const char *text, *folded;
	} c[] = {
		{ "", "" },
		{ "Anna Meyer 007", "anna meyer 007" },
		{ "ÄRZTE", "arzte" },
		{ "A\u0308rzte", "arzte" },
		{ "José Núñez", "jose nunez" },
		{ "Straße", "strasse" },
		{ "STRASSE", "strasse" },
		{ "Ėglė Žukauskaitė", "egle zukauskaite" },
		{ "ИВАНОВ Ёжик", "иванов ежик" },
		{ "ΟΔΥΣΣΕΎΣ", "οδυσσευσ" },
		{ "Ａｎｎａ　１２３", "anna 123" },
		{ "王小明", "王小明" },
		{ "नमस्ते", "नमस्ते" },
		{ "\xc4ger", "\xc4ger" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		gh_slice text = exact_copy(gh_slice_of(c[i].text));
		char *folded = text_fold(text);

		assert_string_equal(folded, c[i].folded);
		g_free(folded);
		exact_free(text);
	}
}

static void marks_that_are_letters_of_their_own_stay(void **state)
{
	char *with, *without;
	(void)state;

	with = text_fold(GH_LIT("สมชาย ดี"));
	without = text_fold(GH_LIT("สมชาย ด"));
	assert_string_not_equal(with, without);
	g_free(with);
	g_free(without);
}

static void what_is_not_utf8_has_its_letters_in_lower_case(void **state)
{
	char *folded = text_fold(GH_LIT("M\xdcLLER"));
	(void)state;

	assert_string_equal(folded, "m\xdcller");
	g_free(folded);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_that_differ_by_case_and_accents_are_the_same),
		cmocka_unit_test(marks_that_are_letters_of_their_own_stay),
		cmocka_unit_test(what_is_not_utf8_has_its_letters_in_lower_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

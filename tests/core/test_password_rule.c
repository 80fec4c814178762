#include "tests.h"

#include "core/password_rule.h"

static void what_is_guessed_first_is_refused(void **state)
{
	static const char *const row[] = {
		"short",
		"eleven char",
		"aaaaaaaaaaaaaaaa",
		"abababababababab",
		"123456789012",
		"987654321098",
		"password1234",
		"PassWord2026!",
		"passwordpassword",
		"gatehouse2026",
		"Gatehouse 1234",
		"administrator1",
		"qwertyuiop12",
		"qwertyuiopasdf",
		"abcdefghijklmnop",
		"admin admin admin",
		"ZKTeco ZKTeco 1",
		"zoe zoe zoe zoe",
		"Zoe-zoe-Zoe-2026",
		"\xc3\xa4\xc3\xb6\xc3\xbc",
	};
	(void)state;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		if (password_fault(gh_slice_of(row[i]), GH_LIT("Zoe")) == NULL)
			fail_msg("\"%s\" is taken", row[i]);
}

static void others_are_taken(void **state)
{
	static const char *const row[] = {
		"correct horse battery",
		"another horse battery",
		"my secret garden is green",
		"Tr0ub4dor&3 x",
		"\xc3\xbc\xc3\xa7 y\xc4\xb1l \xc3\xb6nce geldik",
		"zoe likes 7 old trams",
		"0x8d1fa77c3b",
		"password of the harbour",
	};
	(void)state;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		const char *fault = password_fault(gh_slice_of(row[i]), GH_LIT("Zoe"));

		if (fault)
			fail_msg("\"%s\" %s", row[i], fault);
	}
	assert_null(password_fault(GH_LIT("Zoe-zoe-Zoe-2026"), (gh_slice){ 0 }));
	/* A name of two letters is in many words. */
	assert_null(password_fault(GH_LIT("correct horse battery"), GH_LIT("or")));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_guessed_first_is_refused),
		cmocka_unit_test(others_are_taken),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

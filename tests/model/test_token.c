#include "tests.h"

#include "model/token.h"

static void no_scope_implies_another_but_admin_all(void **state)
{
	(void)state;

	for (enum token_scope has = 0; has < TOKEN_SCOPES; has++)
		for (enum token_scope want = 0; want < TOKEN_SCOPES; want++)
			assert_int_equal(token_scopes_hold(TOKEN_SCOPE_BIT(has), want),
					 has == want || has == TOKEN_ADMIN);
	for (enum token_scope want = 0; want < TOKEN_SCOPES; want++)
		assert_false(token_scopes_hold(0, want));
}

static void a_set_is_stored_as_its_words(void **state)
{
	static const struct {
		uint32_t scopes;
		const char *text;
	} row[] = {
		{ 0, "" },
		{ TOKEN_SCOPE_BIT(TOKEN_READ), "read" },
		{ TOKEN_SCOPE_BIT(TOKEN_DOOR) | TOKEN_SCOPE_BIT(TOKEN_READ), "read door" },
		{ TOKEN_SCOPE_BIT(TOKEN_SCOPES) - 1,
		  "read write door template biotime metrics admin" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		uint8_t text[TOKEN_SCOPES_TEXT];
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));

		token_scopes_write(&w, row[i].scopes);
		assert_int_equal(w.err, GH_OK);
		assert_true(gh_slice_eq(ghi_written(&w), gh_slice_of(row[i].text)));
		assert_int_equal(token_scopes_read(ghi_written(&w)), row[i].scopes);
	}
	/* What a later program wrote is no scope here. */
	assert_int_equal(token_scopes_read(GH_LIT("king door  x")),
			 TOKEN_SCOPE_BIT(TOKEN_DOOR));
	assert_int_equal(token_scope_of(GH_LIT("Read")), TOKEN_SCOPES);
	assert_null(token_scope_word(TOKEN_SCOPES));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_scope_implies_another_but_admin_all),
		cmocka_unit_test(a_set_is_stored_as_its_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests.h"

#include "base/csv.h"
#include "slices.h"

static void a_field_is_quoted_where_it_must_be(void **state)
{
	static const struct {
		const char *text, *as_is, *no_formula;
	} c[] = {
		{ "", "", "" },
		{ "plain text", "plain text", "plain text" },
		{ "a,b", "\"a,b\"", "\"a,b\"" },
		{ "a\"b\"", "\"a\"\"b\"\"\"", "\"a\"\"b\"\"\"" },
		{ "\"", "\"\"\"\"", "\"\"\"\"" },
		{ "a\nb", "\"a\nb\"", "\"a\nb\"" },
		{ "a\r", "\"a\r\"", "\"a\r\"" },
		{ " a", "\" a\"", "\" a\"" },
		{ "a ", "\"a \"", "\"a \"" },
		{ "=1+1", "=1+1", "'=1+1" },
		{ "@a,b", "\"@a,b\"", "\"'@a,b\"" },
		{ "-", "-", "'-" },
		{ "+1", "+1", "'+1" },
		{ "\ta", "\ta", "'\ta" },
		{ "1-1", "1-1", "1-1" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		gh_slice text = exact_copy(gh_slice_of(c[i].text));
		struct buffer b = buffer_with_limit(100);

		csv_text(&b, text, CSV_AS_IS);
		assert_text(buffer_text(&b), c[i].as_is);
		buffer_empty(&b);
		csv_text(&b, text, CSV_NO_FORMULA);
		assert_text(buffer_text(&b), c[i].no_formula);
		buffer_clear(&b);
		exact_free(text);
	}
}

static void fields_of_a_row_are_parted_by_commas(void **state)
{
	struct buffer b = buffer_with_limit(100);
	bool first = true;
	(void)state;

	for (size_t i = 0; i < 3; i++) {
		csv_next(&b, &first);
		csv_text(&b, i == 1 ? GH_LIT("") : GH_LIT("x"), CSV_AS_IS);
	}
	assert_text(buffer_text(&b), "x,,x");
	buffer_clear(&b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_field_is_quoted_where_it_must_be),
		cmocka_unit_test(fields_of_a_row_are_parted_by_commas),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

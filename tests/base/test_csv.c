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
		{ "'=1", "'=1", "''=1" },
		{ "''-", "''-", "'''-" },
		{ "'a", "'a", "'a" },
		{ "1-1", "1-1", "1-1" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		gh_slice text = exact_copy(gh_slice_of(c[i].text));
		struct buffer b = buffer_with_limit(100);
		struct csv csv = { .to = &b };

		csv_text(&csv, text, CSV_AS_IS);
		assert_text(buffer_text(&b), c[i].as_is);
		buffer_empty(&b);
		csv_text(&csv, text, CSV_NO_FORMULA);
		assert_text(buffer_text(&b), c[i].no_formula);
		buffer_clear(&b);
		exact_free(text);
	}
}

static void fields_of_a_row_are_parted_by_commas(void **state)
{
	struct buffer b = buffer_with_limit(100);
	struct csv csv = { .to = &b };
	(void)state;

	for (size_t i = 0; i < 6; i++) {
		csv_next(&csv);
		csv_text(&csv, i == 1 ? GH_LIT("") : GH_LIT("x"), CSV_AS_IS);
		if (i == 2)
			csv_row_end(&csv, GH_LIT("\r\n"));
	}
	assert_text(buffer_text(&b), "x,,x\r\nx,x,x");
	buffer_clear(&b);
}

static void for_excel_what_it_would_convert_stays_text(void **state)
{
	static const struct {
		const char *text, *written;
	} c[] = {
		{ "007", "\"=\"\"007\"\"\"" },
		{ "1E5", "\"=\"\"1E5\"\"\"" },
		{ "MAR 1", "\"=\"\"MAR 1\"\"\"" },
		{ "1\"&A1&\"", "\"=\"\"1\"\"\"\"&A1&\"\"\"\"\"\"\"" },
		{ "1;2", "\"=\"\"1;2\"\"\"" },
		{ "True", "\"=\"\"True\"\"\"" },
		{ "Ann", "Ann" },
		{ "a,b", "a,b" },
		{ "a;b", "\"a;b\"" },
		{ "-1", "'-1" },
		{ "=1", "'=1" },
		{ "", "" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		gh_slice text = exact_copy(gh_slice_of(c[i].text));
		struct buffer b = buffer_with_limit(100);
		struct csv csv = { .to = &b, .form = { .separator = ';', .excel = true } };

		csv_text(&csv, text, CSV_NO_FORMULA);
		assert_text(buffer_text(&b), c[i].written);
		buffer_clear(&b);
		exact_free(text);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_field_is_quoted_where_it_must_be),
		cmocka_unit_test(fields_of_a_row_are_parted_by_commas),
		cmocka_unit_test(for_excel_what_it_would_convert_stays_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

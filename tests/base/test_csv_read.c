#include "tests.h"

#include "base/csv_read.h"
#include "slices.h"

static void a_record_ends_with_its_line_unless_that_is_quoted(void **state)
{
	static const struct {
		const char *text;
		size_t part, whole;
	} c[] = {
		{ "", 0, 0 },
		{ "a,b", 0, 3 },
		{ "a,b\nc", 4, 4 },
		{ "a,b\r\nc", 5, 5 },
		{ "\"a\nb\",c\nd", 8, 8 },
		{ "\"a\"\"\nb\"\nd", 8, 8 },
		/* Marks that are no pair: the line is the record. */
		{ "a\"b\nc\nd", 0, 4 },
		{ "\n", 1, 1 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		gh_slice text = exact_copy(gh_slice_of(c[i].text));

		assert_int_equal(ghi_csv_record_length(text, false), c[i].part);
		assert_int_equal(ghi_csv_record_length(text, true), c[i].whole);
		exact_free(text);
	}
}

static void one_mark_too_many_spoils_one_line(void **state)
{
	static char text[3 * GHI_CSV_RECORD];
	(void)state;

	memset(text, 'x', sizeof(text));
	memcpy(text, "a\"b\n", 4);
	for (size_t i = 100; i < sizeof(text); i += 100)
		text[i] = '\n';
	gh_slice s = { (const uint8_t *)text, sizeof(text) };

	assert_int_equal(ghi_csv_record_length(s, false), 4);
	/* A line without an end is waited for, however long it is. */
	memset(text, 'x', sizeof(text));
	assert_int_equal(ghi_csv_record_length(s, false), 0);
	assert_int_equal(ghi_csv_record_length(s, true), sizeof(text));
}

static void fields_are_read_as_they_were_written(void **state)
{
	static const struct {
		const char *record;
		char separator;
		const char *field[5];
	} c[] = {
		{ "", ',', { "" } },
		{ "a,b,", ',', { "a", "b", "" } },
		{ "a;b,c", ';', { "a", "b,c" } },
		{ "\"a,\"\"b\"\"\",c", ',', { "a,\"b\"", "c" } },
		{ "\"a\nb\"\t\"\"", '\t', { "a\nb", "" } },
		{ "\"a\"b,c", ',', { "ab", "c" } },
		{ "\"a,b", ',', { "a,b" } },
		{ "a\"b,c", ',', { "a\"b", "c" } },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		gh_slice record = exact_copy(gh_slice_of(c[i].record)), field;
		uint8_t *to = malloc(record.n + 1);
		struct ghi_csv_fields r = { .rest = record,
					    .separator = c[i].separator,
					    .to = to };
		size_t n = 0;

		while (ghi_csv_field_next(&r, &field))
			assert_text(field, c[i].field[n++]);
		assert_true(n == COUNT(c[i].field) || c[i].field[n] == NULL);
		free(to);
		exact_free(record);
	}
}

static void what_guards_a_text_from_a_spreadsheet_is_taken_off(void **state)
{
	static const struct {
		const char *text, *want;
	} c[] = {
		{ "", "" },
		{ "'", "'" },
		{ "'=1+1", "=1+1" },
		{ "'a", "'a" },
		{ "=\"007\"", "007" },
		{ "=\"\"", "" },
		{ "=\"", "=\"" },
		{ "=\"a\"\"b\"", "a\"b" },
		{ "=1", "=1" },
		{ "'-1", "-1" },
		{ "''=1", "'=1" },
		{ "''a", "''a" },
		{ "'''", "'''" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		gh_slice text = exact_copy(gh_slice_of(c[i].text));
		uint8_t *to = malloc(text.n + 1);

		assert_text(ghi_csv_unguarded(text, to), c[i].want);
		free(to);
		exact_free(text);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_ends_with_its_line_unless_that_is_quoted),
		cmocka_unit_test(one_mark_too_many_spoils_one_line),
		cmocka_unit_test(fields_are_read_as_they_were_written),
		cmocka_unit_test(what_guards_a_text_from_a_spreadsheet_is_taken_off),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

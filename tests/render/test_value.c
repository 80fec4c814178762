#include "tests.h"

#include "base/csv.h"
#include "base/json.h"
#include "render/value.h"

static const char *value_word(size_t i)
{
	static const char *const words[] = { "one", "two", "three" };

	return i < 3 ? words[i] : NULL;
}

static const struct {
	struct value v;
	const char *json, *csv;
} row[] = {
	{ { .kind = VALUE_NULL }, "null", "" },
	{ { .kind = VALUE_INT, .i = -5 }, "-5", "-5" },
	{ { .kind = VALUE_BOOL, .i = 1 }, "true", "true" },
	{ { .kind = VALUE_ID, .i = 42 }, "\"42\"", "42" },
	{ { .kind = VALUE_CIVIL, .i = 20240230250000 },
	  "\"2024-02-30 25:00:00\"",
	  "2024-02-30 25:00:00" },
	{ { .kind = VALUE_CIVIL, .i = GHI_CIVIL_NONE }, "null", "" },
	{ { .kind = VALUE_UTC, .i = 0 }, "\"1970-01-01T00:00:00Z\"", "1970-01-01T00:00:00Z" },
	{ { .kind = VALUE_UTC_MS, .i = 1 },
	  "\"1970-01-01T00:00:00.001Z\"",
	  "1970-01-01T00:00:00.001Z" },
	{ { .kind = VALUE_FLAGS, .i = 5, .word = value_word },
	  "[\"one\",\"three\"]",
	  "one three" },
	{ { .kind = VALUE_FLAGS, .i = 0, .word = value_word }, "[]", "" },
	{ { .kind = VALUE_TEXT, .s = { (const uint8_t *)"a\"b", 3 } },
	  "\"a\\\"b\"",
	  "\"a\"\"b\"" },
	{ { .kind = VALUE_TEXT, .s = { (const uint8_t *)"a,b\n\"", 5 } },
	  "\"a,b\\u000a\\\"\"",
	  "\"a,b\n\"\"\"" },
	{ { .kind = VALUE_TEXT, .s = { NULL, 0 } }, "\"\"", "" },
	{ { .kind = VALUE_TEXT, .s = { (const uint8_t *)"=1+1", 4 } }, "\"=1+1\"", "'=1+1" },
	{ { .kind = VALUE_TEXT, .s = { (const uint8_t *)"+05:30", 6 } },
	  "\"+05:30\"",
	  "'+05:30" },
	{ { .kind = VALUE_TEXT, .s = { (const uint8_t *)"-a,b", 4 } },
	  "\"-a,b\"",
	  "\"'-a,b\"" },
	{ { .kind = VALUE_TEXT, .s = { (const uint8_t *)"@x", 2 } }, "\"@x\"", "'@x" },
	{ { .kind = VALUE_PATH, .i = 7, .s = { (const uint8_t *)"/api/x/", 7 } },
	  "\"/api/x/7\"",
	  "/api/x/7" },
	{ { .kind = VALUE_RAW, .s = { (const uint8_t *)"text", 4 } }, "\"text\"", "text" },
	{ { .kind = VALUE_RAW, .s = { (const uint8_t *)"\xFF\xFE\0", 3 } },
	  "\"//4A\"",
	  "//4A" },
	{ { .kind = VALUE_RAW, .s = { (const uint8_t *)"a\0", 2 } }, "\"YQA=\"", NULL },
	{ { .kind = VALUE_RAW, .s = { NULL, 0 } }, "\"\"", NULL },
};

static void every_kind_has_its_form_in_json_and_csv(void **state)
{
	(void)state;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct json j = json_with_limit(256);
		struct buffer csv = buffer_with_limit(256);

		value_json(&j, &row[i].v);
		assert_int_equal(j.text.err, GH_OK);
		assert_int_equal(j.text.n, strlen(row[i].json));
		assert_memory_equal(j.text.p, row[i].json, j.text.n);
		if (row[i].csv) {
			value_csv(&(struct csv){ .to = &csv }, &row[i].v);
			assert_int_equal(csv.err, GH_OK);
			assert_int_equal(csv.n, strlen(row[i].csv));
			if (csv.n)
				assert_memory_equal(csv.p, row[i].csv, csv.n);
		}
		json_clear(&j);
		buffer_clear(&csv);
	}
}

static void what_does_not_fit_is_an_error_not_a_short_answer(void **state)
{
	struct json j = json_with_limit(4);
	struct value v = value_text(GH_LIT("too long for it"));
	(void)state;

	value_json(&j, &v);
	assert_int_equal(j.text.err, GH_ETOOBIG);
	json_clear(&j);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_has_its_form_in_json_and_csv),
		cmocka_unit_test(what_does_not_fit_is_an_error_not_a_short_answer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

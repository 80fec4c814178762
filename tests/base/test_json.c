#include "tests.h"

#include "base/json.h"
#include "slices.h"

static void commas_stand_where_they_belong(void **state)
{
	struct json j = json_with_limit(1024);
	(void)state;

	json_object(&j);
	json_key(&j, "a");
	json_int(&j, -5);
	json_key(&j, "b");
	json_array(&j);
	json_array(&j);
	json_array_end(&j);
	json_object(&j);
	json_object_end(&j);
	json_null(&j);
	json_bool(&j, true);
	json_bool(&j, false);
	json_array_end(&j);
	json_key(&j, "c");
	json_raw(&j, GH_LIT("{\"x\":1}"));
	json_object_end(&j);
	assert_int_equal(j.text.err, GH_OK);
	assert_text(json_text(&j), "{\"a\":-5,\"b\":[[],{},null,true,false],\"c\":{\"x\":1}}");
	json_clear(&j);
	assert_int_equal(json_text(&j).n, 0);
	json_int(&j, INT64_MIN);
	assert_text(json_text(&j), "-9223372036854775808");
	json_clear(&j);
}

static void any_bytes_become_a_valid_string(void **state)
{
	const struct {
		gh_slice in;
		const char *out;
	} c[] = {
		{ GH_LIT(""), "\"\"" },
		{ { 0 }, "\"\"" },
		{ GH_LIT("Ann"), "\"Ann\"" },
		{ GH_LIT("a\"b\\c/"), "\"a\\\"b\\\\c/\"" },
		{ GH_LIT("\0\n\x1f\x7f"), "\"\\u0000\\u000a\\u001f\\u007f\"" },
		{ GH_LIT("\xE5\xBC\xA0\xC3\xBC\xF0\x9F\x9A\xAA"),
		  "\"\xE5\xBC\xA0\xC3\xBC\xF0\x9F\x9A\xAA\"" },
		/* GB2312, a cut character, overlong forms, surrogates, beyond Unicode */
		{ GH_LIT("\xD5\xC5"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"" },
		{ GH_LIT("a\xE5\xBC"), "\"a\xEF\xBF\xBD\xEF\xBF\xBD\"" },
		{ GH_LIT("\xC0\xAF"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"" },
		{ GH_LIT("\xE0\x80\xAF"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" },
		{ GH_LIT("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" },
		{ GH_LIT("\xF4\x90\x80\x80"),
		  "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" },
		{ GH_LIT("\xFF"), "\"\xEF\xBF\xBD\"" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		struct json j = json_with_limit(256);
		gh_slice in = exact_copy(c[i].in);

		json_string(&j, in);
		assert_text(json_text(&j), c[i].out);
		exact_free(in);
		json_clear(&j);
	}
}

static void moments_are_written_in_utc(void **state)
{
	static const struct {
		int64_t ms;
		const char *with_ms, *without;
	} c[] = {
		{ 0, "\"1970-01-01T00:00:00.000Z\"", "\"1970-01-01T00:00:00Z\"" },
		{ 1795161667412, "\"2026-11-20T08:01:07.412Z\"", "\"2026-11-20T08:01:07Z\"" },
		{ -1, "\"1969-12-31T23:59:59.999Z\"", "\"1969-12-31T23:59:59Z\"" },
		{ -62167219200000, "\"0000-01-01T00:00:00.000Z\"", "\"0000-01-01T00:00:00Z\"" },
		{ 253402300799999, "\"9999-12-31T23:59:59.999Z\"", "\"9999-12-31T23:59:59Z\"" },
		{ 253402300800000, "null", "null" },
		{ INT64_MAX, "null", "null" },
		{ INT64_MIN, "null", "null" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		struct json j = json_with_limit(64);
		int64_t seconds = c[i].ms / 1000 - (c[i].ms % 1000 < 0);

		json_utc_ms(&j, c[i].ms);
		assert_text(json_text(&j), c[i].with_ms);
		json_clear(&j);
		json_utc(&j, seconds);
		assert_text(json_text(&j), c[i].without);
		json_clear(&j);
	}
	struct json j = json_with_limit(64);
	json_array(&j);
	json_utc(&j, INT64_MIN);
	json_utc(&j, INT64_MAX);
	json_array_end(&j);
	assert_text(json_text(&j), "[null,null]");
	json_clear(&j);
}

static void over_the_limit_nothing_more_is_written(void **state)
{
	struct json j = json_with_limit(10);
	(void)state;

	json_array(&j);
	json_string(&j, GH_LIT("12345"));
	assert_int_equal(j.text.err, GH_OK);
	json_string(&j, GH_LIT("12345"));
	assert_int_equal(j.text.err, GH_ETOOBIG);
	size_t n = j.text.n;
	json_int(&j, 1);
	json_array_end(&j);
	assert_int_equal(j.text.n, n);
	assert_true(j.text.n <= 10);
	json_clear(&j);
	assert_int_equal(j.text.err, GH_OK);
	json_int(&j, 1);
	assert_text(json_text(&j), "1");
	json_clear(&j);
}

static void a_long_text_grows_to_just_the_limit(void **state)
{
	enum { LIMIT = 100000 };
	struct json j = json_with_limit(LIMIT);
	(void)state;

	while (j.text.err == GH_OK)
		json_raw(&j, GH_LIT("123456789"));
	assert_int_equal(j.text.err, GH_ETOOBIG);
	assert_int_equal(j.text.n, LIMIT);
	assert_true(j.text.cap <= LIMIT);
	json_clear(&j);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(commas_stand_where_they_belong),
		cmocka_unit_test(any_bytes_become_a_valid_string),
		cmocka_unit_test(moments_are_written_in_utc),
		cmocka_unit_test(over_the_limit_nothing_more_is_written),
		cmocka_unit_test(a_long_text_grows_to_just_the_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests.h"

#include <stdio.h>

#include "api/query.h"

static enum gh_err text_parse(const char *text, const char *takes, struct arena *a,
			      struct query *q)
{
	return query_parse(gh_slice_of(text), takes, a, q);
}

static void good_queries_are_read(void **state)
{
	struct arena a = ghi_arena_with_limit(0);
	struct query q;
	(void)state;

	assert_int_equal(text_parse("", "", &a, &q), GH_OK);
	assert_int_equal(text_parse("limit=7&device=AB%2D1&pin=0+1&after=0",
				    "after limit device pin", &a, &q),
			 GH_OK);
	assert_int_equal(q.value[PARAM_limit].i, 7);
	assert_true(gh_slice_eq(q.value[PARAM_device].s, GH_LIT("AB-1")));
	assert_true(gh_slice_eq(q.value[PARAM_pin].s, GH_LIT("0 1")));
	assert_true(q.value[PARAM_after].present);
	assert_false(q.value[PARAM_from].present);
	/* More than the most is the most, however much more. */
	assert_int_equal(text_parse("limit=99999999999999999999", "limit", &a, &q), GH_OK);
	assert_int_equal(q.value[PARAM_limit].i, 10000);
	ghi_arena_clear(&a);
}

static void bad_queries_name_the_parameter_and_the_reason(void **state)
{
	static const struct {
		const char *text, *word;
	} row[] = {
		{ "nonsense=1", "nonsense" },
		{ "device=X&device=Y", "\"device\" is there twice" },
		{ "limit=0", "\"limit\"" },
		{ "limit=-1", "\"limit\"" },
		{ "limit=1x", "\"limit\"" },
		{ "limit=", "\"limit\"" },
		{ "after=x", "\"after\"" },
		{ "after=9223372036854775808", "\"after\"" },
		{ "from=yesterday", "\"from\"" },
		{ "from=2024-02-30", "\"from\"" },
		{ "to=2024-01-01%2025:00:00", "\"to\"" },
		{ "device=", "\"device\"" },
		{ "device=%", "percent sign" },
		{ "device=%4", "percent sign" },
		{ "device=%zz", "percent sign" },
		{ "device=a%00b", "percent sign" },
		{ "form=1", "\"form\" is unknown; did you mean \"from\"? There are: after," },
		{ "Pin=1", "did you mean \"pin\"?" },
		{ "x=1", "\"x\" is unknown; there are: after, limit, device, pin" },
		{ "pin=1&status=queued", "\"status\" is unknown" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct arena a = ghi_arena_with_limit(0);
		struct query q;
		char why[700];

		assert_int_equal(
			text_parse(row[i].text, "after limit device pin from to", &a, &q),
			GH_EINVALID);
		snprintf(why, sizeof(why), "\"%s\" %s", q.fault.field, q.fault.message);
		if (strstr(why, row[i].word) == NULL)
			fail_msg("%s: %s", row[i].text, why);
		ghi_arena_clear(&a);
	}
}

static void a_date_alone_is_the_whole_day(void **state)
{
	static const struct {
		const char *text;
		bool last;
		enum gh_err err;
		ghi_civil t;
	} row[] = {
		{ "2024-03-03", false, GH_OK, 20240303000000 },
		{ "2024-03-03", true, GH_OK, 20240303235959 },
		{ "2024-03-03 07:05", false, GH_OK, 20240303070500 },
		{ "2024-03-03 07:05", true, GH_OK, 20240303070559 },
		{ "2024-03-03 07:05:09", true, GH_OK, 20240303070509 },
		{ "2024-03-03T07:05:09", false, GH_OK, 20240303070509 },
		{ "2024-03-3", false, GH_EMALFORMED, 0 },
		{ "2023-02-29", false, GH_EINVALID, 0 },
		{ "", false, GH_EMALFORMED, 0 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		ghi_civil t = 0;

		assert_int_equal(query_moment(gh_slice_of(row[i].text), row[i].last, &t),
				 row[i].err);
		assert_int_equal(t, row[i].t);
	}
}

static void memory_that_runs_out_is_no_bad_query(void **state)
{
	struct arena a = ghi_arena_with_limit(8);
	struct query q;
	(void)state;

	assert_int_equal(text_parse("device=AAAAAAAAAAAAAAAAAAAAAAAA", "device", &a, &q),
			 GH_ENOMEM);
	ghi_arena_clear(&a);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_queries_are_read),
		cmocka_unit_test(bad_queries_name_the_parameter_and_the_reason),
		cmocka_unit_test(a_date_alone_is_the_whole_day),
		cmocka_unit_test(memory_that_runs_out_is_no_bad_query),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

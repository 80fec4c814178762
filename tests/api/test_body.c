#include "tests.h"

#include <stdio.h>
#include <stdlib.h>

#include "api/body.h"

static enum gh_err text_parse(const char *text, struct arena *a, struct body *b,
			      struct fault *f)
{
	*a = ghi_arena_with_limit(0);
	*f = (struct fault){ .field = "" };
	return body_parse(gh_slice_of(text), a, b, f);
}

static void what_is_no_json_is_refused(void **state)
{
	static const char *const bad[] = { "",
					   "{",
					   "{}{}",
					   "\xFF\xFE",
					   "[[",
					   "x",
					   "{\"a\":\"\\u0000\"}",
					   "{\"a\":}",
					   "{\"a\"",
					   "5 6",
					   "{\"a\":1,\"a\":2}" };
	(void)state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct arena a;
		struct fault f;
		struct body b;

		assert_int_equal(text_parse(bad[i], &a, &b, &f), GH_EMALFORMED);
		assert_string_not_equal(f.message, "");
		ghi_arena_clear(&a);
	}
}

static void every_value_is_read_with_its_kind(void **state)
{
	static const struct {
		const char *text;
		enum body_kind kind;
		int64_t i;
	} row[] = {
		{ "{\"v\":7}", BODY_INT, 7 },	   { "{\"v\":-7}", BODY_INT, -7 },
		{ "{\"v\":5.0}", BODY_INT, 5 },	   { "{\"v\":1.5}", BODY_REAL, 0 },
		{ "{\"v\":1e300}", BODY_REAL, 0 }, { "{\"v\":true}", BODY_BOOL, 1 },
		{ "{\"v\":false}", BODY_BOOL, 0 }, { "{\"v\":null}", BODY_NULL, 0 },
		{ "{\"v\":\"\"}", BODY_TEXT, 0 },  { "{\"v\":{}}", BODY_OBJECT, 0 },
		{ "{\"v\":[]}", BODY_ARRAY, 0 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct arena a;
		struct fault f;
		struct body b;
		const struct body *v;

		assert_int_equal(text_parse(row[i].text, &a, &b, &f), GH_OK);
		v = body_find(&b, GH_LIT("v"));
		assert_non_null(v);
		assert_int_equal(v->kind, row[i].kind);
		assert_int_equal(v->i, row[i].i);
		assert_null(body_find(&b, GH_LIT("w")));
		ghi_arena_clear(&a);
	}
}

static void parts_keep_their_order_and_depth(void **state)
{
	struct arena a;
	struct fault f;
	struct body b;
	const struct body *cards;
	(void)state;

	assert_int_equal(
		text_parse("[{\"x\":1},{\"person\":{\"cards\":[\"a\",\"b\\u00e9\",3]}}]", &a,
			   &b, &f),
		GH_OK);
	assert_int_equal(b.kind, BODY_ARRAY);
	assert_int_equal(b.parts, 2);
	cards = body_find(body_find(&b.part[1], GH_LIT("person")), GH_LIT("cards"));
	assert_int_equal(cards->parts, 3);
	assert_true(gh_slice_eq(cards->part[1].s, GH_LIT("b\xC3\xA9")));
	assert_int_equal(cards->part[2].i, 3);
	/* A list has no members. */
	assert_null(body_find(cards, GH_LIT("a")));
	ghi_arena_clear(&a);
}

static void depth_has_a_ceiling(void **state)
{
	(void)state;

	for (int depth = BODY_DEPTH; depth <= BODY_DEPTH + 1; depth++) {
		char text[128] = "";
		struct arena a;
		struct fault f;
		struct body b;

		for (int i = 0; i < depth; i++)
			strcat(text, i % 2 ? "[" : "{\"]\\\"}\":");
		strcat(text, "1");
		for (int i = depth; i-- > 0;)
			strcat(text, i % 2 ? "]" : "}");
		assert_int_equal(text_parse(text, &a, &b, &f),
				 depth > BODY_DEPTH ? GH_EMALFORMED : GH_OK);
		if (depth > BODY_DEPTH)
			assert_non_null(strstr(f.message, "deeper than 16"));
		ghi_arena_clear(&a);
	}
}

static void the_number_of_values_has_a_ceiling(void **state)
{
	size_t n = 2 * BODY_VALUES + 8;
	char *text = malloc(n + 1);
	struct arena a;
	struct fault f;
	struct body b;
	(void)state;

	assert_non_null(text);
	text[0] = '[';
	for (size_t i = 1; i < n; i++)
		text[i] = i % 2 ? '1' : ',';
	text[n - 1] = ']';
	text[n] = 0;
	assert_int_equal(text_parse(text, &a, &b, &f), GH_EMALFORMED);
	assert_non_null(strstr(f.message, "more than 250000 values"));
	/* It was refused before it took memory. */
	assert_int_equal(a.used, 0);
	ghi_arena_clear(&a);
	free(text);
}

static void memory_that_runs_out_is_no_bad_body(void **state)
{
	struct arena a = ghi_arena_with_limit(64);
	struct fault f;
	struct body b;
	(void)state;

	assert_int_equal(body_parse(GH_LIT("{\"a\":1,\"b\":2}"), &a, &b, &f), GH_ENOMEM);
	ghi_arena_clear(&a);
}

static void what_is_read_is_charged_to_the_budget(void **state)
{
	struct budget budget = { .ceiling = 4096 };
	struct budget_share share = { .budget = &budget };
	struct arena a = ghi_arena_with_limit(0);
	struct fault f;
	struct body b;
	char text[256] = "[";
	(void)state;

	a.share = &share;
	assert_int_equal(body_parse(GH_LIT("{\"a\":1}"), &a, &b, &f), GH_OK);
	ghi_arena_clear(&a);
	assert_int_equal(budget.used, 0);
	for (int i = 0; i < 40; i++)
		strcat(text, "1,");
	strcat(text, "1]");
	assert_int_equal(body_parse(gh_slice_of(text), &a, &b, &f), GH_ENOMEM);
	ghi_arena_clear(&a);
	assert_int_equal(budget.used, 0);
	assert_int_equal(budget.refusals, 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_json_is_refused),
		cmocka_unit_test(every_value_is_read_with_its_kind),
		cmocka_unit_test(parts_keep_their_order_and_depth),
		cmocka_unit_test(depth_has_a_ceiling),
		cmocka_unit_test(the_number_of_values_has_a_ceiling),
		cmocka_unit_test(what_is_read_is_charged_to_the_budget),
		cmocka_unit_test(memory_that_runs_out_is_no_bad_body),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

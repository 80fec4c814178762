#include "tests.h"

#include <stdio.h>

#include "api/request_schemas.h"

static void what_is_no_object_is_refused(void **state)
{
	static const char *const bad[] = { "",
					   "{",
					   "[]",
					   "null",
					   "\"x\"",
					   "{}{}",
					   "\xFF\xFE",
					   "[[",
					   "{\"a\":\"\\u0000\"}",
					   "{\"a\":1,\"a\":2}" };
	(void)state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct arena a = ghi_arena_with_limit(0);
		struct body b;
		struct fault fault = { .field = "" };

		assert_int_equal(body_parse(gh_slice_of(bad[i]), &a, &b, &fault),
				 GH_EMALFORMED);
		assert_string_not_equal(fault.message, "");
		ghi_arena_clear(&a);
	}
}

static void too_many_members_are_refused(void **state)
{
	struct arena a = ghi_arena_with_limit(0);
	char text[2048] = "{";
	struct fault fault;
	struct body b;
	(void)state;

	for (int i = 0; i <= BODY_MEMBERS; i++) {
		char one[32];

		snprintf(one, sizeof(one), "%s\"k%d\":1", i ? "," : "", i);
		strcat(text, one);
	}
	strcat(text, "}");
	assert_int_equal(body_parse(gh_slice_of(text), &a, &b, &fault), GH_EMALFORMED);
	ghi_arena_clear(&a);
}

static void a_field_that_does_not_fit_its_schema_is_named(void **state)
{
	static const struct {
		const struct body_schema *schema;
		const char *text, *word; /* word NULL: fine */
	} row[] = {
		{ &body_token, "{\"name\":\"erp\"}", NULL },
		{ &body_token, "{\"name\":\"erp\",\"scope\":\"read\"}", NULL },
		{ &body_token, "{}", "\"name\" is missing" },
		{ &body_token, "{\"name\":\"\"}", "\"name\"" },
		{ &body_token, "{\"name\":5}", "\"name\" must be text" },
		{ &body_token, "{\"name\":\"x\",\"role\":\"y\"}", "\"role\" is unknown" },
		{ &body_patch, "{\"delay\":10,\"realtime\":false,\"zone\":\"\"}", NULL },
		{ &body_patch, "{\"delay\":0}", "\"delay\" must be from 1" },
		{ &body_patch, "{\"delay\":1.5}", "\"delay\" must be a whole number" },
		{ &body_patch, "{\"realtime\":1}", "\"realtime\" must be true or false" },
		{ &body_token, "{\"name\":\"x\",\"scop\":\"read\"}",
		  "\"scop\" is unknown; did you mean \"scope\"?" },
		{ &body_patch, "{\"commkey\":\"1\"}", "did you mean \"commKey\"?" },
		{ &body_patch, "{\"state\":1}", "\"state\" is unknown" },
		{ &body_command, "{\"deviceSerial\":\"X\",\"type\":\"unlock\",\"door\":1}",
		  NULL },
		{ &body_command, "{\"command\":\"LOG\"}", "\"deviceSerial\" is missing" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct arena a = ghi_arena_with_limit(0);
		struct body b;
		struct fault fault = { .field = "" };

		assert_int_equal(body_parse(gh_slice_of(row[i].text), &a, &b, &fault), GH_OK);
		assert_int_equal(body_check(&b, row[i].schema, &fault),
				 row[i].word ? GH_EINVALID : GH_OK);
		char why[400];

		snprintf(why, sizeof(why), "\"%s\" %s", fault.field, fault.message);
		if (row[i].word && strstr(why, row[i].word) == NULL)
			fail_msg("%s: %s", row[i].text, why);
		ghi_arena_clear(&a);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_object_is_refused),
		cmocka_unit_test(too_many_members_are_refused),
		cmocka_unit_test(a_field_that_does_not_fit_its_schema_is_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests.h"

#include <stdio.h>

#include "api/request_schemas.h"

/* A schema with every feature of schemas. */
static const struct schema card = { .kind = SCHEMA_TEXT, .least = 1, .most = 10 };
static const struct schema person[] = {
	{ .name = "pin",
	  .kind = SCHEMA_TEXT,
	  .flags = SCHEMA_REQUIRED,
	  .least = 1,
	  .most = 4,
	  .format = FORMAT_DIGITS },
	{ .name = "cards", .kind = SCHEMA_ARRAY, .most = 3, .part = &card, .parts = 1 },
	{ .name = "privilege", .kind = SCHEMA_WORD, .words = "user enroller admin" },
	{ .name = "group",
	  .kind = SCHEMA_INT,
	  .flags = SCHEMA_NULLABLE,
	  .least = 1,
	  .most = 9 },
	{ .name = "disabled", .kind = SCHEMA_BOOL },
	{ .name = "validFrom", .kind = SCHEMA_TEXT, .most = 20, .format = FORMAT_MOMENT },
};
static const struct schema row[] = {
	{ .name = "person",
	  .kind = SCHEMA_OBJECT,
	  .flags = SCHEMA_REQUIRED,
	  .part = person,
	  .parts = sizeof(person) / sizeof(person[0]) },
	{ .name = "note", .kind = SCHEMA_TEXT, .most = 5, .format = FORMAT_LINE },
};
static const struct schema one = {
	.kind = SCHEMA_OBJECT, .least = 1, .part = row, .parts = sizeof(row) / sizeof(row[0])
};
static const struct schema list = {
	.kind = SCHEMA_ARRAY, .least = 1, .most = 2, .part = &one, .parts = 1
};
static const struct schema open = { .kind = SCHEMA_OBJECT,
				    .flags = SCHEMA_OPEN,
				    .part = row,
				    .parts = sizeof(row) / sizeof(row[0]) };
static const struct schema one_or_many = {
	.kind = SCHEMA_ONE_OR_MANY, .least = 1, .most = 3, .part = &one, .parts = 1
};

static void schema_test(const struct schema *s, const char *text, struct faults *out)
{
	struct arena a = ghi_arena_with_limit(0);
	struct fault f;
	struct body b;

	assert_int_equal(body_parse(gh_slice_of(text), &a, &b, &f), GH_OK);
	schema_check(s, &b, out);
	ghi_arena_clear(&a);
}

static void a_value_that_does_not_fit_is_named_by_its_path(void **state)
{
	static const struct {
		const struct schema *schema;
		const char *text, *field, *message; /* field NULL: it fits */
	} rows[] = {
		{ &one, "{\"person\":{\"pin\":\"1\"}}", NULL, NULL },
		{ &one,
		  "{\"person\":{\"pin\":\"12\",\"cards\":[\"a\",\"b\"],\"privilege\":\"admin\","
		  "\"group\":null,\"disabled\":true,\"validFrom\":\"2024-01-01 "
		  "08:00\"},\"note\":"
		  "\"\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\"}",
		  NULL, NULL },
		{ &one, "[]", "", "must be a JSON object" },
		{ &one, "{}", "person", "is missing" },
		{ &one, "{\"person\":{}}", "person.pin", "is missing" },
		{ &one, "{\"person\":[]}", "person", "must be an object" },
		{ &one, "{\"person\":{\"pin\":1}}", "person.pin", "must be text" },
		{ &one, "{\"person\":{\"pin\":\"\"}}", "person.pin", "1 to 4 characters" },
		{ &one, "{\"person\":{\"pin\":\"12345\"}}", "person.pin", "1 to 4 characters" },
		{ &one, "{\"person\":{\"pin\":\"1a\"}}", "person.pin", "number in digits" },
		{ &one, "{\"person\":{\"pin\":\"1\",\"cards\":\"a\"}}", "person.cards",
		  "must be a list" },
		{ &one, "{\"person\":{\"pin\":\"1\",\"cards\":[\"a\",\"b\",5]}}",
		  "person.cards[2]", "must be text" },
		{ &one, "{\"person\":{\"pin\":\"1\",\"cards\":[\"\",\"b\",\"c\",\"d\"]}}",
		  "person.cards", "0 to 3 items" },
		{ &one, "{\"person\":{\"pin\":\"1\",\"privilege\":\"admim\"}}",
		  "person.privilege", "user enroller admin; did you mean \"admin\"?" },
		{ &one, "{\"person\":{\"pin\":\"1\",\"privilege\":7}}", "person.privilege",
		  "must be one of: user enroller admin" },
		{ &one, "{\"person\":{\"pin\":\"1\",\"group\":10}}", "person.group",
		  "must be from 1 to 9" },
		{ &one, "{\"person\":{\"pin\":\"1\",\"group\":1.5}}", "person.group",
		  "must be a whole number" },
		{ &one, "{\"person\":{\"pin\":\"1\",\"disabled\":1}}", "person.disabled",
		  "must be true or false" },
		{ &one, "{\"person\":{\"pin\":\"1\",\"disabled\":null}}", "person.disabled",
		  "must be true or false" },
		{ &one, "{\"person\":{\"pin\":\"1\",\"validFrom\":\"2024-02-30\"}}",
		  "person.validFrom", "date or time that exists" },
		{ &one, "{\"person\":{\"pin\":\"1\",\"card\":[]}}", "person.card",
		  "is unknown; did you mean \"cards\"?" },
		{ &one, "{\"person\":{\"pin\":\"1\"},\"colour\":\"red\"}", "colour",
		  "is unknown; there are: person, " },
		{ &one, "{\"person\":{\"pin\":\"1\"},\"note\":\"a\\nb\"}", "note",
		  "no control characters" },
		{ &open, "{\"person\":{\"pin\":\"1\"},\"colour\":\"red\"}", NULL, NULL },
		{ &list, "[{\"person\":{\"pin\":\"1\"}}]", NULL, NULL },
		{ &list, "[]", "", "1 to 2 items" },
		{ &list, "{}", "", "must be a JSON array" },
		{ &list, "[{\"person\":{\"pin\":\"1\"}},{\"person\":{\"pin\":\"x\"}}]",
		  "[1].person.pin", "number in digits" },
		{ &one_or_many, "{\"person\":{\"pin\":\"1\"}}", NULL, NULL },
		{ &one_or_many, "{\"person\":{\"pin\":\"x\"}}", "person.pin", "digits" },
		{ &one_or_many, "[{},5]", NULL, NULL },
		{ &one_or_many, "[{},{},{},{}]", "", "1 to 3 items" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct faults got;

		schema_test(rows[i].schema, rows[i].text, &got);
		if ((rows[i].field == NULL) != (got.n == 0))
			fail_msg("%s: %zu %s %s", rows[i].text, got.n, got.row[0].field,
				 got.row[0].message);
		if (rows[i].field == NULL)
			continue;
		assert_string_equal(got.row[0].field, rows[i].field);
		if (strstr(got.row[0].message, rows[i].message) == NULL)
			fail_msg("%s: %s", rows[i].text, got.row[0].message);
	}
}

static void all_faults_are_reported_up_to_a_ceiling(void **state)
{
	struct faults got;
	(void)state;

	schema_test(&one, "{\"note\":1,\"colour\":2}", &got);
	assert_int_equal(got.n, 3);
	assert_string_equal(got.row[0].field, "note");
	assert_string_equal(got.row[1].field, "colour");
	assert_string_equal(got.row[2].field, "person");
	schema_test(
		&open,
		"{\"person\":{\"a1\":1,\"a2\":1,\"a3\":1,\"a4\":1,\"a5\":1,\"a6\":1,\"a7\":1,"
		"\"a8\":1,\"a9\":1}}",
		&got);
	assert_int_equal(got.n, FAULTS);
}

static void a_long_path_is_cut_and_the_next_one_is_whole(void **state)
{
	char text[512];
	struct faults got;
	(void)state;

	snprintf(text, sizeof(text), "{\"%0200d\":1,\"note\":5}", 0);
	schema_test(&one, text, &got);
	assert_string_equal(got.row[1].field, "note");
	assert_true(strlen(got.row[0].field) < FAULT_FIELD);
}

static void the_bodies_of_requests_match_their_table(void **state)
{
	static const struct {
		enum request_id id;
		const char *text, *field; /* NULL: it fits */
	} rows[] = {
		{ REQUEST_TokenRequest, "{\"name\":\"erp\"}", NULL },
		{ REQUEST_TokenRequest, "{\"name\":\"erp\",\"scope\":\"read\"}", NULL },
		{ REQUEST_TokenRequest, "{}", "name" },
		{ REQUEST_TokenRequest, "{\"name\":\"\"}", "name" },
		{ REQUEST_TokenRequest, "{\"name\":\"x\",\"role\":\"y\"}", "role" },
		{ REQUEST_TokenRequest, "{\"name\":\"x\",\"scope\":\"king\"}", "scope" },
		{ REQUEST_DevicePatch, "{\"delay\":10,\"realtime\":false,\"zone\":\"\"}",
		  NULL },
		{ REQUEST_DevicePatch, "{\"delay\":0}", "delay" },
		{ REQUEST_DevicePatch, "{\"name\":\"a\\nb\"}", "name" },
		{ REQUEST_DevicePatch, "{\"realtime\":1}", "realtime" },
		{ REQUEST_DevicePatch, "{}", "" },
		{ REQUEST_CommandRequest,
		  "{\"deviceSerial\":\"X\",\"type\":\"unlock\",\"door\":1}", NULL },
		{ REQUEST_CommandRequest, "{\"command\":\"LOG\"}", "deviceSerial" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct faults got;

		schema_test(&request_schemas[rows[i].id].schema, rows[i].text, &got);
		assert_int_equal(got.n, rows[i].field != NULL);
		if (rows[i].field)
			assert_string_equal(got.row[0].field, rows[i].field);
	}
	for (size_t i = REQUEST_NONE + 1; i < REQUESTS; i++)
		assert_in_range(request_schemas[i].bytes, 64, 16 << 20);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_that_does_not_fit_is_named_by_its_path),
		cmocka_unit_test(all_faults_are_reported_up_to_a_ceiling),
		cmocka_unit_test(a_long_path_is_cut_and_the_next_one_is_whole),
		cmocka_unit_test(the_bodies_of_requests_match_their_table),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

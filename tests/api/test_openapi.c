#include "tests.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/list_resource.h"
#include "api/openapi.h"
#include "api/query.h"
#include "api/route.h"

static json_t *document_make(void)
{
	char *text = NULL;
	json_error_t bad;
	json_t *d;

	assert_int_equal(openapi_build(&text), GH_OK);
	d = json_loads(text, JSON_REJECT_DUPLICATES, &bad);
	if (d == NULL)
		fail_msg("%s at %d", bad.text, bad.position);
	free(text);
	return d;
}

/* An operation, at the path of the route itself or (form) of its rows as a file; NULL: none. */
static json_t *document_operation(json_t *d, const struct route *r, size_t form)
{
	char method[8] = "", path[128];

	snprintf(path, sizeof(path), "%s%s%s", r->path, form ? "." : "",
		 form ? list_format_word(form) : "");
	for (size_t i = 0; r->method[i]; i++)
		method[i] = (char)gh_ascii_lower((uint8_t)r->method[i]);
	return json_object_get(json_object_get(json_object_get(d, "paths"), path), method);
}

/* At which of these paths it is described; 0: at none. */
static size_t param_descriptions(json_t *d, const struct route *r, const char *name)
{
	size_t n = 0, i;
	json_t *p;

	for (size_t form = 0; list_format_word(form); form++)
		json_array_foreach(
			json_object_get(document_operation(d, r, form), "parameters"), i, p)
		{
			if (strcmp(json_string_value(json_object_get(p, "name")), name))
				continue;
			assert_true(json_string_length(json_object_get(p, "description")) > 0);
			n++;
		}
	return n;
}

static void every_route_is_in_the_document(void **state)
{
	json_t *d = document_make();
	size_t operations = 0;
	const char *key;
	json_t *path;
	(void)state;

	assert_string_equal(json_string_value(json_object_get(d, "openapi")), "3.1.0");
	for (size_t i = 0; i < routes_count; i++) {
		json_t *o = document_operation(d, &routes[i], 0);

		assert_non_null(o);
		assert_string_equal(json_string_value(json_object_get(o, "summary")),
				    routes[i].summary);
		assert_string_equal(json_string_value(json_object_get(o, "operationId")),
				    routes[i].operation);
		assert_int_equal(json_array_size(json_object_get(o, "security")),
				 routes[i].scope != ROUTE_SCOPE_NONE ? 2 : 0);
	}
	json_object_foreach(json_object_get(d, "paths"), key, path)
	{
		operations += json_object_size(path);
	}
	/* Lists have a path for each form of their files, too. */
	assert_int_equal(operations, routes_count + 3 * list_resources_count);
	json_decref(d);
}

static void every_parameter_is_documented(void **state)
{
	json_t *d = document_make();
	enum path_param_id place;
	(void)state;

	for (size_t i = 0; i < routes_count; i++) {
		const struct route *r = &routes[i];
		size_t words = 0;

		for (size_t at = 0; route_placeholder_next(r->path, &at, &place);)
			assert_true(param_descriptions(d, r, path_params[place].name) > 0);
		for (const char *p = r->params; *p; p++)
			words += p == r->params || p[-1] == ' ';
		for (enum param_id k = 0; k < PARAM_COUNT; k++) {
			if (!query_takes(r->params, gh_slice_of(params[k].name)))
				continue;
			words--;
			/* The forms that `format` may name are paths of their own. */
			if ((param_descriptions(d, r, params[k].name) > 0) ==
			    (k == PARAM_format))
				fail_msg("%s: %s", r->path, params[k].name);
		}
		assert_int_equal(words, 0);
	}
	json_decref(d);
}

/* Each "$ref" anywhere in it leads somewhere. */
static size_t check_references(json_t *d, json_t *at)
{
	const char *ref = json_string_value(json_object_get(at, "$ref")), *key;
	json_t *found = d, *value;
	size_t i, n = 0;
	char copy[128], *save = NULL;

	if (ref) {
		assert_true(strlen(ref) < sizeof(copy));
		strcpy(copy, ref);
		for (char *p = strtok_r(copy + 2, "/", &save); p;
		     p = strtok_r(NULL, "/", &save))
			found = json_object_get(found, p);
		if (found == NULL)
			fail_msg("%s leads nowhere", ref);
		n++;
	}
	json_object_foreach(at, key, value)
	{
		n += check_references(d, value);
	}
	json_array_foreach(at, i, value)
	{
		n += check_references(d, value);
	}
	return n;
}

static void every_reference_leads_somewhere(void **state)
{
	json_t *d = document_make();
	(void)state;

	assert_true(check_references(d, d) > routes_count);
	json_decref(d);
}

/* Whether an object anywhere in it has members of which nothing is documented: a generated client
 * cannot read them. */
static void check_objects(json_t *at, const char *where)
{
	json_t *type = json_object_get(at, "type"), *value;
	bool object = json_is_string(type) && strcmp(json_string_value(type), "object") == 0;
	const char *key;
	size_t i;

	if (object && !json_object_get(at, "properties") &&
	    !json_object_get(at, "additionalProperties"))
		fail_msg("%s: an object without members; see field_schema.def", where);
	if (json_is_string(type) && strcmp(json_string_value(type), "array") == 0 &&
	    !json_object_get(at, "items"))
		fail_msg("%s: an array of nothing; see field_schema.def", where);
	json_object_foreach(at, key, value)
	{
		if (strcmp(key, "schema") == 0 && json_object_size(value) == 0)
			fail_msg("%s: an empty schema", where);
		check_objects(value, key);
	}
	json_array_foreach(at, i, value)
	{
		check_objects(value, where);
	}
}

static void every_object_shows_its_members(void **state)
{
	json_t *d = document_make();
	(void)state;

	check_objects(d, "");
	json_decref(d);
}

static void an_answer_has_one_type_and_refusals(void **state)
{
	json_t *d = document_make(), *path, *operation;
	const char *name, *method, *status;
	(void)state;

	json_object_foreach(json_object_get(d, "paths"), name, path)
	{
		json_object_foreach(path, method, operation)
		{
			json_t *responses = json_object_get(operation, "responses"), *one;

			assert_non_null(json_object_get(responses, "4XX"));
			json_object_foreach(responses, status, one)
			{
				if (*status == '2' &&
				    json_object_size(json_object_get(one, "content")) != 1)
					fail_msg("%s %s: not one type", method, name);
			}
		}
	}
	json_decref(d);
}

static void no_schema_shows_a_secret(void **state)
{
	static const char *const secret[] = { "password", "commKey", "content",
					      "data",	  "photo",   "fpTemplate1" };
	json_t *d = document_make(), *schema;
	const char *name;
	(void)state;

	json_object_foreach(json_object_get(json_object_get(d, "components"), "schemas"), name,
			    schema)
	{
		json_t *properties = json_object_get(schema, "properties");

		/* People sign in with a password, and an account gets one. */
		if (!strcmp(name, "SetupRequest") || !strcmp(name, "SessionRequest") ||
		    !strcmp(name, "AccountRequest") || !strcmp(name, "AccountPatch") ||
		    !strcmp(name, "OwnPassword"))
			continue;
		/* A request may hold a key or a picture, and a count may be called data. */
		if (!strcmp(name, "CommandRequest") || !strcmp(name, "DevicePatch") ||
		    !strcmp(name, "TerminalRequest") || !strcmp(name, "RosterPersonRequest") ||
		    !strcmp(name, "RosterPersonPatch") || !strcmp(name, "Status"))
			continue;
		for (size_t i = 0; i < sizeof(secret) / sizeof(secret[0]); i++)
			if (json_object_get(properties, secret[i]))
				fail_msg("%s has %s", name, secret[i]);
	}
	json_decref(d);
}

static void the_document_is_made_once(void **state)
{
	struct openapi_document d;
	const char *first, *again;

	(void)state;
	openapi_document_init(&d);
	assert_null(d.text);
	assert_int_equal(openapi_document_text(&d, &first), GH_OK);
	assert_int_equal(openapi_document_text(&d, &again), GH_OK);
	assert_ptr_equal(first, again);
	assert_memory_equal(first, "{\"openapi\":", 11);
	openapi_document_clear(&d);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_route_is_in_the_document),
		cmocka_unit_test(every_parameter_is_documented),
		cmocka_unit_test(every_reference_leads_somewhere),
		cmocka_unit_test(every_object_shows_its_members),
		cmocka_unit_test(an_answer_has_one_type_and_refusals),
		cmocka_unit_test(no_schema_shows_a_secret),
		cmocka_unit_test(the_document_is_made_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

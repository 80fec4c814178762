#include "api/openapi.h"

#include <stdio.h>
#include <stdlib.h>

#include "api/call.h"
#include "api/command_view.h"
#include "api/compat/zk_server/fields.h"
#include "api/device_view.h"
#include "api/records.h"
#include "api/request_schemas.h"
#include "api/tokens.h"
#include "api/trace.h"
#include "render/quarantine.h"

static void put(struct json *j, const char *key, const char *text)
{
	json_key(j, key);
	json_string(j, gh_slice_of(text));
}

static void put_ref(struct json *j, const char *schema)
{
	struct buffer path = buffer_with_limit(256);

	json_object(j);
	json_key(j, "$ref");
	/* "#/components/schemas/" and a name, joined inside one JSON string. */
	buffer_add(&path, GH_LIT("#/components/schemas/"));
	buffer_add(&path, gh_slice_of(schema));
	json_string(j, buffer_text(&path));
	buffer_clear(&path);
	json_object_end(j);
}

/* --- schemas --- */

static void put_type(struct json *j, const char *type, bool null)
{
	json_key(j, "type");
	if (!null) {
		json_string(j, gh_slice_of(type));
		return;
	}
	json_array(j);
	json_string(j, gh_slice_of(type));
	json_string(j, GH_LIT("null"));
	json_array_end(j);
}

static void put_property(struct json *j, const char *name, enum value_kind kind, bool null,
			 const char *about)
{
	static const struct {
		const char *type, *format, *pattern;
	} row[VALUE_KINDS] = {
		[VALUE_INT] = { "integer", NULL, NULL },
		[VALUE_BOOL] = { "boolean", NULL, NULL },
		[VALUE_TEXT] = { "string", NULL, NULL },
		[VALUE_RAW] = { "string", NULL, NULL },
		[VALUE_ID] = { "string", NULL, "^[0-9]+$" },
		[VALUE_CIVIL] = { "string", NULL,
				  "^[0-9]{4}-[0-9]{2}-[0-9]{2} "
				  "[0-9]{2}:[0-9]{2}:[0-9]{2}$" },
		[VALUE_UTC] = { "string", "date-time", NULL },
		[VALUE_UTC_MS] = { "string", "date-time", NULL },
		[VALUE_FLAGS] = { "array", NULL, NULL },
		[VALUE_JSON] = { "object", NULL, NULL },
		[VALUE_PATH] = { "string", NULL, NULL },
	};

	json_key(j, name);
	json_object(j);
	put_type(j, row[kind].type, null);
	if (row[kind].format)
		put(j, "format", row[kind].format);
	if (row[kind].pattern)
		put(j, "pattern", row[kind].pattern);
	if (kind == VALUE_FLAGS) {
		json_key(j, "items");
		json_raw(j, GH_LIT("{\"type\":\"string\"}"));
	}
	if (*about)
		put(j, "description", about);
	json_object_end(j);
}

static void put_fields(struct json *j, const struct fields *f)
{
	const struct field *one;
	size_t at = 0;

	json_key(j, f->name);
	json_object(j);
	put(j, "type", "object");
	json_key(j, "required");
	json_array(j);
	while ((one = fields_next(f, &at)))
		json_string(j, gh_slice_of(one->name));
	json_array_end(j);
	json_key(j, "properties");
	json_object(j);
	for (at = 0; (one = fields_next(f, &at));)
		put_property(j, one->name, one->kind, one->nullable, one->about);
	json_object_end(j);
	json_object_end(j);
}

static void put_body_field(struct json *j, const struct schema *f)
{
	static const char *const type[] = { "string",  "string", "integer",
					    "boolean", "object", "array" };

	json_key(j, f->name);
	json_object(j);
	put(j, "type", type[f->kind]);
	put(j, "description", f->about);
	if (f->kind == SCHEMA_INT) {
		json_key(j, "minimum");
		json_int(j, f->least);
		json_key(j, "maximum");
		json_int(j, f->most);
	}
	json_object_end(j);
}

static void command_type_write(struct json *j, enum command_kind kind, gh_slice type)
{
	const char *at = command_kind_row(kind)->arguments;
	struct command_parameter p;
	char name[64];

	snprintf(name, sizeof(name), "%.*s", GH_FMT(type));
	json_key(j, name);
	json_object(j);
	put(j, "description", command_kind_row(kind)->about);
	json_key(j, "fields");
	json_array(j);
	while (command_parameter_next(&at, &p)) {
		const struct command_argument_row *a = &command_arguments[p.id];

		json_object(j);
		put(j, "name", a->name);
		put(j, "kind", command_argument_type_name(a->type));
		json_key(j, "required");
		json_bool(j, p.required);
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}

/* What each type of command takes besides, told in its description: the fields of one type
 * mean nothing to another. */
static void put_types(struct json *j)
{
	json_key(j, "x-types");
	json_object(j);
	for (enum command_kind k = 0; k < COMMAND_KINDS; k++) {
		gh_slice rest = gh_slice_of(command_kind_row(k)->types), type;

		while (rest.n) {
			gh_slice_cut(rest, ' ', &type, &rest);
			command_type_write(j, k, type);
		}
	}
	json_object_end(j);
}

static void put_body(struct json *j, const struct schema *s)
{
	bool required = false;

	json_key(j, s->name);
	json_object(j);
	put(j, "type", "object");
	json_key(j, "additionalProperties");
	json_bool(j, s->flags & SCHEMA_OPEN);
	for (size_t i = 0; i < s->parts; i++)
		required |= (s->part[i].flags & SCHEMA_REQUIRED) != 0;
	if (required) {
		json_key(j, "required");
		json_array(j);
		for (size_t i = 0; i < s->parts; i++)
			if ((s->part[i].flags & SCHEMA_REQUIRED) != 0)
				json_string(j, gh_slice_of(s->part[i].name));
		json_array_end(j);
	}
	json_key(j, "properties");
	json_object(j);
	for (size_t i = 0; i < s->parts; i++)
		put_body_field(j, &s->part[i]);
	json_object_end(j);
	if (s == &request_schemas[REQUEST_CommandRequest].schema)
		put_types(j);
	json_object_end(j);
}

static void put_schemas(struct json *j)
{
	static const struct fields *const table[] = { &zk_server_device_fields,
						      &zk_server_punch_fields,
						      &command_fields,
						      &quarantine_fields,
						      &upload_fields,
						      &exchange_fields,
						      &token_fields,
						      &found_fields };

	json_key(j, "schemas");
	json_object(j);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		put_fields(j, table[i]);
	for (size_t i = 0; i < record_lists_count; i++)
		put_fields(j, record_lists[i].fields);
	for (size_t i = REQUEST_NONE + 1; i < REQUESTS; i++)
		put_body(j, &request_schemas[i].schema);
#define SCHEMA(name, text) \
	json_key(j, name); \
	json_raw(j, GH_LIT(text));
#include "api/schema.def"
#undef SCHEMA
	json_object_end(j);
}

/* --- paths --- */

static void put_param(struct json *j, const struct param *p)
{
	json_object(j);
	put(j, "name", p->name);
	put(j, "in", "query");
	put(j, "description", p->about);
	json_key(j, "schema");
	json_object(j);
	put(j, "type",
	    p->kind == PARAM_NUMBER || p->kind == PARAM_LIMIT ? "integer" : "string");
	if (p->kind == PARAM_LIMIT || p->kind == PARAM_NUMBER) {
		json_key(j, "minimum");
		json_int(j, p->least);
	}
	json_object_end(j);
	json_object_end(j);
}

static void put_path_param(struct json *j, const struct path_param *p)
{
	json_object(j);
	put(j, "name", p->name);
	put(j, "in", "path");
	json_key(j, "required");
	json_bool(j, true);
	put(j, "description", p->about);
	json_key(j, "schema");
	json_object(j);
	if (p->kind == PATH_KIND_NUMBER) {
		put(j, "type", "integer");
		json_key(j, "minimum");
		json_int(j, 1);
	} else {
		put(j, "type", "string");
	}
	json_object_end(j);
	json_object_end(j);
}

static void put_params(struct json *j, const struct route *r)
{
	bool placeholder = strchr(r->path, '{') != NULL;
	enum path_param_id id;

	if (!placeholder && *r->params == 0)
		return;
	json_key(j, "parameters");
	json_array(j);
	for (size_t at = 0; route_placeholder_next(r->path, &at, &id);)
		put_path_param(j, &path_params[id]);
	for (size_t i = 0; i < PARAM_COUNT; i++)
		if (query_takes(r->params, gh_slice_of(params[i].name)))
			put_param(j, &params[i]);
	json_array_end(j);
}

static void put_envelope(struct json *j, const struct route *r)
{
	json_object(j);
	put(j, "type", "object");
	json_key(j, "required");
	json_raw(j, r->shape == SHAPE_LIST
			    ? GH_LIT("[\"success\",\"data\",\"count\",\"next\",\"more\"]")
			    : GH_LIT("[\"success\",\"data\"]"));
	json_key(j, "properties");
	json_object(j);
	json_key(j, "success");
	json_raw(j, GH_LIT("{\"const\":true}"));
	json_key(j, "data");
	if (r->shape == SHAPE_LIST) {
		json_object(j);
		put(j, "type", "array");
		json_key(j, "items");
		put_ref(j, r->answer);
		json_object_end(j);
		put_property(j, "count", VALUE_INT, false, "Rows in `data`");
		put_property(j, "next", VALUE_INT, true,
			     "The `after` of the following page; null: there is none");
		put_property(j, "more", VALUE_BOOL, false, "Whether there are more rows now");
	} else {
		put_ref(j, r->answer);
	}
	json_object_end(j);
	json_object_end(j);
}

static void put_answer(struct json *j, const struct route *r)
{
	bool envelope = r->shape != SHAPE_OTHER;

	json_key(j, r->shape == SHAPE_NEW ? "201" : "200");
	json_object(j);
	put(j, "description", "Success");
	json_key(j, "content");
	json_object(j);
	json_key(j, envelope ? "application/json" : r->answer);
	json_object(j);
	if (envelope) {
		json_key(j, "schema");
		if (r->shape == SHAPE_DONE)
			put_ref(j, "Done");
		else
			put_envelope(j, r);
	}
	json_object_end(j);
	if (query_takes(r->params, GH_LIT("format"))) {
		json_key(j, "text/csv");
		json_raw(j, GH_LIT("{}"));
	}
	json_object_end(j);
	json_object_end(j);
	json_key(j, "default");
	json_raw(j, GH_LIT("{\"$ref\":\"#/components/responses/Error\"}"));
}

static void put_operation(struct json *j, const struct route *r)
{
	char method[8] = "";

	for (size_t i = 0; r->method[i] && i < sizeof(method) - 1; i++)
		method[i] = (char)gh_ascii_lower((uint8_t)r->method[i]);
	json_key(j, method);
	json_object(j);
	put(j, "operationId", r->operation);
	put(j, "summary", r->summary);
	put(j, "x-scope", route_scopes[r->scope].word);
	json_key(j, "security");
	json_raw(j, r->scope != ROUTE_SCOPE_NONE ? GH_LIT("[{\"token\":[]}]") : GH_LIT("[]"));
	put_params(j, r);
	if (r->body) {
		json_key(j, "requestBody");
		json_object(j);
		json_key(j, "required");
		json_bool(j, !request_may_be_empty(r->body));
		json_key(j, "content");
		json_object(j);
		json_key(j, "application/json");
		json_object(j);
		json_key(j, "schema");
		put_ref(j, request_schemas[r->body].schema.name);
		json_object_end(j);
		json_object_end(j);
		json_object_end(j);
	}
	json_key(j, "responses");
	json_object(j);
	put_answer(j, r);
	json_object_end(j);
	json_object_end(j);
}

/* All operations of a path stand together. */
static void put_paths(struct json *j)
{
	json_key(j, "paths");
	json_object(j);
	for (size_t i = 0; i < routes_count; i++) {
		bool seen = false;

		for (size_t k = 0; k < i; k++)
			seen |= strcmp(routes[k].path, routes[i].path) == 0;
		if (seen)
			continue;
		json_key(j, routes[i].path);
		json_object(j);
		for (size_t k = i; k < routes_count; k++)
			if (strcmp(routes[k].path, routes[i].path) == 0)
				put_operation(j, &routes[k]);
		json_object_end(j);
	}
	json_object_end(j);
}

enum gh_err openapi_build(char **out)
{
	struct json j = json_with_limit((size_t)1 << 20);

	json_object(&j);
	put(&j, "openapi", "3.1.0");
	json_key(&j, "info");
	json_object(&j);
	put(&j, "title", "Gatehouse");
	put(&j, "version", GATEHOUSE_VERSION);
	put(&j, "summary", "One reliable stream of data from attendance and access devices");
	json_object_end(&j);
	put_paths(&j);
	json_key(&j, "components");
	json_object(&j);
	put_schemas(&j);
	json_key(&j, "responses");
	json_raw(&j, GH_LIT("{\"Error\":{\"description\":\"Refused or failed\",\"content\":{"
			    "\"application/json\":{\"schema\":{\"$ref\":"
			    "\"#/components/schemas/Error\"}}}}}"));
	json_key(&j, "securitySchemes");
	json_raw(&j, GH_LIT("{\"token\":{\"type\":\"http\",\"scheme\":\"bearer\"}}"));
	json_object_end(&j);
	json_object_end(&j);
	buffer_add(&j.text, (gh_slice){ (const uint8_t *)"", 1 });
	if (j.text.err) {
		json_clear(&j);
		return GH_ENOMEM;
	}
	*out = (char *)j.text.p;
	return GH_OK;
}

void handle_openapi(struct call *c)
{
	http_reply(c->r, 200, "application/json", gh_slice_of(c->api->openapi));
}

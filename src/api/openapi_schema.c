#include "api/openapi_schema.h"

#include <stdio.h>

#include "api/command_body.h"
#include "api/command_view.h"
#include "api/device_view.h"
#include "api/error.h"
#include "api/list_resource.h"
#include "api/openapi_json.h"
#include "api/response_schemas.h"
#include "model/command_kind.h"
#include "render/record.h"
#include "render/traced.h"

/* --- what fields show --- */

/* "string", or ["string","null"]. */
static json_t *type_of(const char *type, bool null)
{
	if (!null)
		return json_string(type);
	return tree_append(tree_append(json_array(), json_string(type)), json_string("null"));
}

static json_t *words_of(value_word_fn *word, bool null)
{
	json_t *list = json_array();

	for (size_t i = 0; word(i); i++)
		list = tree_append(list, json_string(word(i)));
	return null ? tree_append(list, json_null()) : list;
}

json_t *openapi_value(enum value_kind kind, bool null, value_word_fn *word)
{
	static const struct {
		const char *type, *format, *pattern;
	} row[VALUE_KINDS] = {
		[VALUE_NULL] = { "null", NULL, NULL },
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
	json_t *s = tree_with(json_object(), "type", type_of(row[kind].type, null));

	if (row[kind].format)
		s = tree_with_text(s, "format", row[kind].format);
	if (row[kind].pattern)
		s = tree_with_text(s, "pattern", row[kind].pattern);
	if (kind == VALUE_FLAGS) {
		json_t *item = tree_with_text(json_object(), "type", "string");

		s = tree_with(s, "items",
			      word ? tree_with(item, "enum", words_of(word, false)) : item);
	} else if (word) {
		s = tree_with(s, "enum", words_of(word, null));
	}
	return s;
}

json_t *openapi_fields(const struct fields *fields)
{
	json_t *required = json_array(), *properties = json_object();
	const struct field *f;

	for (size_t at = 0; (f = fields_next(fields, &at));) {
		json_t *one = openapi_value(f->kind, f->nullable, f->word);

		required = tree_append(required, json_string(f->name));
		properties = tree_with(properties, f->name,
				       tree_with_text(one, "description", f->about));
	}
	json_t *s = tree_with_text(json_object(), "type", "object");

	return tree_with(tree_with(s, "required", required), "properties", properties);
}

/* --- what is checked --- */

static json_t *text_schema(json_t *s, const struct schema *schema)
{
	const char *pattern = schema_format_pattern(schema->format);

	if (schema->least)
		s = tree_with(s, "minLength", json_integer(schema->least));
	if (schema->most)
		s = tree_with(s, "maxLength", json_integer(schema->most));
	return pattern ? tree_with_text(s, "pattern", pattern) : s;
}

static json_t *word_schema(json_t *s, const struct schema *schema)
{
	json_t *list = json_array();
	gh_slice word;

	for (size_t i = 0; schema_word(schema, i, &word); i++)
		list = tree_append(list, tree_text(word));
	return tree_with(s, "enum", list);
}

static json_t *bool_schema(json_t *s, const struct schema *schema)
{
	if (schema->flags & SCHEMA_TRUE)
		return tree_with(s, "const", json_true());
	if (schema->flags & SCHEMA_FALSE)
		return tree_with(s, "const", json_false());
	return s;
}

static json_t *object_schema(json_t *s, const struct schema *schema)
{
	json_t *required = json_array(), *properties = json_object();

	for (size_t i = 0; i < schema->parts; i++) {
		const struct schema *f = &schema->part[i];

		if (f->flags & SCHEMA_REQUIRED)
			required = tree_append(required, json_string(f->name));
		properties = tree_with(properties, f->name, openapi_schema(f));
	}
	if (required == NULL || json_array_size(required))
		s = tree_with(s, "required", required);
	else
		json_decref(required);
	if (schema->least)
		s = tree_with(s, "minProperties", json_integer(schema->least));
	if (!(schema->flags & SCHEMA_OPEN))
		s = tree_with(s, "additionalProperties", json_false());
	return tree_with(s, "properties", properties);
}

static json_t *array_schema(json_t *s, const struct schema *schema)
{
	if (schema->least)
		s = tree_with(s, "minItems", json_integer(schema->least));
	if (schema->most)
		s = tree_with(s, "maxItems", json_integer(schema->most));
	return tree_with(s, "items", openapi_schema(schema->part));
}

/* An object, or a list of them. */
static json_t *one_or_many_schema(const struct schema *schema)
{
	json_t *list = tree_with_text(json_object(), "type", "array"), *either = json_array();
	const struct schema *item = &schema->part[schema->parts - 1];
	struct schema many = *schema,
		      reference = { .kind = SCHEMA_REFERENCE, .ref = item->name };

	many.part = item->name ? &reference : item;
	either = tree_append(either, item == schema->part ? openapi_schema(many.part)
							  : openapi_schema(schema->part));
	either = tree_append(either, array_schema(list, &many));
	return tree_with(json_object(), "anyOf", either);
}

/* The component `ref`, and what it has besides. */
static json_t *extended_schema(json_t *s, const struct schema *schema)
{
	json_t *both = tree_append(json_array(), tree_reference("schemas", schema->ref));

	return tree_with(json_object(), "allOf", tree_append(both, s));
}

static json_t *object_or_extended(const struct schema *schema, bool null)
{
	json_t *s = tree_with(json_object(), "type", type_of("object", null));

	s = object_schema(s, schema);
	return schema->ref ? extended_schema(s, schema) : s;
}

static json_t *kind_schema(const struct schema *schema)
{
	static const char *const type[] = {
		[SCHEMA_TEXT] = "string",  [SCHEMA_WORD] = "string", [SCHEMA_INT] = "integer",
		[SCHEMA_BOOL] = "boolean", [SCHEMA_ARRAY] = "array", [SCHEMA_MAP] = "object",
	};
	bool null = schema->flags & SCHEMA_NULLABLE;
	json_t *s;

	switch (schema->kind) {
	case SCHEMA_ONE_OR_MANY:
		return one_or_many_schema(schema);
	case SCHEMA_OBJECT:
		return object_or_extended(schema, null);
	case SCHEMA_REFERENCE:
		return tree_reference("schemas", schema->ref);
	default:
		s = tree_with(json_object(), "type", type_of(type[schema->kind], null));
	}
	switch (schema->kind) {
	case SCHEMA_TEXT:
		return text_schema(s, schema);
	case SCHEMA_WORD:
		return word_schema(s, schema);
	case SCHEMA_INT:
		if (schema->least == 0 && schema->most == 0)
			return s;
		s = tree_with(s, "minimum", json_integer(schema->least));
		return tree_with(s, "maximum", json_integer(schema->most));
	case SCHEMA_BOOL:
		return bool_schema(s, schema);
	case SCHEMA_ARRAY:
		return array_schema(s, schema);
	default:
		return tree_with(s, "additionalProperties", openapi_schema(schema->part));
	}
}

json_t *openapi_schema(const struct schema *schema)
{
	json_t *s = kind_schema(schema);

	if (schema->about == NULL || *schema->about == '\0')
		return s;
	return tree_with_text(s, "description", schema->about);
}

/* --- commands: what each type takes besides --- */

static json_t *argument_schema(const struct command_argument_row *a)
{
	struct schema s = { .kind = SCHEMA_TEXT,
			    .most = COMMAND_BODY_VALUE,
			    .about = a->about };

	if (a->type == ARGUMENT_INT)
		s = (struct schema){ .kind = SCHEMA_INT, .most = INT32_MAX, .about = a->about };
	else if (a->type == ARGUMENT_BOOL)
		s = (struct schema){ .kind = SCHEMA_BOOL, .about = a->about };
	else if (a->type == ARGUMENT_START || a->type == ARGUMENT_END)
		s.format = FORMAT_MOMENT;
	s.flags = SCHEMA_NULLABLE;
	return openapi_schema(&s);
}

static json_t *type_field(const struct command_parameter *p)
{
	const struct command_argument_row *a = &command_arguments[p->id];
	json_t *f = tree_with_text(json_object(), "name", a->name);

	f = tree_with_text(f, "kind", command_argument_type_name(a->type));
	return tree_with(f, "required", json_boolean(p->required));
}

static json_t *record_field(const struct model_kind *k)
{
	json_t *f = tree_with_text(json_object(), "name", k->name);

	return tree_with(tree_with_text(f, "kind", "object"), "required", json_true());
}

static json_t *type_schema(enum command_kind kind)
{
	const struct command_kind_row *row = command_kind_row(kind);
	const char *at = row->arguments;
	json_t *fields = json_array(), *t = json_object();
	struct command_parameter p;

	if (row->record < KIND_COUNT)
		fields = tree_append(fields, record_field(&model_kinds[row->record]));
	while (command_parameter_next(&at, &p))
		fields = tree_append(fields, type_field(&p));
	t = tree_with_text(t, "description", row->about);
	t = tree_with_text(t, "scope", token_scope_word(row->scope));
	return tree_with(t, "fields", fields);
}

/* The member that holds a record: "person". */
static json_t *record_schema(const struct model_kind *k)
{
	json_t *properties = json_object(), *required = json_array(), *s;
	struct schema card = { .kind = SCHEMA_TEXT,
			       .flags = SCHEMA_NULLABLE,
			       .most = COMMAND_BODY_VALUE };
	struct schema cards = { .kind = SCHEMA_ARRAY,
				.most = 2,
				.part = &card,
				.about = "`card` and `viceCard`; empty: none" };
	struct schema group = { .kind = SCHEMA_TEXT,
				.flags = SCHEMA_NULLABLE,
				.most = COMMAND_BODY_VALUE,
				.about = "The same as `groupId`" };

	for (size_t i = 0; i < k->fields; i++) {
		bool number = k->field[i].type == MODEL_INT;
		struct schema one = { .kind = number ? SCHEMA_INT : SCHEMA_TEXT,
				      .least = number ? -1 : 0,
				      .most = number ? INT32_MAX : COMMAND_BODY_VALUE };

		if (k->field[i].flags & MODEL_KEY)
			required = tree_append(required, json_string(k->field[i].json));
		else
			one.flags = SCHEMA_NULLABLE;
		properties = tree_with(properties, k->field[i].json, openapi_schema(&one));
	}
	properties = tree_with(properties, "cards", openapi_schema(&cards));
	properties = tree_with(properties, "group", openapi_schema(&group));
	s = tree_with_text(json_object(), "type", "object");
	s = tree_with_text(s, "description",
			   "What is absent stays as the device has it; an empty text clears");
	s = tree_with(s, "additionalProperties", json_false());
	return tree_with(tree_with(s, "required", required), "properties", properties);
}

/* The types a command may have, with the fields each takes: x-types. `list` gets their names. */
static json_t *types_schema(json_t **list, json_t **properties)
{
	json_t *types = json_object();

	for (enum command_kind k = 0; k < COMMAND_KINDS; k++) {
		gh_slice rest = gh_slice_of(command_kind_row(k)->types), word;
		const char *at = command_kind_row(k)->arguments;
		struct command_parameter p;

		const struct command_kind_row *row = command_kind_row(k);

		if (rest.n && row->record < KIND_COUNT)
			*properties = tree_with(*properties, model_kinds[row->record].name,
						record_schema(&model_kinds[row->record]));
		while (rest.n && command_parameter_next(&at, &p)) {
			const struct command_argument_row *a = &command_arguments[p.id];

			if (*properties && json_object_get(*properties, a->name) == NULL)
				*properties =
					tree_with(*properties, a->name, argument_schema(a));
		}
		while (rest.n) {
			char name[64];

			gh_slice_cut(rest, ' ', &word, &rest);
			snprintf(name, sizeof(name), "%.*s", GH_FMT(word));
			*list = tree_append(*list, json_string(name));
			types = tree_with(types, name, type_schema(k));
		}
	}
	return types;
}

static json_t *command_schema(const struct schema *schema)
{
	json_t *s = openapi_schema(schema), *list = json_array(), *types, *properties;

	properties = json_incref(json_object_get(s, "properties"));
	types = types_schema(&list, &properties);
	json_t *type = json_object_get(properties, "type");

	if (json_object_set_new(type, "enum", list) || properties == NULL) {
		json_decref(s);
		s = NULL;
	}
	json_decref(properties);
	return tree_with(tree_with(s, "additionalProperties", json_false()), "x-types", types);
}

/* --- errors --- */

static json_t *error_schema(const struct schema *schema)
{
	json_t *s = openapi_schema(schema), *list = json_array();
	json_t *code = json_object_get(json_object_get(s, "properties"), "code");

	for (size_t i = 0; i < ERROR_CODES; i++)
		list = tree_append(list, json_string(error_rows[i].code));
	if (json_object_set_new(code, "enum", list)) {
		json_decref(s);
		return NULL;
	}
	return s;
}

/* --- parameters --- */

/* The words a parameter may be, where it is one of some; NULL: it is not. A filter of a list is
 * named for the field it looks at. */
static value_word_fn *param_words(const struct param *p, const struct list_resource *list)
{
	const struct field *f = list ? fields_find(list->fields, gh_slice_of(p->name)) : NULL;

	if (p == &params[PARAM_format])
		return list_format_word;
	return f ? f->word : NULL;
}

static json_t *param_schema(const struct param *p, const struct list_resource *list)
{
	struct schema s = { .kind = SCHEMA_TEXT, .least = p->least, .most = p->most };

	if (p->kind == PARAM_NUMBER || p->kind == PARAM_LIMIT)
		s.kind = SCHEMA_INT;
	else if (p->kind == PARAM_START || p->kind == PARAM_END)
		s.format = FORMAT_MOMENT;
	s.word = param_words(p, list);
	if (s.word)
		s.kind = SCHEMA_WORD;
	json_t *schema = openapi_schema(&s);

	/* More than the most is taken as the most. */
	if (p->kind == PARAM_LIMIT)
		json_object_del(schema, "maximum");
	return schema;
}

/* The fields of a list with that use; for an order each also turned round. */
static json_t *columns_schema(const struct list_resource *list, enum store_column_use use)
{
	size_t n;
	const struct store_column *c = list_columns(list, &n);
	json_t *names = json_array();

	for (size_t i = 0; i < n; i++) {
		if (!(c[i].use & use))
			continue;
		names = tree_append(names, json_string(c[i].name));
		if (use == COLUMN_SORT)
			names = tree_append(names, json_sprintf("-%s", c[i].name));
	}
	return tree_with(tree_with_text(json_object(), "type", "string"), "enum", names);
}

static json_t *facets_schema(const struct list_resource *list)
{
	json_t *s = tree_with_text(json_object(), "type", "array");

	s = tree_with(s, "items", columns_schema(list, COLUMN_FACET));
	return tree_with(s, "maxItems", json_integer(LIST_FACETS));
}

static bool list_has_facets(const struct list_resource *list)
{
	size_t n;
	const struct store_column *c = list_columns(list, &n);

	while (n && !(c[n - 1].use & COLUMN_FACET))
		n--;
	return n > 0;
}

json_t *openapi_param(const struct param *p, const struct list_resource *list)
{
	json_t *o = tree_with_text(json_object(), "name", p->name);

	o = tree_with_text(o, "in", "query");
	o = tree_with_text(o, "description", p->about);
	if (list && p == &params[PARAM_sort])
		return tree_with(o, "schema", columns_schema(list, COLUMN_SORT));
	if (list && p == &params[PARAM_facets] && list_has_facets(list)) {
		o = tree_with_text(o, "style", "form");
		o = tree_with(o, "explode", json_false());
		return tree_with(o, "schema", facets_schema(list));
	}
	return tree_with(o, "schema", param_schema(p, list));
}

json_t *openapi_path_param(const struct path_param *p)
{
	json_t *o = tree_with_text(json_object(), "name", p->name), *schema;
	bool number = p->kind == PATH_KIND_NUMBER;

	o = tree_with_text(o, "in", "path");
	o = tree_with(o, "required", json_true());
	o = tree_with_text(o, "description", p->about);
	schema = tree_with_text(json_object(), "type", number ? "integer" : "string");
	if (number)
		schema = tree_with(schema, "minimum", json_integer(1));
	return tree_with(o, "schema", schema);
}

/* --- all of them --- */

json_t *openapi_components(void)
{
	static const struct fields *const table[] = { &command_event_fields, &traced_fields,
						      &found_fields, &area_fields };
	json_t *all = json_object();

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		all = tree_with(all, table[i]->name, openapi_fields(table[i]));
	for (size_t i = 0; i < list_resources_count; i++)
		all = tree_with(all, list_resources[i].fields->name,
				openapi_fields(list_resources[i].fields));
	for (size_t i = REQUEST_NONE + 1; i < REQUESTS; i++) {
		const struct schema *s = &request_schemas[i].schema;

		all = tree_with(all, s->name,
				i == REQUEST_CommandRequest ? command_schema(s)
							    : openapi_schema(s));
	}
	for (size_t i = 0; i < response_schemas_count; i++) {
		const struct schema *s = &response_schemas[i];

		all = tree_with(all, s->name,
				s == response_error ? error_schema(s) : openapi_schema(s));
	}
	return all;
}

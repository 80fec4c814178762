#include "api/openapi_schema.h"

#include "api/openapi_json.h"

/* --- what fields show --- */

/* "string", or ["string","null"]. */
static json_t *schema_type_of(const char *type, bool null)
{
	if (!null)
		return json_string(type);
	return tree_append(tree_append(json_array(), json_string(type)), json_string("null"));
}

static json_t *schema_words_of(value_word_fn *word, bool null)
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
		[VALUE_DAY] = { "string", "date", NULL },
		[VALUE_UTC] = { "string", "date-time", NULL },
		[VALUE_UTC_MS] = { "string", "date-time", NULL },
		[VALUE_FLAGS] = { "array", NULL, NULL },
		[VALUE_JSON] = { "object", NULL, NULL },
		[VALUE_LIST] = { "array", NULL, NULL },
		[VALUE_TEXTS] = { "array", NULL, NULL },
		[VALUE_NUMBERS] = { "array", NULL, NULL },
		[VALUE_PATH] = { "string", NULL, NULL },
	};
	json_t *s = tree_with(json_object(), "type", schema_type_of(row[kind].type, null));

	if (row[kind].format)
		s = tree_with_text(s, "format", row[kind].format);
	if (row[kind].pattern)
		s = tree_with_text(s, "pattern", row[kind].pattern);
	if (kind == VALUE_FLAGS || kind == VALUE_TEXTS || kind == VALUE_NUMBERS) {
		json_t *item = tree_with_text(json_object(), "type",
					      kind == VALUE_NUMBERS ? "integer" : "string");

		s = tree_with(s, "items",
			      word ? tree_with(item, "enum", schema_words_of(word, false))
				   : item);
	} else if (word) {
		s = tree_with(s, "enum", schema_words_of(word, null));
	}
	return s;
}

/* Of a field whose value is an object, or a list of them. */
static json_t *nested_schema(const struct fields *table, const struct field *f)
{
	static const struct {
		const char *table, *field, *schema;
	} row[] = {
#define FIELD_SCHEMA(table, field, schema) { table, field, schema },
#include "api/field_schema.def"
#undef FIELD_SCHEMA
	};
	json_t *one = NULL, *s;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		if (strcmp(row[i].table, table->name) == 0 &&
		    strcmp(row[i].field, f->name) == 0)
			one = tree_reference("schemas", row[i].schema);
	if (one == NULL)
		return openapi_value(f->kind, f->nullable, NULL);
	if (f->kind == VALUE_LIST)
		return tree_with(openapi_value(VALUE_LIST, f->nullable, NULL), "items", one);
	if (!f->nullable)
		return one;
	s = tree_append(json_array(), one);
	return tree_with(json_object(), "anyOf",
			 tree_append(s, openapi_value(VALUE_NULL, false, NULL)));
}

json_t *openapi_fields(const struct fields *fields)
{
	json_t *required = json_array(), *properties = json_object();
	const struct field *f;

	for (size_t at = 0; (f = fields_next(fields, &at));) {
		bool nested = f->kind == VALUE_JSON || f->kind == VALUE_LIST;
		json_t *one = nested ? nested_schema(fields, f)
				     : openapi_value(f->kind, f->nullable, f->word);

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
	/* With members, more may be there without a word; of an object that has none of its own,
	 * generators must be shown that it has any. */
	if (!(schema->flags & SCHEMA_OPEN) || schema->parts == 0)
		s = tree_with(s, "additionalProperties",
			      json_boolean(schema->flags & SCHEMA_OPEN));
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
static json_t *schema_one_or_many(const struct schema *schema)
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
	json_t *s = tree_with(json_object(), "type", schema_type_of("object", null));

	s = object_schema(s, schema);
	return schema->ref ? extended_schema(s, schema) : s;
}

static json_t *schema_text_or_number(bool null)
{
	json_t *types = tree_append(tree_append(json_array(), json_string("string")),
				    json_string("integer"));

	return null ? tree_append(types, json_string("null")) : types;
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
		return schema_one_or_many(schema);
	case SCHEMA_OBJECT:
		return object_or_extended(schema, null);
	case SCHEMA_REFERENCE:
		return tree_reference("schemas", schema->ref);
	default:
		s = tree_with(json_object(), "type", schema_type_of(type[schema->kind], null));
	}
	if (schema->flags & SCHEMA_OR_NUMBER)
		s = tree_with(s, "type", schema_text_or_number(null));
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
		if (schema->most)
			s = tree_with(s, "maxProperties", json_integer(schema->most));
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

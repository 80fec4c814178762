/* Parameters of the query and of the path. */
#include "api/command_queue.h"
#include "api/list_resource.h"
#include "api/openapi_json.h"
#include "api/openapi_schema.h"

/* The words a parameter may be, where it is one of some; NULL: it is not. A filter of a list is
 * named for the field it looks at. */
static value_word_fn *param_words(const struct param *p, const struct list_resource *list)
{
	const struct field *f = list ? fields_find(list->fields, gh_slice_of(p->name)) : NULL;

	if (p == &params[PARAM_format])
		return list_format_word;
	if (p == &params[PARAM_separator])
		return list_separator_word;
	return f ? f->word : NULL;
}

/* Of the live stream: P or P-A. */
static json_t *place_schema(void)
{
	json_t *s = tree_with_text(json_object(), "type", "string");

	return tree_with_text(s, "pattern", "^[0-9]+(-[0-9]+)?$");
}

static json_t *param_schema(const struct param *p, const struct list_resource *list)
{
	struct schema s = { .kind = SCHEMA_TEXT, .least = p->least, .most = p->most };

	if (p->kind == PARAM_PLACE && list == NULL)
		return place_schema();
	if (p->kind == PARAM_NUMBER || p->kind == PARAM_LIMIT || p->kind == PARAM_PLACE)
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

json_t *openapi_order_key(void)
{
	json_t *o = tree_with_text(json_object(), "name", "Idempotency-Key");
	json_t *schema = tree_with_text(json_object(), "type", "string");

	schema = tree_with(schema, "minLength", json_integer(1));
	schema = tree_with(schema, "maxLength", json_integer(ORDER_KEY));
	schema = tree_with_text(schema, "pattern", "^[!-~]([ -~]*[!-~])?$");
	o = tree_with_text(o, "in", "header");
	o = tree_with_text(
		o, "description",
		"What the caller calls its order. Sent again by the same token within 24 "
		"hours, also "
		"after a restart of the server, the answer has the same `commandId` and what "
		"became "
		"of that order, with the same status, and nothing is queued. 422 with the code "
		"`key_taken` where the key is that of another order; 400 with `header_invalid` "
		"where it is none. Of several orders in one request each is named by its "
		"place");
	return tree_with(o, "schema", schema);
}

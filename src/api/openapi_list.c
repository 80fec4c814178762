#include "api/openapi_list.h"

#include "api/list_resource.h"
#include "api/openapi_json.h"
#include "api/openapi_schema.h"
#include "api/query.h"
#include "core/sync/sync.h"

static json_t *list_members(json_t *properties)
{
	static const struct {
		const char *name;
		enum value_kind kind;
		bool null;
		const char *about;
	} row[] = {
		{ "count", VALUE_INT, false, "Rows in `data`" },
		{ "next", VALUE_INT, true,
		  "The `after` of the following page; null: there is none" },
		{ "more", VALUE_BOOL, false, "Whether there are more rows now" },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		properties =
			tree_with(properties, row[i].name,
				  tree_with_text(openapi_value(row[i].kind, row[i].null, NULL),
						 "description", row[i].about));
	return properties;
}

/* A field of whatever type; an empty text counts as no value. */
static json_t *facet_value_schema(void)
{
	static const char *const type[] = { "string", "integer", "boolean", "null" };
	json_t *types = json_array();

	for (size_t i = 0; i < sizeof(type) / sizeof(type[0]); i++)
		types = tree_append(types, json_string(type[i]));
	return tree_with(json_object(), "type", types);
}

/* How far the answer to a command is; null: it has none. */
static json_t *query_answer_schema(void)
{
	json_t *either = tree_append(json_array(), tree_reference("schemas", "QueryAnswer"));

	either = tree_append(either, tree_with_text(json_object(), "type", "null"));
	return tree_with_text(tree_with(json_object(), "anyOf", either), "description",
			      "How far the answer is; null: there is none");
}

/* How many rows are in each state. */
static json_t *sync_counts(json_t *properties)
{
	properties =
		tree_with(properties, "sends",
			  tree_with_text(openapi_value(VALUE_BOOL, false, NULL), "description",
					 "Whether the device is sent what it lacks; otherwise "
					 "it is only shown"));
	for (size_t i = 0; i < SYNC_STATES; i++)
		properties = tree_with(
			properties, sync_state_name((enum sync_state)i),
			tree_with_text(openapi_value(VALUE_INT, false, NULL), "description",
				       "How many rows are in this state, in the whole list"));
	return properties;
}

/* The members of a page that only some lists have. */
static json_t *page_members(json_t *properties, const struct route *r)
{
	json_t *bound =
		tree_with(json_object(), "atLeast", openapi_value(VALUE_INT, false, NULL));
	json_t *either = tree_append(json_array(), openapi_value(VALUE_INT, false, NULL));
	json_t *facet, *cursor = openapi_value(VALUE_TEXT, true, NULL), *facets;

	cursor = tree_with_text(cursor, "description",
				"The `cursor` of the following page; null: there is none");
	bound = tree_with(tree_with_text(json_object(), "type", "object"), "properties", bound);
	bound = tree_with(bound, "required", tree_append(json_array(), json_string("atLeast")));
	either = tree_with(json_object(), "oneOf", tree_append(either, bound));
	facet = tree_with(json_object(), "value", facet_value_schema());
	facet = tree_with(facet, "count", openapi_value(VALUE_INT, false, NULL));
	facet = tree_with(tree_with_text(json_object(), "type", "object"), "properties", facet);
	facet = tree_with(facet, "required",
			  tree_append(tree_append(json_array(), json_string("value")),
				      json_string("count")));
	facets = tree_with_text(json_object(), "type", "object");
	facets = tree_with_text(facets, "description",
				"Values of each requested field, the most frequent first");
	facet = tree_with(tree_with_text(json_object(), "type", "array"), "items", facet);
	facets = tree_with(facets, "additionalProperties", facet);
	properties = tree_with(properties, "cursor", cursor);
	properties = tree_with(properties, "total",
			       tree_with_text(either, "description", "Rows of the whole list"));
	properties = tree_with(properties, "facets", facets);
	if (r->answer && strcmp(r->answer, "QueryRow") == 0)
		return tree_with(properties, "answer", query_answer_schema());
	if (r->answer && strcmp(r->answer, "SyncRow") == 0)
		return sync_counts(properties);
	if (!query_takes(r->params, GH_LIT("ledger")))
		return properties;
	properties =
		tree_with(properties, "floor",
			  tree_with_text(openapi_value(VALUE_INT, false, NULL), "description",
					 "Punches up to this number were removed for their "
					 "age; 0: none. An `after` below it is refused"));
	return tree_with(properties, "ledger",
			 tree_with_text(openapi_value(VALUE_TEXT, false, NULL), "description",
					"The id of the ledger that `seq` is a number of"));
}

json_t *openapi_list_members(json_t *properties, const struct route *r)
{
	return page_members(list_members(properties), r);
}

json_t *openapi_list_file(json_t *content, size_t form)
{
	json_t *schema = tree_with_text(json_object(), "type", "string");

	if (form == LIST_XLSX)
		schema = tree_with_text(schema, "format", "binary");
	json_t *file = tree_with(json_object(), "schema", schema);

	return tree_with(content, list_format_type(form), file);
}

/* All schemas of the document. */
#include "api/command_view.h"
#include "api/device_view.h"
#include "api/error.h"
#include "api/list_resource.h"
#include "api/openapi_json.h"
#include "api/openapi_schema.h"
#include "api/response_schemas.h"

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

json_t *openapi_components(void)
{
	json_t *all = tree_with(json_object(), command_event_fields.name,
				openapi_fields(&command_event_fields));

	for (size_t i = 0; i < list_resources_count; i++)
		all = tree_with(all, list_resources[i].fields->name,
				openapi_fields(list_resources[i].fields));
	for (size_t i = REQUEST_NONE + 1; i < REQUESTS; i++) {
		const struct schema *s = &request_schemas[i].schema;

		all = tree_with(all, s->name,
				i == REQUEST_CommandRequest ? openapi_command_request(s)
							    : openapi_schema(s));
	}
	for (size_t i = 0; i < response_schemas_count; i++) {
		const struct schema *s = &response_schemas[i];

		all = tree_with(all, s->name,
				s == response_error ? error_schema(s) : openapi_schema(s));
	}
	return tree_with(all, zk_server_stats_schema.name,
			 openapi_schema(&zk_server_stats_schema));
}

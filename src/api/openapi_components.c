/* All schemas of the document. */
#include "api/command_view.h"
#include "api/compat/zk_server/fields.h"
#include "api/device_view.h"
#include "api/list_resource.h"
#include "api/openapi_json.h"
#include "api/openapi_schema.h"
#include "api/response_schemas.h"
#include "render/enrolment.h"
#include "render/rights.h"

/* The types a command may have been given as, which are parts of the rows of command_kind.def. */
static json_t *command_schema(const struct fields *fields)
{
	json_t *s = openapi_fields(fields), *list = json_array();
	json_t *type = json_object_get(json_object_get(s, "properties"), "type");

	for (enum command_kind k = 0; k < COMMAND_KINDS; k++)
		list = tree_append(list, tree_text(command_kind_type(k)));
	if (json_object_set_new(type, "enum", list)) {
		json_decref(s);
		return NULL;
	}
	return s;
}

json_t *openapi_components(void)
{
	json_t *all = tree_with(json_object(), command_event_fields.name,
				openapi_fields(&command_event_fields));

	all = tree_with(all, enrolment_fields.name, openapi_fields(&enrolment_fields));
	all = tree_with(all, credential_fields.name, openapi_fields(&credential_fields));

	for (size_t i = 0; i < list_resources_count; i++) {
		const struct fields *f = list_resources[i].fields;

		all = tree_with(all, f->name,
				list_resources[i].source == STORE_COMMANDS ? command_schema(f)
									   : openapi_fields(f));
	}
	for (size_t i = REQUEST_NONE + 1; i < REQUESTS; i++) {
		const struct schema *s = &request_schemas[i].schema;

		all = tree_with(all, s->name,
				i == REQUEST_CommandRequest    ? openapi_command_request(s)
				: i == REQUEST_UnitRowsRequest ? openapi_rows_request(s)
							       : openapi_schema(s));
	}
	for (size_t i = 0; i < response_schemas_count; i++) {
		const struct schema *s = &response_schemas[i];

		all = tree_with(all, s->name, openapi_schema(s));
	}
	for (size_t i = 0; i < zk_server_schemas_count; i++)
		all = tree_with(all, zk_server_schemas[i].name,
				openapi_schema(&zk_server_schemas[i]));
	return tree_with(all, zk_server_template_fields.name,
			 openapi_fields(&zk_server_template_fields));
}

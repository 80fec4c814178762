/* JSON Schemas of the OpenAPI document, from the tables that check and print. The results are the
 * caller's; NULL: no memory. */
#ifndef GH_API_OPENAPI_SCHEMA_H
#define GH_API_OPENAPI_SCHEMA_H

#include <jansson.h>

#include "api/query.h"
#include "api/route.h"
#include "api/schema.h"
#include "render/field.h"

json_t *openapi_schema(const struct schema *schema);
json_t *openapi_fields(const struct fields *fields);
/* Of one value, as a field shows it. */
json_t *openapi_value(enum value_kind kind, bool null, value_word_fn *word);
/* Of the body that queues a command: with the fields and the scope of each type. */
json_t *openapi_command_request(const struct schema *schema);
/* Of the body that writes rows to a table of an access unit: with the tables there are, and the rule of each field. */
json_t *openapi_rows_request(const struct schema *schema);

struct list_resource;

/* Of a route that is that list, or of none (NULL). */
json_t *openapi_param(const struct param *param, const struct list_resource *list);
json_t *openapi_path_param(const struct path_param *param);
/* The header Idempotency-Key of what queues orders. */
json_t *openapi_order_key(void);

/* All of components/schemas. */
json_t *openapi_components(void);

#endif

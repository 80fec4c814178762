/* Schemas of answers that no table of fields gives. */
#ifndef GH_API_RESPONSE_SCHEMAS_H
#define GH_API_RESPONSE_SCHEMAS_H

#include "api/schema.h"

extern const struct schema response_schemas[];
extern const size_t response_schemas_count;

/* Of answers that the predecessor's paths alone have. */
extern const struct schema zk_server_schemas[];
extern const size_t zk_server_schemas_count;

#endif

/* The schemas of request bodies, by the names routes use. */
#ifndef GH_API_REQUEST_SCHEMAS_H
#define GH_API_REQUEST_SCHEMAS_H

#include "api/body.h"

extern const struct body_schema body_command, body_device, body_user, body_patch, body_terminal,
	body_discover, body_token;

/* All of them, for the OpenAPI document. */
extern const struct body_schema *const body_schemas[];
extern const size_t body_schemas_count;

#endif

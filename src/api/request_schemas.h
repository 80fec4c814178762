/* The bodies that requests may have: one table, by the names routes use. */
#ifndef GH_API_REQUEST_SCHEMAS_H
#define GH_API_REQUEST_SCHEMAS_H

#include "api/schema.h"

enum request_id {
	REQUEST_NONE, /* no body is read */
#define REQUEST(name, fields, flags, least, bytes) REQUEST_##name,
#define REQUEST_MANY(name, one, most, bytes) REQUEST_##name,
#include "api/request.def"
#undef REQUEST_MANY
#undef REQUEST
	REQUESTS
};

struct request_schema {
	struct schema schema;
	size_t bytes; /* a longer body is not read */
};

extern const struct request_schema request_schemas[REQUESTS];

/* A body, or the object that is a field of one, by its name: "DevicePatch", "CommandRequest.person"; NULL: there
 * is none. */
const struct schema *request_schema_named(const char *name);

/* The member of a command's body that is a record: "person"; NULL: there is none of that name. Values are checked
 * by command_body_read(). */
const struct schema *request_record_schema(gh_slice name);

/* An empty body stands for an object without members where no field is required. */
bool request_may_be_empty(enum request_id id);

#endif

/* Lists in the document. */
#ifndef GH_API_OPENAPI_LIST_H
#define GH_API_OPENAPI_LIST_H

#include <jansson.h>

#include "api/route.h"

/* What the answer of a list has besides its rows, added to the properties of its schema. */
json_t *openapi_list_members(json_t *properties, const struct route *r);
/* A file of all rows, in one of the forms of list_format_word(), added to the contents of an
 * answer. */
json_t *openapi_list_file(json_t *content, size_t form);

#endif

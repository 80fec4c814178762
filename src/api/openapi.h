/* The OpenAPI 3.1 document, made from the tables the API itself runs on. */
#ifndef GH_API_OPENAPI_H
#define GH_API_OPENAPI_H

#include "base/err.h"

/* NUL-terminated, on the heap. */
GH_MUST_CHECK enum gh_err openapi_build(char **out);

#endif

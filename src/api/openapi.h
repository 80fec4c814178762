/* The OpenAPI 3.1 document, made from the tables the API itself runs on. */
#ifndef GH_API_OPENAPI_H
#define GH_API_OPENAPI_H

#include <pthread.h>

#include "base/err.h"

/* NUL-terminated, on the heap. */
GH_MUST_CHECK enum gh_err openapi_build(char **out);

/* The document of a running server, which is made when the first request reads it: building it takes
 * longer than the rest of a start. Any thread may read it. */
struct openapi_document {
	pthread_mutex_t lock;
	char *text; /* NULL: not made yet */
};

void openapi_document_init(struct openapi_document *d);
void openapi_document_clear(struct openapi_document *d);

/* Its text, which stays until openapi_document_clear(). */
GH_MUST_CHECK enum gh_err openapi_document_text(struct openapi_document *d, const char **out);

#endif

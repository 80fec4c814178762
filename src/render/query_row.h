/* A row with which an access unit answered a query, as people and programs read it. */
#ifndef GH_RENDER_QUERY_ROW_H
#define GH_RENDER_QUERY_ROW_H

#include "render/field.h"

/* Texts are borrowed. */
struct query_row_view {
	int64_t packet, line;
	gh_slice row; /* an object */
};

/* A row is a struct query_row_view. */
extern const struct fields query_row_fields;

#endif

#include "render/query_row.h"

#define ROW struct query_row_view
static const struct field query_row_field[] = {
#include "render/query_row.def"
};
#undef ROW

const struct fields query_row_fields = { "QueryRow", query_row_field,
					 sizeof(query_row_field) / sizeof(query_row_field[0]),
					 NULL };

/* The lists of records that are made from the model's tables. */
#ifndef GH_API_RECORDS_H
#define GH_API_RECORDS_H

#include "model/kind.h"
#include "render/field.h"

struct record_list {
	const char *path;
	enum model_kind_id kind;
	const struct fields *fields; /* a row is a struct record_view */
};

extern const struct record_list record_lists[];
extern const size_t record_lists_count;

#endif

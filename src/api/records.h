/* The lists of records that are made from the model's tables. */
#ifndef GH_API_RECORDS_H
#define GH_API_RECORDS_H

#include "model/kind.h"

struct record_list {
	const char *path;
	const char *schema;
	enum model_kind_id kind;
	bool columns; /* each field by the name of its column, too, as zk_server has it */
};

extern const struct record_list record_lists[];
extern const size_t record_lists_count;

#endif

/* The lists of records that are made from the model's tables. */
#ifndef GH_API_RECORDS_H
#define GH_API_RECORDS_H

#include "store/store.h"

struct record_list {
	const char *path;
	const char *schema;
	enum model_kind_id kind;
	bool columns; /* each field by the name of its column, too, as zk_server has it */
};

/* What a list shows besides the fields of the record: a number or code in words, or where to
 * get the rest of it. */
struct record_word {
	enum model_kind_id kind;
	const char *name, *about;
	/* Text in `to`, or static; NULL: nothing to say. */
	const char *(*of)(const struct record_row *row, char to[64]);
};

extern const struct record_word record_words[];
extern const size_t record_words_count;

extern const struct record_list record_lists[];
extern const size_t record_lists_count;

#endif

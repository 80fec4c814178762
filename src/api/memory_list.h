/* Lists of what is in memory, with the same queries as lists of the store (store/rows.h): the
 * rows of a source are made, the matching ones are sorted, counted or returned. A list differs
 * from others by its source. */
#ifndef GH_API_MEMORY_LIST_H
#define GH_API_MEMORY_LIST_H

#include "base/arena.h"
#include "core/server.h"
#include "render/field.h"

/* All rows there are, while a question is answered. */
struct memory_rows {
	struct arena arena; /* of the rows and their texts */
	void *row;	    /* an array; its rows are of the source's size */
	size_t n;
	const void **held; /* what the rows borrow from, for release() */
	size_t holds;
};

struct list_question;

struct memory_source {
	const struct fields *fields;
	const struct store_column *column; /* named as the fields; the first numbers the rows */
	size_t columns;
	size_t row_size;
	int64_t (*number)(const void *row);
	/* Value number i of a column with COLUMN_LIST; false after the last. NULL: no such column. */
	bool (*item)(const void *row, const struct store_column *column, size_t i,
		     gh_slice *out);
	/* Makes the rows. GH_ENOMEM; the arena is cleared by the caller in any case. */
	enum gh_err (*make)(struct server *server, const struct list_question *q,
			    struct memory_rows *out);
	/* When the rows are not needed any more, in any case; NULL: they borrow nothing. */
	void (*release)(struct memory_rows *rows);
};

/* As the functions of store_ops with these names. */
enum gh_err memory_rows_read(const struct memory_source *source, struct server *server,
			     const struct list_question *q, const struct store_rows *rows,
			     store_row_fn *fn, void *ctx);
enum gh_err memory_rows_count(const struct memory_source *source, struct server *server,
			      const struct list_question *q, const struct store_rows *rows,
			      int64_t most, int64_t *n);
enum gh_err memory_rows_facet(const struct memory_source *source, struct server *server,
			      const struct list_question *q, const struct store_rows *rows,
			      const struct store_column *column, int64_t limit,
			      store_facet_fn *fn, void *ctx);

#endif

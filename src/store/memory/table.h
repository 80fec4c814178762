/* Rows by number, as a value: copying a table shares its rows, and changing the copy leaves
 * the original as it was. That is all the memory back end needs of a transaction: the writer
 * changes a copy, commit puts it in the original's place, readers keep the one they began
 * with.
 *
 * Row numbers start at 1 and are never used twice. */
#ifndef GH_STORE_MEMORY_TABLE_H
#define GH_STORE_MEMORY_TABLE_H

#include "base/err.h"
#include "base/slice.h"

struct row; /* immutable, counted */

/* A struct copied together with the bytes its slices point to. */
struct row *row_new(const void *object, size_t size, const uint16_t *slice_offsets, size_t n);
struct row *row_ref(struct row *r);
void row_unref(struct row *r);
const void *row_get(const struct row *r); /* borrowed */

struct table_chunk;

struct table {
	struct table_chunk **chunk;
	size_t chunks;
	int64_t last; /* number of the newest row that was ever added */
	size_t rows;  /* that are there */
};

GH_MUST_CHECK enum gh_err table_copy(const struct table *t, struct table *out);
void table_clear(struct table *t);

/* The struct in row n, or NULL. Borrowed until the table is changed or cleared. */
const void *table_get(const struct table *t, int64_t n);
/* Put r (taken, also on failure) at t->last + 1. NULL is GH_ENOMEM. */
GH_MUST_CHECK enum gh_err table_add(struct table *t, struct row *r);
GH_MUST_CHECK enum gh_err table_set(struct table *t, int64_t n, struct row *r);
GH_MUST_CHECK enum gh_err table_remove(struct table *t, int64_t n);

#endif

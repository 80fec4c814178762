/* How many rows a device has in each table whose rows are counted: its records of each kind, of
 * templates by their source, quarantine, uploads. A count(*) would read them all. What a transaction
 * adds and removes is gathered here and written once, before its commit: a statement for each row, or a
 * trigger, would change the same row of the table row_count again and again. */
#ifndef GH_STORE_SQL_ROW_COUNT_H
#define GH_STORE_SQL_ROW_COUNT_H

#include "store/sql/sql.h"

/* Kinds of records by their number, then these. */
enum { ROWS_QUARANTINE = KIND_COUNT, ROWS_UPLOADS, ROWS_COUNTED };

struct store;

/* Differences, to the counters as they were committed. */
struct row_counts {
	struct row_count {
		struct row_count_key key;
		int64_t n;
	} * row;
	size_t n, room;
	enum gh_err err; /* a difference is missing */
};

/* The table, which is also the name of the counter. */
const char *row_count_table(uint8_t of);
/* The column that divides its counters further, besides the device, or NULL. */
const char *row_count_source(uint8_t of);
/* A statement that removes rows of it ends with this: their devices, and their sources. */
const char *row_count_returning(uint8_t of);

/* The source is empty where the table's rows have none. */
struct row_count_key row_count_key(uint8_t of, int64_t device, gh_slice source);

/* For the engines. */
void row_count_add(struct row_counts *c, const struct row_count_key *key, int64_t n);
/* A removed row, as row_count_returning has it: its source where it has one. */
void row_count_removed(struct row_counts *c, uint8_t of, int64_t device, gh_slice source);

/* Write the differences of what was settled. */
enum gh_err row_counts_write(struct store *s);
/* The transaction ended. */
void row_counts_clear(struct row_counts *c);
void row_counts_free(struct row_counts *c);

#endif

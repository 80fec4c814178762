/* The tables of a store, as its schema has them: for what goes through all of it. */
#ifndef GH_STORE_SQL_TABLES_H
#define GH_STORE_SQL_TABLES_H

#include "store/sql/sql.h"

#define TABLES_MAX 128
#define TABLE_COLUMNS_MAX 64

struct sql_table {
	char name[64];
	const char *key; /* rows are numbered by it: "seq", "id"; NULL: they are not */
	size_t columns;
	struct sql_column {
		char name[64];
		enum { COLUMN_INT, COLUMN_TEXT, COLUMN_BLOB } type;
	} column[TABLE_COLUMNS_MAX];
};

struct sql_tables {
	size_t n;
	char name[TABLES_MAX][64];
};

bool sql_table_has(const struct sql_table *t, const char *column);
/* GH_ENOTFOUND: there is no such table; GH_ETOOBIG: it has more columns. */
enum gh_err sql_table_describe(struct sql *c, struct sql_table *t, const char *name);

/* All that belong to the contents, each behind those it refers to, and first of all "ledger", which
 * has the id of the store. */
enum gh_err sql_tables_read(struct sql *c, struct sql_tables *out);

#endif

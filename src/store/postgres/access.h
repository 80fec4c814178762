/* The access events of a transaction, gathered until its end and appended by one call of
 * gh_access_append, behind that of gh_append: its row of the table ledger is the last lock. */
#ifndef GH_STORE_POSTGRES_ACCESS_H
#define GH_STORE_POSTGRES_ACCESS_H

#include "store/postgres/arrays.h"
#include "store/store.h"

struct pg_store;

struct pg_access {
	/* The events of jobs; they belong to the callers. */
	struct pg_access_append {
		struct access_put *a;
		size_t n;
		size_t *fresh;
	} * append;
	size_t appends, append_room;
	/* The same one by one, with their zones. */
	struct pg_access_row {
		struct access_put *a;
		int64_t zone;
	} * row;
	size_t rows, row_room;
	struct pg_bytes bytes;
};

enum gh_err pg_access_put(struct store *s, struct access_put *a, size_t n, size_t *fresh);

/* Send what was gathered; nothing where there is nothing. */
enum gh_err pg_access_send(struct pg_store *s);
/* Its result came. */
void pg_access_numbered(struct pg_access *l, const PGresult *r);
/* The same from the database, when the result was lost with the connection: the transaction gave the
 * numbers from `first` to `last`. */
enum gh_err pg_access_find(struct pg_store *s, int64_t first, int64_t last);
/* Drop the transaction. */
void pg_access_clear(struct pg_access *l);
void pg_access_free(struct pg_access *l);

#endif

/* The SQLite back end, inside: what it does differently from other databases. Statements and
 * the mapping of records are in sql/. A store has one writing connection, used by one thread
 * (both lanes), and each reader one of its own. */
#ifndef GH_STORE_SQLITE_SQLITE_H
#define GH_STORE_SQLITE_SQLITE_H

#include "store/sql/sql_store.h"
#include "store/sqlite/batch.h"
#include "store/sqlite/conn.h"
#include "store/sqlite/log_gather.h"

struct sqlite_store {
	struct store store;
	struct sqlite_conn conn;
	struct log_gather log;
	struct row_batch batch;
	/* Of each stream, as the open transaction read it; below 0: it has not. */
	int64_t floor[STORE_STREAMS];
	int64_t changes; /* rows changed since the database was opened, before the transaction */
	int wal_pages;	 /* in the write-ahead log, as of the last commit */
	int wal_tried;	 /* of these were there at the last, incomplete checkpoint */
	int wal_most;	 /* that it has had, and its file has room for, since it was cut */
	char path[];
};

static inline struct sqlite_store *sqlite_store_of(struct store *s)
{
	return (struct sqlite_store *)s;
}

/* A sentence about the connection's last error. */
void sqlite_message_write(struct sqlite_conn *c, const char *path, const char *what, char *why,
			  size_t why_size);

/* migrate.c: bring the schema up to date. */
enum gh_err sqlite_migrate(struct sqlite_conn *c, const char *path, char *why, size_t why_size);

/* What store_ops names. */
enum gh_err sqlite_access_put(struct store *s, struct access_put *a, size_t n, size_t *fresh);
enum gh_err sqlite_punches_put(struct store *s, struct punch *p, size_t n, size_t *fresh);
/* punch.c: the number of the stored punch with that natural key; 0: there is none. */
enum gh_err sqlite_punch_find(struct sqlite_store *s, const struct punch *p, int64_t *seq);
enum gh_err sqlite_reader_open(struct store *s, struct store_reader **out);
void sqlite_reader_close(struct store_reader *r);
void sqlite_reader_stop(struct store_reader *r);

#endif

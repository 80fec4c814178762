/* The PostgreSQL back end, inside: what it does differently from other databases. Statements and
 * the mapping of records are in sql/.
 *
 * Each lane has a connection and a thread; each reader has a connection. conn.c makes
 * connections and knows errors, pipeline.c sends the writes of a transaction without waiting,
 * ledger.c gathers its punches for gh_append, open.c is begin, commit and what follows when the
 * answer to a commit is lost, migrate.c and schema/ make the tables. */
#ifndef GH_STORE_POSTGRES_POSTGRES_H
#define GH_STORE_POSTGRES_POSTGRES_H

#include "store/postgres/ledger.h"
#include "store/sql/sql_store.h"

struct pg_database;

/* The writing handle of a lane. */
struct pg_store {
	struct store store;
	struct pg_pipeline pipeline;
	struct pg_ledger ledger;
	struct pg_database *db;
	int64_t mark;	     /* its row of node_mark */
	int64_t group;	     /* number of its latest transaction */
	char why[STORE_WHY]; /* what failed last */
};

struct pg_database {
	struct pg_store lane[STORE_LANES];
	const char *durability;
	char unsafe[128]; /* why a commit may be lost; empty: it may not */
	char url[];
};

static inline struct pg_store *pg_store_of(struct store *s)
{
	return (struct pg_store *)s;
}

/* migrate.c: bring the schema up to date, on a connection that is not in pipeline mode. */
enum gh_err pg_migrate(struct pg_conn *c, char *why, size_t why_size);

enum gh_err pg_reader_open(struct store *s, struct store_reader **out);
void pg_reader_close(struct store_reader *r);
void pg_reader_stop(struct store_reader *r);

#endif

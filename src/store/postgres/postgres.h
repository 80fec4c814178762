/* The PostgreSQL back end, inside: what it does differently from other databases. Statements and
 * the mapping of records are in sql/.
 *
 * Each lane has a connection and a thread; each reader has a connection. conn.c makes
 * connections and classifies errors, pipeline.c sends the writes of a transaction without
 * waiting and writer.c is the engine on top of it, ledger.c gathers the punches for gh_append
 * and arrays.c makes its arguments of them, transaction.c is begin, commit and what follows when
 * the answer to a commit is lost, which mark.c finds out, holder.c names who keeps a lane
 * waiting, migrate.c and schema/ make the tables. */
#ifndef GH_STORE_POSTGRES_POSTGRES_H
#define GH_STORE_POSTGRES_POSTGRES_H

#include <pthread.h>

#include "store/postgres/ledger.h"
#include "store/sql/sql_store.h"

struct pg_database;

/* The writing handle of a lane. */
struct pg_store {
	struct store store;
	struct pg_pipeline pipeline;
	struct pg_ledger ledger;
	struct pg_database *db;
	struct pg_guard guard;	    /* of the pipeline's connection */
	int64_t mark;		    /* its row of node_mark */
	int64_t group;		    /* number of its latest transaction */
	char why[STORE_WHY];	    /* what failed last */
	struct store_holder holder; /* guarded by the database's lock */
};

struct pg_database {
	struct pg_store lane[STORE_LANES];
	pthread_mutex_t lock;
	_Atomic int64_t
		ends_ms; /* the program ends, and waits no longer than until then; monotonic */
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

/* open.c: reconnect a lane. */
enum gh_err pg_lane_connect(struct pg_store *s, char *why, size_t why_size);

/* mark.c. Each connection has a mark of its own. The one before is deleted, so that what is
 * still under way to the server over an abandoned connection cannot commit any more. On a
 * connection that is not in pipeline mode. */
enum gh_err pg_mark_renew(struct pg_store *s, char *why, size_t why_size);
enum gh_err pg_mark_delete(struct pg_store *s);
/* Note the open transaction, in the pipeline. */
enum gh_err pg_mark_send(struct pg_store *s);
/* Whether the latest transaction took place, on a new connection. */
enum gh_err pg_mark_judge(struct pg_store *s, bool *committed);

/* transaction.c: what store_ops names. */
enum gh_err pg_begin(struct store *store);
void pg_job(struct store *s, int n);
bool pg_wrote(struct store *s);
void pg_rollback(struct store *store);
enum gh_err pg_commit(struct store *store, struct store_outcome *out);

enum gh_err pg_reader_open(struct store *s, struct store_reader **out);
void pg_reader_close(struct store_reader *r);
void pg_reader_stop(struct store_reader *r);

/* holder.c: find out who the lane waits for, on its thread; clear that; what store_ops names. */
void pg_holder_find(struct pg_store *s);
void pg_holder_clear(struct pg_store *s);
void pg_holder(struct store *s, struct store_holder *out);

#endif

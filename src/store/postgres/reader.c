/* Reading: a connection for each reader, rows taken from it one by one, so that a long list
 * costs the memory of one row; those of a list that is short (sql_call.together) all at once: libpq
 * copies the names of the columns for each row that it gives alone, which takes as long as the row.
 * A broken connection is replaced by the next query. */
#include "store/postgres/postgres.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

struct pg_reader {
	struct store_reader reader;
	struct pg_conn conn;
	struct pg_guard guard;
	atomic_bool stopped; /* since the latest query began */
};

/* A query whose connection was shut down ends within a second, where the server's system can see that. */
static const char reader_settings[] = "SET default_transaction_read_only = on;"
				      "SET statement_timeout = '60s';"
				      "DO $$ BEGIN PERFORM set_config("
				      "'client_connection_check_interval', '1s', false);"
				      " EXCEPTION WHEN OTHERS THEN NULL; END $$";

static bool reader_prepare(struct pg_conn *c, enum sql_id id, const char *name)
{
	PGresult *r;

	if (c->prepared[id] == PG_PREPARED)
		return true;
	r = PQprepare(c->db, name, c->text, 0, NULL);
	bool ok = PQresultStatus(r) == PGRES_COMMAND_OK;

	PQclear(r);
	if (ok)
		c->prepared[id] = PG_PREPARED;
	return ok;
}

static bool reader_send(struct pg_conn *c, enum sql_id id)
{
	const struct pg_values *v = &c->values;
	char name[16];

	if (!pg_connected(c))
		return false;
	if (id == SQL_ONCE)
		return PQsendQueryParams(c->db, c->text, v->n, NULL, v->value, v->length,
					 v->format, 1);
	pg_statement_name(id, name);
	return reader_prepare(c, id, name) &&
	       PQsendQueryPrepared(c->db, name, v->n, v->value, v->length, v->format, 1);
}

static struct pg_reader *reader_of(struct pg_conn *c)
{
	return (struct pg_reader *)((char *)c - offsetof(struct pg_reader, conn));
}

/* The next row: of the result that is there, or else of the next one, which is one row unless it is all of
 * them, the end or an error. */
static bool rows_take(struct sql_call *q)
{
	struct pg_conn *c = pg_conn_of(q->c);

	if (q->together && c->rows)
		return ++c->row < PQntuples(c->rows);
	PQclear(c->rows);
	c->rows = PQgetResult(c->db);
	c->row = 0;
	switch (PQresultStatus(c->rows)) {
	case PGRES_SINGLE_TUPLE:
		return true;
	case PGRES_TUPLES_OK:
		return PQntuples(c->rows) > 0;
	case PGRES_COMMAND_OK:
		return false;
	default:
		q->err = atomic_load(&reader_of(c)->stopped) ? GH_ECANCELLED
							     : pg_fault(c, c->rows).err;
		return false;
	}
}

/* The server closed the connection. libpq may report that, without a state, as it reports errors of its own,
 * before it counts the connection as broken. */
static bool reader_is_lost(const struct pg_conn *c)
{
	if (!pg_connected(c))
		return true;
	return PQresultStatus(c->rows) == PGRES_FATAL_ERROR &&
	       (PQresultErrorField(c->rows, PG_DIAG_SQLSTATE) == NULL ||
		pg_fault(c, c->rows).lost);
}

static void rows_end(struct pg_conn *c)
{
	PQclear(c->rows);
	while (c->db && (c->rows = PQgetResult(c->db)) != NULL)
		PQclear(c->rows);
	c->rows = NULL;
}

/* Send the query, and once more if the connection is broken before the first row. */
static bool reader_query(struct sql_call *q)
{
	struct pg_conn *c = pg_conn_of(q->c);

	for (int tries = 0;; tries++) {
		if (!pg_connected(c) && pg_connect(c, NULL, 0)) {
			q->err = atomic_load(&reader_of(c)->stopped) ? GH_ECANCELLED : GH_EIO;
			return false;
		}
		q->err = GH_OK;
		if (!reader_send(c, q->id))
			q->err = pg_fault(c, NULL).err;
		else if ((q->together || PQsetSingleRowMode(c->db)) && rows_take(q))
			return true;
		if (q->err == GH_OK || q->err == GH_ECANCELLED || tries || !reader_is_lost(c))
			return false;
		pg_disconnect(c);
	}
}

static bool reader_next(struct sql_call *q)
{
	if (q->err)
		return false;
	if (q->stepped)
		return rows_take(q);
	q->stepped = true;
	atomic_store(&reader_of(pg_conn_of(q->c))->stopped, false);
	return reader_query(q);
}

static enum gh_err reader_end(struct sql_call *q)
{
	if (q->stepped)
		rows_end(pg_conn_of(q->c));
	return q->err;
}

static enum gh_err reader_write(struct sql_call *q)
{
	(void)q;
	return GH_ESTATE;
}

static enum gh_err reader_settle(struct sql *c)
{
	(void)c;
	return GH_OK;
}

static void reader_discard(struct sql *sql, enum sql_id id)
{
	(void)sql;
	(void)id;
}

#define SETTING(name) "set_config('" name "', s, false)"
#define SORTING_SET                                                                      \
	"SELECT " SETTING("enable_sort") ", " SETTING("enable_bitmapscan") ", " SETTING( \
		"enable_seqscan") ", " SETTING("enable_hashjoin") ", " SETTING("enable_" \
									       "mergejoin") " FROM CAST(? AS text) s"

static const struct sql_engine reader_engine = {
	.start = pg_call_start,
	.put_int = pg_put_int,
	.put_null = pg_put_null,
	.put_text = pg_put_bytes,
	.put_blob = pg_put_bytes,
	.next = reader_next,
	.is_null = pg_is_null,
	.int_of = pg_int_of,
	.bytes_of = pg_bytes_of,
	.end = reader_end,
	.write = reader_write,
	.settle = reader_settle,
	.punch_by_key = "",
	.punch_by_seq = "",
	.sorting_set = SORTING_SET,
	.number_among = PG_NUMBER_AMONG,
	.person_names = PG_PERSON_NAMES,
	.contains = PG_CONTAINS,
	.people_found = PG_PEOPLE_FOUND,
	.long_key = "sha256(%)",
	.discard = reader_discard,
	PG_MAINTENANCE,
};

enum gh_err pg_reader_open(struct store *s, struct store_reader **out)
{
	struct pg_reader *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return GH_ENOMEM;
	r->conn.sql.engine = &reader_engine;
	r->conn.url = pg_store_of(s)->db->url;
	r->conn.settings = reader_settings;
	r->reader.sql = &r->conn.sql;
	pg_guard_init(&r->guard);
	r->conn.guard = &r->guard;
	*out = &r->reader;
	return GH_OK;
}

void pg_reader_close(struct store_reader *reader)
{
	struct pg_reader *r = (struct pg_reader *)reader;

	if (r == NULL)
		return;
	pg_conn_close(&r->conn);
	pg_guard_destroy(&r->guard);
	free(r);
}

void pg_reader_stop(struct store_reader *reader)
{
	struct pg_reader *r = (struct pg_reader *)reader;

	atomic_store(&r->stopped, true);
	pg_guard_stop(&r->guard, false);
}

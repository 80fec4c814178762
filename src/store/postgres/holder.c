/* The holder of a lock that a lane waits for: mostly an open transaction elsewhere that has
 * locked the row of the ledger. The lane's thread queries it, over another connection, while it
 * waits for an answer. */
#include <stdio.h>
#include <stdlib.h>

#include "store/postgres/postgres.h"

static const char holder_text[] =
	"SELECT pid, application_name, usename, (extract(epoch FROM xact_start) * 1000)::bigint"
	" FROM pg_stat_activity WHERE pid = ANY (pg_blocking_pids(%d))"
	" ORDER BY xact_start LIMIT 1";

static void holder_read(struct pg_conn *c, int backend, struct store_holder *out)
{
	char text[sizeof(holder_text) + 16];
	PGresult *r = NULL;

	snprintf(text, sizeof(text), holder_text, backend);
	if (pg_exec(c, text, &r) == GH_OK && PQntuples(r)) {
		out->pid = strtoll(PQgetvalue(r, 0, 0), NULL, 10);
		snprintf(out->application, sizeof(out->application), "%s", PQgetvalue(r, 0, 1));
		snprintf(out->user, sizeof(out->user), "%s", PQgetvalue(r, 0, 2));
		out->since_ms = strtoll(PQgetvalue(r, 0, 3), NULL, 10);
	}
	PQclear(r);
}

static void holder_set(struct pg_store *s, const struct store_holder *h)
{
	pthread_mutex_lock(&s->db->lock);
	s->holder = *h;
	pthread_mutex_unlock(&s->db->lock);
}

void pg_holder_find(struct pg_store *s)
{
	struct pg_conn c = { .url = s->db->url, .settings = "SET statement_timeout = '2s'" };
	struct store_holder h = { 0 };

	if (pg_connect(&c, NULL, 0) == GH_OK)
		holder_read(&c, PQbackendPID(s->pipeline.conn.db), &h);
	pg_conn_close(&c);
	/* None is found where the wait ended by its limit meanwhile: who was named before stays named. */
	if (h.pid)
		holder_set(s, &h);
}

/* Only the lane's thread sets it, so it may look without the lock. */
void pg_holder_clear(struct pg_store *s)
{
	if (s->holder.pid)
		holder_set(s, &(struct store_holder){ 0 });
}

void pg_holder(struct store *store, struct store_holder *out)
{
	struct pg_database *db = pg_store_of(store)->db;

	pthread_mutex_lock(&db->lock);
	*out = (struct store_holder){ 0 };
	for (int i = 0; i < STORE_LANES && out->pid == 0; i++)
		*out = db->lane[i].holder;
	pthread_mutex_unlock(&db->lock);
}

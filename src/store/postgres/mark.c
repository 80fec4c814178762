/* The rows of node_mark: one for each connection that writes, with the number of the latest
 * transaction of it that took place. */
#include <stdio.h>
#include <stdlib.h>

#include "store/postgres/postgres.h"

enum gh_err pg_mark_delete(struct pg_store *s)
{
	char text[80];

	snprintf(text, sizeof(text), "DELETE FROM node_mark WHERE id = %lld",
		 (long long)s->mark);
	return pg_exec(&s->pipeline.conn, text, NULL);
}

/* Marks of connections that are no more, as those of a program that was killed. A program that
 * is in doubt looks at its mark for some seconds after its connection was lost, so a mark is
 * only noted as gone at first, and deleted a day later. The server does not report the start of
 * another user's connection: then it counts as present. */
static const char leftovers_text[] =
	"UPDATE node_mark SET gone = now() WHERE id IN (SELECT m.id FROM node_mark m"
	" WHERE m.gone IS NULL AND NOT EXISTS (SELECT FROM pg_stat_activity a"
	" WHERE a.pid = m.backend"
	" AND (a.backend_start IS NULL OR a.backend_start = m.backend_start))"
	" FOR UPDATE OF m SKIP LOCKED);"
	"DELETE FROM node_mark WHERE id IN (SELECT id FROM node_mark"
	" WHERE gone < now() - interval '1 day' FOR UPDATE SKIP LOCKED)";

enum gh_err pg_mark_renew(struct pg_store *s, char *why, size_t why_size)
{
	struct pg_conn *c = &s->pipeline.conn;
	PGresult *r = NULL;
	enum gh_err err = s->mark ? pg_mark_delete(s) : GH_OK;

	if (err == GH_OK)
		err = pg_exec(c,
			      "INSERT INTO node_mark (backend, backend_start)"
			      " SELECT pid, backend_start FROM pg_stat_activity"
			      " WHERE pid = pg_backend_pid() RETURNING id",
			      &r);
	if (err == GH_OK)
		s->mark = strtoll(PQgetvalue(r, 0, 0), NULL, 10);
	PQclear(r);
	if (err == GH_OK)
		err = pg_exec(c, leftovers_text, NULL);
	if (err)
		pg_message_write(c, "use the database", why, why_size);
	return err;
}

enum gh_err pg_mark_send(struct pg_store *s)
{
	static const char text[] = "SELECT gh_mark($1, $2, 0, 0)";
	struct pg_entry e = { .what = ENTRY_WRITE, .id = SQL_ONCE };
	struct pg_values v = { .n = 2, .length = { 8, 8 }, .format = { 1, 1 } };

	pg_number(v.number[0], s->mark);
	pg_number(v.number[1], s->group);
	v.value[0] = (const char *)v.number[0];
	v.value[1] = (const char *)v.number[1];
	return pg_pipeline_send(&s->pipeline, e, text, &v);
}

/* Whether the latest transaction took place. Its mark's row is locked by it until its end, so
 * this waits for it; where it has not even reached the server, it finds no mark and ends. May be
 * called again. */
enum gh_err pg_mark_judge(struct pg_store *s, bool *committed)
{
	struct pg_conn *c = &s->pipeline.conn;
	PGresult *r = NULL;
	char text[128];
	enum gh_err err;

	snprintf(text, sizeof(text),
		 "DELETE FROM node_mark WHERE id = %lld AND last_group <> %lld",
		 (long long)s->mark, (long long)s->group);
	err = pg_exec(c, text, NULL);
	if (err)
		return err;
	snprintf(text, sizeof(text),
		 "SELECT first_seq, last_seq, first_access, last_access FROM node_mark"
		 " WHERE id = %lld",
		 (long long)s->mark);
	err = pg_exec(c, text, &r);
	if (err)
		return err;
	*committed = PQntuples(r) == 1;
	if (*committed)
		err = pg_ledger_find(s, strtoll(PQgetvalue(r, 0, 0), NULL, 10),
				     strtoll(PQgetvalue(r, 0, 1), NULL, 10));
	if (*committed && err == GH_OK)
		err = pg_access_find(s, strtoll(PQgetvalue(r, 0, 2), NULL, 10),
				     strtoll(PQgetvalue(r, 0, 3), NULL, 10));
	PQclear(r);
	return err;
}

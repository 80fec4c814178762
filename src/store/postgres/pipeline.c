#include "store/postgres/pipeline.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "store/sql/row_count.h"

/* How long an answer may take before the cause is looked for. */
#define DELAY_MS 1000
/* How long it may take at least where the program ends. */
#define ENDING_ANSWER_MS 5000
/* So many bytes of values may be queued here before they are sent. libpq moves what it could not send to the front
 * of its buffer each time, so a long queue would cost the square of its length. */
#define QUEUED_MAX (256u << 10)

void pg_pipeline_fail(struct pg_pipeline *p, struct pg_fault fault, int job)
{
	if (p->fault.err)
		return;
	p->fault = fault;
	p->fault_job = fault.of_job ? job : -1;
	p->why[0] = '\0';
	if (p->conn.db)
		pg_message_write(&p->conn, "store", p->why, sizeof(p->why));
}

static void pipeline_lost(struct pg_pipeline *p)
{
	pg_pipeline_fail(p, (struct pg_fault){ .err = GH_EIO, .again = true, .lost = true },
			 -1);
	pg_disconnect(&p->conn);
	p->entries = 0;
}

/* An answer that is waited for since then is late. Where the program ends, a server that does not answer is
 * not waited for again. */
static bool answer_is_late(struct pg_pipeline *p, int64_t since_ms)
{
	int64_t ends_ms = p->ends_ms ? atomic_load(p->ends_ms) : 0,
		now_ms = ghi_clock_monotonic_ms();
	int64_t until_ms = since_ms + p->answer_ms;

	if (ends_ms && ends_ms < until_ms)
		until_ms = ends_ms > since_ms + ENDING_ANSWER_MS ? ends_ms
								 : since_ms + ENDING_ANSWER_MS;
	if (now_ms < until_ms)
		return false;
	if (ends_ms && p->conn.guard)
		pg_guard_stop(p->conn.guard, true);
	return true;
}

/* Until everything is sent, or until an answer is there. Both directions at once: the server stops reading
 * while its answers are not read. */
static bool pipeline_wait(struct pg_pipeline *p, bool answer)
{
	PGconn *db = p->conn.db;
	struct pollfd fd = { .fd = PQsocket(db), .events = POLLIN };
	int64_t since_ms = ghi_clock_monotonic_ms();

	for (;;) {
		int unsent = PQflush(db);

		if (unsent < 0)
			return false;
		if (answer ? !PQisBusy(db) : !unsent)
			return true;
		fd.events = POLLIN;
		if (unsent)
			fd.events |= POLLOUT;
		int n = poll(&fd, 1, DELAY_MS);

		/* Looking for the cause takes its own time. */
		if (n == 0 && answer_is_late(p, since_ms))
			return false;
		if (n == 0 && (p->ends_ms == NULL || atomic_load(p->ends_ms) == 0))
			p->delayed(p);
		if (n > 0 && fd.revents & (POLLIN | POLLERR | POLLHUP) && !PQconsumeInput(db))
			return false;
	}
}

/* *out: NULL at the end of a statement's results. */
static bool pipeline_result(struct pg_pipeline *p, PGresult **out)
{
	*out = NULL;
	if (p->conn.db == NULL || !pipeline_wait(p, true))
		return false;
	*out = PQgetResult(p->conn.db);
	return pg_connected(&p->conn);
}

static void entry_refused(struct pg_pipeline *p, const struct pg_entry *e, const PGresult *r)
{
	struct pg_fault fault = pg_fault(&p->conn, r);
	const char *detail = PQresultErrorField(r, PG_DIAG_MESSAGE_DETAIL);
	int job = e->job;

	if (fault.err == GH_ECANCELLED) /* it took too long */
		fault.err = GH_EBUSY;
	if (e->what == ENTRY_APPEND && fault.err == GH_EEXISTS)
		fault = (struct pg_fault){ .err = GH_EBUSY, .again = true };
	if (e->what == ENTRY_APPEND && fault.of_job)
		job = detail ? p->job_of(p, strtoll(detail, NULL, 10), fault.err == GH_EBUSY)
			     : -1;
	pg_pipeline_fail(p, fault, job);
}

/* Rows of row_count_returning(), or one that is 1 where a row was inserted. */
static void entry_count(struct pg_pipeline *p, const struct pg_entry *e, const PGresult *r)
{
	struct row_counts *c = p->conn.sql.counts;

	for (int i = 0; i < PQntuples(r) && e->counts == COUNTS_REMOVED; i++) {
		gh_slice source = { 0 };

		if (row_count_source(e->counted.of))
			source = (gh_slice){ (const uint8_t *)PQgetvalue(r, i, 1),
					     (size_t)PQgetlength(r, i, 1) };
		row_count_removed(c, e->counted.of, pg_value_int(r, i, 0), source);
	}
	if (e->counts == COUNTS_ADDED && PQntuples(r) == 1 && pg_value_int(r, 0, 0))
		row_count_add(c, &e->counted, 1);
}

static void entry_write_done(struct pg_pipeline *p, const struct pg_entry *e, const PGresult *r)
{
	size_t changed = (size_t)strtoull(PQcmdTuples((PGresult *)r), NULL, 10);

	if (e->changed)
		*e->changed = changed;
	if (e->new_id && PQntuples(r) == 1)
		*e->new_id = pg_value_int(r, 0, 0);
	if (e->counts)
		entry_count(p, e, r);
	if (e->must_change && changed == 0)
		pg_pipeline_fail(p, (struct pg_fault){ .err = GH_ENOTFOUND, .of_job = true },
				 e->job);
}

/* The result of an entry came. It is taken over where true is returned. */
static bool entry_done(struct pg_pipeline *p, const struct pg_entry *e, PGresult *r)
{
	ExecStatusType status = PQresultStatus(r);

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
		if (e->what == ENTRY_PREPARE)
			p->conn.prepared[e->id] = PG_UNKNOWN;
		if (status != PGRES_PIPELINE_ABORTED)
			entry_refused(p, e, r);
		return false;
	}
	switch (e->what) {
	case ENTRY_PREPARE:
		p->conn.prepared[e->id] = PG_PREPARED;
		break;
	case ENTRY_WRITE:
		entry_write_done(p, e, r);
		break;
	case ENTRY_APPEND:
		p->appended(p, e->id, r);
		break;
	case ENTRY_COMMIT:
		p->committed = strcmp(PQcmdStatus(r), "COMMIT") == 0;
		break;
	case ENTRY_ROWS:
		p->conn.rows = r;
		p->conn.row = -1;
		return true;
	}
	return false;
}

static bool entry_read(struct pg_pipeline *p, const struct pg_entry *e)
{
	PGresult *r;
	bool alive = pipeline_result(p, &r);

	if (r && !entry_done(p, e, r))
		PQclear(r);
	while (alive && r) {
		alive = pipeline_result(p, &r);
		PQclear(r);
	}
	return alive;
}

static bool sync_read(struct pg_pipeline *p)
{
	PGresult *r;
	bool alive = pipeline_result(p, &r);

	alive = alive && PQresultStatus(r) == PGRES_PIPELINE_SYNC;
	PQclear(r);
	return alive;
}

enum gh_err pg_pipeline_settle(struct pg_pipeline *p)
{
	bool alive;

	if (p->entries == 0)
		return p->fault.err;
	p->bytes = p->queued = 0;
	alive = pg_connected(&p->conn) && PQpipelineSync(p->conn.db);
	for (size_t i = 0; alive && i < p->entries; i++)
		alive = entry_read(p, &p->entry[i]);
	alive = alive && sync_read(p);
	p->entries = 0;
	if (!alive || p->fault.lost)
		pipeline_lost(p);
	return p->fault.err;
}

bool pg_pipeline_alive(struct pg_pipeline *p)
{
	bool alive = pg_connected(&p->conn) && PQpipelineSync(p->conn.db) && sync_read(p);

	if (!alive)
		pg_disconnect(&p->conn);
	return alive;
}

bool pg_pipeline_awaits(const struct pg_pipeline *p)
{
	for (size_t i = 0; i < p->entries; i++)
		if (p->entry[i].must_change || p->entry[i].changed || p->entry[i].new_id ||
		    p->entry[i].counts)
			return true;
	return false;
}

static enum gh_err entry_add(struct pg_pipeline *p, struct pg_entry e)
{
	if (p->entries == p->room) {
		size_t room = p->room ? 2 * p->room : 64;
		struct pg_entry *grown = realloc(p->entry, room * sizeof(*grown));

		if (grown == NULL)
			return GH_ENOMEM;
		p->entry = grown;
		p->room = room;
	}
	p->entry[p->entries++] = e;
	return GH_OK;
}

static enum gh_err entry_sent(struct pg_pipeline *p, int sent)
{
	if (sent)
		return GH_OK;
	if (pg_connected(&p->conn)) {
		p->entries--;
		pg_pipeline_fail(p, (struct pg_fault){ .err = GH_ENOMEM }, -1);
	} else {
		pipeline_lost(p);
	}
	return p->fault.err;
}

/* Values that were queued; they are sent when they are many. */
static enum gh_err queued_add(struct pg_pipeline *p, const struct pg_values *v)
{
	for (int i = 0; i < v->n; i++)
		p->queued += (size_t)v->length[i];
	if (p->queued < QUEUED_MAX)
		return GH_OK;
	p->queued = 0;
	if (!pipeline_wait(p, false))
		pipeline_lost(p);
	return p->fault.err;
}

static enum gh_err statement_send(struct pg_pipeline *p, struct pg_entry e, const char *text,
				  const struct pg_values *v)
{
	struct pg_conn *c = &p->conn;
	char name[16];
	enum gh_err err = p->fault.err;

	if (err == GH_OK && !pg_connected(c))
		pipeline_lost(p);
	if (p->fault.err)
		return p->fault.err;
	e.job = p->job;
	if (e.id == SQL_ONCE) {
		err = entry_add(p, e);
		return err ? err
			   : entry_sent(p, PQsendQueryParams(c->db, text, v->n, NULL, v->value,
							     v->length, v->format, 1));
	}
	pg_statement_name(e.id, name);
	if (c->prepared[e.id] == PG_UNKNOWN) {
		struct pg_entry prepare = { .what = ENTRY_PREPARE, .id = e.id, .job = p->job };

		err = entry_add(p, prepare);
		if (err == GH_OK)
			err = entry_sent(p, PQsendPrepare(c->db, name, text, 0, NULL));
		if (err)
			return err;
		c->prepared[e.id] = PG_SENT;
	}
	err = entry_add(p, e);
	return err ? err
		   : entry_sent(p, PQsendQueryPrepared(c->db, name, v->n, v->value, v->length,
						       v->format, 1));
}

enum gh_err pg_pipeline_send(struct pg_pipeline *p, struct pg_entry e, const char *text,
			     const struct pg_values *v)
{
	enum gh_err err = statement_send(p, e, text, v);

	return err ? err : queued_add(p, v);
}

enum gh_err pg_pipeline_word(struct pg_pipeline *p, const char *text, bool commit)
{
	struct pg_entry e = { .what = commit ? ENTRY_COMMIT : ENTRY_WRITE, .job = -1 };
	enum gh_err err = entry_add(p, e);

	return err ? err
		   : entry_sent(p, PQsendQueryParams(p->conn.db, text, 0, NULL, NULL, NULL,
						     NULL, 1));
}

enum gh_err pg_pipeline_begin(struct pg_pipeline *p)
{
	if (p->fault.err)
		return p->fault.err;
	if (!p->open)
		return GH_ESTATE;
	if (p->begun)
		return GH_OK;
	if (!pg_connected(&p->conn))
		pipeline_lost(p);
	if (p->fault.err)
		return p->fault.err;
	p->begun = true;
	return pg_pipeline_word(p, "BEGIN ISOLATION LEVEL READ COMMITTED", false);
}

enum gh_err pg_pipeline_commit(struct pg_pipeline *p)
{
	p->committed = false;
	p->conn.warned = false;
	p->commit_sent = true;
	return pg_pipeline_word(p, "COMMIT", true);
}

void pg_pipeline_rollback(struct pg_pipeline *p)
{
	/* What was refused stays so until the pipeline is in step again. */
	if (p->begun && pg_connected(&p->conn)) {
		pg_pipeline_settle(p);
		p->fault = (struct pg_fault){ .err = GH_OK };
		if (pg_connected(&p->conn) && pg_pipeline_word(p, "ROLLBACK", false) == GH_OK)
			pg_pipeline_settle(p);
	}
	p->entries = 0;
	p->begun = false;
	p->wrote = false;
	p->fault = (struct pg_fault){ .err = GH_OK };
}

enum gh_err pg_pipeline_enter(struct pg_pipeline *p)
{
	p->entries = 0;
	p->begun = false;
	if (PQenterPipelineMode(p->conn.db) && PQsetnonblocking(p->conn.db, 1) == 0)
		return GH_OK;
	pg_disconnect(&p->conn);
	return GH_EIO;
}

void pg_pipeline_close(struct pg_pipeline *p)
{
	pg_conn_close(&p->conn);
	free(p->entry);
	p->entry = NULL;
	p->entries = p->room = 0;
}

/* Transactions: begin, commit, and what follows when the answer to a commit is lost. */
#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "store/postgres/postgres.h"

/* How long it is tried to find out what became of a commit whose answer was lost. */
#define DOUBT_MS 15000
#define DOUBT_PAUSE_MS 100

static void lane_reset(struct pg_store *s)
{
	pg_ledger_clear(&s->ledger);
	pg_access_clear(&s->ledger.access);
	s->pipeline.open = s->pipeline.begun = s->pipeline.wrote = false;
	s->pipeline.committed = s->pipeline.commit_sent = false;
	s->pipeline.entries = 0;
	s->pipeline.job = -1;
	s->pipeline.fault = (struct pg_fault){ .err = GH_OK };
	sql_found_clear(&s->store);
	row_counts_clear(&s->store.counts);
	audit_rows_clear(&s->store.audit);
}

enum gh_err pg_begin(struct store *store)
{
	struct pg_store *s = pg_store_of(store);
	enum gh_err err = GH_OK;

	if (s->pipeline.open)
		return GH_ESTATE;
	lane_reset(s);
	s->why[0] = '\0';
	if (!pg_connected(&s->pipeline.conn))
		err = pg_lane_connect(s, s->why, sizeof(s->why));
	s->pipeline.open = err == GH_OK;
	return err;
}

void pg_job(struct store *s, int n)
{
	pg_store_of(s)->pipeline.job = n;
}

bool pg_wrote(struct store *s)
{
	return s->audit.n || pg_store_of(s)->pipeline.wrote;
}

void pg_rollback(struct store *store)
{
	struct pg_store *s = pg_store_of(store);

	if (!s->pipeline.fault.locked)
		pg_holder_clear(s);
	/* A job that reads finds a lost connection before any commit does. */
	if (s->pipeline.fault.err)
		snprintf(s->why, sizeof(s->why), "%s", s->pipeline.why);
	pg_pipeline_rollback(&s->pipeline);
	sql_zones_end(&s->store, false);
	lane_reset(s);
}

/* Everything, and COMMIT with the last of it. What an earlier result decides is known before:
 * once COMMIT is sent, nothing but the server can stop it. */
static enum gh_err transaction_end(struct pg_store *s)
{
	struct pg_pipeline *p = &s->pipeline;
	enum gh_err err = GH_OK;

	s->group++;
	p->job = -1;
	if (pg_pipeline_awaits(p))
		err = pg_pipeline_settle(p);
	if (err == GH_OK)
		err = row_counts_write(&s->store);
	if (err == GH_OK)
		err = audit_rows_write(&s->store);
	if (err == GH_OK)
		err = pg_ledger_has(&s->ledger) ? pg_ledger_send(s) : pg_mark_send(s);
	if (err == GH_OK)
		err = pg_pipeline_commit(p);
	return err ? err : pg_pipeline_settle(p);
}

static void pause_ms(int64_t ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

/* The connection was lost after COMMIT was sent. false: it could not be found out. The lane is
 * left without a connection. */
static bool doubt_resolve(struct pg_store *s, bool *committed)
{
	int64_t until = ghi_clock_monotonic_ms() + DOUBT_MS;
	enum gh_err err;

	for (;;) {
		err = pg_connect(&s->pipeline.conn, NULL, 0);
		if (err == GH_OK)
			err = pg_mark_judge(s, committed);
		pg_disconnect(&s->pipeline.conn);
		if (err == GH_OK || pg_guard_closed(&s->guard) ||
		    ghi_clock_monotonic_ms() >= until)
			return err == GH_OK;
		pause_ms(DOUBT_PAUSE_MS);
	}
}

/* How a transaction ended whose COMMIT may have been sent. */
static enum gh_err commit_judge(struct pg_store *s, enum gh_err err, bool sent,
				struct store_outcome *out)
{
	const struct pg_pipeline *p = &s->pipeline;
	bool committed = p->committed;

	if (committed && p->conn.warned) {
		out->in_doubt = true;
		return GH_EIO;
	}
	if (committed)
		return GH_OK;
	out->job = p->fault_job;
	out->again = p->fault.again;
	if (p->fault.lost && sent) {
		out->in_doubt = !doubt_resolve(s, &committed);
		out->again = !out->in_doubt;
		if (!out->in_doubt && committed)
			return GH_OK;
	}
	return err ? err : GH_EIO;
}

enum gh_err pg_commit(struct store *store, struct store_outcome *out)
{
	struct pg_store *s = pg_store_of(store);
	struct pg_pipeline *p = &s->pipeline;
	enum gh_err err = p->fault.err;

	*out = (struct store_outcome){ .job = -1 };
	if (!p->open)
		return GH_ESTATE;
	if (err == GH_OK && (p->begun || s->store.audit.n || pg_ledger_has(&s->ledger)))
		err = transaction_end(s);
	else if (err == GH_OK)
		p->committed = true; /* there was nothing */
	err = commit_judge(s, err, p->commit_sent, out);
	if (err == GH_OK || !p->fault.locked)
		pg_holder_clear(s);
	if (err)
		snprintf(s->why, sizeof(s->why), "%s", p->why);
	if (err)
		pg_pipeline_rollback(p);
	sql_zones_end(&s->store, err == GH_OK);
	lane_reset(s);
	return err;
}

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "store/postgres/postgres.h"

/* How long it is tried to find out what became of a commit whose answer was lost. */
#define DOUBT_MS 15000
#define DOUBT_PAUSE_MS 100

/* What a commit of the ledger may hold: a full one then takes some 40 ms. */
#define LEDGER_ROWS 2000
#define LEDGER_BYTES (4u << 20)

/* Two programs that serve the same tables would give commands twice: each keeps in memory which are
 * open. The lock is freed with the session, which may take the server a moment. */
#define ONE_SERVER                                                                          \
	"DO $$ BEGIN PERFORM pg_advisory_lock(hashtext('gatehouse ' || current_schema()));" \
	" EXCEPTION WHEN lock_not_available THEN"                                           \
	" RAISE EXCEPTION 'another gatehouse serves this database'; END $$;"

/* The server drops the locks of a machine that is gone after 11 seconds. */
#define LANE_SETTINGS                                                   \
	"SET synchronous_commit = on;"                                  \
	"SET lock_timeout = '5s';"                                      \
	"SET statement_timeout = '60s';"                                \
	"SET idle_in_transaction_session_timeout = '60s';"              \
	"SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2;" \
	"SET tcp_keepalives_count = 3; SET tcp_user_timeout = 11000;"

/* Repeats are looked for by probes of an index, however small the table is now. */
#define PROBES_ONLY                                                           \
	"SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off;" \
	"SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_bitmapscan = off;"

static const char *const lane_settings[STORE_LANES] = {
	[LANE_CONTROL] = LANE_SETTINGS PROBES_ONLY ONE_SERVER,
	[LANE_LEDGER] = LANE_SETTINGS PROBES_ONLY,
};

/* --- opening --- */

static void setting_read(struct pg_conn *c, const char *text, char *out, size_t size)
{
	PGresult *r = NULL;

	out[0] = '\0';
	if (pg_exec(c, text, &r) == GH_OK && PQntuples(r))
		snprintf(out, size, "%s", PQgetvalue(r, 0, 0));
	PQclear(r);
}

static void durability_read(struct pg_database *db, struct pg_conn *c)
{
	char fsync[8], pages[8], standbys[8];

	setting_read(c, "SHOW fsync", fsync, sizeof(fsync));
	setting_read(c, "SHOW full_page_writes", pages, sizeof(pages));
	setting_read(c, "SHOW synchronous_standby_names", standbys, sizeof(standbys));
	db->durability = standbys[0] ? "replicated" : "local";
	if (strcmp(fsync, "on") != 0)
		snprintf(db->unsafe, sizeof(db->unsafe),
			 "the database server runs with fsync = %s", fsync);
	else if (strcmp(pages, "on") != 0)
		snprintf(db->unsafe, sizeof(db->unsafe),
			 "the database server runs with full_page_writes = %s", pages);
}

static enum gh_err mark_delete(struct pg_store *s)
{
	char text[80];

	snprintf(text, sizeof(text), "DELETE FROM node_mark WHERE id = %lld",
		 (long long)s->mark);
	return pg_exec(&s->pipeline.conn, text, NULL);
}

/* Each connection has a mark of its own. The one before is deleted, so that what is still under
 * way to the server over a connection that was given up cannot commit any more. */
static enum gh_err mark_renew(struct pg_store *s, char *why, size_t why_size)
{
	struct pg_conn *c = &s->pipeline.conn;
	PGresult *r = NULL;
	enum gh_err err = s->mark ? mark_delete(s) : GH_OK;

	if (err == GH_OK)
		err = pg_exec(c, "INSERT INTO node_mark DEFAULT VALUES RETURNING id", &r);
	if (err)
		pg_message_write(c, "use the database", why, why_size);
	else
		s->mark = strtoll(PQgetvalue(r, 0, 0), NULL, 10);
	PQclear(r);
	return err;
}

/* Connect a lane anew. */
static enum gh_err lane_connect(struct pg_store *s, char *why, size_t why_size)
{
	struct pg_conn *c = &s->pipeline.conn;
	enum gh_err err = pg_connect(c, why, why_size);

	if (err == GH_OK)
		err = mark_renew(s, why, why_size);
	if (err == GH_OK)
		err = pg_pipeline_enter(&s->pipeline);
	if (err)
		pg_disconnect(c);
	return err;
}

static enum gh_err ledger_gathered(struct pg_pipeline *p)
{
	struct pg_store *s =
		(struct pg_store *)((char *)p - offsetof(struct pg_store, pipeline));

	return pg_ledger_has(&s->ledger) && !s->ledger.adding ? pg_ledger_send(s) : GH_OK;
}

static void ledger_appended(struct pg_pipeline *p, const PGresult *r)
{
	struct pg_store *s =
		(struct pg_store *)((char *)p - offsetof(struct pg_store, pipeline));

	pg_ledger_numbered(&s->ledger, r);
}

static int ledger_job_of(struct pg_pipeline *p, int64_t device)
{
	struct pg_store *s =
		(struct pg_store *)((char *)p - offsetof(struct pg_store, pipeline));

	return pg_ledger_job_of(&s->ledger, device);
}

static void pg_lane_init(struct pg_database *db, enum store_lane lane)
{
	struct pg_store *s = &db->lane[lane];

	s->db = db;
	s->store.sql = &s->pipeline.conn.sql;
	if (lane == LANE_LEDGER)
		s->store.for_device = pg_ledger_for_device;
	s->pipeline.conn.sql.engine = &pg_writer_engine;
	s->pipeline.conn.sql.writes = true;
	s->pipeline.conn.url = db->url;
	s->pipeline.conn.settings = lane_settings[lane];
	s->pipeline.gathered = ledger_gathered;
	s->pipeline.appended = ledger_appended;
	s->pipeline.job_of = ledger_job_of;
}

static enum gh_err lane_open(struct pg_database *db, enum store_lane lane, char *why,
			     size_t why_size)
{
	struct pg_store *s = &db->lane[lane];
	struct pg_conn *c = &s->pipeline.conn;
	enum gh_err err = pg_connect(c, why, why_size);

	if (err == GH_OK && lane == 0) {
		durability_read(db, c);
		err = pg_migrate(c, why, why_size);
	}
	if (err == GH_OK)
		err = mark_renew(s, why, why_size);
	return err ? err : pg_pipeline_enter(&s->pipeline);
}

static void lane_close(struct pg_store *s)
{
	if (s->mark && pg_connected(&s->pipeline.conn) &&
	    PQexitPipelineMode(s->pipeline.conn.db)) {
		PQsetnonblocking(s->pipeline.conn.db, 0);
		(void)mark_delete(s);
	}
	pg_pipeline_close(&s->pipeline);
	pg_ledger_free(&s->ledger);
}

static void pg_close(struct store *s)
{
	struct pg_database *db = pg_store_of(s)->db;

	for (int i = 0; i < STORE_LANES; i++)
		lane_close(&db->lane[i]);
	free(db);
}

static enum gh_err pg_open(gh_slice url, struct store **out, char *why, size_t why_size)
{
	struct pg_database *db = calloc(1, sizeof(*db) + url.n + 1);
	enum gh_err err = GH_OK;

	if (db == NULL) {
		snprintf(why, why_size, "out of memory");
		return GH_ENOMEM;
	}
	memcpy(db->url, url.p, url.n);
	for (int i = 0; i < STORE_LANES; i++)
		pg_lane_init(db, (enum store_lane)i);
	for (int i = 0; i < STORE_LANES && err == GH_OK; i++)
		err = lane_open(db, (enum store_lane)i, why, why_size);
	if (err)
		pg_close(&db->lane[0].store);
	else
		*out = &db->lane[0].store;
	return err;
}

static void pg_traits(struct store *s, struct store_traits *out)
{
	const struct pg_database *db = pg_store_of(s)->db;

	*out = (struct store_traits){ .shared = true,
				      .kind = "postgres",
				      .durability = db->durability,
				      .unsafe = db->unsafe[0] ? db->unsafe : NULL,
				      .ledger_rows = LEDGER_ROWS,
				      .ledger_bytes = LEDGER_BYTES };
}

static struct store *pg_lane(struct store *s, enum store_lane lane)
{
	return &pg_store_of(s)->db->lane[lane].store;
}

/* --- transactions --- */

static void lane_reset(struct pg_store *s)
{
	pg_ledger_clear(&s->ledger);
	s->pipeline.open = s->pipeline.begun = s->pipeline.wrote = false;
	s->pipeline.committed = s->pipeline.commit_sent = false;
	s->pipeline.entries = 0;
	s->pipeline.job = -1;
	s->pipeline.fault = (struct pg_fault){ .err = GH_OK };
	s->store.alive = 0;
}

static enum gh_err pg_begin(struct store *store)
{
	struct pg_store *s = pg_store_of(store);
	enum gh_err err = GH_OK;

	if (s->pipeline.open)
		return GH_ESTATE;
	lane_reset(s);
	s->why[0] = '\0';
	if (!pg_connected(&s->pipeline.conn))
		err = lane_connect(s, s->why, sizeof(s->why));
	s->pipeline.open = err == GH_OK;
	return err;
}

static void pg_job(struct store *s, int n)
{
	pg_store_of(s)->pipeline.job = n;
}

static bool pg_wrote(struct store *s)
{
	return pg_store_of(s)->pipeline.wrote;
}

static void pg_rollback(struct store *store)
{
	struct pg_store *s = pg_store_of(store);

	pg_pipeline_rollback(&s->pipeline);
	sql_zones_end(&s->store, false);
	lane_reset(s);
}

static enum gh_err mark_send(struct pg_store *s)
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
		err = pg_ledger_has(&s->ledger) ? pg_ledger_send(s) : mark_send(s);
	if (err == GH_OK)
		err = pg_pipeline_commit(p);
	return err ? err : pg_pipeline_settle(p);
}

static void pause_ms(int64_t ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

/* Whether the latest transaction took place. Its mark's row is locked by it until its end, so
 * this waits for it; where it has not even reached the server, it finds no mark and ends. May be
 * asked again. */
static enum gh_err mark_judge(struct pg_store *s, bool *committed)
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
		 "SELECT first_seq, last_seq FROM node_mark WHERE id = %lld",
		 (long long)s->mark);
	err = pg_exec(c, text, &r);
	if (err)
		return err;
	*committed = PQntuples(r) == 1;
	if (*committed)
		err = pg_ledger_find(s, strtoll(PQgetvalue(r, 0, 0), NULL, 10),
				     strtoll(PQgetvalue(r, 0, 1), NULL, 10));
	PQclear(r);
	return err;
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
			err = mark_judge(s, committed);
		pg_disconnect(&s->pipeline.conn);
		if (err == GH_OK || ghi_clock_monotonic_ms() >= until)
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

static enum gh_err pg_commit(struct store *store, struct store_outcome *out)
{
	struct pg_store *s = pg_store_of(store);
	struct pg_pipeline *p = &s->pipeline;
	enum gh_err err = p->fault.err;

	*out = (struct store_outcome){ .job = -1 };
	if (!p->open)
		return GH_ESTATE;
	if (err == GH_OK && (p->begun || pg_ledger_has(&s->ledger)))
		err = transaction_end(s);
	else if (err == GH_OK)
		p->committed = true; /* there was nothing */
	err = commit_judge(s, err, p->commit_sent, out);
	if (err)
		snprintf(s->why, sizeof(s->why), "%s", p->why);
	if (err)
		pg_pipeline_rollback(p);
	sql_zones_end(&s->store, err == GH_OK);
	lane_reset(s);
	return err;
}

/* A broken connection is made anew while no job waits. */
static enum gh_err pg_idle(struct store *store)
{
	struct pg_store *s = pg_store_of(store);

	return pg_pipeline_alive(&s->pipeline) ? GH_OK
					       : lane_connect(s, s->why, sizeof(s->why));
}

static const char *pg_why(struct store *store)
{
	return pg_store_of(store)->why;
}

const struct store_ops store_postgres = {
	.scheme = "postgres",
	.open = pg_open,
	.close = pg_close,
	.traits = pg_traits,
	.lane = pg_lane,
	.begin = pg_begin,
	.job = pg_job,
	.commit = pg_commit,
	.rollback = pg_rollback,
	.wrote = pg_wrote,
	.idle = pg_idle,
	.why = pg_why,
	.punches_put = pg_punches_put,
	.reader_open = pg_reader_open,
	.reader_close = pg_reader_close,
	.reader_stop = pg_reader_stop,
	SQL_STORE_OPS,
};

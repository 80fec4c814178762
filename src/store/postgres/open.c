#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "store/postgres/postgres.h"

/* What a commit of the ledger may hold: a full one then takes some 40 ms. */
#define LEDGER_ROWS 2000
#define LEDGER_BYTES (4u << 20)
/* How long answers are waited for at the end of the program. */
#define ENDING_MS 15000
#define CLOSE_ANSWER_MS 5000

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

/* Repeats are looked for by probes of an index, however small the table is now. What has to read a
 * small table all the same is planned at a cost beyond all measure, and would be compiled first. */
#define PROBES_ONLY                                                           \
	"SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off;" \
	"SET jit = off;"                                                      \
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

/* Reconnect a lane. */
enum gh_err pg_lane_connect(struct pg_store *s, char *why, size_t why_size)
{
	struct pg_conn *c = &s->pipeline.conn;
	enum gh_err err = pg_connect(c, why, why_size);

	if (err == GH_OK)
		err = pg_mark_renew(s, why, why_size);
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

static void ledger_appended(struct pg_pipeline *p, enum sql_id id, const PGresult *r)
{
	struct pg_store *s =
		(struct pg_store *)((char *)p - offsetof(struct pg_store, pipeline));

	if (id == SQL_ACCESS_APPEND)
		pg_access_numbered(&s->ledger.access, r);
	else
		pg_ledger_numbered(&s->ledger, r);
}

static int ledger_job_of(struct pg_pipeline *p, int64_t device, bool records)
{
	struct pg_store *s =
		(struct pg_store *)((char *)p - offsetof(struct pg_store, pipeline));

	return pg_ledger_job_of(&s->ledger, device, records);
}

static void lane_delayed(struct pg_pipeline *p)
{
	pg_holder_find((struct pg_store *)((char *)p - offsetof(struct pg_store, pipeline)));
}

static void pg_lane_init(struct pg_database *db, enum store_lane lane)
{
	struct pg_store *s = &db->lane[lane];

	s->db = db;
	s->store.sql = &s->pipeline.conn.sql;
	if (lane == LANE_LEDGER) {
		s->store.for_device = pg_ledger_for_device;
		s->store.for_records = pg_ledger_for_records;
	}
	s->pipeline.conn.sql.engine = &pg_writer_engine;
	s->pipeline.conn.sql.writes = true;
	s->pipeline.conn.sql.counts = &s->store.counts;
	pg_guard_init(&s->guard);
	s->pipeline.conn.guard = &s->guard;
	s->pipeline.conn.url = db->url;
	s->pipeline.conn.settings = lane_settings[lane];
	s->pipeline.gathered = ledger_gathered;
	s->pipeline.appended = ledger_appended;
	s->pipeline.job_of = ledger_job_of;
	s->pipeline.delayed = lane_delayed;
	s->pipeline.answer_ms = PG_ANSWER_MS;
	s->pipeline.ends_ms = &db->ends_ms;
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
		err = pg_mark_renew(s, why, why_size);
	return err ? err : pg_pipeline_enter(&s->pipeline);
}

static void lane_close(struct pg_store *s)
{
	/* A server that does not answer now is not waited for. */
	s->pipeline.answer_ms = CLOSE_ANSWER_MS;
	if (s->mark && pg_pipeline_alive(&s->pipeline) &&
	    PQexitPipelineMode(s->pipeline.conn.db)) {
		PQsetnonblocking(s->pipeline.conn.db, 0);
		(void)pg_mark_delete(s);
	}
	pg_pipeline_close(&s->pipeline);
	pg_ledger_free(&s->ledger);
	row_counts_free(&s->store.counts);
	audit_rows_clear(&s->store.audit);
	pg_guard_destroy(&s->guard);
}

static void pg_ending(struct store *s)
{
	atomic_store(&pg_store_of(s)->db->ends_ms, ghi_clock_monotonic_ms() + ENDING_MS);
}

static void pg_abandon(struct store *s)
{
	struct pg_database *db = pg_store_of(s)->db;

	for (int i = 0; i < STORE_LANES; i++)
		pg_guard_stop(&db->lane[i].guard, true);
}

static void pg_close(struct store *s)
{
	struct pg_database *db = pg_store_of(s)->db;

	for (int i = 0; i < STORE_LANES; i++)
		lane_close(&db->lane[i]);
	pthread_mutex_destroy(&db->lock);
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
	pthread_mutex_init(&db->lock, NULL);
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

/* A broken connection is replaced while no job waits. */
static enum gh_err pg_idle(struct store *store)
{
	struct pg_store *s = pg_store_of(store);

	return pg_pipeline_alive(&s->pipeline) ? GH_OK
					       : pg_lane_connect(s, s->why, sizeof(s->why));
}

static const char *pg_why(struct store *store)
{
	return pg_store_of(store)->why;
}

const struct store_ops store_postgres = {
	.scheme = "postgres",
	.open = pg_open,
	.close = pg_close,
	.ending = pg_ending,
	.abandon = pg_abandon,
	.traits = pg_traits,
	.lane = pg_lane,
	.begin = pg_begin,
	.job = pg_job,
	.commit = pg_commit,
	.rollback = pg_rollback,
	.wrote = pg_wrote,
	.idle = pg_idle,
	.why = pg_why,
	.access_put = pg_access_put,
	.punches_put = pg_punches_put,
	.reader_open = pg_reader_open,
	.reader_close = pg_reader_close,
	.reader_stop = pg_reader_stop,
	.holder = pg_holder,
	SQL_STORE_OPS,
};

/* Connections that are lost, and servers that do not answer. */
#include "place.h"
#include "tests.h"

#include <time.h>

#include "store/postgres/postgres.h"
#include "store/store.h"

static int delays;

/* As the search for what holds the server up, over another connection. */
static void delayed_long(struct pg_pipeline *p)
{
	const struct timespec t = { .tv_sec = 4 };

	(void)p;
	delays++;
	nanosleep(&t, NULL);
}

/* Each look takes longer than all of the wait may. */
static void the_wait_includes_the_search_for_its_cause(void **state)
{
	struct place at;
	struct pg_pipeline p = { .delayed = delayed_long, .answer_ms = 4000 };

	(void)state;
	assert_true(place_make(&at, "postgres"));
	p.conn.url = at.url;
	p.conn.settings = "SET statement_timeout = '60s'";
	assert_int_equal(pg_connect(&p.conn, NULL, 0), GH_OK);
	assert_int_equal(pg_pipeline_enter(&p), GH_OK);
	assert_int_equal(pg_pipeline_word(&p, "SELECT pg_sleep(55)", false), GH_OK);
	assert_int_equal(pg_pipeline_settle(&p), GH_EIO);
	assert_true(p.fault.lost);
	assert_true(delays <= 1);
	pg_pipeline_close(&p);
	assert_true(place_remove(&at));
}

static bool relation_seen(void *ctx, int64_t from, int64_t to, const void *record)
{
	(void)ctx;
	(void)from;
	(void)to;
	(void)record;
	return true;
}

/* /readyz shows it. */
static void a_job_that_reads_gives_the_reason_of_a_lost_connection(void **state)
{
	struct place at;
	struct store_handle db;
	struct pg_conn other = { .settings = "SET statement_timeout = '60s'" };
	char why[256] = "";

	(void)state;
	assert_true(place_make(&at, "postgres"));
	assert_int_equal(store_open(gh_slice_of(at.url), &db, why, sizeof(why)), GH_OK);
	other.url = at.url;
	assert_int_equal(pg_connect(&other, NULL, 0), GH_OK);
	assert_int_equal(db.ops->begin(db.store), GH_OK);
	assert_int_equal(
		pg_exec(&other,
			"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
			" WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'",
			NULL),
		GH_OK);
	assert_int_equal(
		db.ops->relations_of(db.store, RELATION_DEVICE_TAG, 1, relation_seen, NULL),
		GH_EIO);
	db.ops->rollback(db.store);
	assert_non_null(strstr(db.ops->why(db.store), "connection"));
	pg_conn_close(&other);
	store_close(&db);
	assert_true(place_remove(&at));
}

static struct access_put event_of(int64_t device, int64_t index, int second)
{
	struct access_put a = { .event = access_event_empty(), .punch = true };

	a.event.device = device;
	a.event.record_index = index;
	a.event.time = 20260301080000 + second;
	a.event.event = a.event.event_group = 0;
	a.event.pin = GH_LIT("7");
	a.event.zone = GH_LIT("UTC");
	return a;
}

/* The reply to COMMIT was lost, and another connection found that the transaction took place. */
static void events_of_a_commit_without_answer_are_found(void **state)
{
	enum { EVENTS = 5 };
	struct place at;
	struct store_handle db;
	struct store_outcome out;
	struct device_row d = { .present = DEVICE_FIELDS_OF(DEVICE_sn), .sn = GH_LIT("A1") };
	struct access_put first[EVENTS], again[EVENTS];
	char why[256] = "";
	size_t fresh = 99;

	(void)state;
	assert_true(place_make(&at, "postgres"));
	assert_int_equal(store_open(gh_slice_of(at.url), &db, why, sizeof(why)), GH_OK);
	struct store *s = db.ops->lane(db.store, LANE_LEDGER);

	assert_int_equal(db.ops->begin(db.store), GH_OK);
	assert_int_equal(db.ops->device_put(db.store, &d), GH_OK);
	assert_int_equal(db.ops->commit(db.store, &out), GH_OK);
	/* The last one is the third again; without a number, and shifted. */
	for (int i = 0; i < EVENTS; i++)
		first[i] = event_of(d.id, i == 1 ? 0 : i + 1, i);
	first[3] = event_of(d.id, 1, 10000);
	first[4] = first[2];
	memcpy(again, first, sizeof(again));
	assert_int_equal(db.ops->begin(s), GH_OK);
	assert_int_equal(db.ops->access_put(s, first, EVENTS, &fresh), GH_OK);
	assert_int_equal(db.ops->commit(s, &out), GH_OK);
	assert_int_equal(fresh, 4);
	for (int round = 0; round < 2; round++) {
		struct pg_store *lane = pg_store_of(s);
		int64_t from = round ? 5 : 1;

		assert_int_equal(db.ops->begin(s), GH_OK);
		assert_int_equal(db.ops->access_put(s, again, EVENTS, &fresh), GH_OK);
		assert_true(PQexitPipelineMode(lane->pipeline.conn.db));
		assert_int_equal(pg_access_find(lane, from, from + 3), GH_OK);
		assert_true(PQenterPipelineMode(lane->pipeline.conn.db));
		db.ops->rollback(s);
		assert_int_equal(fresh, round ? 0 : 4);
		for (int i = 0; i < EVENTS && round == 0; i++) {
			assert_int_equal(again[i].event.seq, first[i].event.seq);
			assert_int_equal(again[i].event.same_as, first[i].event.same_as);
			if (first[i].event.seq)
				assert_int_equal(again[i].event.punch_seq,
						 first[i].event.punch_seq);
		}
	}
	store_close(&db);
	assert_true(place_remove(&at));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_wait_includes_the_search_for_its_cause),
		cmocka_unit_test(a_job_that_reads_gives_the_reason_of_a_lost_connection),
		cmocka_unit_test(events_of_a_commit_without_answer_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

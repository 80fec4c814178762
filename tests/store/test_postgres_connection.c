/* Connections that are lost, and servers that do not answer. */
#include "place.h"
#include "tests.h"

#include <time.h>

#include "store/postgres/pipeline.h"
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_wait_includes_the_search_for_its_cause),
		cmocka_unit_test(a_job_that_reads_gives_the_reason_of_a_lost_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* How long the answer of a server is waited for that does not answer. */
#include "place.h"
#include "tests.h"

#include <time.h>

#include "store/postgres/pipeline.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_wait_includes_the_search_for_its_cause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

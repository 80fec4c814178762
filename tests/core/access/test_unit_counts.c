/* Which tables that are in doubt are looked at (core/access/unit_counts.h). */
#include "tests.h"

#include <stdio.h>
#include <time.h>

#include "core/access/unit_counts.h"
#include "server.h"

#define TABLES 1000 /* as many as are looked at together */
#define WAIT_MS 60000

static struct server_fixture f;

static int open_counts(void **state)
{
	(void)state;
	server_fixture_open(&f);
	f.server.unit_counts = unit_counts_new(&f.server);
	assert_non_null(f.server.unit_counts);
	return 0;
}

static int close_counts(void **state)
{
	struct unit_counts *u = f.server.unit_counts;

	(void)state;
	f.server.unit_counts = NULL;
	server_fixture_close(&f);
	unit_counts_free(u);
	return 0;
}

/* A piece of work on the store thread, and its end. */
struct states_job {
	struct store_job job;
	int64_t device;
	const char *name; /* of one table; NULL: many */
	_Atomic int ended;
};

static enum gh_err states_run(struct store_job *job, const struct store_ops *ops,
			      struct store *s)
{
	struct states_job *j = (struct states_job *)job;
	struct unit_table_state state = { .present = UNIT_STATE_COUNT | UNIT_STATE_KNOWN |
						     UNIT_STATE_DOUBT,
					  .counted = 1,
					  .doubt = UNIT_DOUBT_REMAINS };
	enum gh_err err = GH_OK;
	char text[24];

	if (j->name) {
		state.table = gh_slice_of(j->name);
		state.counted = 0;
		state.known = -1;
		state.doubt = UNIT_DOUBT_NONE;
		return ops->unit_state_put(s, j->device, &state);
	}
	for (int i = 0; i < TABLES && err == GH_OK; i++) {
		snprintf(text, sizeof(text), "table%04d", i);
		state.table = gh_slice_of(text);
		err = ops->unit_state_put(s, j->device, &state);
	}
	return err;
}

static void states_done(struct store_job *job, enum gh_err err)
{
	atomic_store(&((struct states_job *)job)->ended, err ? -1 : 1);
}

static void states_put(const struct device *d, const char *name)
{
	struct states_job j = { .job = { .run = states_run, .done = states_done },
				.device = device_id(d),
				.name = name };

	assert_int_equal(store_put(f.server.queue, &j.job), GH_OK);
	server_settle(&f);
	assert_int_equal(atomic_load(&j.ended), 1);
}

static bool known_see(void *ctx, int64_t device, const struct unit_table_state *state)
{
	(void)device;
	*(int64_t *)ctx = state->known;
	return true;
}

/* What is known of the only table of a unit, after a tick. */
static int64_t known_next(const struct device *d)
{
	struct store_reader *r;
	int64_t known = -1;

	unit_counts_tick(f.server.unit_counts);
	server_settle(&f);
	assert_int_equal(f.server.db.ops->reader_open(f.server.db.store, &r), GH_OK);
	assert_int_equal(f.server.db.ops->unit_states_read(r, device_id(d), known_see, &known),
			 GH_OK);
	f.server.db.ops->reader_close(r);
	return known;
}

static void tables_that_stay_in_doubt_keep_no_other_waiting(void **state)
{
	struct device *first = server_admit(&f, "UNIT1"), *last = server_admit(&f, "UNIT2");
	const struct timespec moment = { .tv_nsec = 1000000 };
	int64_t known = -1;
	(void)state;

	states_put(first, NULL);
	states_put(last, "user");
	for (int i = 0; i < WAIT_MS && known < 0; i++) {
		known = known_next(last);
		nanosleep(&moment, NULL);
	}
	assert_int_equal(known, 0);
	device_unref(first);
	device_unref(last);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(tables_that_stay_in_doubt_keep_no_other_waiting,
						open_counts, close_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

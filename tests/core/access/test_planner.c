/* Which units the server plans by itself, and when (core/access/planner.h). */
#include "tests.h"

#include <time.h>

#include "core/access/plan_record.h"
#include "core/access/planner_private.h"
#include "core/readers.h"
#include "server.h"

#define WAIT_MS 60000
#define LATER_MS 60000 /* by the clock: what was left aside is planned */

static struct server_fixture f;
static struct planner *planner;

static int open_planner(void **state)
{
	(void)state;
	server_fixture_open(&f);
	f.settings.sync = SYNC_AUTO;
	planner = planner_new(&f.server);
	assert_non_null(planner);
	return 0;
}

static int close_planner(void **state)
{
	(void)state;
	server_fixture_close(&f);
	planner_free(planner);
	return 0;
}

static struct device *unit_admit(void)
{
	const struct device_row first = {
		.present = DEVICE_FIELDS_OF(DEVICE_dialect, DEVICE_registration,
					    DEVICE_parameters),
		.sn = GH_LIT("UNIT1"),
		.dialect = GH_LIT("access"),
		.access = { .registration = DEVICE_CONFIGURED,
			    .parameters = GH_LIT("DeviceType=acc,LockCount=2,MachineType=9") },
	};
	struct device *d = server_admit_row(&f, &first);

	assert_non_null(d);
	server_approve(&f, d);
	return d;
}

/* A first plan was carried out on the unit, and a second one runs. */
struct plan_job {
	struct store_job job;
	int64_t device, plan;
	_Atomic bool released, ended;
	enum gh_err err;
};

static enum gh_err plan_begin_run(struct store_job *job, const struct store_ops *ops,
				  struct store *s)
{
	struct plan_job *j = (struct plan_job *)job;
	const struct device_slot always = {
		.kind = GH_LIT("timezone"), .slot = 1, .owner = 1, .state = DEVICE_SLOT_HELD
	};
	struct plan_unit unit = { .device = j->device,
				  .state = PLAN_RUNNING,
				  .flags = PLAN_AUTO };
	enum gh_err err = ops->slot_put(s, j->device, &always);

	if (err == GH_OK)
		err = plan_record_add(ops, s, PLAN_KIND_ACCESS, GH_LIT("server"), PLAN_AUTO, 1,
				      server_fixture_now, &j->plan);
	unit.plan = j->plan;
	return err ? err : ops->plan_unit_put(s, &unit);
}

static void plan_job_done(struct store_job *job, enum gh_err err)
{
	struct plan_job *j = (struct plan_job *)job;

	j->err = err;
	atomic_store(&j->ended, true);
}

static void moment_wait(void)
{
	const struct timespec moment = { .tv_nsec = 1000000 };

	nanosleep(&moment, NULL);
}

/* The plan ends once the test has seen what has to be seen before that. */
static enum gh_err plan_end_run(struct store_job *job, const struct store_ops *ops,
				struct store *s)
{
	struct plan_job *j = (struct plan_job *)job;

	while (!atomic_load(&j->released))
		moment_wait();
	return plan_record_end(ops, s, j->plan, 1u << PLAN_RUNNING, PLAN_DONE,
			       server_fixture_now);
}

/* A job behind those that wait for the thread that reads lists, and its end. */
struct reading {
	struct read_job job;
	_Atomic bool ended;
};

static void reading_run(struct read_job *job, struct store_reader *r, enum gh_err err)
{
	(void)job;
	(void)r;
	(void)err;
}

static void reading_done(struct read_job *job)
{
	atomic_store(&((struct reading *)job)->ended, true);
}

/* The one thread reads one after the other: jobs put before have ended, and have put what follows them. */
static void readers_settle(void)
{
	struct reading r = { .job = { .run = reading_run, .done = reading_done } };

	assert_int_equal(readers_put(f.server.readers, READERS_LIST, &r.job), GH_OK);
	for (int i = 0; i < WAIT_MS && !atomic_load(&r.ended); i++)
		moment_wait();
	assert_true(atomic_load(&r.ended));
}

struct plans_seen {
	size_t n;
	int64_t last;
};

static bool plan_see(void *ctx, const struct plan_unit *u)
{
	struct plans_seen *seen = ctx;

	seen->n++;
	seen->last = u->plan > seen->last ? u->plan : seen->last;
	return true;
}

static struct plans_seen plans_of(const struct device *d, enum plan_state state)
{
	const struct plan_units_of of = { .state = state, .device = device_id(d), .limit = 9 };
	struct plans_seen seen = { 0 };
	struct store_reader *r;

	assert_int_equal(f.server.db.ops->reader_open(f.server.db.store, &r), GH_OK);
	assert_int_equal(f.server.db.ops->plan_units_read(r, &of, plan_see, &seen), GH_OK);
	f.server.db.ops->reader_close(r);
	return seen;
}

/* Ended between the reading for the next plan and its storing, it would be carried out once more. */
static void a_unit_whose_plan_runs_is_planned_when_that_is_over(void **state)
{
	struct device *d = unit_admit();
	struct plan_job begin = { .job = { .run = plan_begin_run, .done = plan_job_done },
				  .device = device_id(d) },
			end = { .job = { .run = plan_end_run, .done = plan_job_done } };
	(void)state;

	assert_int_equal(store_put(f.server.queue, &begin.job), GH_OK);
	server_settle(&f);
	assert_int_equal(begin.err, GH_OK);
	end.plan = begin.plan;
	assert_int_equal(store_put(f.server.queue, &end.job), GH_OK);
	/* Its own turn, by which it would end as it has no steps, is not this test's. */
	atomic_store(&planner->running, false);
	planner_tick(planner);
	/* Plans of people are looked for first, then the unit is read. What is made of it waits behind that job. */
	readers_settle();
	readers_settle();
	assert_int_equal(plans_of(d, PLAN_RUNNING).n, 1);
	atomic_store(&end.released, true);
	server_settle(&f);
	assert_true(atomic_load(&end.ended));
	assert_int_equal(end.err, GH_OK);
	assert_int_equal(plans_of(d, PLAN_DONE).n, 1);
	assert_int_equal(plans_of(d, PLAN_RUNNING).n, 0);
	/* It is planned later. */
	server_fixture_now += LATER_MS;
	for (int i = 0; i < WAIT_MS && plans_of(d, PLAN_RUNNING).n == 0; i++) {
		planner_tick(planner);
		readers_settle();
		server_settle(&f);
	}
	assert_true(plans_of(d, PLAN_RUNNING).last > begin.plan);
	device_unref(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_unit_whose_plan_runs_is_planned_when_that_is_over, open_planner,
			close_planner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SQLite's write-ahead log: when it is carried over, and when it is cut. */
#include "sqlite_fixture.h"

#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "store/queue.h"

static off_t wal_size(const struct sqlite_fixture *f)
{
	char path[128];
	struct stat st;

	snprintf(path, sizeof(path), "%s-wal", f->temp.path);
	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

static void put_megabyte(struct sqlite_fixture *f, int64_t device)
{
	static const uint8_t body[1 << 20];
	struct raw_upload u = { .device = device, .body = { body, sizeof(body) } };
	struct store_outcome out;

	assert_int_equal(f->db.ops->begin(f->db.store), GH_OK);
	assert_int_equal(f->db.ops->upload_put(f->db.store, &u), GH_OK);
	assert_int_equal(f->db.ops->commit(f->db.store, &out), GH_OK);
}

static void the_log_is_carried_over_in_quiet_moments_and_at_its_ceiling(void **state)
{
	struct sqlite_fixture *f = *state;

	assert_int_equal(fixture_open(f), GH_OK);
	int64_t device = fixture_device(f);

	/* With a rest after each, it never gets long ... */
	for (int i = 0; i < 30; i++) {
		put_megabyte(f, device);
		f->db.ops->idle(f->db.store);
	}
	assert_true(wal_size(f) < 12 << 20);
	/* ... and without, not much longer than its ceiling of 32 MiB. */
	for (int i = 0; i < 60; i++)
		put_megabyte(f, device);
	assert_true(wal_size(f) > 20 << 20);
	assert_true(wal_size(f) < 36 << 20);
}

struct megabyte_job {
	struct store_job job;
	int64_t device;
	_Atomic int *left;
};

static enum gh_err megabyte_run(struct store_job *job, const struct store_ops *ops,
				struct store *s)
{
	static const uint8_t body[1 << 20];
	struct raw_upload u = { .device = ((struct megabyte_job *)job)->device,
				.body = { body, sizeof(body) } };

	return ops->upload_put(s, &u);
}

static void megabyte_done(struct store_job *job, enum gh_err err)
{
	atomic_fetch_sub(((struct megabyte_job *)job)->left, err == GH_OK);
}

static void pause_briefly(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
}

/* A reader keeps the log from being written again from its beginning; the end of the reader is
 * not notified to the writer. */
static void the_log_is_cut_when_a_burst_and_a_long_reader_are_over(void **state)
{
	enum { MEGABYTES = 60, PATIENCE = 1500 };
	struct store_queue_limits limits = {
		.jobs = 100, .bytes = 1 << 20, .group_jobs = 4, .group_bytes = 1 << 20
	};
	struct sqlite_fixture *f = *state;
	static struct megabyte_job job[MEGABYTES];
	_Atomic int left = MEGABYTES;
	struct store_queue *q;
	sqlite3 *reader;

	assert_int_equal(fixture_open(f), GH_OK);
	int64_t device = fixture_device(f);

	assert_int_equal(sqlite3_open(f->temp.path, &reader), SQLITE_OK);
	assert_int_equal(
		sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM device", NULL, NULL, NULL),
		SQLITE_OK);
	assert_int_equal(store_queue_open(&f->db, limits, &q), GH_OK);
	for (int i = 0; i < MEGABYTES; i++) {
		job[i] = (struct megabyte_job){ .job = { .run = megabyte_run,
							 .done = megabyte_done },
						.device = device,
						.left = &left };
		assert_int_equal(store_put(q, &job[i].job), GH_OK);
	}
	for (int i = 0; i < PATIENCE && atomic_load(&left); i++)
		pause_briefly();
	assert_int_equal(left, 0);
	assert_true(wal_size(f) > 50 << 20);
	/* Quiet long enough for the writer to have tried. */
	for (int i = 0; i < 10; i++)
		pause_briefly();
	assert_true(wal_size(f) > 50 << 20);
	assert_int_equal(sqlite3_exec(reader, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
	for (int i = 0; i < PATIENCE && wal_size(f) > 0; i++)
		pause_briefly();
	assert_int_equal(wal_size(f), 0);
	sqlite3_close(reader);
	store_queue_close(q);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		SQLITE(the_log_is_carried_over_in_quiet_moments_and_at_its_ceiling),
		SQLITE(the_log_is_cut_when_a_burst_and_a_long_reader_are_over),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

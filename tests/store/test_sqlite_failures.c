#include "sqlite_fixture.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "store/queue.h"

static int64_t failure_number(const struct sqlite_fixture *f, const char *text)
{
	char value[64];

	sql_value(f, text, value, sizeof(value));
	return strtoll(value, NULL, 10);
}

static void limit_pages(struct sqlite_fixture *f, int64_t pages)
{
	char text[64];

	snprintf(text, sizeof(text), "PRAGMA max_page_count = %lld", (long long)pages);
	assert_int_equal(
		sqlite3_exec(sqlite_store_of(f->db.store)->conn.db, text, NULL, NULL, NULL),
		SQLITE_OK);
}

/* Put punches from n on until one fails; returns the number of the failed one. */
static int store_fill(struct sqlite_fixture *f, int64_t device, int n, enum gh_err *err)
{
	while (n < 100000 && (*err = fixture_put(f, device, n)) == GH_OK)
		n++;
	return n;
}

static void a_full_disk_loses_nothing_and_is_left_again(void **state)
{
	struct sqlite_fixture *f = *state;
	enum gh_err err = GH_OK;

	assert_int_equal(fixture_open(f), GH_OK);
	int64_t device = fixture_device(f);

	limit_pages(f, failure_number(f, "PRAGMA page_count") + 4);
	int n = store_fill(f, device, 0, &err);

	assert_int_equal(err, GH_EFULL);
	assert_true(n > 10);
	assert_int_equal(fixture_last_seq(f), n);
	/* Again and again, and what is stored is still recognised. */
	for (int i = 0; i < 3; i++)
		assert_int_equal(fixture_put(f, device, n), GH_EFULL);
	assert_int_equal(fixture_put(f, device, 0), GH_OK);
	assert_int_equal(fixture_last_seq(f), n);
	limit_pages(f, 100000);
	assert_int_equal(fixture_put(f, device, n), GH_OK);
	assert_int_equal(fixture_last_seq(f), n + 1);
	assert_sql(f, "PRAGMA integrity_check", "ok");
}

static void after_a_failure_a_transaction_takes_nothing_more(void **state)
{
	struct sqlite_fixture *f = *state;
	const struct store_ops *ops;
	struct store_outcome out;
	struct token t = { .name = GH_LIT("erp") };
	uint8_t *body = calloc(1, 1 << 20);
	char pin[16];
	size_t fresh;

	assert_int_equal(fixture_open(f), GH_OK);
	ops = f->db.ops;
	struct raw_upload u = { .device = fixture_device(f), .body = { body, 1 << 20 } };
	struct punch p = fixture_punch(u.device, 1, pin);

	limit_pages(f, failure_number(f, "PRAGMA page_count") + 4);
	assert_int_equal(ops->begin(f->db.store), GH_OK);
	assert_int_equal(ops->punches_put(f->db.store, &p, 1, &fresh), GH_OK);
	assert_int_equal(ops->upload_put(f->db.store, &u), GH_EFULL);
	assert_int_equal(ops->token_put(f->db.store, &t), GH_EFULL);
	assert_int_equal(ops->punches_put(f->db.store, &p, 1, &fresh), GH_EFULL);
	assert_int_equal(ops->commit(f->db.store, &out), GH_EFULL);
	assert_int_equal(fixture_last_seq(f), 0);
	assert_sql(f, "SELECT count(*) FROM token", "0");
	assert_int_equal(fixture_put(f, u.device, 1), GH_OK);
	free(body);
}

/* Run fn in a child and return its exit status. */
static int in_child(struct sqlite_fixture *f, int (*fn)(struct sqlite_fixture *f))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(fn(f));
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Write until the operating system takes no more. */
static int run_into_a_limit(struct sqlite_fixture *f)
{
	struct rlimit limit;
	enum gh_err err = GH_OK;
	struct stat file;

	signal(SIGXFSZ, SIG_IGN);
	if (stat(f->temp.path, &file))
		return 1;
	/* However large the store is that has nothing in it. */
	limit.rlim_cur = limit.rlim_max = (rlim_t)file.st_size + (256 << 10);
	if (setrlimit(RLIMIT_FSIZE, &limit) || fixture_open(f))
		return 1;
	int64_t device = fixture_device(f);
	int n = 0;

	/* When the log cannot grow it is checkpointed and restarted, so a refusal may be
	 * followed by success; several in a row are the end. */
	for (int refused = 0; refused < 5; refused = err ? refused + 1 : 0) {
		n = store_fill(f, device, n, &err);
		if (err != GH_EFULL)
			return 2;
		err = fixture_put(f, device, n);
		n += err == GH_OK;
	}
	/* More than a log of this size has room for. */
	if (n < 500)
		return 3;
	return fixture_last_seq(f) == n ? 0 : 4;
}

static void a_write_the_system_refuses_is_a_full_disk(void **state)
{
	struct sqlite_fixture *f = *state;

	assert_int_equal(fixture_open(f), GH_OK);
	fixture_device(f);
	fixture_close(f);
	assert_int_equal(in_child(f, run_into_a_limit), 0);
	assert_int_equal(fixture_open(f), GH_OK);
	int64_t seq = fixture_last_seq(f), device = fixture_device(f);

	assert_true(seq > 10);
	for (int n = 0; n < seq; n++)
		assert_int_equal(fixture_put(f, device, n), GH_OK);
	assert_int_equal(fixture_last_seq(f), seq);
	assert_sql(f, "PRAGMA integrity_check", "ok");
}

static int open_unprivileged(struct sqlite_fixture *f)
{
	/* The superuser may write anywhere. */
	if (geteuid() == 0 && (setgid(65534) || setuid(65534)))
		return 1;
	if (fixture_open(f) != GH_EDENIED)
		return 2;
	return strstr(f->why, f->temp.path) && f->db.store == NULL ? 0 : 3;
}

static void what_may_not_be_written_is_refused_with_a_sentence(void **state)
{
	struct sqlite_fixture *f = *state;

	assert_int_equal(chmod(f->temp.dir, 0555), 0);
	assert_int_equal(in_child(f, open_unprivileged), 0);
	assert_int_equal(chmod(f->temp.dir, 0777), 0);
	assert_int_equal(fixture_open(f), GH_OK);
	fixture_close(f);
	assert_int_equal(chmod(f->temp.path, 0444), 0);
	assert_int_equal(in_child(f, open_unprivileged), 0);
}

static void another_process_that_writes_is_waited_for_but_not_forever(void **state)
{
	struct sqlite_fixture *f = *state;
	int up[2], down[2];
	char c;

	assert_int_equal(fixture_open(f), GH_OK);
	int64_t device = fixture_device(f);

	fixture_close(f);
	assert_int_equal(pipe(up), 0);
	assert_int_equal(pipe(down), 0);
	pid_t pid = fork();

	if (pid == 0) {
		sqlite3 *db;
		int rc = sqlite3_open(f->temp.path, &db);

		/* The test may fail and end: then reading ends too. */
		close(down[1]);
		rc = rc ? rc : sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
		if (rc || write(up[1], "x", 1) != 1 || read(down[0], &c, 1) != 1)
			_exit(1);
		sqlite3_close(db);
		_exit(0);
	}
	assert_int_equal(read(up[0], &c, 1), 1);
	/* It can be opened and read, only not written. */
	if (fixture_open(f) == GH_OK) {
		assert_int_equal(fixture_last_seq(f), 0);
		assert_int_equal(fixture_put(f, device, 1), GH_EBUSY);
		assert_int_equal(fixture_last_seq(f), 0);
	} else {
		fail_msg("%s", f->why);
	}
	assert_int_equal(write(down[1], "x", 1), 1);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(fixture_put(f, device, 1), GH_OK);
	assert_int_equal(fixture_last_seq(f), 1);
	for (int i = 0; i < 2; i++) {
		close(up[i]);
		close(down[i]);
	}
}

/* Commit as fast as it goes, and report the number after each commit. */
static void store_storm(struct sqlite_fixture *f, int from, int report)
{
	if (fixture_open(f))
		_exit(1);
	int64_t device = fixture_device(f);

	for (int n = from; n < from + 100000; n++)
		if (fixture_put(f, device, n) || write(report, &n, sizeof(n)) != sizeof(n))
			_exit(1);
	_exit(0);
}

static void what_was_committed_survives_a_sudden_death(void **state)
{
	struct sqlite_fixture *f = *state;
	int from = 0;

	for (int round = 0; round < 6; round++) {
		int report[2], n = -1, last = -1, status;

		assert_int_equal(pipe(report), 0);
		pid_t pid = fork();

		if (pid == 0)
			store_storm(f, from, report[1]);
		close(report[1]);
		for (int i = 0; i < 20 + round * 37; i++) {
			assert_int_equal(read(report[0], &n, sizeof(n)), sizeof(n));
			last = n;
		}
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		while (read(report[0], &n, sizeof(n)) == sizeof(n))
			last = n;
		close(report[0]);

		assert_int_equal(fixture_open(f), GH_OK);
		int64_t seq = fixture_last_seq(f), device = fixture_device(f);

		/* At most the one commit that was under way is more than was reported. */
		assert_in_range(seq, last + 1, last + 2);
		for (n = last; n >= 0; n -= 7)
			assert_int_equal(fixture_put(f, device, n), GH_OK);
		assert_int_equal(fixture_last_seq(f), seq);
		fixture_close(f);
		assert_sql(f, "PRAGMA integrity_check", "ok");
		assert_int_equal(failure_number(f, "SELECT count(*) FROM punch"), seq);
		from = (int)seq;
	}
}

struct upload_job {
	struct store_job job;
	struct raw_upload u;
	struct punch p;
	enum gh_err err;
};

static enum gh_err upload_run(struct store_job *job, const struct store_ops *ops,
			      struct store *s)
{
	struct upload_job *u = (struct upload_job *)job;
	size_t fresh;
	enum gh_err err = ops->punches_put(s, &u->p, 1, &fresh);

	return err ? err : ops->upload_put(s, &u->u);
}

static void upload_done(struct store_job *job, enum gh_err err)
{
	((struct upload_job *)job)->err = err;
}

static void a_full_disk_fails_those_that_do_not_fit(void **state)
{
	struct sqlite_fixture *f = *state;
	static const uint8_t body[256 << 10];
	struct store_queue_limits limits = { 100, 1 << 30, 100, 1 << 30, 0, 3600000 };
	struct store_queue_stats stats = { 0 };
	struct store_queue *q;
	struct upload_job job[12];
	uint64_t commits;
	char pin[12][16];

	assert_int_equal(fixture_open(f), GH_OK);
	int64_t device = fixture_device(f);

	/* Room for two of the four large bodies, of 64 pages each. */
	limit_pages(f, failure_number(f, "PRAGMA page_count") + 150);
	assert_int_equal(store_queue_open(&f->db, limits, &q), GH_OK);
	for (int i = 0; i < 12; i++) {
		job[i] = (struct upload_job){
			.job = { .run = upload_run,
				 .done = upload_done,
				 .bytes = i % 3 == 0 ? sizeof(body) : 10 },
			.u = { .device = device,
			       .body = { body, i % 3 == 0 ? sizeof(body) : 10 } },
			.p = fixture_punch(device, i, pin[i]),
		};
		assert_int_equal(store_put(q, &job[i].job), GH_OK);
	}
	store_queue_close(q);
	for (int i = 0; i < 12; i++)
		assert_int_equal(job[i].err, i % 3 || i < 6 ? GH_OK : GH_EFULL);
	assert_int_equal(fixture_last_seq(f), 10);

	/* What failed is seen, and over when there is room again. */
	assert_int_equal(store_queue_open(&f->db, limits, &q), GH_OK);
	job[6].err = GH_EBUSY;
	assert_int_equal(store_put(q, &job[6].job), GH_OK);
	for (time_t end = time(NULL) + 30; stats.failures == 0 && time(NULL) < end;)
		store_queue_stats(q, &stats);
	for (time_t end = time(NULL) + 30; stats.last_error == GH_OK && time(NULL) < end;)
		store_queue_stats(q, &stats);
	assert_int_equal(stats.last_error, GH_EFULL);
	/* What little fits proves nothing. */
	commits = stats.commits;
	assert_int_equal(store_put(q, &job[7].job), GH_OK);
	for (time_t end = time(NULL) + 30; stats.commits == commits && time(NULL) < end;)
		store_queue_stats(q, &stats);
	assert_true(stats.commits > commits);
	assert_int_equal(stats.last_error, GH_EFULL);
	store_queue_close(q);
	assert_int_equal(job[6].err, GH_EFULL);
	assert_int_equal(job[7].err, GH_OK);
	limit_pages(f, 100000);
	assert_int_equal(store_queue_open(&f->db, limits, &q), GH_OK);
	assert_int_equal(store_put(q, &job[6].job), GH_OK);
	assert_int_equal(store_put(q, &job[9].job), GH_OK);
	store_queue_close(q);
	assert_int_equal(job[6].err, GH_OK);
	assert_int_equal(job[9].err, GH_OK);
	assert_int_equal(fixture_last_seq(f), 12);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		SQLITE(a_full_disk_loses_nothing_and_is_left_again),
		SQLITE(after_a_failure_a_transaction_takes_nothing_more),
		SQLITE(a_write_the_system_refuses_is_a_full_disk),
		SQLITE(what_may_not_be_written_is_refused_with_a_sentence),
		SQLITE(another_process_that_writes_is_waited_for_but_not_forever),
		SQLITE(what_was_committed_survives_a_sudden_death),
		SQLITE(a_full_disk_fails_those_that_do_not_fit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

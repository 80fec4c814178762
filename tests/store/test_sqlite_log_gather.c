/* The write-ahead log that is written in one piece: how many writes reach the system, that no handle sees
 * an index without its pages, and each of the writes failing. */
#include "sqlite_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The system's files; writes to a log are counted, and one of them fails where that is set. */
struct log_file {
	sqlite3_file base;
	sqlite3_file *system;
};

static struct {
	sqlite3_vfs vfs, *system;
	int writes;  /* to logs */
	int fail_in; /* so many writes; 0: never */
	int how;
} disk;

static sqlite3_file *system_of(sqlite3_file *file)
{
	return ((struct log_file *)file)->system;
}

#define PASS(name, parameters, arguments)                         \
	static int log_##name parameters                          \
	{                                                         \
		return system_of(file)->pMethods->name arguments; \
	}
PASS(xClose, (sqlite3_file * file), (system_of(file)))
PASS(xRead, (sqlite3_file * file, void *to, int n, sqlite3_int64 at),
     (system_of(file), to, n, at))
PASS(xTruncate, (sqlite3_file * file, sqlite3_int64 n), (system_of(file), n))
PASS(xSync, (sqlite3_file * file, int flags), (system_of(file), flags))
PASS(xFileSize, (sqlite3_file * file, sqlite3_int64 *n), (system_of(file), n))
PASS(xFileControl, (sqlite3_file * file, int what, void *argument),
     (system_of(file), what, argument))
PASS(xSectorSize, (sqlite3_file * file), (system_of(file)))
PASS(xDeviceCharacteristics, (sqlite3_file * file), (system_of(file)))

static int log_xWrite(sqlite3_file *file, const void *p, int n, sqlite3_int64 at)
{
	disk.writes++;
	if (disk.fail_in && --disk.fail_in == 0)
		return disk.how;
	return system_of(file)->pMethods->xWrite(system_of(file), p, n, at);
}

static int log_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
		    int *flags_out)
{
	static const sqlite3_io_methods methods = {
		.iVersion = 1,
		.xClose = log_xClose,
		.xRead = log_xRead,
		.xWrite = log_xWrite,
		.xTruncate = log_xTruncate,
		.xSync = log_xSync,
		.xFileSize = log_xFileSize,
		.xFileControl = log_xFileControl,
		.xSectorSize = log_xSectorSize,
		.xDeviceCharacteristics = log_xDeviceCharacteristics,
	};
	struct log_file *l = (struct log_file *)file;
	int rc;

	(void)vfs;
	if (!(flags & SQLITE_OPEN_WAL))
		return disk.system->xOpen(disk.system, path, file, flags, flags_out);
	l->system = (sqlite3_file *)(l + 1);
	rc = disk.system->xOpen(disk.system, path, l->system, flags, flags_out);
	l->base.pMethods = rc == SQLITE_OK ? &methods : NULL;
	return rc;
}

static int disk_setup(void **state)
{
	(void)state;
	disk.system = sqlite3_vfs_find(NULL);
	disk.vfs = *disk.system;
	disk.vfs.zName = "counted";
	disk.vfs.szOsFile += (int)sizeof(struct log_file);
	disk.vfs.xOpen = log_open;
	return sqlite3_vfs_register(&disk.vfs, 1);
}

static int disk_teardown(void **state)
{
	(void)state;
	return sqlite3_vfs_unregister(&disk.vfs);
}

static void writer_set(struct sqlite_fixture *f, const char *pragma)
{
	assert_int_equal(
		sqlite3_exec(sqlite_store_of(f->db.store)->conn.db, pragma, NULL, NULL, NULL),
		SQLITE_OK);
}

/* Two uploads of so many kilobytes: the second changes pages that the first has changed. */
static enum gh_err put_kilobytes(struct sqlite_fixture *f, int64_t device, int n)
{
	static const uint8_t body[1 << 20];
	struct raw_upload u = { .device = device, .body = { body, (size_t)n << 10 } };
	const struct store_ops *ops = f->db.ops;
	struct store_outcome out;
	enum gh_err err = ops->begin(f->db.store);

	if (err == GH_OK)
		err = ops->upload_put(f->db.store, &u);
	if (err == GH_OK)
		err = ops->stamp_put(f->db.store, device, GH_LIT("ATTLOG"), GH_LIT("1"));
	if (err == GH_OK)
		err = ops->upload_put(f->db.store, &u);
	if (err == GH_OK)
		return ops->commit(f->db.store, &out);
	ops->rollback(f->db.store);
	return err;
}

static void a_commit_is_one_write(void **state)
{
	struct sqlite_fixture *f = *state;

	assert_int_equal(fixture_open(f), GH_OK);
	int64_t device = fixture_device(f);

	assert_int_equal(fixture_put(f, device, 0), GH_OK);
	for (int n = 1; n < 10; n++) {
		disk.writes = 0;
		assert_int_equal(fixture_put(f, device, n), GH_OK);
		assert_int_equal(disk.writes, 1);
	}
	disk.writes = 0;
	assert_int_equal(put_kilobytes(f, device, 40), GH_OK);
	assert_int_equal(disk.writes, 1);
	/* More than is held back at once. */
	disk.writes = 0;
	assert_int_equal(put_kilobytes(f, device, 800), GH_OK);
	assert_in_range(disk.writes, 8, 20);
}

static void file_copy(const char *from, const char *to)
{
	static char piece[1 << 16];
	FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
	size_t n;

	assert_true(in && out);
	while ((n = fread(piece, 1, sizeof(piece), in)) > 0)
		assert_int_equal(fwrite(piece, 1, n, out), n);
	fclose(in);
	assert_int_equal(fclose(out), 0);
}

/* What a program finds that comes after this one was killed: the files, and no shared memory. */
static void assert_left(const struct sqlite_fixture *f, const char *text, const char *want)
{
	struct sqlite_fixture left = *f;
	char log[128], log_left[128];

	snprintf(left.temp.path, sizeof(left.temp.path), "%s/left", f->temp.dir);
	snprintf(log, sizeof(log), "%s-wal", f->temp.path);
	snprintf(log_left, sizeof(log_left), "%s-wal", left.temp.path);
	file_copy(f->temp.path, left.temp.path);
	file_copy(log, log_left);
	assert_sql(&left, text, want);
	unlink(left.temp.path);
	unlink(log_left);
}

/* For each setting, in a transaction that fits into memory and in one that does not. */
static void what_is_committed_is_seen_by_others_and_survives(void **state)
{
	static const char *const setting[] = {
		"PRAGMA synchronous = FULL",
		"PRAGMA synchronous = NORMAL",
		"PRAGMA synchronous = OFF",
	};
	struct sqlite_fixture *f = *state;
	char want[16];
	int n = 0;

	assert_int_equal(fixture_open(f), GH_OK);
	int64_t device = fixture_device(f);

	for (size_t i = 0; i < 6; i++) {
		writer_set(f, setting[i % 3]);
		writer_set(f, i < 3 ? "PRAGMA cache_size = 2000" : "PRAGMA cache_size = 10");
		for (int k = 0; k < 5; k++) {
			assert_int_equal(put_kilobytes(f, device, 4 + 100 * k), GH_OK);
			n += 2;
			snprintf(want, sizeof(want), "%d", n);
			assert_sql(f, "SELECT count(*) FROM raw_upload", want);
			assert_sql(f, "PRAGMA integrity_check", "ok");
			assert_left(f, "SELECT count(*) FROM raw_upload", want);
		}
	}
}

/* Fail the first write, the second, and so on, until a transaction meets none that fails. */
static void fail_each(struct sqlite_fixture *f, int64_t device, int kilobytes, int how,
		      enum gh_err want, int *stored)
{
	char count[16];
	bool failed = true;

	for (int nth = 1; failed; nth++) {
		disk.fail_in = nth;
		disk.how = how;
		enum gh_err err = put_kilobytes(f, device, kilobytes);

		failed = disk.fail_in == 0;
		disk.fail_in = 0;
		assert_int_equal(err, failed ? want : GH_OK);
		*stored += err == GH_OK ? 2 : 0;
		assert_int_equal(put_kilobytes(f, device, kilobytes), GH_OK);
		*stored += 2;
		snprintf(count, sizeof(count), "%d", *stored);
		assert_sql(f, "SELECT count(*) FROM raw_upload", count);
		assert_sql(f, "PRAGMA integrity_check", "ok");
	}
}

static void a_write_that_fails_fails_its_commit_and_nothing_else(void **state)
{
	struct sqlite_fixture *f = *state;
	int stored = 0;

	assert_int_equal(fixture_open(f), GH_OK);
	int64_t device = fixture_device(f);

	for (int i = 0; i < 2; i++) {
		writer_set(f, i ? "PRAGMA cache_size = 10" : "PRAGMA cache_size = 2000");
		fail_each(f, device, 8, SQLITE_FULL, GH_EFULL, &stored);
		fail_each(f, device, 300, SQLITE_FULL, GH_EFULL, &stored);
	}
	fixture_close(f);
	assert_int_equal(fixture_open(f), GH_OK);
	assert_sql(f, "PRAGMA integrity_check", "ok");
}

/* What is held back when the handle closes is part of no commit. */
static void a_transaction_that_is_rolled_back_leaves_nothing(void **state)
{
	static const uint8_t body[1 << 18];
	struct sqlite_fixture *f = *state;

	assert_int_equal(fixture_open(f), GH_OK);
	struct raw_upload u = { .device = fixture_device(f), .body = { body, sizeof(body) } };

	writer_set(f, "PRAGMA cache_size = 10");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(f->db.ops->begin(f->db.store), GH_OK);
		assert_int_equal(f->db.ops->upload_put(f->db.store, &u), GH_OK);
		f->db.ops->rollback(f->db.store);
		assert_int_equal(fixture_put(f, u.device, i), GH_OK);
		assert_sql(f, "SELECT count(*) FROM raw_upload", "0");
	}
	assert_int_equal(f->db.ops->begin(f->db.store), GH_OK);
	assert_int_equal(f->db.ops->upload_put(f->db.store, &u), GH_OK);
	fixture_close(f);
	assert_sql(f, "PRAGMA integrity_check", "ok");
	assert_int_equal(fixture_open(f), GH_OK);
	assert_int_equal(fixture_last_seq(f), 3);
	assert_sql(f, "SELECT count(*) FROM raw_upload", "0");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		SQLITE(a_commit_is_one_write),
		SQLITE(what_is_committed_is_seen_by_others_and_survives),
		SQLITE(a_write_that_fails_fails_its_commit_and_nothing_else),
		SQLITE(a_transaction_that_is_rolled_back_leaves_nothing),
	};
	return cmocka_run_group_tests(tests, disk_setup, disk_teardown);
}

/* What statements of SQLite read: by their plans, pages and steps, not by the clock. */
#include "sqlite_fixture.h"

#include <stdio.h>

static const struct {
	const char *name, *text;
} statement[] = {
#define STATEMENT(NAME, locks, text) { #NAME, text },
#include "store/sql/statement.def"
#undef STATEMENT
};

static void command_plan_check(sqlite3 *db, const char *name, const char *text)
{
	char explained[4096];
	sqlite3_stmt *st;

	snprintf(explained, sizeof(explained), "EXPLAIN QUERY PLAN %s", text);
	assert_int_equal(sqlite3_prepare_v2(db, explained, -1, &st, NULL), SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW) {
		const char *step = (const char *)sqlite3_column_text(st, 3);

		if (strcmp(step, "SCAN c") == 0 || strcmp(step, "SCAN command") == 0 ||
		    strstr(step, "SCAN command USING") || strstr(step, "SCAN command_event"))
			fail_msg("%s reads every command: %s", name, step);
	}
	sqlite3_finalize(st);
}

static void no_statement_reads_the_commands_that_have_ended(void **state)
{
	struct sqlite_fixture *f = *state;
	size_t checked = 0;
	sqlite3 *db;

	assert_int_equal(fixture_open(f), GH_OK);
	assert_int_equal(sqlite3_open(f->temp.path, &db), SQLITE_OK);
	for (size_t i = 0; i < sizeof(statement) / sizeof(statement[0]); i++)
		if (strncmp(statement[i].name, "COMMAND_", 8) == 0) {
			command_plan_check(db, statement[i].name, statement[i].text);
			checked++;
		}
	assert_true(checked > 10);
	sqlite3_close(db);
}

/* Rows with a fault are as large as their contents. */
static void damaged_contents_are_counted_without_their_rows(void **state)
{
	struct sqlite_fixture *f = *state;
	size_t i = 0, covered = 0;
	char explained[1024];
	sqlite3_stmt *st;
	sqlite3 *db;

	assert_int_equal(fixture_open(f), GH_OK);
	assert_int_equal(sqlite3_open(f->temp.path, &db), SQLITE_OK);
	while (strcmp(statement[i].name, "DAMAGED_COUNT") != 0)
		i++;
	snprintf(explained, sizeof(explained), "EXPLAIN QUERY PLAN %s", statement[i].text);
	assert_int_equal(sqlite3_prepare_v2(db, explained, -1, &st, NULL), SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW)
		covered += strstr((const char *)sqlite3_column_text(st, 3),
				  "_fault (device>? AND device<?)") &&
			   strstr((const char *)sqlite3_column_text(st, 3),
				  "USING COVERING INDEX");
	sqlite3_finalize(st);
	sqlite3_close(db);
	assert_int_equal(covered, 3);
}

static int64_t pages_read(struct sqlite_fixture *f)
{
	sqlite3 *db = ((struct sqlite_store *)f->db.store)->conn.db;
	int hit, miss, highest;

	assert_int_equal(sqlite3_db_status(db, SQLITE_DBSTATUS_CACHE_HIT, &hit, &highest, 0),
			 SQLITE_OK);
	assert_int_equal(sqlite3_db_status(db, SQLITE_DBSTATUS_CACHE_MISS, &miss, &highest, 0),
			 SQLITE_OK);
	return (int64_t)hit + miss;
}

/* A device may have sent a log of any size with one date, which was removed. */
static void what_was_removed_of_a_day_is_read_once_an_upload(void **state)
{
	enum { PUNCHES = 200, PARTS = 40, PART = 2048 };
	struct sqlite_fixture *f = *state;
	struct store_outcome out;
	struct punch p[PUNCHES];
	char pin[PUNCHES][16], text[300];
	size_t fresh;

	assert_int_equal(fixture_open(f), GH_OK);
	int64_t device = fixture_device(f), before;

	for (int i = 0; i < PUNCHES; i++) {
		p[i] = fixture_punch(device, i, pin[i]);
		p[i].time = 20260301000000 + i / 60 * 100 + i % 60;
	}
	snprintf(text, sizeof(text),
		 "WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM t WHERE i < %d)"
		 " INSERT INTO punch_removed SELECT %lld, 20260301, i * %d, %d, randomblob(8 * "
		 "%d), 0"
		 " FROM t; UPDATE ledger SET floor = %d",
		 PARTS, (long long)device, PART, PART, PART, PARTS * PART);
	sql_exec(f, text);
	before = pages_read(f);
	assert_int_equal(f->db.ops->begin(f->db.store), GH_OK);
	assert_int_equal(f->db.ops->punches_put(f->db.store, p, PUNCHES, &fresh), GH_OK);
	assert_int_equal(f->db.ops->commit(f->db.store, &out), GH_OK);
	assert_int_equal(fresh, PUNCHES);
	/* Each part has four pages and more. */
	assert_true(pages_read(f) - before < PUNCHES * PARTS);
}

/* Each upload looks into every part of a day. */
static void what_is_removed_of_a_day_is_gathered_in_few_parts(void **state)
{
	enum { PUNCHES = 60000, PIECE = 1000 };
	struct store_expiry e = {
		.what = KEPT_PUNCHES, .before_ms = 100, .now_ms = 1000, .limit = PIECE
	};
	struct sqlite_fixture *f = *state;
	struct store_outcome out;
	char text[600], n[32];

	assert_int_equal(fixture_open(f), GH_OK);
	int64_t device = fixture_device(f);

	/* Part of it was erased from the device. */
	snprintf(text, sizeof(text),
		 "INSERT OR IGNORE INTO zone (id, name) VALUES (1, 'UTC');"
		 "WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM t WHERE i < %d)"
		 " INSERT INTO punch (seq, device, time, pin, status, verify, work_code, zone,"
		 " received_ms, flags, source) SELECT i, %lld, 20260301080000, CAST(i AS "
		 "TEXT), 0,"
		 " 1, '', 1, 1, 0, 0 FROM t;"
		 "INSERT INTO device_attendance (device, erased_seq) VALUES (%lld, 7500)"
		 " ON CONFLICT (device) DO UPDATE SET erased_seq = 7500",
		 PUNCHES, (long long)device, (long long)device);
	sql_exec(f, text);
	do {
		assert_int_equal(f->db.ops->begin(f->db.store), GH_OK);
		assert_int_equal(f->db.ops->rows_expire(f->db.store, &e), GH_OK);
		assert_int_equal(f->db.ops->commit(f->db.store, &out), GH_OK);
	} while (e.more);
	snprintf(n, sizeof(n), "%d", PUNCHES - 1);
	assert_sql(f, "SELECT sum(n) FROM punch_removed", n);
	assert_sql(f, "SELECT sum(length(hashes)) / 8 FROM punch_removed", n);
	assert_sql(f, "SELECT sum(n) FROM punch_removed WHERE part <= 7500", "7500");
	assert_sql(f, "SELECT count(*) < 12 FROM punch_removed", "1");
	/* And they are found. */
	struct punch p = fixture_punch(device, 0, text);
	size_t fresh;

	for (int i = 1; i < PUNCHES; i += 777) {
		snprintf(text, sizeof(text), "%d", i);
		p.pin = gh_slice_of(text);
		p.time = 20260301080000;
		p.status = 0;
		p.verify = 1;
		p.work_code = GH_LIT("");
		assert_int_equal(f->db.ops->begin(f->db.store), GH_OK);
		assert_int_equal(f->db.ops->punches_put(f->db.store, &p, 1, &fresh), GH_OK);
		assert_int_equal(f->db.ops->commit(f->db.store, &out), GH_OK);
		assert_int_equal(p.seq, PUNCH_SEQ_REMOVED);
	}
}

static int64_t steps_made(struct sqlite_fixture *f)
{
	sqlite3 *db = ((struct sqlite_store *)f->db.store)->conn.db;
	int64_t n = 0;

	for (sqlite3_stmt *st = NULL; (st = sqlite3_next_stmt(db, st));)
		n += sqlite3_stmt_status(st, SQLITE_STMTSTATUS_VM_STEP, 0);
	return n;
}

/* Whether a log may be erased is looked at on the thread that stores uploads. */
static void a_long_log_is_not_walked_by_the_transaction_that_erases_it(void **state)
{
	enum { PUNCHES = 200000 };
	struct sqlite_fixture *f = *state;
	struct store_log_count known;
	struct store_outcome out;
	struct store_reader *r;
	struct store_held held;
	char text[500];

	assert_int_equal(fixture_open(f), GH_OK);
	int64_t device = fixture_device(f), before;

	snprintf(text, sizeof(text),
		 "INSERT OR IGNORE INTO zone (id, name) VALUES (1, 'UTC');"
		 "WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM t WHERE i < %d)"
		 " INSERT INTO punch (seq, device, time, pin, status, verify, work_code, zone,"
		 " received_ms, flags, source) SELECT i, %lld, 20260301080000, CAST(i AS "
		 "TEXT), 0,"
		 " 1, '', 1, 1, 0, 0 FROM t",
		 PUNCHES, (long long)device);
	sql_exec(f, text);
	assert_int_equal(f->db.ops->reader_open(f->db.store, &r), GH_OK);
	assert_int_equal(f->db.ops->log_count(r, device, &known), GH_OK);
	f->db.ops->reader_close(r);
	assert_int_equal(known.n, PUNCHES);
	for (int round = 0; round < 2; round++) {
		assert_int_equal(f->db.ops->begin(f->db.store), GH_OK);
		before = steps_made(f);
		assert_int_equal(f->db.ops->device_held(f->db.store, device, &known, &held),
				 GH_OK);
		if (steps_made(f) - before > 1000)
			fail_msg("%lld steps", (long long)(steps_made(f) - before));
		assert_int_equal(f->db.ops->commit(f->db.store, &out), GH_OK);
		assert_int_equal(held.far, round);
		known = (struct store_log_count){ 0 };
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		SQLITE(no_statement_reads_the_commands_that_have_ended),
		SQLITE(damaged_contents_are_counted_without_their_rows),
		SQLITE(what_was_removed_of_a_day_is_read_once_an_upload),
		SQLITE(what_is_removed_of_a_day_is_gathered_in_few_parts),
		SQLITE(a_long_log_is_not_walked_by_the_transaction_that_erases_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

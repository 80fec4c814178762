#include "sqlite_fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/comparison.h"
#include "model/record.h"
#include "store/sqlite/schema.h"

static void an_empty_file_becomes_a_database_and_stays_one(void **state)
{
	struct sqlite_fixture *f = *state;
	char version[16];
	struct stat st;

	close(open(f->temp.path, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(fixture_open(f), GH_OK);
	assert_int_equal(fixture_put(f, fixture_device(f), 1), GH_OK);
	fixture_close(f);
	snprintf(version, sizeof(version), "%d", sqlite_migration_count);
	assert_sql(f, "PRAGMA user_version", version);
	assert_sql(f, "PRAGMA journal_mode", "wal");
	assert_sql(f, "PRAGMA integrity_check", "ok");
	assert_int_equal(fixture_open(f), GH_OK);
	assert_int_equal(fixture_last_seq(f), 1);
	fixture_close(f);
	/* A clean end leaves one file. */
	assert_int_equal(stat(f->temp.path, &st), 0);
	char wal[128];

	snprintf(wal, sizeof(wal), "%s-wal", f->temp.path);
	assert_int_not_equal(stat(wal, &st), 0);
}

static void a_new_database_is_for_its_owner_alone(void **state)
{
	struct sqlite_fixture *f = *state;
	struct stat st;
	mode_t before = umask(0);

	assert_int_equal(fixture_open(f), GH_OK);
	umask(before);
	assert_int_equal(stat(f->temp.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void what_cannot_be_ours_is_refused_with_a_sentence(void **state)
{
	struct sqlite_fixture *f = *state;
	char newer[160];

	assert_int_equal(fixture_open(f), GH_OK);
	fixture_close(f);
	sql_exec(f, "PRAGMA user_version = 9999");
	assert_int_equal(fixture_open(f), GH_EDENIED);
	snprintf(newer, sizeof(newer), "database %s has schema version 9999", f->temp.path);
	assert_non_null(strstr(f->why, newer));
	assert_non_null(strstr(f->why, "newer gatehouse"));
	assert_null(f->db.store);
	assert_sql(f, "PRAGMA user_version", "9999");

	unlink(f->temp.path);
	sql_exec(f, "CREATE TABLE recipes (name TEXT)");
	assert_int_equal(fixture_open(f), GH_EINVALID);
	assert_non_null(strstr(f->why, "another program"));
	assert_sql(f, "SELECT count(*) FROM sqlite_master", "1");

	unlink(f->temp.path);
	int fd = open(f->temp.path, O_CREAT | O_WRONLY, 0600);

	for (int i = 0; i < 1000; i++)
		assert_int_equal(write(fd, "not a database\n", 15), 15);
	close(fd);
	assert_int_equal(fixture_open(f), GH_ECORRUPT);
	assert_non_null(strstr(f->why, f->temp.path));
	assert_non_null(strstr(f->why, "not a database"));
}

static void a_url_that_names_nothing_is_refused(void **state)
{
	struct store_handle h = { 0 };
	static const struct {
		const char *url, *why;
		enum gh_err err;
	} c[] = {
		{ "", "no such store", GH_EINVALID },
		{ "sqlite", "no such store", GH_EINVALID },
		{ "oracle:x", "oracle:x", GH_EINVALID },
#ifdef GH_HAVE_POSTGRES
		{ "postgres://u@/d?host=/nonexistent", "/nonexistent", GH_EIO },
#else
		{ "postgres://u@h/d", "this build of gatehouse has no PostgreSQL",
		  GH_EUNSUPPORTED },
#endif
		{ "sqlite:", "path of a file", GH_EINVALID },
		{ "sqlite::memory:", "path of a file", GH_EINVALID },
		{ "sqlite:/nonexistent/dir/x.db", "/nonexistent/dir/x.db", GH_EDENIED },
		{ "sqlite:/dev/null/x.db", "/dev/null/x.db", GH_EDENIED },
		{ "sqlite:/tmp", "/tmp", GH_EDENIED },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		char why[256] = "";

		assert_int_equal(store_open(gh_slice_of(c[i].url), &h, why, sizeof(why)),
				 c[i].err);
		if (strstr(why, c[i].why) == NULL)
			print_error("%s: %s\n", c[i].url, why);
		assert_non_null(strstr(why, c[i].why));
		assert_null(h.store);
	}
}

/* Columns in the order they were added, but for those that are the store's own. */
static void expect_columns(struct sqlite_fixture *f, const struct model_kind *k,
			   const char *first, const char *last)
{
	static const char *const type[] = { "TEXT", "BLOB", "INTEGER", "INTEGER" };
	char sql[256], got[2048], want[2048];
	size_t n = (size_t)snprintf(want, sizeof(want), "%s", first);

	for (size_t i = 0; i < k->fields; i++)
		n += (size_t)snprintf(want + n, sizeof(want) - n, ",%s %s%s",
				      k->field[i].column, type[k->field[i].type],
				      k->field[i].flags & MODEL_KEY ? "!" : "");
	snprintf(want + n, sizeof(want) - n, "%s", last);
	snprintf(sql, sizeof(sql),
		 "SELECT group_concat(name || ' ' || type || iif(\"notnull\", '!', ''))"
		 " FROM (SELECT * FROM pragma_table_info('%s') ORDER BY name IN ('clearing', "
		 "'picture', 'written'), cid)",
		 k->name);
	sql_value(f, sql, got, sizeof(got));
	assert_string_equal(got, want);
}

static void expect_key(struct sqlite_fixture *f, const struct model_kind *k)
{
	char sql[400], want[16];
	int keys = 1;

	for (size_t i = 0; i < k->fields; i++)
		keys += (k->field[i].flags & MODEL_KEY) != 0;
	snprintf(sql, sizeof(sql),
		 "SELECT count(*) FROM pragma_index_list('%s') l, pragma_index_info(l.name) i,"
		 " pragma_table_info('%s') t WHERE l.\"unique\" AND i.name = t.name"
		 " AND t.\"notnull\" AND t.name <> 'received_ms'",
		 k->name, k->name);
	snprintf(want, sizeof(want), "%d", keys);
	assert_sql(f, sql, want);
}

static void expect_foreign_key(struct sqlite_fixture *f, const char *table, const char *column,
			       const char *to)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
		 "SELECT \"table\" FROM pragma_foreign_key_list('%s') WHERE \"from\" = '%s'",
		 table, column);
	assert_sql(f, sql, to);
}

/* The table of each part, and nothing of it in another. */
static void expect_device_columns(struct sqlite_fixture *f)
{
	for (enum device_part p = 0; p < DEVICE_PARTS; p++) {
		struct model_kind part = { .name = device_part_table(p),
					   .field = device_kind.field };

		while (device_part_of((size_t)(part.field - device_kind.field)) != p)
			part.field++;
		for (size_t i = 0; i < DEVICE_FIELDS; i++)
			part.fields += device_part_of(i) == p;
		if (p)
			expect_columns(f, &part, "device INTEGER", "");
		else
			expect_columns(f, &part, "id INTEGER,deleted INTEGER!",
				       ",clearing INTEGER!");
	}
}

static void the_tables_are_those_of_the_model(void **state)
{
	struct sqlite_fixture *f = *state;
	/* What the store alone has of a kind. */
	static const char *const own[KIND_COUNT] = {
		[KIND_PERSON] = ",written INTEGER",
		[KIND_TEMPLATE] = ",digest BLOB,gone INTEGER,placed INTEGER",
		[KIND_PHOTO] = ",gone INTEGER,placed INTEGER,picture INTEGER,written INTEGER",
	};

	assert_int_equal(fixture_open(f), GH_OK);
	expect_device_columns(f);
	expect_columns(f, &comparison_kind, "device INTEGER", "");
	for (enum model_kind_id kind = 0; kind < KIND_COUNT; kind++) {
		expect_columns(f, &model_kinds[kind],
			       "id INTEGER,device INTEGER!,received_ms INTEGER!",
			       own[kind] ? own[kind] : "");
		expect_key(f, &model_kinds[kind]);
	}
	for (enum model_entity_id kind = 0; kind < ENTITY_COUNT; kind++)
		expect_columns(f, &model_entities[kind], "id INTEGER", "");
	for (size_t i = 0; i < model_reference_count; i++)
		expect_foreign_key(f, model_references[i].from, model_references[i].column,
				   model_entities[model_references[i].to].name);
	for (enum model_relation_id i = 0; i < RELATION_COUNT; i++) {
		const struct model_relation *r = &model_relations[i];

		expect_foreign_key(f, r->name, r->from, r->from);
		expect_foreign_key(f, r->name, r->to, r->to);
	}
}

/* A file as the first `version` schema files make it. */
static void make_old(struct sqlite_fixture *f, int version, const char *rows)
{
	char mark[80];

	for (int i = 0; i < version; i++)
		sql_exec(f, sqlite_migrations[i]);
	snprintf(mark, sizeof(mark),
		 "PRAGMA application_id = 0x47617465; PRAGMA user_version = %d", version);
	sql_exec(f, mark);
	sql_exec(f, rows);
}

/* What is compared of two stores; each value may be as long as that. */
#define SHAPE 65536
static const char *const shape_sql[] = {
	"SELECT group_concat(text, char(10)) FROM (SELECT type || ' ' || name || ' ' || "
	"tbl_name || ' ' ||"
	" ifnull(sql, '') AS text FROM sqlite_master ORDER BY type, name)",
	"SELECT group_concat(stream || last || ifnull(uncoded, '-')) FROM ledger",
	"SELECT count(DISTINCT id) || max(length(id)) FROM ledger",
	"SELECT group_concat(id || name || namespace) FROM area",
	"SELECT group_concat(id || name || week || holidays || version) FROM time_rule",
	"SELECT group_concat(name || seq) FROM (SELECT * FROM sqlite_sequence ORDER BY name)",
};

static void a_new_store_is_what_all_migrations_make(void **state)
{
	struct sqlite_fixture *f = *state;
	const size_t n = sizeof(shape_sql) / sizeof(shape_sql[0]);
	char(*new)[SHAPE] = calloc(n + 1, SHAPE), *old = new[n], id[32], other[32];

	assert_non_null(new);
	assert_int_equal(fixture_open(f), GH_OK);
	fixture_close(f);
	sql_value(f, "SELECT id FROM ledger", id, sizeof(id));
	for (size_t i = 0; i < n; i++)
		sql_value(f, shape_sql[i], new[i], SHAPE);
	assert_int_equal(unlink(f->temp.path), 0);
	make_old(f, sqlite_migration_count, "");
	for (size_t i = 0; i < n; i++) {
		sql_value(f, shape_sql[i], old, SHAPE);
		assert_int_not_equal(old[0], 0);
		assert_string_equal(new[i], old);
	}
	/* Each store has an id of its own. */
	assert_int_equal(unlink(f->temp.path), 0);
	assert_int_equal(fixture_open(f), GH_OK);
	fixture_close(f);
	sql_value(f, "SELECT id FROM ledger", other, sizeof(other));
	assert_string_not_equal(id, other);
	free(new);
}

static bool see_old_device(void *ctx, const struct device_row *d)
{
	size_t *n = ctx;
	bool clock = gh_slice_eq(d->sn, GH_LIT("A1"));

	++*n;
	assert_int_equal(model_has(d, DEVICE_push_version), clock);
	assert_int_equal(model_has(d, DEVICE_realtime), clock);
	assert_int_equal(model_has(d, DEVICE_call_address), !clock);
	assert_false(model_has(d, DEVICE_delay_s));
	if (clock) {
		assert_true(gh_slice_eq(d->attendance.push_version, GH_LIT("2.4.1")));
		assert_true(gh_slice_eq(d->attendance.info, GH_LIT("fw,1")));
		assert_int_equal(d->attendance.realtime, 0);
	} else {
		assert_true(gh_slice_eq(d->terminal.call_address, GH_LIT("tcp://h")));
		assert_int_equal(d->terminal.read_interval_s, 60);
		assert_int_equal(d->terminal.live, 1);
	}
	return true;
}

static void what_a_dialect_needs_moves_beside_the_devices_of_before(void **state)
{
	struct sqlite_fixture *f = *state;
	const struct store_ops *ops;
	struct store_reader *r;
	size_t n = 0;

	make_old(f, 7,
		 "INSERT INTO device (sn, push_version, language, info, realtime)"
		 " VALUES ('A1', '2.4.1', '69', 'fw,1', 0);"
		 "INSERT INTO device (sn, terminal, read_interval_s, live)"
		 " VALUES ('B2', 'tcp://h', 60, 1);"
		 "INSERT INTO device (sn, deleted) VALUES ('C3', 1)");
	assert_int_equal(fixture_open(f), GH_OK);
	ops = f->db.ops;
	assert_int_equal(ops->reader_open(f->db.store, &r), GH_OK);
	assert_int_equal(ops->devices_read(r, see_old_device, &n), GH_OK);
	assert_int_equal(n, 2);
	ops->reader_close(r);
	assert_sql(f, "SELECT count(*) FROM device_attendance", "1");
	assert_sql(f, "SELECT count(*) FROM device_terminal", "1");
	assert_sql(f, "SELECT push_version || language FROM v_device WHERE serial = 'A1'",
		   "2.4.169");
}

static void devices_of_before_areas_are_in_the_first_one(void **state)
{
	struct sqlite_fixture *f = *state;

	make_old(f, 5,
		 "INSERT INTO device (sn, state) VALUES ('A1', 1), ('B2', 0);"
		 "INSERT INTO device (sn, deleted) VALUES ('C3', 1)");
	assert_int_equal(fixture_open(f), GH_OK);
	assert_sql(f, "SELECT group_concat(sn || ' ' || ifnull(area, '-')) FROM device",
		   "A1 1,B2 1,C3 -");
	assert_sql(f, "SELECT group_concat(id || ' ' || name || ' ' || namespace) FROM area",
		   "1 default default");
}

static void devices_of_before_are_proven_where_they_were_last(void **state)
{
	struct sqlite_fixture *f = *state;

	make_old(f, 14,
		 "INSERT INTO device (sn, comm_key, address) VALUES ('A1', 'k', '192.0.2.7'),"
		 " ('B2', '', '192.0.2.8'), ('C3', NULL, '192.0.2.9'), ('D4', 'k', NULL)");
	assert_int_equal(fixture_open(f), GH_OK);
	assert_sql(f,
		   "SELECT group_concat(sn || ' ' || ifnull(proven_address, '-')) FROM device",
		   "A1 192.0.2.7,B2 -,C3 -,D4 -");
}

static void what_was_sent_and_requested_before_keeps_its_value(void **state)
{
	struct sqlite_fixture *f = *state;

	make_old(f, 16,
		 "INSERT INTO device (sn) VALUES ('A1'), ('B2');"
		 "INSERT INTO device_attendance (device, told_ms, told_offset_s, told_options)"
		 " VALUES (1, 5000, 3600, 'all');"
		 "INSERT INTO device_terminal (device, told_serial) VALUES (2, '=0');"
		 "INSERT INTO command (device, state, tries, created_ms, sent_ms, done_ms,"
		 " expires_ms, result, sub_serial, text, asked_by)"
		 " VALUES (1, 0, 0, 1, 0, 0, 2, '', '', 'LOG', 'payroll')");
	assert_int_equal(fixture_open(f), GH_OK);
	assert_sql(
		f,
		"SELECT options_sent_ms || ' ' || options_sent_offset_s || ' ' || options_sent"
		" FROM device_attendance",
		"5000 3600 all");
	assert_sql(f, "SELECT reported_serial FROM device_terminal", "=0");
	assert_sql(f, "SELECT requested_by FROM v_command", "payroll");
}

/* What came before work codes were kept was stored as if it had none. */
static void punches_read_before_get_their_work_codes_and_no_others(void **state)
{
	struct sqlite_fixture *f = *state;
	struct store_outcome out;
	struct punch p[] = { { .device = 1,
			       .pin = GH_LIT("1"),
			       .time = 20260301080000,
			       .verify = 1,
			       .work_code = GH_LIT("7"),
			       .zone = GH_LIT("UTC"),
			       .source = PUNCH_READ },
			     { .device = 1,
			       .pin = GH_LIT("1"),
			       .time = 20260301080100,
			       .verify = 1,
			       .zone = GH_LIT("UTC"),
			       .source = PUNCH_READ } };
	size_t fresh = 0;

	make_old(
		f, 12,
		"INSERT INTO device (sn) VALUES ('A1'); INSERT INTO zone (name) VALUES ('UTC');"
		"INSERT INTO punch (seq, device, time, pin, status, verify, work_code, zone,"
		" received_ms, flags, source)"
		" VALUES (1, 1, 20260301080000, '1', 0, 1, '', 1, 1, 0, 2);"
		"UPDATE ledger SET last = 1 WHERE stream = 'punch'");
	assert_int_equal(fixture_open(f), GH_OK);
	for (int round = 0; round < 2; round++) {
		/* The second one is stored without a code by this version: it has none. */
		p[1].work_code = round ? GH_LIT("8") : GH_LIT("");
		assert_int_equal(f->db.ops->begin(f->db.store), GH_OK);
		assert_int_equal(f->db.ops->punches_put(f->db.store, p, 2, &fresh), GH_OK);
		assert_int_equal(f->db.ops->commit(f->db.store, &out), GH_OK);
		/* The first gets its code, and is none that is new. */
		assert_int_equal(fresh, 1);
	}
	assert_sql(f,
		   "SELECT group_concat(seq || ':' || work_code) FROM (SELECT seq, work_code"
		   " FROM punch ORDER BY seq)",
		   "1:7,2:,3:8");
}

static void store_furnish(struct sqlite_fixture *f)
{
	const struct store_ops *ops = f->db.ops;
	struct store *s = f->db.store;
	struct device_row d = { .id = fixture_device(f),
				.present = DEVICE_FIELDS_OF(DEVICE_name, DEVICE_state,
							    DEVICE_comm_key, DEVICE_seen_ms,
							    DEVICE_created_ms),
				.name = GH_LIT("Gate"),
				.state = DEVICE_APPROVED,
				.comm_key = GH_LIT("secret-key"),
				.created_ms = 1772352000007,
				.seen_ms = 0 };
	struct punch p[] = { { .device = d.id,
			       .pin = GH_LIT("007"),
			       .time = 20260230250705,
			       .status = PUNCH_ABSENT,
			       .verify = 15,
			       .zone = GH_LIT("+05:30"),
			       .utc = PUNCH_NO_UTC,
			       .received_ms = 1772352000500,
			       .flags = PUNCH_IMPOSSIBLE },
			     { .device = d.id,
			       .pin = GH_LIT("8"),
			       .time = 20260301080009,
			       .work_code = GH_LIT("W"),
			       .zone = GH_LIT("UTC"),
			       .utc = 1772352009,
			       .received_ms = 1772352010000,
			       .source = PUNCH_READ } };
	struct person person = { .present = 1 << PERSON_pin | 1 << PERSON_name |
					    1 << PERSON_password,
				 .pin = GH_LIT("007"),
				 .name = GH_LIT("Ayşe"),
				 .password = GH_LIT("secret-password") };
	struct command c = { .device = d.id,
			     .shown = GH_LIT("CHECK"),
			     .state = COMMAND_SENT,
			     .created_ms = 1772352000500,
			     .sent_ms = 1772352001500 };
	struct store_outcome out;
	size_t fresh;

	assert_int_equal(ops->begin(s), GH_OK);
	assert_int_equal(ops->device_put(s, &d), GH_OK);
	assert_int_equal(ops->punches_put(s, p, 2, &fresh), GH_OK);
	assert_int_equal(ops->record_put(s, KIND_PERSON, d.id, 1772352000500, &person), GH_OK);
	assert_int_equal(ops->command_put(s, &c, 1, GH_LIT("")), GH_OK);
	assert_int_equal(ops->commit(s, &out), GH_OK);
}

static void the_views_read_well(void **state)
{
	struct sqlite_fixture *f = *state;

	assert_int_equal(fixture_open(f), GH_OK);
	store_furnish(f);
	assert_sql(f,
		   "SELECT seq || '|' || device_serial || '|' || pin || '|' || timestamp || '|'"
		   " || ifnull(status, '-') || '|' || verify_type || '|' || work_code || '|' ||"
		   " zone || '|' || ifnull(utc, '-') || '|' || received_at || '|' || flags"
		   " FROM v_punch WHERE seq = 1",
		   "1|A1|007|2026-02-30 25:07:05|-|15||+05:30|-|2026-03-01T08:00:00.500Z|1");
	assert_sql(f,
		   "SELECT timestamp || '|' || status || '|' || work_code || '|' || utc || '|'"
		   " || source FROM v_punch WHERE pin = '8'",
		   "2026-03-01 08:00:09|0|W|2026-03-01T08:00:09Z|read");
	assert_sql(f, "SELECT typeof(pin) FROM v_punch", "text");
	assert_sql(f,
		   "SELECT id || '|' || serial || '|' || name || '|' || state || '|' ||"
		   " created_at || '|' || ifnull(last_seen, 'never') FROM v_device",
		   "1|A1|Gate|approved|2026-03-01T08:00:00.007Z|never");
	assert_sql(f,
		   "SELECT device_serial || '|' || pin || '|' || name || '|' || received_at"
		   " FROM v_person",
		   "A1|007|Ayşe|2026-03-01T08:00:00.500Z");
	assert_sql(f,
		   "SELECT id || '|' || device_serial || '|' || command || '|' || status || '|'"
		   " || sent_at || '|' || ifnull(done_at, 'open') FROM v_command",
		   "1|A1|CHECK|sent|2026-03-01T08:00:01.500Z|open");
}

static void the_views_keep_secrets_out(void **state)
{
	struct sqlite_fixture *f = *state;
	static const char *const view[] = { "v_punch", "v_device", "v_person", "v_command" };
	char sql[200];

	assert_int_equal(fixture_open(f), GH_OK);
	for (size_t i = 0; i < sizeof(view) / sizeof(view[0]); i++) {
		snprintf(sql, sizeof(sql),
			 "SELECT count(*) FROM pragma_table_info('%s') WHERE name IN"
			 " ('comm_key', 'password', 'data', 'content')",
			 view[i]);
		assert_sql(f, sql, "0");
	}
}

static void the_views_name_states_as_the_program_does(void **state)
{
	struct sqlite_fixture *f = *state;
	char sql[100];

	assert_int_equal(fixture_open(f), GH_OK);
	store_furnish(f);
	for (enum command_state s = 0; s < COMMAND_STATES; s++) {
		snprintf(sql, sizeof(sql), "UPDATE command SET state = %d", (int)s);
		sql_exec(f, sql);
		assert_sql(f, "SELECT status FROM v_command", command_state_name(s));
		assert_sql(f, "SELECT count(*) FROM command WHERE state < 3",
			   command_is_open(s) ? "1" : "0");
	}
	for (enum device_state s = 0; s < DEVICE_STATES; s++) {
		snprintf(sql, sizeof(sql), "UPDATE device SET state = %d", (int)s);
		sql_exec(f, sql);
		assert_sql(f, "SELECT state FROM v_device", device_state_name(s));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		SQLITE(an_empty_file_becomes_a_database_and_stays_one),
		SQLITE(a_new_database_is_for_its_owner_alone),
		SQLITE(what_cannot_be_ours_is_refused_with_a_sentence),
		cmocka_unit_test(a_url_that_names_nothing_is_refused),
		SQLITE(the_tables_are_those_of_the_model),
		SQLITE(a_new_store_is_what_all_migrations_make),
		SQLITE(devices_of_before_are_proven_where_they_were_last),
		SQLITE(what_was_sent_and_requested_before_keeps_its_value),
		SQLITE(punches_read_before_get_their_work_codes_and_no_others),
		SQLITE(devices_of_before_areas_are_in_the_first_one),
		SQLITE(what_a_dialect_needs_moves_beside_the_devices_of_before),
		SQLITE(the_views_read_well),
		SQLITE(the_views_keep_secrets_out),
		SQLITE(the_views_name_states_as_the_program_does),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

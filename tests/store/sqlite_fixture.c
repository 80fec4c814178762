#include "sqlite_fixture.h"

#include <stdio.h>
#include <stdlib.h>

int sqlite_fixture_setup(void **state)
{
	struct sqlite_fixture *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return -1;
	*state = f;
	return temp_store_make(&f->temp) ? 0 : -1;
}

int sqlite_fixture_teardown(void **state)
{
	struct sqlite_fixture *f = *state;

	fixture_close(f);
	bool alone = temp_store_remove(&f->temp);

	free(f);
	return alone ? 0 : -1;
}

enum gh_err fixture_open(struct sqlite_fixture *f)
{
	f->why[0] = '\0';
	return store_open(gh_slice_of(f->temp.url), &f->db, f->why, sizeof(f->why));
}

void fixture_close(struct sqlite_fixture *f)
{
	store_close(&f->db);
}

void sql_exec(const struct sqlite_fixture *f, const char *text)
{
	sqlite3 *db;
	char *error = NULL;

	assert_int_equal(sqlite3_open(f->temp.path, &db), SQLITE_OK);
	sqlite3_exec(db, text, NULL, NULL, &error);
	if (error)
		print_error("%s\n", error);
	assert_null(error);
	sqlite3_close(db);
}

void sql_value(const struct sqlite_fixture *f, const char *text, char *out, size_t size)
{
	sqlite3 *db;
	sqlite3_stmt *st;

	assert_int_equal(sqlite3_open(f->temp.path, &db), SQLITE_OK);
	if (sqlite3_prepare_v2(db, text, -1, &st, NULL) != SQLITE_OK)
		print_error("%s\n", sqlite3_errmsg(db));
	assert_non_null(st);
	out[0] = '\0';
	if (sqlite3_step(st) == SQLITE_ROW && sqlite3_column_text(st, 0))
		snprintf(out, size, "%s", (const char *)sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
	sqlite3_close(db);
}

static bool first_device(void *ctx, const struct device_row *d)
{
	*(int64_t *)ctx = d->id;
	return false;
}

int64_t fixture_device(struct sqlite_fixture *f)
{
	const struct store_ops *ops = f->db.ops;
	struct device_row d = { .present = DEVICE_FIELDS_OF(DEVICE_sn), .sn = GH_LIT("A1") };
	struct store_reader *r;
	struct store_outcome out;
	int64_t id = 0;

	assert_int_equal(ops->reader_open(f->db.store, &r), GH_OK);
	assert_int_equal(ops->devices_read(r, first_device, &id), GH_OK);
	ops->reader_close(r);
	if (id)
		return id;
	assert_int_equal(ops->begin(f->db.store), GH_OK);
	assert_int_equal(ops->device_put(f->db.store, &d), GH_OK);
	assert_int_equal(ops->commit(f->db.store, &out), GH_OK);
	return d.id;
}

struct punch fixture_punch(int64_t device, int n, char pin[16])
{
	snprintf(pin, 16, "%d", n);
	return (struct punch){ .device = device,
			       .pin = gh_slice_of(pin),
			       .time = 20260301080000 + n % 60,
			       .zone = GH_LIT("UTC"),
			       .utc = 1772352000 + n % 60,
			       .received_ms = 1772352000500 };
}

enum gh_err fixture_put(struct sqlite_fixture *f, int64_t device, int n)
{
	const struct store_ops *ops = f->db.ops;
	char pin[16];
	struct punch p = fixture_punch(device, n, pin);
	struct store_outcome out;
	size_t fresh;
	enum gh_err err = ops->begin(f->db.store);

	if (err)
		return err;
	err = ops->punches_put(f->db.store, &p, 1, &fresh);
	if (err == GH_OK)
		return ops->commit(f->db.store, &out);
	ops->rollback(f->db.store);
	return err;
}

int64_t fixture_last_seq(struct sqlite_fixture *f)
{
	struct store_reader *r;
	int64_t seq = -1;

	assert_int_equal(f->db.ops->reader_open(f->db.store, &r), GH_OK);
	assert_int_equal(f->db.ops->last_seq(r, STREAM_PUNCH, &seq), GH_OK);
	f->db.ops->reader_close(r);
	return seq;
}

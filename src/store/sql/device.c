#include "store/sql/kind_sql.h"
#include "store/sql/sql_store.h"

#include "model/device.h"

/* Records that are removed in the transaction that deletes their device; devices have fewer, mostly. */
#define CLEARED_AT_ONCE 100

/* Bytes of a statement that names each field of a device, with its table. */
#define STATEMENT_MAX 8192

static bool field_merged(const struct device_row *d, size_t i, enum device_part part)
{
	return model_has(d, i) && device_part_of(i) == part &&
	       !(device_kind.field[i].flags & MODEL_KEY);
}

static enum gh_err identity_merge(struct store *s, const struct device_row *d)
{
	char text[STATEMENT_MAX];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	ghi_put(&w, GH_LIT("UPDATE device SET deleted = deleted"));
	for (size_t i = 0; i < device_kind.fields; i++) {
		if (!field_merged(d, i, DEVICE_IDENTITY_PART))
			continue;
		ghi_put(&w, GH_LIT(", "));
		ghi_put(&w, gh_slice_of(device_kind.field[i].column));
		ghi_put(&w, GH_LIT(" = ?"));
	}
	ghi_put(&w, GH_LIT(" WHERE id = ? AND deleted = 0"));
	if (w.err)
		return w.err;

	struct sql_call q = sql_call_once(s->sql, ghi_written(&w));

	for (size_t i = 0; i < device_kind.fields; i++)
		if (field_merged(d, i, DEVICE_IDENTITY_PART))
			kind_put_field(&q, &device_kind, d, i);
	sql_put_int(&q, d->id);
	return sql_run_found(&q);
}

/* `before`, the column, `after` for each field that is there. */
static void part_columns(struct ghi_writer *w, const struct device_row *d,
			 enum device_part part, const char *before, const char *between)
{
	for (size_t i = 0; i < device_kind.fields; i++) {
		if (!field_merged(d, i, part))
			continue;
		ghi_put(w, gh_slice_of(before));
		ghi_put(w, gh_slice_of(device_kind.field[i].column));
		if (between == NULL)
			continue;
		ghi_put(w, gh_slice_of(between));
		ghi_put(w, gh_slice_of(device_kind.field[i].column));
	}
}

/* What one dialect needs, where the row has any of it. */
static enum gh_err part_merge(struct store *s, const struct device_row *d,
			      enum device_part part)
{
	char text[STATEMENT_MAX];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	size_t n = 0;

	ghi_put(&w, GH_LIT("INSERT INTO "));
	ghi_put(&w, gh_slice_of(device_part_table(part)));
	ghi_put(&w, GH_LIT(" (device"));
	part_columns(&w, d, part, ", ", NULL);
	ghi_put(&w, GH_LIT(") VALUES (?"));
	for (size_t i = 0; i < device_kind.fields; i++)
		if (field_merged(d, i, part)) {
			ghi_put(&w, GH_LIT(", ?"));
			n++;
		}
	ghi_put(&w, GH_LIT(") ON CONFLICT (device) DO UPDATE SET device = excluded.device"));
	part_columns(&w, d, part, ", ", " = excluded.");
	if (w.err || n == 0)
		return w.err;

	struct sql_call q = sql_call_once(s->sql, ghi_written(&w));

	sql_put_int(&q, d->id);
	for (size_t i = 0; i < device_kind.fields; i++)
		if (field_merged(d, i, part))
			kind_put_field(&q, &device_kind, d, i);
	return sql_run(&q);
}

/* The identity first: a device that is unknown or deleted has no parts. */
static enum gh_err device_merge(struct store *s, const struct device_row *d)
{
	enum gh_err err = identity_merge(s, d);

	for (enum device_part p = DEVICE_IDENTITY_PART + 1; p < DEVICE_PARTS && err == GH_OK;
	     p++)
		err = part_merge(s, d, p);
	return err;
}

static enum gh_err device_find(struct store *s, gh_slice sn, int64_t *id, bool *deleted)
{
	struct sql_call q = sql_call(s->sql, SQL_DEVICE_FIND);

	*id = 0;
	sql_put_text(&q, sn);
	if (sql_next(&q)) {
		*id = sql_int(&q, 0);
		*deleted = sql_int(&q, 1) != 0;
	}
	return sql_end(&q);
}

enum gh_err sql_device_number(struct store_reader *r, gh_slice sn, int64_t *id)
{
	struct sql_call q = sql_call(r->sql, SQL_DEVICE_NUMBER);
	bool found;

	sql_put_text(&q, sn);
	found = sql_next(&q);
	if (found)
		*id = sql_int(&q, 0);

	enum gh_err err = sql_end(&q);

	return err == GH_OK && !found ? GH_ENOTFOUND : err;
}

enum gh_err sql_device_put(struct store *s, struct device_row *d)
{
	bool deleted = false;
	int64_t id;
	enum gh_err err;

	err = sql_references_check(s, &device_kind, 0, d);
	if (err)
		return err;
	if (d->id)
		return device_merge(s, d);
	if (!model_has(d, DEVICE_sn) || d->sn.n == 0)
		return GH_EINVALID;
	err = device_find(s, d->sn, &id, &deleted);
	if (err)
		return err;
	if (id && !deleted)
		return GH_EEXISTS;

	struct sql_call q = sql_call(s->sql, id ? SQL_DEVICE_REVIVE : SQL_DEVICE_INSERT);

	if (id) {
		sql_put_int(&q, id);
		err = sql_run(&q);
	} else {
		sql_put_text(&q, d->sn);
		err = sql_run_insert(&q, &id);
	}
	if (err == GH_OK)
		err = sql_settle(s->sql);
	if (err)
		return err;
	struct device_row row = *d;

	row.id = id;
	if (!model_has(d, DEVICE_area)) {
		row.area = AREA_DEFAULT;
		model_mark(&row, DEVICE_area);
	}
	err = device_merge(s, &row);
	if (err == GH_OK)
		d->id = row.id;
	return err;
}

enum gh_err sql_seen_put(struct store *s, const struct device_seen_row *row, size_t n)
{
	enum gh_err err = GH_OK;

	for (size_t i = 0; i < n && err == GH_OK; i++) {
		struct sql_call q = sql_call(s->sql, SQL_DEVICE_SEEN);

		sql_put_int(&q, row[i].seen_ms);
		sql_put_int(&q, row[i].device);
		err = sql_run(&q);
	}
	return err;
}

static enum gh_err belongings_drop(struct store *s, enum sql_id statement, int64_t device)
{
	struct sql_call q = sql_call(s->sql, statement);

	sql_put_int(&q, device);
	return sql_run(&q);
}

/* Who writes for a device on another lane looks under this lock whether it is there. */
static enum gh_err ledger_hold(struct store *s)
{
	struct sql_call q = sql_call(s->sql, SQL_LEDGER_HOLD);

	sql_put_text(&q, gh_slice_of(store_stream_name(STREAM_PUNCH)));
	return sql_run(&q);
}

/* Nothing is left of it but its number, its serial number, and what is cleared in pieces. */
static enum gh_err device_bury(struct store *s, int64_t device)
{
	char text[STATEMENT_MAX];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	ghi_put(&w, GH_LIT("UPDATE device SET deleted = 1, clearing = 1"));
	for (size_t i = 0; i < device_kind.fields; i++) {
		if (device_part_of(i) != DEVICE_IDENTITY_PART ||
		    device_kind.field[i].flags & MODEL_KEY)
			continue;
		ghi_put(&w, GH_LIT(", "));
		ghi_put(&w, gh_slice_of(device_kind.field[i].column));
		ghi_put(&w, GH_LIT(" = NULL"));
	}
	ghi_put(&w, GH_LIT(" WHERE id = ? AND deleted = 0"));
	if (w.err)
		return w.err;
	struct sql_call q = sql_call_once(s->sql, ghi_written(&w));

	sql_put_int(&q, device);
	return sql_run_found(&q);
}

static enum gh_err part_drop(struct store *s, enum device_part part, int64_t device)
{
	char text[128];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	ghi_put(&w, GH_LIT("DELETE FROM "));
	ghi_put(&w, gh_slice_of(device_part_table(part)));
	ghi_put(&w, GH_LIT(" WHERE device = ?"));
	if (w.err)
		return w.err;
	struct sql_call q = sql_call_once(s->sql, ghi_written(&w));

	sql_put_int(&q, device);
	return sql_run(&q);
}

enum gh_err sql_device_delete(struct store *s, int64_t device)
{
	static const enum sql_id belongings[] = {
		SQL_OPTION_CLEAR,     SQL_STAMP_CLEAR,		 SQL_UNIT_TABLES_CLEAR,
		SQL_SLOTS_CLEAR,      SQL_UNIT_STATES_CLEAR,	 SQL_QUERY_PACKETS_DROP,
		SQL_QUERY_SETS_DROP,  SQL_COMMAND_EVENT_DROP,	 SQL_COMMAND_DROP,
		SQL_COMPARISON_CLEAR, SQL_COMPARISON_EXTRA_CLEAR
	};
	size_t removed;
	enum gh_err err = device_bury(s, device);

	sql_found_clear(s);
	if (err == GH_OK)
		err = ledger_hold(s);
	for (size_t i = 0; err == GH_OK && i < sizeof(belongings) / sizeof(belongings[0]); i++)
		err = belongings_drop(s, belongings[i], device);
	for (enum device_part p = DEVICE_IDENTITY_PART + 1; p < DEVICE_PARTS && err == GH_OK;
	     p++)
		err = part_drop(s, p, device);
	if (err == GH_OK)
		err = sql_relations_drop(s, device_kind.name, device);
	return err ? err : sql_device_clear(s, device, CLEARED_AT_ONCE, &removed);
}

static enum gh_err pair_put(struct store *s, enum sql_id statement, int64_t device,
			    gh_slice key, gh_slice value)
{
	enum gh_err err = sql_for_device(s, device);
	if (err)
		return err;
	struct sql_call q = sql_call(s->sql, statement);

	sql_put_int(&q, device);
	sql_put_text(&q, key);
	sql_put_text(&q, value);
	return sql_run(&q);
}

enum gh_err sql_option_put(struct store *s, int64_t device, gh_slice key, gh_slice value)
{
	return pair_put(s, SQL_OPTION_PUT, device, key, value);
}

enum gh_err sql_option_add(struct store *s, int64_t device, gh_slice key, gh_slice value)
{
	return pair_put(s, SQL_OPTION_ADD, device, key, value);
}

enum gh_err sql_stamp_put(struct store *s, int64_t device, gh_slice table, gh_slice stamp)
{
	return pair_put(s, SQL_STAMP_PUT, device, table, stamp);
}

enum gh_err sql_resend_queued(struct store *s, int64_t device)
{
	struct sql_call q = sql_call(s->sql, SQL_STAMP_QUEUED);

	sql_put_int(&q, device);
	return sql_run(&q);
}

static void device_select_text(struct ghi_writer *w)
{
	ghi_put(w, GH_LIT("SELECT device.id"));
	for (size_t i = 0; i < device_kind.fields; i++) {
		ghi_put(w, GH_LIT(", "));
		ghi_put(w, gh_slice_of(device_part_table(device_part_of(i))));
		ghi_put(w, GH_LIT("."));
		ghi_put(w, gh_slice_of(device_kind.field[i].column));
	}
	ghi_put(w, GH_LIT(" FROM device"));
	for (enum device_part p = DEVICE_IDENTITY_PART + 1; p < DEVICE_PARTS; p++) {
		gh_slice table = gh_slice_of(device_part_table(p));

		ghi_put(w, GH_LIT(" LEFT JOIN "));
		ghi_put(w, table);
		ghi_put(w, GH_LIT(" ON "));
		ghi_put(w, table);
		ghi_put(w, GH_LIT(".device = device.id"));
	}
	ghi_put(w, GH_LIT(" WHERE device.deleted = 0"));
}

/* Devices with this serial number, or all; *n counts the rows. */
static enum gh_err devices_select(struct sql *c, const gh_slice *sn, store_device_fn *fn,
				  void *ctx, size_t *n)
{
	char text[STATEMENT_MAX];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	device_select_text(&w);
	ghi_put(&w, sn ? GH_LIT(" AND device.sn = ?") : GH_LIT(" ORDER BY device.id"));
	if (w.err)
		return w.err;

	struct sql_call q = sql_call_once(c, ghi_written(&w));

	if (sn)
		sql_put_text(&q, *sn);
	while (sql_next(&q)) {
		struct device_row d = { 0 };

		kind_read_fields(&q, &device_kind, 1, &d);
		d.id = sql_int(&q, 0);
		++*n;
		if (!fn(ctx, &d))
			break;
	}
	return sql_end(&q);
}

enum gh_err sql_devices_read(struct store_reader *r, store_device_fn *fn, void *ctx)
{
	size_t n = 0;

	return devices_select(r->sql, NULL, fn, ctx, &n);
}

enum gh_err sql_device_find(struct store_reader *r, gh_slice sn, store_device_fn *fn, void *ctx)
{
	size_t n = 0;
	enum gh_err err = devices_select(r->sql, &sn, fn, ctx, &n);

	return err == GH_OK && n == 0 ? GH_ENOTFOUND : err;
}

static enum gh_err pairs_read(struct sql *c, enum sql_id statement, int64_t device,
			      store_pair_fn *fn, void *ctx)
{
	struct sql_call q = sql_call(c, statement);

	sql_put_int(&q, device ? device : 0);
	sql_put_int(&q, device ? device : INT64_MAX);
	while (sql_next(&q))
		if (!fn(ctx, sql_int(&q, 0), sql_text(&q, 1), sql_text(&q, 2)))
			break;
	return sql_end(&q);
}

enum gh_err sql_options_read(struct store_reader *r, int64_t device, store_pair_fn *fn,
			     void *ctx)
{
	return pairs_read(r->sql, SQL_OPTION_LIST, device, fn, ctx);
}

enum gh_err sql_options_scan(struct store *s, int64_t device, store_pair_fn *fn, void *ctx)
{
	enum gh_err err = sql_settle(s->sql);

	return err ? err : pairs_read(s->sql, SQL_OPTION_LIST, device, fn, ctx);
}

enum gh_err sql_stamps_read(struct store_reader *r, int64_t device, store_pair_fn *fn,
			    void *ctx)
{
	return pairs_read(r->sql, SQL_STAMP_LIST, device, fn, ctx);
}

#include "store/sql/rows.h"

enum gh_err sql_quarantine_put(struct store *s, const struct quarantine *row)
{
	enum gh_err err = sql_for_device(s, row->device);
	if (err)
		return err;
	struct sql_call q = sql_call(s->sql, SQL_QUARANTINE_PUT);
	gh_slice raw = row->raw;

	if (raw.n > STORE_QUARANTINE_RAW)
		raw.n = STORE_QUARANTINE_RAW;
	sql_put_int(&q, row->device);
	sql_put_int(&q, row->received_ms);
	sql_put_text(&q, row->table);
	sql_put_int(&q, row->line);
	sql_put_int(&q, row->offset);
	sql_put_text(&q, row->reason);
	sql_put_blob(&q, raw);
	if (row->once)
		sql_put_blob(&q, raw);
	else
		sql_put_null(&q);
	return sql_run_adding(&q, row_count_key(ROWS_QUARANTINE, row->device, (gh_slice){ 0 }));
}

enum gh_err sql_quarantine_reason(struct store *s, int64_t id, gh_slice reason)
{
	struct sql_call q = sql_call(s->sql, SQL_QUARANTINE_REASON);

	sql_put_text(&q, reason);
	sql_put_int(&q, id);
	return sql_run(&q);
}

static enum gh_err row_delete(struct store *s, enum sql_id statement, uint8_t of, int64_t id,
			      size_t *removed)
{
	struct sql_call q = sql_call(s->sql, statement);

	sql_put_int(&q, id);
	return sql_run_removing(&q, of, removed);
}

enum gh_err sql_quarantine_delete(struct store *s, int64_t id, size_t *removed)
{
	return row_delete(s, SQL_QUARANTINE_DELETE, ROWS_QUARANTINE, id, removed);
}

enum gh_err sql_upload_delete(struct store *s, int64_t id, size_t *removed)
{
	return row_delete(s, SQL_UPLOAD_DELETE, ROWS_UPLOADS, id, removed);
}

struct quarantine sql_quarantine_of(const struct sql_call *q)
{
	return (struct quarantine){
		.id = sql_int(q, 0),
		.device = sql_int(q, 1),
		.serial = sql_text(q, 2),
		.received_ms = sql_int(q, 3),
		.table = sql_text(q, 4),
		.line = sql_int(q, 5),
		.offset = sql_int(q, 6),
		.reason = sql_text(q, 7),
		.raw = sql_text(q, 8),
	};
}

enum gh_err sql_upload_put(struct store *s, const struct raw_upload *u)
{
	enum gh_err err = sql_for_device(s, u->device);
	if (err)
		return err;
	struct sql_call q = sql_call(s->sql, SQL_UPLOAD_PUT);

	sql_put_int(&q, u->device);
	sql_put_int(&q, u->received_ms);
	sql_put_text(&q, u->table);
	sql_put_text(&q, u->target);
	sql_put_blob(&q, u->body);
	return sql_run_adding(&q, row_count_key(ROWS_UPLOADS, u->device, (gh_slice){ 0 }));
}

struct raw_upload sql_upload_of(const struct sql_call *q)
{
	return (struct raw_upload){
		.id = sql_int(q, 0),
		.device = sql_int(q, 1),
		.serial = sql_text(q, 2),
		.received_ms = sql_int(q, 3),
		.table = sql_text(q, 4),
		.target = sql_text(q, 5),
		.body = sql_text(q, 6),
	};
}

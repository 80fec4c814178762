#include "store/sql/list.h"
#include "store/sql/sql_store.h"

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
	return sql_run(&q);
}

enum gh_err sql_quarantine_read(struct store_reader *r, const struct store_page *page,
				store_quarantine_fn *fn, void *ctx)
{
	struct sql_list l;

	sql_list_init(&l, GH_LIT("SELECT q.id, q.device, d.sn, q.received_ms, q.source, q.line,"
				 " q.offset, q.reason, q.raw"
				 " FROM quarantine q JOIN device d ON d.id = q.device"));
	struct sql_call q = sql_list_call(r->sql, &l, page, "q.id", "q.device");

	while (sql_next(&q)) {
		struct quarantine row = {
			.id = sql_int(&q, 0),
			.device = sql_int(&q, 1),
			.serial = sql_text(&q, 2),
			.received_ms = sql_int(&q, 3),
			.table = sql_text(&q, 4),
			.line = sql_int(&q, 5),
			.offset = sql_int(&q, 6),
			.reason = sql_text(&q, 7),
			.raw = sql_text(&q, 8),
		};

		if (!fn(ctx, &row))
			break;
	}
	return sql_end(&q);
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
	return sql_run(&q);
}

enum gh_err sql_uploads_read(struct store_reader *r, const struct store_page *page,
			     store_upload_fn *fn, void *ctx)
{
	struct sql_list l;

	sql_list_init(&l, GH_LIT("SELECT u.id, u.device, d.sn, u.received_ms, u.source,"
				 " u.target, u.body"
				 " FROM raw_upload u JOIN device d ON d.id = u.device"));
	struct sql_call q = sql_list_call(r->sql, &l, page, "u.id", "u.device");

	while (sql_next(&q)) {
		struct raw_upload row = {
			.id = sql_int(&q, 0),
			.device = sql_int(&q, 1),
			.serial = sql_text(&q, 2),
			.received_ms = sql_int(&q, 3),
			.table = sql_text(&q, 4),
			.target = sql_text(&q, 5),
			.body = sql_text(&q, 6),
		};

		if (!fn(ctx, &row))
			break;
	}
	return sql_end(&q);
}

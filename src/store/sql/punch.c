#include "store/sql/list.h"
#include "store/sql/rows.h"

static struct sql_call punches_list(struct sql *c, const struct punch_query *query)
{
	const struct store_page *page = &query->page;
	struct sql_list l;
	bool by_time = query->from != GHI_CIVIL_NONE && query->to != GHI_CIVIL_NONE &&
		       query->to - query->from <= PUNCH_SHORT_SPAN;

	sql_list_init(&l, GH_LIT("SELECT " PUNCH_FIELDS " FROM punch p"));
	sql_list_more(&l, by_time ? c->engine->punch_by_key : c->engine->punch_by_seq);
	sql_list_more(&l, PUNCH_NAMES);
	if (by_time && !page->device)
		sql_list_term(&l, "p.device IN (SELECT id FROM device)");
	if (query->from != GHI_CIVIL_NONE)
		sql_list_int(&l, "p.time >= ?", query->from);
	if (query->to != GHI_CIVIL_NONE)
		sql_list_int(&l, "p.time <= ?", query->to);
	if (page->pin.n)
		sql_list_text(&l, "p.pin = ?", page->pin);
	return sql_list_call(c, &l, page, "p.seq", "p.device");
}

struct punch sql_punch_of(const struct sql_call *q)
{
	return (struct punch){
		.seq = sql_int(q, 0),
		.device = sql_int(q, 1),
		.serial = sql_text(q, 2),
		.pin = sql_text(q, 3),
		.time = sql_int(q, 4),
		.status = (int32_t)sql_int(q, 5),
		.verify = (int32_t)sql_int(q, 6),
		.work_code = sql_text(q, 7),
		.extra = sql_text(q, 8),
		.zone = sql_text(q, 9),
		.utc = sql_null(q, 10) ? PUNCH_NO_UTC : sql_int(q, 10),
		.received_ms = sql_int(q, 11),
		.flags = (uint32_t)sql_int(q, 12),
		.source = (uint32_t)sql_int(q, 13),
	};
}

enum gh_err sql_punches_read(struct store_reader *r, const struct punch_query *query,
			     store_punch_fn *fn, void *ctx)
{
	struct sql_call q = punches_list(r->sql, query);

	while (sql_next(&q)) {
		struct punch p = sql_punch_of(&q);

		if (!fn(ctx, &p))
			break;
	}
	return sql_end(&q);
}

static enum gh_err sorting_set(struct sql *c, const char *to)
{
	if (c->engine->sorting_set == NULL)
		return GH_OK;
	struct sql_call q = sql_call_once(c, gh_slice_of(c->engine->sorting_set));

	sql_put_text(&q, gh_slice_of(to));
	(void)sql_next(&q);
	return sql_end(&q);
}

/* The index of the natural key begins with device and digits. */
enum gh_err sql_punches_by_time(struct store_reader *r, int64_t device, ghi_civil time,
				int64_t seq, int64_t limit, store_punch_fn *fn, void *ctx)
{
	struct sql_list l;
	enum gh_err err = sorting_set(r->sql, "off"), end;

	if (err)
		return err;

	sql_list_init(&l, GH_LIT("SELECT " PUNCH_FIELDS " FROM punch p"));
	sql_list_more(&l, r->sql->engine->punch_by_key);
	sql_list_more(&l, PUNCH_NAMES);
	sql_list_int(&l, "p.device = ?", device);
	sql_list_int(&l, "p.time >= ?", time);
	sql_list_term(&l, "(p.time, p.seq) > (?, ?)");
	sql_list_value_int(&l, time);
	sql_list_value_int(&l, seq);
	sql_list_more(&l, " ORDER BY p.time, p.seq LIMIT ?");
	sql_list_value_int(&l, limit);
	struct sql_call q = sql_list_start(r->sql, &l);

	while (sql_next(&q)) {
		struct punch p = sql_punch_of(&q);

		if (!fn(ctx, &p))
			break;
	}
	err = sql_end(&q);
	end = sorting_set(r->sql, "on");
	return err ? err : end;
}

enum gh_err sql_punches_elsewhere(struct store_reader *r, int64_t device, gh_slice zone,
				  int64_t *n)
{
	struct sql_call q = sql_call(r->sql, SQL_PUNCH_ELSEWHERE);

	sql_put_int(&q, device);
	sql_put_text(&q, zone);
	*n = sql_next(&q) ? sql_int(&q, 0) : 0;
	return sql_end(&q);
}

static const enum sql_id newest_row[STORE_STREAMS] = {
	[STREAM_PUNCH] = SQL_PUNCH_LAST,
	[STREAM_ACCESS] = SQL_ACCESS_LAST,
};

enum gh_err sql_last_seq(struct store_reader *r, enum store_stream stream, int64_t *seq)
{
	struct sql_call last_call = sql_call(r->sql, SQL_LEDGER_LAST);
	int64_t last = 0;

	sql_put_text(&last_call, gh_slice_of(store_stream_name(stream)));
	if (sql_next(&last_call))
		last = sql_int(&last_call, 0);
	enum gh_err err = sql_end(&last_call);
	if (err)
		return err;
	struct sql_call newest = sql_call(r->sql, newest_row[stream]);

	if (sql_next(&newest) && sql_int(&newest, 0) > last)
		last = sql_int(&newest, 0);
	err = sql_end(&newest);
	if (err == GH_OK)
		*seq = last;
	return err;
}

enum gh_err sql_ledger_id(struct store_reader *r, char id[STORE_LEDGER_ID])
{
	struct sql_call q = sql_call(r->sql, SQL_LEDGER_LAST);
	bool found = false;

	sql_put_text(&q, gh_slice_of(store_stream_name(STREAM_PUNCH)));
	if (sql_next(&q)) {
		gh_slice text = sql_text(&q, 1);

		found = text.n == STORE_LEDGER_ID - 1;
		if (found) {
			memcpy(id, text.p, text.n);
			id[text.n] = '\0';
		}
	}
	enum gh_err err = sql_end(&q);

	return err == GH_OK && !found ? GH_ECORRUPT : err;
}

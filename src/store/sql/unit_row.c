/* The mirror of the tables of access units. */
#include "store/sql/sql_store.h"

static struct sql_call unit_row_call(struct sql *c, enum sql_id statement, int64_t device,
				     gh_slice unit, gh_slice table)
{
	struct sql_call q = sql_call(c, statement);

	sql_put_int(&q, device);
	sql_put_text(&q, unit);
	sql_put_text(&q, table);
	return q;
}

static void unit_card_bind(struct sql_call *q, const struct unit_row *row)
{
	if (row->card > 0)
		sql_put_int(q, row->card);
	else
		sql_put_null(q);
}

enum gh_err sql_unit_row_put(struct store *s, int64_t device, const struct unit_row *row)
{
	enum gh_err err = sql_for_device(s, device);

	if (err)
		return err;
	struct sql_call q =
		unit_row_call(s->sql, SQL_UNIT_ROW_PUT, device, row->unit, row->table);

	sql_put_text(&q, row->key);
	sql_put_text(&q, row->row);
	sql_put_int(&q, row->origin);
	sql_put_int(&q, row->as_of_ms);
	unit_card_bind(&q, row);
	return sql_run(&q);
}

enum gh_err sql_unit_row_delete(struct store *s, int64_t device, gh_slice unit, gh_slice table,
				gh_slice key)
{
	struct sql_call q = unit_row_call(s->sql, SQL_UNIT_ROW_DELETE, device, unit, table);

	sql_put_text(&q, key);
	return sql_run(&q);
}

enum gh_err sql_unit_table_clear(struct store *s, int64_t device, gh_slice unit, gh_slice table)
{
	struct sql_call q;

	if (table.n) {
		q = unit_row_call(s->sql, SQL_UNIT_TABLE_CLEAR, device, unit, table);
		return sql_run(&q);
	}
	q = sql_call(s->sql, SQL_UNIT_TABLES_CLEAR);
	sql_put_int(&q, device);
	enum gh_err err = sql_run(&q);

	if (err)
		return err;
	q = sql_call(s->sql, SQL_UNIT_STATES_CLEAR);
	sql_put_int(&q, device);
	err = sql_run(&q);
	if (err)
		return err;
	q = sql_call(s->sql, SQL_SLOTS_DOUBT);
	sql_put_int(&q, device);
	return sql_run(&q);
}

static struct unit_row unit_row_of(const struct sql_call *q)
{
	return (struct unit_row){
		.unit = sql_text(q, 0),
		.table = sql_text(q, 1),
		.key = sql_text(q, 2),
		.row = sql_text(q, 3),
		.origin = (enum unit_row_origin)sql_int(q, 4),
		.as_of_ms = sql_int(q, 5),
	};
}

static enum gh_err unit_rows_give(struct sql_call *q, store_unit_row_fn *fn, void *ctx)
{
	while (sql_next(q)) {
		struct unit_row row = unit_row_of(q);

		if (!fn(ctx, &row))
			break;
	}
	return sql_end(q);
}

static enum gh_err unit_rows(struct sql *c, int64_t device, gh_slice unit, gh_slice table,
			     gh_slice after, int64_t limit, store_unit_row_fn *fn, void *ctx)
{
	struct sql_call q = unit_row_call(c, SQL_UNIT_ROWS, device, unit, table);

	sql_put_text(&q, after);
	sql_put_int(&q, limit);
	return unit_rows_give(&q, fn, ctx);
}

enum gh_err sql_unit_row_card_put(struct store *s, int64_t device, const struct unit_row *row)
{
	enum gh_err err = sql_for_device(s, device);

	if (err)
		return err;
	struct sql_call q = sql_call(s->sql, SQL_UNIT_ROW_CARD_PUT);

	unit_card_bind(&q, row);
	sql_put_int(&q, device);
	sql_put_text(&q, row->unit);
	sql_put_text(&q, row->table);
	sql_put_text(&q, row->key);
	sql_put_text(&q, row->row);
	return sql_run(&q);
}

enum gh_err sql_unit_cards_turned(struct store *s, int64_t device, bool *turned)
{
	enum gh_err err = sql_settle(s->sql);

	if (err)
		return err;
	struct sql_call q = sql_call(s->sql, SQL_UNIT_CARDS_TURNED);

	sql_put_int(&q, device);
	*turned = sql_next(&q) && sql_int(&q, 0) > 0;
	return sql_end(&q);
}

enum gh_err sql_unit_rows_scan(struct store *s, int64_t device, gh_slice unit, gh_slice table,
			       gh_slice after, int64_t limit, store_unit_row_fn *fn, void *ctx)
{
	enum gh_err err = sql_settle(s->sql);

	return err ? err : unit_rows(s->sql, device, unit, table, after, limit, fn, ctx);
}

enum gh_err sql_unit_rows_read(struct store_reader *r, int64_t device, gh_slice unit,
			       gh_slice table, gh_slice after, int64_t limit,
			       store_unit_row_fn *fn, void *ctx)
{
	return unit_rows(r->sql, device, unit, table, after, limit, fn, ctx);
}

enum gh_err sql_unit_rows_of_card(struct store_reader *r, int64_t device, gh_slice unit,
				  int64_t card, int64_t limit, store_unit_row_fn *fn, void *ctx)
{
	struct sql_call q = sql_call(r->sql, SQL_UNIT_ROWS_OF_CARD);

	sql_put_int(&q, device);
	sql_put_text(&q, unit);
	sql_put_int(&q, card);
	sql_put_int(&q, limit);
	return unit_rows_give(&q, fn, ctx);
}

static enum gh_err unit_row_one(struct sql *c, int64_t device, gh_slice unit, gh_slice table,
				gh_slice key, store_unit_row_fn *fn, void *ctx)
{
	struct sql_call q = unit_row_call(c, SQL_UNIT_ROW_FIND, device, unit, table);
	bool found;

	sql_put_text(&q, key);
	found = sql_next(&q);
	if (found) {
		struct unit_row row = unit_row_of(&q);

		(void)fn(ctx, &row);
	}
	enum gh_err err = sql_end(&q);

	return err ? err : found ? GH_OK : GH_ENOTFOUND;
}

enum gh_err sql_unit_row_get(struct store_reader *r, int64_t device, gh_slice unit,
			     gh_slice table, gh_slice key, store_unit_row_fn *fn, void *ctx)
{
	return unit_row_one(r->sql, device, unit, table, key, fn, ctx);
}

enum gh_err sql_unit_row_find(struct store *s, int64_t device, gh_slice unit, gh_slice table,
			      gh_slice key, store_unit_row_fn *fn, void *ctx)
{
	enum gh_err err = sql_settle(s->sql);

	return err ? err : unit_row_one(s->sql, device, unit, table, key, fn, ctx);
}

enum gh_err sql_unit_table_expire(struct store *s, int64_t device, gh_slice unit,
				  gh_slice table, int64_t before_ms)
{
	struct sql_call q;

	if (table.n) {
		q = unit_row_call(s->sql, SQL_UNIT_TABLE_EXPIRE, device, unit, table);
		sql_put_int(&q, before_ms);
		return sql_run(&q);
	}
	q = sql_call(s->sql, SQL_UNIT_TABLES_EXPIRE);
	sql_put_int(&q, device);
	sql_put_int(&q, before_ms);
	enum gh_err err = sql_run(&q);

	if (err)
		return err;
	q = sql_call(s->sql, SQL_SLOTS_DOUBT);
	sql_put_int(&q, device);
	return sql_run(&q);
}

enum gh_err sql_unit_tables_read(struct store_reader *r, int64_t device,
				 store_unit_table_fn *fn, void *ctx)
{
	struct sql_call q = sql_call(r->sql, SQL_UNIT_TABLES);

	sql_put_int(&q, device);
	while (sql_next(&q))
		if (!fn(ctx, sql_text(&q, 0), sql_int(&q, 1), sql_int(&q, 2)))
			break;
	return sql_end(&q);
}

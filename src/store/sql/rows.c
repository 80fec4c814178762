/* Lists: read, counted, and the values of their columns; the statements are made in rows_text.c. */
#include "store/sql/rows.h"
#include "store/sql/device_group.h"
#include "store/sql/rows_text.h"

struct rows_reading {
	struct store_reader *r;
	struct store_rows rows; /* `limit`: those that are left */
	store_row_fn *fn;	/* NULL: they are counted */
	void *ctx;
	int64_t n; /* found so far */
	enum gh_err err;
};

static bool rows_together(const struct store_rows *rows)
{
	return (rows->list == STORE_PUNCHES || rows->list == STORE_ACCESS) &&
	       rows->limit <= ROWS_TOGETHER;
}

static struct sql_call rows_call(struct rows_reading *g, struct sql_list *l,
				 const struct punch_piece *piece)
{
	rows_fields_put(l, &g->rows);
	rows_from_put(l, g->r->sql, &g->rows, piece == NULL && rows_by_key(&g->rows, false));
	rows_filter_put(l, g->r->sql, &g->rows);
	if (piece)
		rows_piece_put(l, g->r->sql, piece);
	else
		rows_bounds_put(l, &g->rows);
	rows_order_put(l, &g->rows);
	struct sql_call q = sql_list_start(g->r->sql, l);

	q.together = rows_together(&g->rows);
	return q;
}

/* Whether to go on. */
static bool page_read(struct rows_reading *g, const struct punch_piece *piece)
{
	struct sql_list l;
	struct sql_call q = rows_call(g, &l, piece);
	int64_t n = 0;
	bool more = true;

	while (more && sql_next(&q)) {
		struct store_key key = sql_row_key(&q, &g->rows);

		n++;
		more = sql_row_give(&q, g->rows.list, g->fn, g->ctx, &key);
	}
	g->err = sql_end(&q);
	g->n += n;
	g->rows.limit -= n;
	return more && g->err == GH_OK && g->rows.limit > 0;
}

/* Punches of a device or of a time are counted up to a bound by their natural key. */
static bool count_by_key(const struct store_rows *rows)
{
	bool can = rows->text.n == 0;

	for (size_t i = 0; i < rows->terms; i++)
		can &= strcmp(rows->term[i].column->sql, "p.time") == 0;
	return can;
}

/* Without the names of devices and zones: a zone is not in the natural key, and its number would
 * have to be looked up in each row. */
static void count_from_put(struct sql_list *l, const struct sql *c,
			   const struct store_rows *rows)
{
	sql_list_more(l, " FROM punch p");
	sql_list_more(l, c->engine->punch_by_key);
	if (rows->device == 0 && !store_group_given(&rows->group))
		sql_list_term(l, "p.device IN (SELECT id FROM device)");
}

static bool rows_count(struct rows_reading *g, const struct punch_piece *piece)
{
	struct sql_list l;
	int64_t n = 0;

	sql_list_init(&l, GH_LIT("SELECT count(*) FROM (SELECT 1"));
	if (piece == NULL && g->rows.list == STORE_PUNCHES && rows_by_key(&g->rows, true) &&
	    count_by_key(&g->rows))
		count_from_put(&l, g->r->sql, &g->rows);
	else
		rows_from_put(&l, g->r->sql, &g->rows,
			      piece == NULL && rows_by_key(&g->rows, false));
	rows_filter_put(&l, g->r->sql, &g->rows);
	if (piece)
		rows_piece_put(&l, g->r->sql, piece);
	sql_list_more(&l, " LIMIT ?) AS found");
	sql_list_value_int(&l, g->rows.limit);
	struct sql_call q = sql_list_start(g->r->sql, &l);

	if (sql_next(&q))
		n = sql_int(&q, 0);
	g->err = sql_end(&q);
	g->n += n;
	g->rows.limit -= n;
	return g->err == GH_OK && g->rows.limit > 0;
}

static bool rows_piece(void *ctx, const struct punch_piece *piece)
{
	struct rows_reading *g = ctx;

	return g->fn ? page_read(g, piece) : rows_count(g, piece);
}

static enum gh_err rows_find(struct rows_reading *g)
{
	enum gh_err err;

	if (g->rows.limit <= 0)
		return GH_OK;
	if (g->rows.list == STORE_ENTITIES + ENTITY_PEOPLE) {
		err = people_area_measure(g->r, &g->rows.group);
		if (err)
			return err;
	}
	const struct store_rows whole = g->rows;

	if (!punch_find_can(&whole) || (g->fn == NULL && count_by_key(&whole))) {
		rows_piece(g, NULL);
		return g->err;
	}
	err = punch_find(g->r, &whole, g->fn != NULL, rows_piece, g);
	return g->err ? g->err : err;
}

enum gh_err sql_rows_read(struct store_reader *r, const struct store_rows *rows,
			  store_row_fn *fn, void *ctx)
{
	struct rows_reading g = { .r = r, .rows = *rows, .fn = fn, .ctx = ctx };

	return rows_find(&g);
}

enum gh_err sql_rows_count(struct store_reader *r, const struct store_rows *rows, int64_t most,
			   int64_t *n)
{
	struct rows_reading g = { .r = r, .rows = *rows };

	g.rows.limit = most;
	enum gh_err err = rows_find(&g);

	if (err == GH_OK)
		*n = g.n;
	return err;
}

enum gh_err sql_rows_facet(struct store_reader *r, const struct store_rows *rows,
			   const struct store_column *column, int64_t limit, store_facet_fn *fn,
			   void *ctx)
{
	struct sql_list l;

	sql_list_init(&l, GH_LIT("SELECT "));
	sql_list_more(&l, column->sql);
	sql_list_more(&l, ", count(*)");
	rows_from_put(&l, r->sql, rows, rows_by_key(rows, false));
	rows_filter_put(&l, r->sql, rows);
	sql_list_more(&l, " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?");
	sql_list_value_int(&l, limit);
	struct sql_call q = sql_list_start(r->sql, &l);

	while (sql_next(&q)) {
		struct store_value v = { .is_text = column->is_text };

		if (v.is_text)
			v.s = sql_text(&q, 0);
		else
			v.i = sql_int(&q, 0);
		if (!fn(ctx, &v, sql_int(&q, 1)))
			break;
	}
	return sql_end(&q);
}

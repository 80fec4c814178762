#include "api/device_list.h"

#include <stdlib.h>

#include "api/device_view.h"

#define TABLE_BYTES ((size_t)256 << 20) /* of all devices' texts */
#define SORT_BYTES 200			/* of a text that count in the order */

#define IS_NUMBER false
#define IS_TEXT true

static const struct store_column columns[] = {
#define COLUMN(name, type, use) { STORE_LISTS, name, NULL, IS_##type, use },
#include "api/device_column.def"
#undef COLUMN
};

#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

const struct store_column *device_columns(size_t *n)
{
	*n = COLUMNS;
	return columns;
}

/* --- the table: all devices that the question is about --- */

struct device_table {
	struct server *server;
	const struct store_rows *rows;
	struct arena arena;
	struct device **device;
	size_t n, cap; /* of devices */
	struct device_view *row;
	size_t rows_n;
};

static bool device_gather(void *ctx, struct device *d)
{
	struct device_table *t = ctx;

	/* Devices that came since they were counted are on the next page. */
	if (t->n == t->cap)
		return false;
	t->device[t->n++] = device_ref(d);
	return true;
}

static struct store_value device_value(const struct device_view *row,
				       const struct store_column *c)
{
	const struct field *f = fields_find(&device_fields, gh_slice_of(c->name));
	struct value v = field_value(f, row);
	struct store_value out = { .is_text = c->is_text, .i = v.i, .s = v.s };

	if (v.kind == VALUE_NULL)
		out.i = INT64_MIN;
	if (!c->is_text)
		out.s = (gh_slice){ 0 };
	return out;
}

static int text_compare(gh_slice a, gh_slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	return order ? order : (a.n > b.n) - (a.n < b.n);
}

static int value_compare(const struct store_value *a, const struct store_value *b)
{
	return a->is_text ? text_compare(a->s, b->s) : (a->i > b->i) - (a->i < b->i);
}

static bool text_holds(gh_slice in, gh_slice text)
{
	for (size_t at = 0; at + text.n <= in.n; at++) {
		size_t same = 0;

		while (same < text.n &&
		       gh_ascii_lower(in.p[at + same]) == gh_ascii_lower(text.p[same]))
			same++;
		if (same == text.n)
			return true;
	}
	return false;
}

static bool row_searched(const struct device_view *row, gh_slice text)
{
	for (size_t i = 0; i < COLUMNS; i++)
		if (columns[i].use & COLUMN_SEARCH &&
		    text_holds(device_value(row, &columns[i]).s, text))
			return true;
	return false;
}

static bool row_wanted(const struct store_rows *rows, const struct device_view *row)
{
	for (size_t i = 0; i < rows->terms; i++) {
		const struct store_term *t = &rows->term[i];
		struct store_value v = device_value(row, t->column);
		int order = value_compare(&v, &t->value);

		if (t->match == MATCH_EQUAL	 ? order != 0
		    : t->match == MATCH_AT_LEAST ? order < 0
						 : order > 0)
			return false;
	}
	return rows->text.n == 0 || row_searched(row, rows->text);
}

static void table_close(struct device_table *t)
{
	for (size_t i = 0; i < t->n; i++)
		device_unref(t->device[i]);
	free(t->device);
	ghi_arena_clear(&t->arena);
}

static enum gh_err table_open(struct device_table *t, struct server *server,
			      const struct store_rows *rows)
{
	size_t kept = 0;

	*t = (struct device_table){ .server = server,
				    .rows = rows,
				    .arena = ghi_arena_with_limit(TABLE_BYTES) };
	t->cap = devices_count(server->devices) + 64;
	t->device = calloc(t->cap, sizeof(t->device[0]));
	if (t->device)
		devices_each(server->devices, device_gather, t);
	t->row = ghi_arena_alloc(&t->arena, (t->n + 1) * sizeof(t->row[0]));
	if (t->device == NULL || t->row == NULL) {
		table_close(t);
		return GH_ENOMEM;
	}
	for (size_t i = 0; i < t->n; i++) {
		device_view_init(&t->row[kept], server, t->device[i], &t->arena);
		kept += row_wanted(rows, &t->row[kept]);
	}
	t->rows_n = kept;
	return GH_OK;
}

/* --- order --- */

static struct store_key row_key(const struct store_rows *rows, const struct device_view *row)
{
	struct store_key key = { .number = row->row.id };

	if (rows->sort)
		key.value = device_value(row, rows->sort);
	if (key.value.s.n > SORT_BYTES)
		key.value.s.n = SORT_BYTES;
	return key;
}

static int key_compare(const struct store_rows *rows, const struct store_key *a,
		       const struct store_key *b)
{
	int order = rows->sort ? value_compare(&a->value, &b->value) : 0;

	if (order == 0)
		order = (a->number > b->number) - (a->number < b->number);
	return rows->descending ? -order : order;
}

static int row_compare(const void *x, const void *y, void *ctx)
{
	const struct store_rows *rows = ctx;
	struct store_key a = row_key(rows, x), b = row_key(rows, y);

	return key_compare(rows, &a, &b);
}

enum gh_err device_rows_read(struct server *server, const struct store_rows *rows,
			     store_row_fn *fn, void *ctx)
{
	struct device_table t;
	int64_t given = 0;
	enum gh_err err = table_open(&t, server, rows);

	if (err)
		return err;
	qsort_r(t.row, t.rows_n, sizeof(t.row[0]), row_compare, (void *)rows);
	for (size_t i = 0; i < t.rows_n && given < rows->limit; i++) {
		struct store_key key = row_key(rows, &t.row[i]);

		if (key.number <= rows->after || (rows->before && key.number >= rows->before) ||
		    (rows->from && key_compare(rows, &key, rows->from) <= 0))
			continue;
		given++;
		if (!fn(ctx, &t.row[i], &key))
			break;
	}
	table_close(&t);
	return GH_OK;
}

enum gh_err device_rows_count(struct server *server, const struct store_rows *rows,
			      int64_t most, int64_t *n)
{
	struct device_table t;
	enum gh_err err = table_open(&t, server, rows);

	if (err)
		return err;
	*n = (int64_t)t.rows_n < most ? (int64_t)t.rows_n : most;
	table_close(&t);
	return GH_OK;
}

/* --- facets --- */

struct facet {
	struct store_value value;
	int64_t n;
};

static int facet_value_compare(const void *x, const void *y)
{
	return value_compare(&((const struct facet *)x)->value,
			     &((const struct facet *)y)->value);
}

/* The most frequent first. */
static int facet_count_compare(const void *x, const void *y)
{
	const struct facet *a = x, *b = y;

	if (a->n != b->n)
		return a->n < b->n ? 1 : -1;
	return value_compare(&a->value, &b->value);
}

/* Sort, and make one of those that are the same; how many are left. */
static size_t facets_merge(struct facet *f, size_t n)
{
	size_t kept = 0;

	qsort(f, n, sizeof(f[0]), facet_value_compare);
	for (size_t i = 0; i < n; i++)
		if (kept && value_compare(&f[kept - 1].value, &f[i].value) == 0)
			f[kept - 1].n++;
		else
			f[kept++] = f[i];
	qsort(f, kept, sizeof(f[0]), facet_count_compare);
	return kept;
}

enum gh_err device_rows_facet(struct server *server, const struct store_rows *rows,
			      const struct store_column *column, int64_t limit,
			      store_facet_fn *fn, void *ctx)
{
	struct device_table t;
	enum gh_err err = table_open(&t, server, rows);
	struct facet *f;

	if (err)
		return err;
	f = ghi_arena_alloc(&t.arena, (t.rows_n + 1) * sizeof(f[0]));
	for (size_t i = 0; f && i < t.rows_n; i++)
		f[i] = (struct facet){ device_value(&t.row[i], column), 1 };
	size_t n = f ? facets_merge(f, t.rows_n) : 0;

	for (size_t i = 0; i < n && (int64_t)i < limit; i++)
		if (!fn(ctx, &f[i].value, f[i].n))
			break;
	table_close(&t);
	return f ? GH_OK : GH_ENOMEM;
}

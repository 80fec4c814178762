#include "api/memory_list.h"

#include <stdlib.h>

#include "base/pattern.h"

#define ROWS_BYTES ((size_t)256 << 20) /* of all rows with their texts */
#define SORT_BYTES 200		       /* of a text that count in the order */
#define NO_NUMBER \
	(-INT64_MAX) /* what is absent, as in lists of the store; a cursor may have it */

/* The rows that a question is about. */
struct memory_table {
	const struct memory_source *source;
	const struct store_rows *rows;
	struct memory_rows made;
};

static void *table_row(const struct memory_table *t, size_t i)
{
	return (uint8_t *)t->made.row + i * t->source->row_size;
}

/* --- values --- */

/* Of a field of words the place of its word, where the column is a number. */
static int64_t word_place(const struct field *f, gh_slice word)
{
	for (size_t i = 0; f->word(i); i++)
		if (gh_slice_eq(word, gh_slice_of(f->word(i))))
			return (int64_t)i;
	return INT64_MIN;
}

static struct store_value row_value(const struct memory_source *source, const void *row,
				    const struct store_column *c)
{
	const struct field *f = fields_find(source->fields, gh_slice_of(c->name));
	struct value v = field_value(f, row);
	struct store_value out = { .is_text = c->is_text, .i = v.i, .s = v.s };

	if (v.kind == VALUE_NULL)
		out.i = NO_NUMBER;
	else if (!c->is_text && f->word)
		out.i = word_place(f, v.s);
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

/* --- which rows --- */

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

/* Value number i of a column in a row: one, or those of its list. */
static bool row_item(const struct memory_source *source, const void *row,
		     const struct store_column *c, size_t i, struct store_value *out)
{
	if (!(c->use & COLUMN_LIST)) {
		*out = row_value(source, row, c);
		return i == 0;
	}
	*out = (struct store_value){ .is_text = true };
	return source->item(row, c, i, &out->s);
}

static bool value_is_among(const struct store_value *of, const struct store_value *v)
{
	gh_slice rest = of->s, one;

	if (!of->is_text)
		return v->i >= 0 && v->i < 63 && of->i >> v->i & 1;
	while (rest.n) {
		gh_slice_cut(rest, ',', &one, &rest);
		if (gh_slice_eq(one, v->s))
			return true;
	}
	return false;
}

static bool value_matches(const struct store_term *term, const struct store_value *v)
{
	if (term->match == MATCH_PATTERN)
		return ghi_pattern_matches(term->value.s, v->s);
	if (term->match == MATCH_AMONG)
		return value_is_among(&term->value, v);

	int order = value_compare(v, &term->value);

	return term->match == MATCH_EQUAL      ? order == 0
	       : term->match == MATCH_AT_LEAST ? order >= 0
					       : order <= 0;
}

/* Whether one of the values in the row does. */
static bool term_matches(const struct memory_source *source, const void *row,
			 const struct store_term *term)
{
	struct store_value v;

	for (size_t i = 0; row_item(source, row, term->column, i, &v); i++)
		if (value_matches(term, &v))
			return true;
	return false;
}

static bool column_searched(const struct memory_source *source, const void *row,
			    const struct store_column *c, gh_slice text)
{
	struct store_value v;

	for (size_t i = 0; row_item(source, row, c, i, &v); i++)
		if (text_holds(v.s, text))
			return true;
	return false;
}

static bool row_searched(const struct memory_source *source, const void *row, gh_slice text)
{
	for (size_t i = 0; i < source->columns; i++)
		if (source->column[i].use & COLUMN_SEARCH &&
		    column_searched(source, row, &source->column[i], text))
			return true;
	return false;
}

static bool row_matches(const struct memory_table *t, const void *row)
{
	const struct store_rows *rows = t->rows;

	for (size_t i = 0; i < rows->terms; i++)
		if (!term_matches(t->source, row, &rows->term[i]))
			return false;
	return rows->text.n == 0 || row_searched(t->source, row, rows->text);
}

static void table_close(struct memory_table *t)
{
	if (t->source->release)
		t->source->release(&t->made);
	ghi_arena_clear(&t->made.arena);
}

static enum gh_err table_open(struct memory_table *t, const struct memory_source *source,
			      struct server *server, const struct list_question *q,
			      const struct store_rows *rows)
{
	size_t matching = 0;

	*t = (struct memory_table){ .source = source,
				    .rows = rows,
				    .made = { .arena = ghi_arena_with_limit(ROWS_BYTES) } };
	enum gh_err err = source->make(server, q, &t->made);
	if (err == GH_OK && t->made.arena.failed)
		err = GH_ENOMEM;
	if (err) {
		table_close(t);
		return err;
	}
	for (size_t i = 0; i < t->made.n; i++) {
		if (!row_matches(t, table_row(t, i)))
			continue;
		if (matching != i)
			memcpy(table_row(t, matching), table_row(t, i), source->row_size);
		matching++;
	}
	t->made.n = matching;
	return GH_OK;
}

/* --- order --- */

static struct store_key row_key(const struct memory_table *t, const void *row)
{
	struct store_key key = { .number = t->source->number(row) };

	if (t->rows->sort)
		key.value = row_value(t->source, row, t->rows->sort);
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

static int row_compare(const void *x, const void *y, void *table)
{
	const struct memory_table *t = table;
	struct store_key a = row_key(t, x), b = row_key(t, y);

	return key_compare(t->rows, &a, &b);
}

enum gh_err memory_rows_read(const struct memory_source *source, struct server *server,
			     const struct list_question *q, const struct store_rows *rows,
			     store_row_fn *fn, void *ctx)
{
	struct memory_table t;
	int64_t given = 0;
	enum gh_err err = table_open(&t, source, server, q, rows);

	if (err)
		return err;
	if (t.made.n)
		qsort_r(t.made.row, t.made.n, source->row_size, row_compare, &t);
	for (size_t i = 0; i < t.made.n && given < rows->limit; i++) {
		struct store_key key = row_key(&t, table_row(&t, i));

		if (key.number <= rows->after || (rows->before && key.number >= rows->before) ||
		    (rows->from && key_compare(rows, &key, rows->from) <= 0))
			continue;
		given++;
		if (!fn(ctx, table_row(&t, i), &key))
			break;
	}
	table_close(&t);
	return GH_OK;
}

enum gh_err memory_rows_count(const struct memory_source *source, struct server *server,
			      const struct list_question *q, const struct store_rows *rows,
			      int64_t most, int64_t *n)
{
	struct memory_table t;
	enum gh_err err = table_open(&t, source, server, q, rows);

	if (err)
		return err;
	*n = (int64_t)t.made.n < most ? (int64_t)t.made.n : most;
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
	size_t merged = 0;

	qsort(f, n, sizeof(f[0]), facet_value_compare);
	for (size_t i = 0; i < n; i++)
		if (merged && value_compare(&f[merged - 1].value, &f[i].value) == 0)
			f[merged - 1].n++;
		else
			f[merged++] = f[i];
	qsort(f, merged, sizeof(f[0]), facet_count_compare);
	return merged;
}

/* The values of a column in all rows, written to `out` unless it is NULL; how many. A row whose
 * list is empty has an empty text. */
static size_t facet_values(const struct memory_table *t, const struct store_column *c,
			   struct facet *out)
{
	size_t n = 0;

	for (size_t r = 0; r < t->made.n; r++) {
		struct store_value v = { .is_text = c->is_text };
		size_t i = 0;

		while (row_item(t->source, table_row(t, r), c, i, &v)) {
			if (out)
				out[n] = (struct facet){ v, 1 };
			n++;
			i++;
		}
		if (i > 0)
			continue;
		if (out)
			out[n] = (struct facet){ { .is_text = true }, 1 };
		n++;
	}
	return n;
}

enum gh_err memory_rows_facet(const struct memory_source *source, struct server *server,
			      const struct list_question *q, const struct store_rows *rows,
			      const struct store_column *column, int64_t limit,
			      store_facet_fn *fn, void *ctx)
{
	struct memory_table t;
	enum gh_err err = table_open(&t, source, server, q, rows);
	struct facet *f;

	if (err)
		return err;
	f = ghi_arena_alloc(&t.made.arena, (facet_values(&t, column, NULL) + 1) * sizeof(f[0]));
	size_t n = f ? facets_merge(f, facet_values(&t, column, f)) : 0;

	for (size_t i = 0; i < n && (int64_t)i < limit; i++)
		if (!fn(ctx, &f[i].value, f[i].n))
			break;
	table_close(&t);
	return f ? GH_OK : GH_ENOMEM;
}

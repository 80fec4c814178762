#include "store/sql/copy_table.h"

#include <stdio.h>

#include "base/writer.h"
#include "store/sql/copy_sum.h"

static enum gh_err copy_fail(struct copy *c, const char *what, const char *table,
			     enum gh_err err)
{
	snprintf(c->why, c->why_size, "cannot %s table %s: %s", what, table, gh_strerror(err));
	return err;
}

/* --- writing --- */

struct row_writer {
	struct sql *sql;
	gh_slice text;		 /* empty: in bulk */
	struct copy_sum written; /* without a digest */
};

static void row_put(struct sql_call *q, const struct sql_table *t, const struct sql_call *row)
{
	for (int i = 0; i < (int)t->columns; i++)
		if (sql_null(row, i))
			sql_put_null(q);
		else if (t->column[i].type == COLUMN_INT)
			sql_put_int(q, sql_int(row, i));
		else if (t->column[i].type == COLUMN_TEXT)
			sql_put_text(q, sql_text(row, i));
		else
			sql_put_blob(q, sql_text(row, i));
}

static enum gh_err row_write(void *ctx, const struct sql_table *t, struct sql_call *row)
{
	struct row_writer *w = ctx;
	struct sql_call q = sql_call_made(w->sql, SQL_COPY, w->text);

	row_put(&q, t, row);
	enum gh_err err = w->text.n ? sql_run(&q) : w->sql->engine->bulk_row(&q);

	copy_row_count(&w->written, t, row);
	return err;
}

static gh_slice insert_text(struct ghi_writer *w, const struct sql *sql,
			    const struct sql_table *t)
{
	ghi_put(w, GH_LIT("INSERT INTO "));
	ghi_put(w, gh_slice_of(t->name));
	ghi_put(w, GH_LIT(" ("));
	copy_columns_write(w, t);
	ghi_put(w, GH_LIT(") VALUES ("));
	for (size_t i = 0; i < t->columns; i++) {
		ghi_put(w, gh_slice_of(i ? ", " : ""));
		ghi_put(w,
			gh_slice_of(t->column[i].type == COLUMN_INT ? sql->engine->whole_number
								    : "?"));
	}
	ghi_put(w, GH_LIT(")"));
	return ghi_written(w);
}

static enum gh_err rows_write(struct copy *c, const struct sql_table *t, int64_t after,
			      struct row_writer *to)
{
	const struct sql_engine *engine = to->sql->engine;
	char text[4096];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	enum gh_err err, end;

	if (engine->bulk_begin == NULL) {
		to->text = insert_text(&w, to->sql, t);
		engine->discard(to->sql, SQL_COPY);
		return w.err ? w.err : copy_rows_read(c->source, t, after, row_write, to);
	}
	copy_columns_write(&w, t);
	err = w.err ? w.err : engine->bulk_begin(to->sql, t->name, ghi_written(&w));
	if (err == GH_OK)
		err = copy_rows_read(c->source, t, after, row_write, to);
	end = engine->bulk_end(to->sql, err == GH_OK);
	return err ? err : end;
}

enum gh_err copy_statement_run(struct sql *sql, const char *text)
{
	struct sql_call q = sql_call_once(sql, gh_slice_of(text));

	return sql_run(&q);
}

static enum gh_err table_clear(struct sql *sql, const struct sql_table *t)
{
	char text[128];

	snprintf(text, sizeof(text), "DELETE FROM %s", t->name);
	return copy_statement_run(sql, text);
}

/* One piece in a transaction of the target. */
static enum gh_err piece_copy(struct copy *c, const struct sql_table *t, int64_t after,
			      bool clear, struct copy_sum *sum)
{
	const struct store_ops *ops = c->to->ops;
	struct store *s = c->to->store;
	struct row_writer to = { .sql = s->sql, .written.last = after };
	struct store_outcome outcome;
	enum gh_err err = ops->begin(s);

	if (err)
		return err;
	ops->job(s, 0);
	if (s->sql->engine->late_references)
		err = copy_statement_run(s->sql, s->sql->engine->late_references);
	if (err == GH_OK && clear)
		err = table_clear(s->sql, t);
	if (err == GH_OK)
		err = rows_write(c, t, after, &to);
	if (err)
		ops->rollback(s);
	else
		err = ops->commit(s, &outcome);
	*sum = to.written;
	return err;
}

enum gh_err copy_number_read(struct store_reader *r, const char *text, const char *value,
			     int64_t *out)
{
	struct sql_call q = sql_call_once(r->sql, gh_slice_of(text));

	*out = 0;
	if (value)
		sql_put_text(&q, gh_slice_of(value));
	if (sql_next(&q))
		*out = sql_int(&q, 0);
	return sql_end(&q);
}

static enum gh_err whole_copy(struct copy *c, const struct sql_table *t, uint64_t *rows)
{
	struct copy_sum there, here, written;
	enum gh_err err = copy_piece_sum(c, c->source, t, 0, &there);

	if (err == GH_OK)
		err = copy_piece_sum(c, c->target, t, 0, &here);
	if (err == GH_OK && !copy_sums_same(&there, &here))
		err = piece_copy(c, t, 0, true, &written);
	*rows = there.rows;
	return err;
}

static enum gh_err pieces_copy(struct copy *c, const struct sql_table *t)
{
	struct copy_sum sum;
	char text[128];
	int64_t after;

	snprintf(text, sizeof(text), "SELECT coalesce(max(%s), 0) FROM %s", t->key, t->name);
	enum gh_err err = copy_number_read(c->target, text, NULL, &after);

	do {
		sum = (struct copy_sum){ 0 };
		if (err == GH_OK)
			err = piece_copy(c, t, after, false, &sum);
		after = sum.last;
	} while (err == GH_OK && sum.rows == COPY_PIECE_ROWS);
	return err;
}

static enum gh_err copy_differs(struct copy *c, const struct sql_table *t, int64_t after,
				const struct copy_sum *a, const struct copy_sum *b)
{
	int n = snprintf(c->why, c->why_size, "the copy of table %s differs", t->name);

	if (a->rows != b->rows)
		snprintf(c->why + n, c->why_size - (size_t)n, ": %llu rows instead of %llu",
			 (unsigned long long)b->rows, (unsigned long long)a->rows);
	else if (t->key)
		snprintf(c->why + n, c->why_size - (size_t)n,
			 " in a row whose %s is from %lld to %lld", t->key,
			 (long long)after + 1, (long long)a->last);
	return GH_ECORRUPT;
}

/* Piece by piece, on both sides. */
static enum gh_err table_compare(struct copy *c, const struct sql_table *t, uint64_t *rows)
{
	struct copy_sum a = { 0 }, b;
	enum gh_err err;

	*rows = 0;
	do {
		int64_t after = a.last;

		err = copy_piece_sum(c, c->source, t, after, &a);
		if (err == GH_OK)
			err = copy_piece_sum(c, c->target, t, after, &b);
		if (err)
			return copy_fail(c, "compare", t->name, err);
		if (!copy_sums_same(&a, &b))
			return copy_differs(c, t, after, &a, &b);
		*rows += a.rows;
	} while (t->key && a.rows == COPY_PIECE_ROWS);
	return GH_OK;
}

/* Numbers that were given and are gone are not given again. */
static enum gh_err sequence_copy(struct copy *c, const struct sql_table *t)
{
	const struct store_ops *ops = c->to->ops;
	struct store *s = c->to->store;
	const char *const *set = s->sql->engine->sequence_set;
	char text[128];
	int64_t given = 0, highest = 0;
	struct store_outcome outcome;
	enum gh_err err = copy_number_read(c->source, c->source->sql->engine->sequence_get,
					   t->name, &given);

	snprintf(text, sizeof(text), "SELECT coalesce(max(id), 0) FROM %s", t->name);
	if (err == GH_OK)
		err = copy_number_read(c->source, text, NULL, &highest);
	given = given > highest ? given : highest;
	if (err || given == 0)
		return err;
	err = ops->begin(s);
	for (int i = 0; i < 2 && set[i] && err == GH_OK; i++) {
		struct sql_call q = sql_call_once(s->sql, gh_slice_of(set[i]));

		sql_put_text(&q, gh_slice_of(t->name));
		sql_put_int(&q, given);
		err = sql_run(&q);
	}
	if (err == GH_OK)
		return ops->commit(s, &outcome);
	ops->rollback(s);
	return err;
}

/* A server that begins with the copy does not wait for the database to do so by itself. */
static enum gh_err table_analyze(struct copy *c, const struct sql_table *t)
{
	const char *analyze = c->target->sql->engine->analyze;
	char text[128];

	if (analyze == NULL)
		return GH_OK;
	snprintf(text, sizeof(text), "%s%s", analyze, t->name);
	struct sql_call q = sql_call_once(c->target->sql, gh_slice_of(text));

	(void)sql_next(&q);
	return sql_end(&q);
}

enum gh_err copy_table(struct copy *c, const char *name, bool whole)
{
	struct sql_table t;
	char text[128];
	uint64_t rows = 0;
	enum gh_err err = sql_table_describe(c->target->sql, &t, name);

	if (err)
		return copy_fail(c, "describe", name, err);
	bool numbered = t.key && strcmp(t.key, "id") == 0;

	if (whole)
		t.key = NULL;
	err = t.key ? pieces_copy(c, &t) : whole_copy(c, &t, &rows);
	if (err)
		return copy_fail(c, "copy", name, err);
	err = table_compare(c, &t, &rows);
	if (err)
		return err;
	if (numbered)
		err = sequence_copy(c, &t);
	if (err)
		return copy_fail(c, "number", name, err);
	err = table_analyze(c, &t);
	if (err)
		return copy_fail(c, "analyze", name, err);
	snprintf(text, sizeof(text), "%-14s %llu rows", name, (unsigned long long)rows);
	c->report->line(c->report->ctx, text);
	return GH_OK;
}

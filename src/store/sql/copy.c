/* Copying a store: table by table, the larger ones in pieces of their order, a transaction for
 * each. What is there of a table is never copied again, so a copy that was cut short goes on. */
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>

#include "base/writer.h"
#include "model/entity.h"
#include "store/maintenance.h"
#include "store/sql/sql_store.h"

#define PIECE_ROWS 50000
#define COLUMNS_MAX 48

struct copy_column {
	char name[64];
	enum { COLUMN_INT, COLUMN_TEXT, COLUMN_BLOB } type;
};

struct copy_table {
	const char *name;
	const char *key; /* rows are numbered by it; NULL: copied whole */
	size_t columns;
	struct copy_column column[COLUMNS_MAX];
};

struct copy {
	struct store_handle *from, *to;
	struct store_reader *source, *target;
	const struct store_report *report;
	EVP_MD_CTX *hash;
	char *why;
	size_t why_size;
};

/* Of rows, in any order. */
struct copy_sum {
	EVP_MD_CTX *hash; /* borrowed */
	uint64_t rows;
	uint8_t bytes[SHA256_DIGEST_LENGTH];
	int64_t last; /* number of the last row */
};

static enum gh_err copy_fail(struct copy *c, const char *what, const char *table,
			     enum gh_err err)
{
	snprintf(c->why, c->why_size, "cannot %s table %s: %s", what, table, gh_strerror(err));
	return err;
}

/* --- the tables --- */

static bool table_has(const struct copy_table *t, const char *column)
{
	for (size_t i = 0; i < t->columns; i++)
		if (strcmp(t->column[i].name, column) == 0)
			return true;
	return false;
}

/* The columns as the target knows them, where it matters what is text. */
static enum gh_err table_describe(struct copy *c, struct copy_table *t, const char *name)
{
	struct sql *sql = c->target->sql;
	struct sql_call q = sql_call_once(sql, gh_slice_of(sql->engine->columns));

	*t = (struct copy_table){ .name = name };
	sql_put_text(&q, gh_slice_of(name));
	while (sql_next(&q) && t->columns < COLUMNS_MAX) {
		struct copy_column *column = &t->column[t->columns++];

		snprintf(column->name, sizeof(column->name), "%.*s", GH_FMT(sql_text(&q, 0)));
		column->type = sql_int(&q, 1) == 0   ? COLUMN_INT
			       : sql_int(&q, 1) == 1 ? COLUMN_TEXT
						     : COLUMN_BLOB;
	}
	enum gh_err err = sql_end(&q);

	if (table_has(t, "seq"))
		t->key = "seq";
	else if (table_has(t, "id") && strcmp(name, "ledger") != 0)
		t->key = "id";
	return err == GH_OK && t->columns == 0 ? GH_ENOTFOUND : err;
}

static void columns_write(struct ghi_writer *w, const struct copy_table *t)
{
	for (size_t i = 0; i < t->columns; i++) {
		ghi_put(w, i ? GH_LIT(", \"") : GH_LIT("\""));
		ghi_put(w, gh_slice_of(t->column[i].name));
		ghi_put(w, GH_LIT("\""));
	}
}

/* --- reading --- */

typedef enum gh_err copy_row_fn(void *ctx, const struct copy_table *t, struct sql_call *row);

/* Rows numbered above `after`, at most PIECE_ROWS; all of a table without numbers. */
static enum gh_err rows_read(struct store_reader *r, const struct copy_table *t, int64_t after,
			     copy_row_fn *fn, void *ctx)
{
	char text[4096];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	enum gh_err err = GH_OK, end;

	ghi_put(&w, GH_LIT("SELECT "));
	columns_write(&w, t);
	ghi_put(&w, GH_LIT(" FROM "));
	ghi_put(&w, gh_slice_of(t->name));
	if (t->key) {
		ghi_put(&w, GH_LIT(" WHERE "));
		ghi_put(&w, gh_slice_of(t->key));
		ghi_put(&w, GH_LIT(" > ? ORDER BY "));
		ghi_put(&w, gh_slice_of(t->key));
		ghi_put(&w, GH_LIT(" LIMIT ?"));
	}
	if (w.err)
		return w.err;
	struct sql_call q = sql_call_once(r->sql, ghi_written(&w));

	if (t->key) {
		sql_put_int(&q, after);
		sql_put_int(&q, PIECE_ROWS);
	}
	while (err == GH_OK && sql_next(&q))
		err = fn(ctx, t, &q);
	end = sql_end(&q);
	return err ? err : end;
}

static void hash_number(EVP_MD_CTX *h, uint64_t v)
{
	uint8_t bytes[8];

	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(v >> (56 - 8 * i));
	EVP_DigestUpdate(h, bytes, sizeof(bytes));
}

static enum gh_err row_sum(void *ctx, const struct copy_table *t, struct sql_call *row)
{
	struct copy_sum *sum = ctx;
	uint8_t digest[SHA256_DIGEST_LENGTH];
	EVP_MD_CTX *h = sum->hash;

	EVP_DigestInit_ex(h, EVP_sha256(), NULL);
	for (int i = 0; i < (int)t->columns; i++) {
		bool is_null = sql_null(row, i);
		bool is_int = t->column[i].type == COLUMN_INT;
		gh_slice bytes = { 0 };

		if (!is_null && !is_int)
			bytes = sql_text(row, i);
		hash_number(h, is_null ? UINT64_MAX : bytes.n);
		if (!is_null && is_int)
			hash_number(h, (uint64_t)sql_int(row, i));
		EVP_DigestUpdate(h, bytes.n ? bytes.p : (const uint8_t *)"", bytes.n);
		if (t->key && strcmp(t->column[i].name, t->key) == 0)
			sum->last = sql_int(row, i);
	}
	EVP_DigestFinal_ex(h, digest, NULL);
	/* No two rows are alike, and a piece of the order has them all. */
	for (size_t i = 0; i < sizeof(digest); i++)
		sum->bytes[i] ^= digest[i];
	sum->rows++;
	return GH_OK;
}

static enum gh_err piece_sum(const struct copy *c, struct store_reader *r,
			     const struct copy_table *t, int64_t after, struct copy_sum *sum)
{
	*sum = (struct copy_sum){ .hash = c->hash, .last = after };
	return rows_read(r, t, after, row_sum, sum);
}

/* --- writing --- */

struct row_writer {
	struct sql *sql;
	gh_slice text;
	struct copy_sum sum;
};

static enum gh_err row_write(void *ctx, const struct copy_table *t, struct sql_call *row)
{
	struct row_writer *w = ctx;
	struct sql_call q = sql_call_made(w->sql, SQL_COPY, w->text);

	for (int i = 0; i < (int)t->columns; i++)
		if (sql_null(row, i))
			sql_put_null(&q);
		else if (t->column[i].type == COLUMN_INT)
			sql_put_int(&q, sql_int(row, i));
		else if (t->column[i].type == COLUMN_TEXT)
			sql_put_text(&q, sql_text(row, i));
		else
			sql_put_blob(&q, sql_text(row, i));
	enum gh_err err = sql_run(&q);

	return err ? err : row_sum(&w->sum, t, row);
}

static enum gh_err sql_do(struct sql *sql, const char *text)
{
	struct sql_call q = sql_call_once(sql, gh_slice_of(text));

	return sql_run(&q);
}

static enum gh_err table_clear(struct sql *sql, const struct copy_table *t)
{
	char text[128];

	snprintf(text, sizeof(text), "DELETE FROM %s", t->name);
	return sql_do(sql, text);
}

/* One piece in a transaction of the target. */
static enum gh_err piece_copy(struct copy *c, const struct copy_table *t, int64_t after,
			      bool clear, struct copy_sum *sum)
{
	const struct store_ops *ops = c->to->ops;
	struct store *s = c->to->store;
	char text[4096];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	struct store_outcome outcome;
	enum gh_err err = ops->begin(s);

	ghi_put(&w, GH_LIT("INSERT INTO "));
	ghi_put(&w, gh_slice_of(t->name));
	ghi_put(&w, GH_LIT(" ("));
	columns_write(&w, t);
	ghi_put(&w, GH_LIT(") VALUES ("));
	for (size_t i = 0; i < t->columns; i++) {
		ghi_put(&w, gh_slice_of(i ? ", " : ""));
		ghi_put(&w, gh_slice_of(t->column[i].type == COLUMN_INT
						? s->sql->engine->whole_number
						: "?"));
	}
	ghi_put(&w, GH_LIT(")"));
	if (err || w.err)
		return err ? err : w.err;
	struct row_writer to = { .sql = s->sql,
				 .text = ghi_written(&w),
				 .sum = { .hash = c->hash, .last = after } };

	ops->job(s, 0);
	s->sql->engine->discard(s->sql, SQL_COPY);
	if (s->sql->engine->late_references)
		err = sql_do(s->sql, s->sql->engine->late_references);
	if (err == GH_OK && clear)
		err = table_clear(s->sql, t);
	if (err == GH_OK)
		err = rows_read(c->source, t, after, row_write, &to);
	if (err)
		ops->rollback(s);
	else
		err = ops->commit(s, &outcome);
	*sum = to.sum;
	return err;
}

static enum gh_err number_read(struct store_reader *r, const char *text, const char *value,
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

static bool sums_same(const struct copy_sum *a, const struct copy_sum *b)
{
	return a->rows == b->rows && memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

static enum gh_err whole_copy(struct copy *c, const struct copy_table *t, uint64_t *rows)
{
	struct copy_sum there, here, written;
	enum gh_err err = piece_sum(c, c->source, t, 0, &there);

	if (err == GH_OK)
		err = piece_sum(c, c->target, t, 0, &here);
	if (err == GH_OK && !sums_same(&there, &here))
		err = piece_copy(c, t, 0, true, &written);
	*rows = there.rows;
	return err;
}

static enum gh_err pieces_copy(struct copy *c, const struct copy_table *t)
{
	struct copy_sum sum;
	char text[128];
	int64_t after;

	snprintf(text, sizeof(text), "SELECT coalesce(max(%s), 0) FROM %s", t->key, t->name);
	enum gh_err err = number_read(c->target, text, NULL, &after);

	do {
		sum = (struct copy_sum){ 0 };
		if (err == GH_OK)
			err = piece_copy(c, t, after, false, &sum);
		after = sum.last;
	} while (err == GH_OK && sum.rows == PIECE_ROWS);
	return err;
}

/* Piece by piece, on both sides. */
static enum gh_err table_compare(struct copy *c, const struct copy_table *t, uint64_t *rows)
{
	struct copy_sum a = { 0 }, b;
	enum gh_err err;

	*rows = 0;
	do {
		int64_t after = a.last;

		err = piece_sum(c, c->source, t, after, &a);
		if (err == GH_OK)
			err = piece_sum(c, c->target, t, after, &b);
		if (err == GH_OK && !sums_same(&a, &b))
			err = GH_ECORRUPT;
		*rows += a.rows;
	} while (err == GH_OK && t->key && a.rows == PIECE_ROWS);
	return err;
}

/* Numbers that were given and are gone are not given again. */
static enum gh_err sequence_copy(struct copy *c, const struct copy_table *t)
{
	const struct store_ops *ops = c->to->ops;
	struct store *s = c->to->store;
	const char *const *set = s->sql->engine->sequence_set;
	char text[128];
	int64_t given = 0, highest = 0;
	struct store_outcome outcome;
	enum gh_err err =
		number_read(c->source, c->source->sql->engine->sequence_get, t->name, &given);

	snprintf(text, sizeof(text), "SELECT coalesce(max(id), 0) FROM %s", t->name);
	if (err == GH_OK)
		err = number_read(c->source, text, NULL, &highest);
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

static enum gh_err table_copy(struct copy *c, const char *name, bool whole)
{
	struct copy_table t;
	char text[128];
	uint64_t rows = 0;
	enum gh_err err = table_describe(c, &t, name);

	if (err)
		return copy_fail(c, "describe", name, err);
	if (whole)
		t.key = NULL;
	err = t.key ? pieces_copy(c, &t) : whole_copy(c, &t, &rows);
	if (err)
		return copy_fail(c, "copy", name, err);
	err = table_compare(c, &t, &rows);
	if (err)
		return copy_fail(c, "find the same rows in", name, err);
	if (table_has(&t, "id") && strcmp(name, "ledger") != 0)
		err = sequence_copy(c, &t);
	if (err)
		return copy_fail(c, "number", name, err);
	snprintf(text, sizeof(text), "%-14s %llu rows", name, (unsigned long long)rows);
	c->report->line(c->report->ctx, text);
	return GH_OK;
}

/* In the order in which they refer to each other. */
static enum gh_err tables_copy(struct copy *c)
{
	static const char *const first[] = { "ledger", "zone" };
	static const char *const after_entities[] = { "device",		 "device_attendance",
						      "device_terminal", "device_option",
						      "device_stamp",	 "punch" };
	static const char *const last[] = { "quarantine", "raw_upload", "command",
					    "command_event", "token" };
	enum gh_err err = GH_OK;

	for (size_t i = 0; i < 2 && err == GH_OK; i++)
		err = table_copy(c, first[i], false);
	/* A new store has some. */
	for (size_t i = 0; i < ENTITY_COUNT && err == GH_OK; i++)
		err = table_copy(c, model_entities[i].name, true);
	for (size_t i = 0; i < 6 && err == GH_OK; i++)
		err = table_copy(c, after_entities[i], false);
	for (size_t i = 0; i < RELATION_COUNT && err == GH_OK; i++)
		err = table_copy(c, model_relations[i].name, true);
	for (size_t i = 0; i < KIND_COUNT && err == GH_OK; i++)
		err = table_copy(c, model_kinds[i].name, false);
	for (size_t i = 0; i < 5 && err == GH_OK; i++)
		err = table_copy(c, last[i], false);
	return err;
}

/* --- the whole --- */

static enum gh_err target_check(struct copy *c)
{
	char ours[STORE_LEDGER_ID], theirs[STORE_LEDGER_ID];
	int64_t rows = 0;
	enum gh_err err = c->from->ops->ledger_id(c->source, ours);

	if (err == GH_OK)
		err = c->to->ops->ledger_id(c->target, theirs);
	if (err == GH_OK)
		err = number_read(c->target, "SELECT count(*) FROM device", NULL, &rows);
	if (err) {
		snprintf(c->why, c->why_size, "cannot read the stores: %s", gh_strerror(err));
	} else if (rows && strcmp(ours, theirs) != 0) {
		snprintf(c->why, c->why_size, "the store to copy to has devices of its own");
		err = GH_EEXISTS;
	}
	return err;
}

/* SQLite may know the last number from the row that has it; other databases keep it. */
static enum gh_err ledger_finish(struct copy *c)
{
	struct store_outcome outcome;
	const struct store_ops *ops = c->to->ops;
	enum gh_err err = ops->begin(c->to->store);

	if (err == GH_OK)
		err = sql_do(
			c->to->store->sql,
			"UPDATE ledger SET last = (SELECT coalesce(max(seq), 0) FROM punch)"
			" WHERE last < (SELECT coalesce(max(seq), 0) FROM punch)");
	if (err == GH_OK)
		err = ops->commit(c->to->store, &outcome);
	if (err)
		snprintf(c->why, c->why_size, "cannot finish the copy: %s", gh_strerror(err));
	return err;
}

static enum gh_err source_mark(struct copy *c, const char *mark)
{
	struct store *s = c->from->store;
	struct store_outcome outcome;
	struct sql_call q =
		sql_call_once(s->sql, GH_LIT("INSERT INTO moved (target) VALUES (?)"));

	sql_put_text(&q, gh_slice_of(mark));
	enum gh_err err = sql_run(&q);

	if (err == GH_OK)
		err = c->from->ops->commit(s, &outcome);
	else
		c->from->ops->rollback(s);
	if (err)
		snprintf(c->why, c->why_size, "cannot mark what was copied: %s",
			 gh_strerror(err));
	return err;
}

/* Pieces are large. */
static enum gh_err reader_make(const struct store_handle *h, struct store_reader **out)
{
	enum gh_err err = h->ops->reader_open(h->store, out);

	if (err || (*out)->sql->engine->patient == NULL)
		return err;
	struct sql_call q =
		sql_call_once((*out)->sql, gh_slice_of((*out)->sql->engine->patient));

	(void)sql_next(&q);
	return sql_end(&q);
}

enum gh_err store_copy(struct store_handle *from, struct store_handle *to, const char *mark,
		       const struct store_report *report, char *why, size_t why_size)
{
	struct copy c = {
		.from = from, .to = to, .report = report, .why = why, .why_size = why_size
	};
	enum gh_err err = from->ops->begin(from->store);

	if (err) {
		snprintf(why, why_size, "cannot hold the store that is copied: %s",
			 gh_strerror(err));
		return err;
	}
	from->ops->job(from->store, 0);
	c.hash = EVP_MD_CTX_new();
	err = c.hash ? reader_make(from, &c.source) : GH_ENOMEM;
	if (err == GH_OK)
		err = reader_make(to, &c.target);
	if (err)
		snprintf(why, why_size, "cannot read the stores: %s", gh_strerror(err));
	if (err == GH_OK)
		err = target_check(&c);
	if (err == GH_OK)
		err = tables_copy(&c);
	if (err == GH_OK)
		err = ledger_finish(&c);
	if (err == GH_OK)
		err = source_mark(&c, mark);
	else
		from->ops->rollback(from->store);
	from->ops->reader_close(c.source);
	to->ops->reader_close(c.target);
	EVP_MD_CTX_free(c.hash);
	return err;
}

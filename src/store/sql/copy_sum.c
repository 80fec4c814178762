#include "store/sql/copy_sum.h"

#include "base/writer.h"

void copy_columns_write(struct ghi_writer *w, const struct sql_table *t)
{
	for (size_t i = 0; i < t->columns; i++) {
		ghi_put(w, i ? GH_LIT(", \"") : GH_LIT("\""));
		ghi_put(w, gh_slice_of(t->column[i].name));
		ghi_put(w, GH_LIT("\""));
	}
}

/* An order that every engine gives to the same rows: bytes by their value, and what is missing
 * first. */
static void row_order_write(struct ghi_writer *w, const struct sql_engine *engine,
			    const struct sql_table *t)
{
	for (size_t i = 0; i < t->columns; i++) {
		bool bytes = t->column[i].type != COLUMN_INT;

		ghi_put(w, gh_slice_of(i ? ", " : ""));
		ghi_put(w, gh_slice_of(bytes ? engine->bytes_order[0] : "\""));
		ghi_put(w, gh_slice_of(t->column[i].name));
		ghi_put(w, gh_slice_of(bytes ? engine->bytes_order[1] : "\""));
		ghi_put(w, GH_LIT(" NULLS FIRST"));
	}
}

enum gh_err copy_rows_read(struct store_reader *r, const struct sql_table *t, int64_t after,
			   copy_row_fn *fn, void *ctx)
{
	char text[8192];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	enum gh_err err = GH_OK, end;

	ghi_put(&w, GH_LIT("SELECT "));
	copy_columns_write(&w, t);
	ghi_put(&w, GH_LIT(" FROM "));
	ghi_put(&w, gh_slice_of(t->name));
	if (t->key) {
		ghi_put(&w, GH_LIT(" WHERE "));
		ghi_put(&w, gh_slice_of(t->key));
		ghi_put(&w, GH_LIT(" > ? ORDER BY "));
		ghi_put(&w, gh_slice_of(t->key));
		ghi_put(&w, GH_LIT(" LIMIT ?"));
	} else {
		ghi_put(&w, GH_LIT(" ORDER BY "));
		row_order_write(&w, r->sql->engine, t);
	}
	if (w.err)
		return w.err;
	struct sql_call q = sql_call_once(r->sql, ghi_written(&w));

	if (t->key) {
		sql_put_int(&q, after);
		sql_put_int(&q, COPY_PIECE_ROWS);
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

void copy_row_count(struct copy_sum *sum, const struct sql_table *t, struct sql_call *row)
{
	for (int i = 0; i < (int)t->columns; i++)
		if (t->key && strcmp(t->column[i].name, t->key) == 0)
			sum->last = sql_int(row, i);
	sum->rows++;
}

/* Each value behind its length, so that no two rows are the same bytes. */
static enum gh_err row_sum(void *ctx, const struct sql_table *t, struct sql_call *row)
{
	struct copy_sum *sum = ctx;
	EVP_MD_CTX *h = sum->hash;

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
	}
	copy_row_count(sum, t, row);
	return GH_OK;
}

enum gh_err copy_piece_sum(const struct copy *c, struct store_reader *r,
			   const struct sql_table *t, int64_t after, struct copy_sum *sum)
{
	*sum = (struct copy_sum){ .hash = c->hash, .last = after };
	if (!EVP_DigestInit_ex(c->hash, EVP_sha256(), NULL))
		return GH_ENOMEM;
	enum gh_err err = copy_rows_read(r, t, after, row_sum, sum);

	if (!EVP_DigestFinal_ex(c->hash, sum->digest, NULL) && err == GH_OK)
		err = GH_ENOMEM;
	return err;
}

bool copy_sums_same(const struct copy_sum *a, const struct copy_sum *b)
{
	return a->rows == b->rows && memcmp(a->digest, b->digest, sizeof(a->digest)) == 0;
}

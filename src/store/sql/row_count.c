#include "store/sql/row_count.h"

#include <stdlib.h>

#include "model/record.h"
#include "store/sql/sql_store.h"

/* What one transaction of many devices may touch is as much. */
#define KEPT_ROOM 1024

const char *row_count_table(uint8_t of)
{
	if (of == ROWS_QUARANTINE)
		return "quarantine";
	return of == ROWS_UPLOADS ? "raw_upload" : model_kinds[of].name;
}

const char *row_count_source(uint8_t of)
{
	return of == KIND_TEMPLATE ? "source" : NULL;
}

const char *row_count_returning(uint8_t of)
{
	return of == KIND_TEMPLATE ? " RETURNING device, source" : " RETURNING device";
}

struct row_count_key row_count_key(uint8_t of, int64_t device, gh_slice source)
{
	struct row_count_key key = { .device = device, .of = of };

	/* All of them are words of tag.def. */
	if (source.n > sizeof(key.source))
		source.n = sizeof(key.source);
	if (source.n)
		memcpy(key.source, source.p, source.n);
	key.source_n = (uint8_t)source.n;
	return key;
}

static int count_key_order(const struct row_count_key *a, const struct row_count_key *b)
{
	int by = (a->device > b->device) - (a->device < b->device);

	by = by ? by : (int)a->of - (int)b->of;
	by = by ? by : (int)a->source_n - (int)b->source_n;
	return by ? by : memcmp(a->source, b->source, a->source_n);
}

static int count_order(const void *a, const void *b)
{
	const struct row_count *x = a, *y = b;

	return count_key_order(&x->key, &y->key);
}

/* Put those of a counter together; they are in order then. */
static void row_counts_merge(struct row_counts *c)
{
	size_t n = 0;

	if (c->n)
		qsort(c->row, c->n, sizeof(*c->row), count_order);
	for (size_t i = 0; i < c->n; i++)
		if (n && count_key_order(&c->row[n - 1].key, &c->row[i].key) == 0)
			c->row[n - 1].n += c->row[i].n;
		else
			c->row[n++] = c->row[i];
	c->n = n;
}

static bool row_counts_grow(struct row_counts *c)
{
	size_t room = c->room ? 2 * c->room : 64;
	struct row_count *grown = realloc(c->row, room * sizeof(*grown));

	if (grown == NULL)
		return false;
	c->row = grown;
	c->room = room;
	return true;
}

/* Rows of one upload come one after the other; of what comes otherwise there is little. */
void row_count_add(struct row_counts *c, const struct row_count_key *key, int64_t n)
{
	if (c->n && count_key_order(&c->row[c->n - 1].key, key) == 0) {
		c->row[c->n - 1].n += n;
		return;
	}
	if (c->n == c->room) {
		row_counts_merge(c);
		if (2 * c->n >= c->room && !row_counts_grow(c)) {
			c->err = GH_ENOMEM;
			return;
		}
	}
	c->row[c->n++] = (struct row_count){ *key, n };
}

void row_count_removed(struct row_counts *c, uint8_t of, int64_t device, gh_slice source)
{
	struct row_count_key key = row_count_key(of, device, source);

	row_count_add(c, &key, -1);
}

static enum gh_err row_count_write(struct sql *c, const struct row_count *row)
{
	struct sql_call q = sql_call(c, SQL_ROW_COUNT_ADD);

	sql_put_int(&q, row->key.device);
	sql_put_text(&q, gh_slice_of(row_count_table(row->key.of)));
	sql_put_text(&q, (gh_slice){ row->key.source, row->key.source_n });
	sql_put_int(&q, row->n);
	return sql_run(&q);
}

/* In one order, so that transactions that write them do not wait for each other in a circle. */
enum gh_err row_counts_write(struct store *s)
{
	struct row_counts *c = &s->counts;
	enum gh_err err = c->err;

	row_counts_merge(c);
	for (size_t i = 0; i < c->n && err == GH_OK; i++)
		if (c->row[i].n)
			err = row_count_write(s->sql, &c->row[i]);
	row_counts_clear(c);
	return err;
}

void row_counts_clear(struct row_counts *c)
{
	if (c->room > KEPT_ROOM)
		row_counts_free(c);
	c->n = 0;
	c->err = GH_OK;
}

void row_counts_free(struct row_counts *c)
{
	free(c->row);
	*c = (struct row_counts){ 0 };
}

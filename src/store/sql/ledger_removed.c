#include "store/sql/ledger_removed.h"

#include <openssl/evp.h>
#include <stdlib.h>

/* --- hashes --- */

enum gh_err removed_hash(gh_slice text, uint8_t out[REMOVED_HASH])
{
	uint8_t digest[EVP_MAX_MD_SIZE];

	if (EVP_Digest(text.p, text.n, digest, NULL, EVP_sha256(), NULL) != 1)
		return GH_ENOMEM;
	memcpy(out, digest, REMOVED_HASH);
	return GH_OK;
}

static bool removed_hash_among(gh_slice hashes, const uint8_t hash[REMOVED_HASH])
{
	size_t low = 0, high = hashes.n / REMOVED_HASH;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int by = memcmp(hashes.p + middle * REMOVED_HASH, hash, REMOVED_HASH);

		if (by == 0)
			return true;
		if (by < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* --- what was removed --- */

enum gh_err ledger_floor_read(struct sql *c, enum store_stream stream, int64_t *floor)
{
	struct sql_call q = sql_call(c, SQL_LEDGER_FLOOR);

	sql_put_text(&q, gh_slice_of(store_stream_name(stream)));
	*floor = sql_next(&q) ? sql_int(&q, 0) : 0;
	return sql_end(&q);
}

enum gh_err sql_ledger_floor(struct store_reader *r, enum store_stream stream, int64_t *floor)
{
	return ledger_floor_read(r->sql, stream, floor);
}

static int sought_order(const void *a, const void *b)
{
	const struct removed_sought *x = a, *y = b;
	int by = (x->device > y->device) - (x->device < y->device);

	return by ? by : (x->day > y->day) - (x->day < y->day);
}

/* All of a device's day. */
static enum gh_err sought_find(struct sql *c, const struct removed_ledger *l,
			       struct removed_sought *sought, size_t n,
			       enum gh_err (*fill)(const void *, struct removed_sought *),
			       const void *rows)
{
	struct sql_call q = sql_call(c, l->find);
	enum gh_err err = GH_OK;
	bool hashed = false;
	size_t left = n;

	sql_put_int(&q, sought[0].device);
	sql_put_int(&q, sought[0].day);
	while (err == GH_OK && left && sql_next(&q)) {
		gh_slice hashes = sql_text(&q, 0);

		for (size_t i = 0; !hashed && i < n && err == GH_OK; i++)
			err = fill(rows, &sought[i]);
		hashed = true;
		for (size_t i = 0; i < n && err == GH_OK; i++)
			if (!sought[i].found && removed_hash_among(hashes, sought[i].hash)) {
				sought[i].found = true;
				left--;
			}
	}
	enum gh_err end = sql_end(&q);

	return err ? err : end;
}

/* What was removed of a day may be much more than what is looked for: it is read once. */
enum gh_err removed_find(struct sql *c, const struct removed_ledger *l,
			 struct removed_sought *sought, size_t n,
			 enum gh_err (*fill)(const void *rows, struct removed_sought *one),
			 const void *rows)
{
	enum gh_err err = GH_OK;

	qsort(sought, n, sizeof(*sought), sought_order);
	for (size_t i = 0, end; i < n && err == GH_OK; i = end) {
		for (end = i + 1; end < n && sought_order(&sought[i], &sought[end]) == 0;)
			end++;
		err = sought_find(c, l, &sought[i], end - i, fill, rows);
	}
	return err;
}

/* --- removal --- */

/* A row that is looked at. */
struct old_row {
	int64_t seq, device, day;
	bool erased; /* it is not on the device any more */
	bool imported;
	uint8_t hash[REMOVED_HASH];
};

struct old_piece {
	struct old_row *row;
	size_t rows;   /* looked at ... */
	size_t old;    /* ... of which so many are removed, from the first on */
	bool unknown;  /* the last ones seem to come from the future */
	bool young;    /* there is one that stays */
	int64_t floor; /* before the piece */
};

/* What lies behind rows from the future, where there is something. */
static enum gh_err known_follows(struct store *s, const struct removed_ledger *l,
				 const struct store_expiry *e, const struct old_piece *o,
				 bool *old)
{
	struct sql_call q = sql_call(s->sql, l->known);

	sql_put_int(&q, o->row[o->rows - 1].seq);
	sql_put_int(&q, e->now_ms);
	*old = sql_next(&q) && sql_int(&q, 0) < e->before_ms;
	return sql_end(&q);
}

static enum gh_err piece_row_read(struct old_piece *o, const struct removed_ledger *l,
				  const struct store_expiry *e, const struct sql_call *q)
{
	struct old_row *row = &o->row[o->rows++];
	int64_t received_ms = sql_int(q, 3);

	row->seq = sql_int(q, 0);
	row->device = sql_int(q, 1);
	row->day = removed_day(sql_int(q, 2));
	row->erased = (sql_int(q, 4) & 1) != 0;
	row->imported = (sql_int(q, 4) & 2) != 0;
	/* A server whose clock was ahead for a while stops nothing: what follows decides. */
	o->unknown = received_ms > e->now_ms;
	o->young = !o->unknown && received_ms >= e->before_ms;
	if (!o->unknown && !o->young)
		o->old = o->rows;
	return l->hash(q, row->hash);
}

static enum gh_err piece_read(struct store *s, const struct removed_ledger *l,
			      const struct store_expiry *e, struct old_piece *o)
{
	struct sql_call q = sql_call(s->sql, l->oldest);
	enum gh_err err = GH_OK;

	sql_put_int(&q, o->floor);
	sql_put_int(&q, (int64_t)e->limit);
	while (err == GH_OK && !o->young && o->rows < e->limit && sql_next(&q))
		err = piece_row_read(o, l, e, &q);
	enum gh_err end = sql_end(&q);
	bool old = false;

	err = err ? err : end;
	if (err == GH_OK && o->unknown && o->rows == e->limit)
		err = known_follows(s, l, e, o, &old);
	if (old)
		o->old = o->rows;
	return err;
}

static int part_order(const struct old_row *a, const struct old_row *b)
{
	int by = (a->device > b->device) - (a->device < b->device);

	by = by ? by : (a->day > b->day) - (a->day < b->day);
	return by ? by : (int)a->erased - (int)b->erased;
}

static int old_order(const void *a, const void *b)
{
	const struct old_row *x = a, *y = b;
	int by = part_order(x, y);

	return by ? by : memcmp(x->hash, y->hash, REMOVED_HASH);
}

/* Rows of a device's day. */
static enum gh_err part_put(struct store *s, const struct removed_ledger *l,
			    const struct old_row *row, size_t n)
{
	struct removed_part p = { .ledger = l,
				  .device = row->device,
				  .day = row->day,
				  .erased = row->erased,
				  .hashes = malloc(n * REMOVED_HASH),
				  .n = n };

	if (p.hashes == NULL)
		return GH_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		memcpy(p.hashes + i * REMOVED_HASH, row[i].hash, REMOVED_HASH);
		p.imported += row[i].imported;
		p.last = row[i].seq > p.last ? row[i].seq : p.last;
	}
	enum gh_err err = removed_part_put(s, &p);

	free(p.hashes);
	return err;
}

static enum gh_err parts_put(struct store *s, const struct removed_ledger *l,
			     struct old_piece *o)
{
	enum gh_err err = GH_OK;

	qsort(o->row, o->old, sizeof(*o->row), old_order);
	for (size_t i = 0, end; i < o->old && err == GH_OK; i = end) {
		for (end = i + 1; end < o->old && part_order(&o->row[i], &o->row[end]) == 0;)
			end++;
		err = part_put(s, l, &o->row[i], end - i);
	}
	return err;
}

static enum gh_err floor_set(struct store *s, enum store_stream stream, int64_t floor)
{
	struct sql_call q = sql_call(s->sql, SQL_LEDGER_FLOOR_SET);

	sql_put_int(&q, floor);
	sql_put_text(&q, gh_slice_of(store_stream_name(stream)));
	return sql_run(&q);
}

static enum gh_err rows_remove(struct store *s, const struct removed_ledger *l, int64_t floor)
{
	struct sql_call q = sql_call(s->sql, l->remove);

	sql_put_int(&q, floor);
	return sql_run(&q);
}

/* The ledger's row is locked before its rows, as appending does. */
static enum gh_err piece_remove(struct store *s, const struct removed_ledger *l,
				struct store_expiry *e, struct old_piece *o)
{
	int64_t floor = o->row[o->old - 1].seq;
	enum gh_err err = parts_put(s, l, o);

	if (err == GH_OK && l->forego)
		err = l->forego(s, o->floor, floor);
	if (err == GH_OK)
		err = floor_set(s, l->stream, floor);
	if (err == GH_OK)
		err = rows_remove(s, l, floor);
	if (err == GH_OK) {
		e->removed = o->old;
		e->floor = floor;
	}
	return err ? err : sql_settle(s->sql);
}

enum gh_err sql_ledger_expire(struct store *s, const struct removed_ledger *l,
			      struct store_expiry *e)
{
	struct old_piece o = { .row = malloc(e->limit * sizeof(*o.row)) };
	enum gh_err err = o.row ? ledger_floor_read(s->sql, l->stream, &o.floor) : GH_ENOMEM;

	e->removed = 0;
	e->floor = o.floor;
	if (err == GH_OK)
		err = piece_read(s, l, e, &o);
	if (err == GH_OK && o.old)
		err = piece_remove(s, l, e, &o);
	e->more = o.old == e->limit;
	free(o.row);
	return err;
}

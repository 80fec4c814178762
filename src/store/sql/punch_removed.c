#include "store/sql/punch_removed.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "store/sql/punch_index.h"

/* --- hashes --- */

#define PIN_ON_STACK 256

static void hashed_number_put(uint8_t *to, size_t bytes, int64_t v)
{
	for (size_t i = 0; i < bytes; i++)
		to[i] = (uint8_t)((uint64_t)v >> (8 * (bytes - 1 - i)));
}

enum gh_err punch_hash(const struct punch *p, uint8_t out[PUNCH_HASH])
{
	uint8_t room[16 + PIN_ON_STACK], *text = room, digest[EVP_MAX_MD_SIZE];
	enum gh_err err = GH_OK;

	if (p->pin.n > PIN_ON_STACK)
		text = malloc(16 + p->pin.n);
	if (text == NULL)
		return GH_ENOMEM;
	hashed_number_put(text, 8, p->time);
	hashed_number_put(text + 8, 4, p->status);
	hashed_number_put(text + 12, 4, p->verify);
	if (p->pin.n)
		memcpy(text + 16, p->pin.p, p->pin.n);
	if (EVP_Digest(text, 16 + p->pin.n, digest, NULL, EVP_sha256(), NULL) == 1)
		memcpy(out, digest, PUNCH_HASH);
	else
		err = GH_ENOMEM;
	if (text != room)
		free(text);
	return err;
}

bool punch_hash_among(gh_slice hashes, const uint8_t hash[PUNCH_HASH])
{
	size_t low = 0, high = hashes.n / PUNCH_HASH;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int by = memcmp(hashes.p + middle * PUNCH_HASH, hash, PUNCH_HASH);

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

enum gh_err punch_floor_read(struct sql *c, int64_t *floor)
{
	struct sql_call q = sql_call(c, SQL_LEDGER_FLOOR);

	*floor = sql_next(&q) ? sql_int(&q, 0) : 0;
	return sql_end(&q);
}

enum gh_err sql_ledger_floor(struct store_reader *r, int64_t *floor)
{
	return punch_floor_read(r->sql, floor);
}

/* A punch that is looked for. */
struct sought_punch {
	struct punch *p;
	uint8_t hash[PUNCH_HASH];
};

static int sought_order(const void *a, const void *b)
{
	const struct punch *x = ((const struct sought_punch *)a)->p;
	const struct punch *y = ((const struct sought_punch *)b)->p;
	int by = (x->device > y->device) - (x->device < y->device);

	return by ? by : (punch_day(x) > punch_day(y)) - (punch_day(x) < punch_day(y));
}

static enum gh_err sought_hash(struct sought_punch *sought, size_t n)
{
	enum gh_err err = GH_OK;

	for (size_t i = 0; i < n && err == GH_OK; i++)
		err = punch_hash(sought[i].p, sought[i].hash);
	return err;
}

/* All of a device's day. */
static enum gh_err sought_find(struct sql *c, struct sought_punch *sought, size_t n)
{
	struct sql_call q = sql_call(c, SQL_REMOVED_FIND);
	enum gh_err err = GH_OK;
	bool hashed = false;
	size_t left = n;

	sql_put_int(&q, sought[0].p->device);
	sql_put_int(&q, punch_day(sought[0].p));
	while (err == GH_OK && left && sql_next(&q)) {
		gh_slice hashes = sql_text(&q, 0);

		if (!hashed)
			err = sought_hash(sought, n);
		hashed = true;
		for (size_t i = 0; i < n && err == GH_OK; i++)
			if (sought[i].p->seq == 0 && punch_hash_among(hashes, sought[i].hash)) {
				sought[i].p->seq = PUNCH_SEQ_REMOVED;
				left--;
			}
	}
	enum gh_err end = sql_end(&q);

	return err ? err : end;
}

/* What was removed of a day may be much more than what is looked for: it is read once. */
enum gh_err punches_find_removed(struct sql *c, struct punch *p, size_t n)
{
	struct sought_punch *sought = malloc(n * sizeof(*sought));
	enum gh_err err = GH_OK;

	if (sought == NULL)
		return n ? GH_ENOMEM : GH_OK;
	for (size_t i = 0; i < n; i++) {
		p[i].seq = 0;
		sought[i].p = &p[i];
	}
	qsort(sought, n, sizeof(*sought), sought_order);
	for (size_t i = 0, end; i < n && err == GH_OK; i = end) {
		for (end = i + 1; end < n && sought_order(&sought[i], &sought[end]) == 0;)
			end++;
		err = sought_find(c, &sought[i], end - i);
	}
	free(sought);
	return err;
}

/* --- removal --- */

/* A row that is looked at. */
struct old_punch {
	int64_t seq, device, day;
	bool erased; /* it is not on the device any more */
	uint8_t hash[PUNCH_HASH];
};

struct old_piece {
	struct old_punch *row;
	size_t rows;   /* looked at ... */
	size_t old;    /* ... of which so many are removed, from the first on */
	bool unknown;  /* the last ones seem to come from the future */
	bool young;    /* there is one that stays */
	int64_t floor; /* before the piece */
};

/* What lies behind rows from the future, where there is something. */
static enum gh_err known_follows(struct store *s, const struct store_expiry *e,
				 const struct old_piece *o, bool *old)
{
	struct sql_call q = sql_call(s->sql, SQL_PUNCH_KNOWN);

	sql_put_int(&q, o->row[o->rows - 1].seq);
	sql_put_int(&q, e->now_ms);
	*old = sql_next(&q) && sql_int(&q, 0) < e->before_ms;
	return sql_end(&q);
}

static enum gh_err piece_row_read(struct old_piece *o, const struct store_expiry *e,
				  const struct sql_call *q)
{
	struct punch p = { .time = sql_int(q, 2),
			   .pin = sql_text(q, 3),
			   .status = (int32_t)sql_int(q, 4),
			   .verify = (int32_t)sql_int(q, 5),
			   .received_ms = sql_int(q, 6) };
	struct old_punch *row = &o->row[o->rows++];

	row->seq = sql_int(q, 0);
	row->device = sql_int(q, 1);
	row->day = punch_day(&p);
	row->erased = sql_int(q, 7) != 0;
	/* A server whose clock was ahead for a while stops nothing: what follows decides. */
	o->unknown = p.received_ms > e->now_ms;
	o->young = !o->unknown && p.received_ms >= e->before_ms;
	if (!o->unknown && !o->young)
		o->old = o->rows;
	return punch_hash(&p, row->hash);
}

static enum gh_err piece_read(struct store *s, const struct store_expiry *e,
			      struct old_piece *o)
{
	struct sql_call q = sql_call(s->sql, SQL_PUNCH_OLDEST);
	enum gh_err err = GH_OK;

	sql_put_int(&q, o->floor);
	sql_put_int(&q, (int64_t)e->limit);
	while (err == GH_OK && !o->young && o->rows < e->limit && sql_next(&q))
		err = piece_row_read(o, e, &q);
	enum gh_err end = sql_end(&q);
	bool old = false;

	err = err ? err : end;
	if (err == GH_OK && o->unknown && o->rows == e->limit)
		err = known_follows(s, e, o, &old);
	if (old)
		o->old = o->rows;
	return err;
}

static int part_order(const struct old_punch *a, const struct old_punch *b)
{
	int by = (a->device > b->device) - (a->device < b->device);

	by = by ? by : (a->day > b->day) - (a->day < b->day);
	return by ? by : (int)a->erased - (int)b->erased;
}

static int old_order(const void *a, const void *b)
{
	const struct old_punch *x = a, *y = b;
	int by = part_order(x, y);

	return by ? by : memcmp(x->hash, y->hash, PUNCH_HASH);
}

/* Rows of a device's day. */
static enum gh_err part_put(struct store *s, const struct old_punch *row, size_t n)
{
	struct removed_part p = { .device = row->device,
				  .day = row->day,
				  .erased = row->erased,
				  .hashes = malloc(n * PUNCH_HASH),
				  .n = n };

	if (p.hashes == NULL)
		return GH_ENOMEM;
	for (size_t i = 0; i < n; i++) {
		memcpy(p.hashes + i * PUNCH_HASH, row[i].hash, PUNCH_HASH);
		p.last = row[i].seq > p.last ? row[i].seq : p.last;
	}
	enum gh_err err = removed_part_put(s, &p);

	free(p.hashes);
	return err;
}

static enum gh_err parts_put(struct store *s, struct old_piece *o)
{
	enum gh_err err = GH_OK;

	qsort(o->row, o->old, sizeof(*o->row), old_order);
	for (size_t i = 0, end; i < o->old && err == GH_OK; i = end) {
		for (end = i + 1; end < o->old && part_order(&o->row[i], &o->row[end]) == 0;)
			end++;
		err = part_put(s, &o->row[i], end - i);
	}
	return err;
}

static enum gh_err floor_run(struct store *s, enum sql_id statement, int64_t floor)
{
	struct sql_call q = sql_call(s->sql, statement);

	sql_put_int(&q, floor);
	return sql_run(&q);
}

/* The index's rows of segments that are gone; the last one marks how far it is made. */
static enum gh_err index_remove(struct store *s, int64_t before, int64_t floor)
{
	struct sql_call last = sql_call(s->sql, SQL_BLOCK_LAST);
	int64_t segments = sql_next(&last) ? sql_int(&last, 0) / SEGMENT_BLOCKS : 0;
	int64_t upto = floor / SEGMENT_ROWS;
	enum gh_err err = sql_end(&last);

	upto = upto < segments ? upto : segments - 1;
	if (err || upto <= before / SEGMENT_ROWS)
		return err;
	for (int64_t bucket = 0; bucket < PIN_BUCKETS && err == GH_OK; bucket++) {
		struct sql_call q = sql_call(s->sql, SQL_PIN_REMOVE);

		sql_put_int(&q, bucket * PIN_BUCKET_STEP);
		sql_put_int(&q, bucket * PIN_BUCKET_STEP + upto);
		err = sql_run(&q);
	}
	return err ? err : floor_run(s, SQL_BLOCK_REMOVE, upto * SEGMENT_BLOCKS);
}

/* The ledger's row is locked before its punches, as appending does. */
static enum gh_err piece_remove(struct store *s, struct store_expiry *e, struct old_piece *o)
{
	int64_t floor = o->row[o->old - 1].seq;
	enum gh_err err = parts_put(s, o);

	if (err == GH_OK)
		err = index_remove(s, o->floor, floor);
	if (err == GH_OK)
		err = floor_run(s, SQL_LEDGER_FLOOR_SET, floor);
	if (err == GH_OK)
		err = floor_run(s, SQL_PUNCH_REMOVE, floor);
	if (err == GH_OK) {
		e->removed = o->old;
		e->floor = floor;
	}
	return err ? err : sql_settle(s->sql);
}

enum gh_err sql_punches_expire(struct store *s, struct store_expiry *e)
{
	struct old_piece o = { .row = malloc(e->limit * sizeof(*o.row)) };
	enum gh_err err = o.row ? punch_floor_read(s->sql, &o.floor) : GH_ENOMEM;

	e->removed = 0;
	e->floor = o.floor;
	if (err == GH_OK)
		err = piece_read(s, e, &o);
	if (err == GH_OK && o.old)
		err = piece_remove(s, e, &o);
	e->more = o.old == e->limit;
	free(o.row);
	return err;
}

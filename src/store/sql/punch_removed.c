#include "store/sql/punch_removed.h"

#include <stdlib.h>

#include "store/sql/punch_index.h"

#define PIN_ON_STACK 256

static void hashed_number_put(uint8_t *to, size_t bytes, int64_t v)
{
	for (size_t i = 0; i < bytes; i++)
		to[i] = (uint8_t)((uint64_t)v >> (8 * (bytes - 1 - i)));
}

static enum gh_err punch_hash(const struct punch *p, uint8_t out[REMOVED_HASH])
{
	uint8_t room[16 + PIN_ON_STACK], *text = room;

	if (p->pin.n > PIN_ON_STACK)
		text = malloc(16 + p->pin.n);
	if (text == NULL)
		return GH_ENOMEM;
	hashed_number_put(text, 8, p->time);
	hashed_number_put(text + 8, 4, p->status);
	hashed_number_put(text + 12, 4, p->verify);
	if (p->pin.n)
		memcpy(text + 16, p->pin.p, p->pin.n);
	enum gh_err err = removed_hash((gh_slice){ text, 16 + p->pin.n }, out);

	if (text != room)
		free(text);
	return err;
}

static enum gh_err old_punch_hash(const struct sql_call *q, uint8_t out[REMOVED_HASH])
{
	struct punch p = { .time = sql_int(q, 2),
			   .pin = sql_text(q, 5),
			   .status = (int32_t)sql_int(q, 6),
			   .verify = (int32_t)sql_int(q, 7) };

	return punch_hash(&p, out);
}

static enum gh_err sought_punch_fill(const void *rows, struct removed_sought *one)
{
	return punch_hash((const struct punch *)rows + one->at, one->hash);
}

enum gh_err punches_find_removed(struct sql *c, struct punch *p, size_t n)
{
	struct removed_sought *sought = malloc(n * sizeof(*sought));
	enum gh_err err = GH_OK;

	if (sought == NULL)
		return n ? GH_ENOMEM : GH_OK;
	for (size_t i = 0; i < n; i++)
		sought[i] = (struct removed_sought){ .device = p[i].device,
						     .day = removed_day(p[i].time),
						     .at = i };
	err = removed_find(c, &punch_ledger, sought, n, sought_punch_fill, p);
	for (size_t i = 0; i < n; i++)
		p[sought[i].at].seq = sought[i].found ? PUNCH_SEQ_REMOVED : 0;
	free(sought);
	return err;
}

static enum gh_err block_remove(struct store *s, int64_t upto)
{
	struct sql_call q = sql_call(s->sql, SQL_BLOCK_REMOVE);

	sql_put_int(&q, upto);
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
	return err ? err : block_remove(s, upto * SEGMENT_BLOCKS);
}

const struct removed_ledger punch_ledger = {
	.stream = STREAM_PUNCH,
	.oldest = SQL_PUNCH_OLDEST,
	.known = SQL_PUNCH_KNOWN,
	.remove = SQL_PUNCH_REMOVE,
	.find = SQL_REMOVED_FIND,
	.last = SQL_REMOVED_LAST,
	.drop = SQL_REMOVED_DROP,
	.put = SQL_REMOVED_PUT,
	.imported = SQL_REMOVED_IMPORTED,
	.hash = old_punch_hash,
	.forego = index_remove,
};

#include "store/sql/punch_find.h"

#include <stdlib.h>

#include "base/writer.h"
#include "store/sql/device_group.h"
#include "store/sql/punch_few.h"
#include "store/sql/punch_index.h"

/* Blocks that are looked at together, at first and at most. */
#define BATCH_FIRST 16
#define BATCH_MOST 512
/* Numbers in a piece, and the bytes they take in decimal. */
#define PIECE_NUMBERS 1000
#define NUMBER_BYTES 20

struct find {
	struct store_reader *r;
	const struct store_rows *rows;
	punch_piece_fn *fn;
	void *ctx;
	bool more; /* false: enough was found */

	/* The question. */
	int64_t first, last; /* of the numbers in question */
	int64_t from, to;    /* digits */
	bool by_pin;
	uint64_t hash;
	bool by_group;
	struct device_group group;

	/* A batch: blocks base .. base + blocks - 1, and which of them may match. */
	int64_t base, blocks;
	bool may[BATCH_MOST];

	/* The piece that is being put together. */
	int64_t begin, end; /* a range; 0: none */
	size_t numbers, bytes;
	int64_t low, high; /* of the numbers */
	char text[PIECE_NUMBERS * NUMBER_BYTES];
};

/* --- the question --- */

static bool term_is_pin(const struct store_term *t)
{
	return t->match == MATCH_EQUAL && strcmp(t->column->sql, "p.pin") == 0;
}

static bool term_is_time(const struct store_term *t)
{
	return strcmp(t->column->sql, "p.time") == 0;
}

bool punch_find_can(const struct store_rows *rows)
{
	bool can = rows->device != 0 || store_group_given(&rows->group);

	for (size_t i = 0; i < rows->terms; i++)
		can |= term_is_pin(&rows->term[i]) || term_is_time(&rows->term[i]);
	return can && rows->list == STORE_PUNCHES && rows->sort == NULL;
}

static void terms_read(struct find *f)
{
	f->from = INT64_MIN;
	f->to = INT64_MAX;
	for (size_t i = 0; i < f->rows->terms; i++) {
		const struct store_term *t = &f->rows->term[i];

		if (term_is_pin(t)) {
			f->by_pin = true;
			f->hash = pin_hash(t->value.s);
		}
		if (!term_is_time(t))
			continue;
		if (t->match != MATCH_AT_MOST && t->value.i > f->from)
			f->from = t->value.i;
		if (t->match != MATCH_AT_LEAST && t->value.i < f->to)
			f->to = t->value.i;
	}
}

static void bounds_read(struct find *f, bool bounded)
{
	const struct store_rows *rows = f->rows;

	f->first = 1;
	f->last = INT64_MAX;
	if (!bounded)
		return;
	if (rows->after)
		f->first = rows->after + 1;
	if (rows->before)
		f->last = rows->before - 1;
	if (rows->from && rows->descending && rows->from->number <= f->last)
		f->last = rows->from->number - 1;
	if (rows->from && !rows->descending && rows->from->number >= f->first)
		f->first = rows->from->number + 1;
}

/* --- pieces --- */

static void range_give(struct find *f)
{
	struct punch_piece piece = { .first = f->begin, .last = f->end };

	if (f->begin && f->more) {
		piece.first = piece.first < f->first ? f->first : piece.first;
		piece.last = piece.last > f->last ? f->last : piece.last;
		f->more = piece.first > piece.last || f->fn(f->ctx, &piece);
	}
	f->begin = 0;
}

static void numbers_give(struct find *f)
{
	struct punch_piece piece = { .first = f->low,
				     .last = f->high,
				     .numbers = { (const uint8_t *)f->text, f->bytes } };

	if (f->numbers && f->more)
		f->more = f->fn(f->ctx, &piece);
	f->numbers = f->bytes = 0;
}

/* first..last may match, after all that came before. Ranges that touch become one. */
static void range_add(struct find *f, int64_t first, int64_t last)
{
	numbers_give(f);
	if (f->begin && last + 1 == f->begin) {
		f->begin = first;
	} else if (f->begin && f->end + 1 == first) {
		f->end = last;
	} else {
		range_give(f);
		f->begin = first;
		f->end = last;
	}
}

static void number_add(struct find *f, int64_t seq)
{
	struct ghi_writer w = ghi_writer_on(f->text + f->bytes, sizeof(f->text) - f->bytes);

	if (seq < f->first || seq > f->last)
		return;
	range_give(f);
	if (f->numbers)
		ghi_put(&w, GH_LIT(","));
	ghi_put_signed(&w, seq);
	f->bytes += ghi_written(&w).n;
	f->low = f->numbers == 0 || seq < f->low ? seq : f->low;
	f->high = f->numbers == 0 || seq > f->high ? seq : f->high;
	if (++f->numbers == PIECE_NUMBERS)
		numbers_give(f);
}

/* --- few punches --- */

/* *few: whether that was all. */
static enum gh_err few_find(struct find *f, bool *few)
{
	struct punch_few s;
	bool *many = f->rows->many;
	enum gh_err err;

	*few = false;
	if (many && *many)
		return GH_OK;
	err = punch_few_read(f->r, f->rows, f->from, f->to, &s);
	*few = s.few;
	if (many && err == GH_OK)
		*many = !s.few;
	for (size_t i = 0; i < s.n && s.few && f->more && err == GH_OK; i++)
		number_add(f, s.seq[f->rows->descending ? s.n - 1 - i : i]);
	numbers_give(f);
	free(s.seq);
	return err;
}

/* --- blocks --- */

static uint32_t day_of(int64_t time)
{
	int64_t day = time / 1000000;

	return day < 0 ? 0 : day > UINT32_MAX ? UINT32_MAX : (uint32_t)day;
}

static bool block_may(const struct find *f, gh_slice devices)
{
	if (f->rows->device && !block_has_device(devices, f->rows->device))
		return false;
	return !f->by_group || block_has_one_of(devices, f->group.id, f->group.n);
}

static enum gh_err blocks_read(struct find *f)
{
	uint32_t from = day_of(f->from), to = day_of(f->to);
	struct sql_call q = sql_call(f->r->sql, SQL_BLOCK_LIST);

	/* One without a row is read. */
	for (int64_t i = 0; i < f->blocks; i++)
		f->may[i] = true;
	sql_put_int(&q, f->base);
	sql_put_int(&q, f->base + f->blocks - 1);
	while (sql_next(&q))
		f->may[sql_int(&q, 0) - f->base] = block_has_days(sql_text(&q, 1), from, to) &&
						   block_may(f, sql_text(&q, 2));
	return sql_end(&q);
}

static void block_add(struct find *f, int64_t i)
{
	int64_t block = f->base + i;

	if (f->may[i])
		range_add(f, (block - 1) * BLOCK_ROWS + 1, block * BLOCK_ROWS);
}

static void blocks_add(struct find *f, int64_t first, int64_t n)
{
	for (int64_t i = 0; i < n && f->more; i++)
		block_add(f, f->rows->descending ? first + n - 1 - i : first + i);
}

/* --- a PIN --- */

/* What a segment of the batch has of the PIN. */
struct pin_segment {
	bool anywhere;
	size_t from, n; /* of the numbers */
};

struct pin_batch {
	struct pin_segment segment[BATCH_MOST / SEGMENT_BLOCKS];
	uint16_t *number;
	size_t n, room;
};

static enum gh_err pin_segment_read(struct pin_batch *b, struct pin_segment *s,
				    const struct pin_numbers *found)
{
	s->anywhere = found->anywhere;
	s->from = b->n;
	s->n = found->n;
	if (b->room - b->n < found->n) {
		size_t room = 2 * (b->room + found->n);
		uint16_t *p = realloc(b->number, room * sizeof(*p));

		if (p == NULL)
			return GH_ENOMEM;
		b->number = p;
		b->room = room;
	}
	for (size_t i = 0; i < found->n; i++)
		b->number[b->n++] =
			(uint16_t)(found->at[2 * i] | (unsigned)found->at[2 * i + 1] << 8);
	return GH_OK;
}

/* The batch is of whole segments. */
static enum gh_err pins_read(struct find *f, struct pin_batch *b)
{
	int64_t bucket = (int64_t)(f->hash % PIN_BUCKETS) * PIN_BUCKET_STEP;
	int64_t first = (f->base - 1) / SEGMENT_BLOCKS + 1;
	struct sql_call q = sql_call(f->r->sql, SQL_PIN_LIST);
	enum gh_err err = GH_OK, end;

	sql_put_int(&q, bucket + first);
	sql_put_int(&q, bucket + first + f->blocks / SEGMENT_BLOCKS - 1);
	while (err == GH_OK && sql_next(&q)) {
		struct pin_numbers found = pin_numbers_find(sql_text(&q, 1), f->hash);

		err = pin_segment_read(b, &b->segment[sql_int(&q, 0) - bucket - first], &found);
	}
	end = sql_end(&q);
	return err ? err : end;
}

static void pin_segment_add(struct find *f, const struct pin_batch *b, int64_t segment)
{
	const struct pin_segment *s = &b->segment[segment];
	int64_t block = segment * SEGMENT_BLOCKS;
	int64_t before = (f->base + block - 1) * BLOCK_ROWS + 1;

	if (s->anywhere)
		blocks_add(f, block, SEGMENT_BLOCKS);
	for (size_t i = 0; i < s->n && f->more; i++) {
		uint16_t number = b->number[s->from + (f->rows->descending ? s->n - 1 - i : i)];

		if (f->may[block + number / BLOCK_ROWS])
			number_add(f, before + number);
	}
}

static enum gh_err pins_find(struct find *f)
{
	struct pin_batch b = { .n = 0 };
	enum gh_err err = pins_read(f, &b);
	int64_t n = f->blocks / SEGMENT_BLOCKS;

	for (int64_t i = 0; i < n && err == GH_OK && f->more; i++)
		pin_segment_add(f, &b, f->rows->descending ? n - 1 - i : i);
	free(b.number);
	return err;
}

/* --- what is indexed, batch by batch, and what is not --- */

static bool batch_may(const struct find *f)
{
	for (int64_t i = 0; i < f->blocks; i++)
		if (f->may[i])
			return true;
	return false;
}

static enum gh_err batch_find(struct find *f)
{
	enum gh_err err = blocks_read(f);

	if (err || !batch_may(f))
		return err;
	if (f->by_pin)
		return pins_find(f);
	blocks_add(f, 0, f->blocks);
	return GH_OK;
}

/* Segments first..last, all of which are indexed. */
static enum gh_err segments_find(struct find *f, int64_t first, int64_t last)
{
	enum gh_err err = GH_OK;
	int64_t n = BATCH_FIRST / SEGMENT_BLOCKS;

	while (first <= last && err == GH_OK && f->more) {
		n = n > last - first + 1 ? last - first + 1 : n;
		f->base =
			((f->rows->descending ? last - n + 1 : first) - 1) * SEGMENT_BLOCKS + 1;
		f->blocks = n * SEGMENT_BLOCKS;
		err = batch_find(f);
		if (err == GH_OK) {
			range_give(f);
			numbers_give(f);
		}
		if (f->rows->descending)
			last -= n;
		else
			first += n;
		n = 2 * n * SEGMENT_BLOCKS > BATCH_MOST ? BATCH_MOST / SEGMENT_BLOCKS : 2 * n;
	}
	return err;
}

static enum gh_err ledger_find(struct find *f)
{
	int64_t segments, first, last;
	enum gh_err err = punch_index_segments(f->r, &segments);
	int64_t tail = segments * SEGMENT_ROWS + 1;

	if (err)
		return err;
	tail = tail < f->first ? f->first : tail;
	first = segment_of(f->first);
	last = f->last < tail ? segment_of(f->last) : segments;
	if (f->rows->descending && tail <= f->last)
		range_add(f, tail, f->last);
	range_give(f);
	if (last > 0)
		err = segments_find(f, first, last > segments ? segments : last);
	if (err == GH_OK && !f->rows->descending && tail <= f->last)
		range_add(f, tail, f->last);
	if (err == GH_OK)
		range_give(f);
	return err;
}

enum gh_err punch_find(struct store_reader *r, const struct store_rows *rows, bool bounded,
		       punch_piece_fn *fn, void *ctx)
{
	struct find *f = calloc(1, sizeof(*f));
	bool found = false;
	enum gh_err err = GH_OK;

	if (f == NULL)
		return GH_ENOMEM;
	*f = (struct find){ .r = r, .rows = rows, .fn = fn, .ctx = ctx, .more = true };
	terms_read(f);
	bounds_read(f, bounded);
	f->by_group = store_group_given(&rows->group);
	if (f->first <= f->last && f->from <= f->to) {
		if (!f->by_pin)
			err = few_find(f, &found);
		if (err == GH_OK && !found)
			err = device_group_read(r, &rows->group, &f->group);
		if (err == GH_OK && !found && (!f->by_group || f->group.n))
			err = ledger_find(f);
	}
	free(f->group.id);
	free(f);
	return err;
}

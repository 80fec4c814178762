/* Making the next segment of the index: read on a reader, written by a job. */
#include <stdlib.h>

#include "base/buffer.h"
#include "store/sql/punch_index.h"

/* Runs of days that a block has at most; more of them are put together. */
#define DAY_RUNS 64
/* A segment takes 260 KB at most where each row is of another PIN and each block of 4096 devices. */
#define PART_BYTES (4u << 20)

struct pin_place {
	uint64_t hash;
	uint32_t number; /* less the first of the segment */
};

struct index_row {
	int64_t id;
	size_t from, n; /* of the bytes */
};

struct punch_index_part {
	int64_t segment;
	struct buffer bytes;
	struct index_row pin[PIN_BUCKETS];
	size_t pins;
	struct {
		struct index_row days, devices;
	} block[SEGMENT_BLOCKS];
	/* While it is made. */
	size_t rows, block_rows, block_at;
	struct pin_place place[SEGMENT_ROWS];
	uint32_t day[BLOCK_ROWS];
	int64_t device[BLOCK_ROWS];
};

static void part_u16(struct punch_index_part *x, uint32_t v)
{
	uint8_t b[2] = { (uint8_t)v, (uint8_t)(v >> 8) };

	buffer_add(&x->bytes, (gh_slice){ b, sizeof(b) });
}

static void part_u32(struct punch_index_part *x, uint32_t v)
{
	part_u16(x, v);
	part_u16(x, v >> 16);
}

static int day_order(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static int device_order(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int bucket_compare(uint64_t a, uint64_t b)
{
	uint64_t x = a % PIN_BUCKETS, y = b % PIN_BUCKETS;

	return (x > y) - (x < y);
}

static int place_order(const void *a, const void *b)
{
	const struct pin_place *x = a, *y = b;
	int by = bucket_compare(x->hash, y->hash);

	by = by ? by : (x->hash > y->hash) - (x->hash < y->hash);
	return by ? by : (x->number > y->number) - (x->number < y->number);
}

/* Days up to so far apart are one run; 73: from 28 February to 1 March. */
static size_t day_runs_count(const struct punch_index_part *x, uint32_t apart)
{
	size_t runs = x->block_rows > 0;

	for (size_t i = 1; i < x->block_rows; i++)
		runs += x->day[i] - x->day[i - 1] > apart;
	return runs;
}

static void days_put(struct punch_index_part *x, struct index_row *row)
{
	uint32_t apart = 73;

	qsort(x->day, x->block_rows, sizeof(x->day[0]), day_order);
	while (day_runs_count(x, apart) > DAY_RUNS)
		apart *= 8;
	row->from = x->bytes.n;
	for (size_t i = 0; i < x->block_rows; i++) {
		bool begins = i == 0 || x->day[i] - x->day[i - 1] > apart;

		if (begins && i)
			part_u32(x, x->day[i - 1]);
		if (begins)
			part_u32(x, x->day[i]);
	}
	if (x->block_rows)
		part_u32(x, x->day[x->block_rows - 1]);
	row->n = x->bytes.n - row->from;
}

static void devices_put(struct punch_index_part *x, struct index_row *row)
{
	uint64_t last = 0;

	qsort(x->device, x->block_rows, sizeof(x->device[0]), device_order);
	row->from = x->bytes.n;
	for (size_t i = 0; i < x->block_rows; i++) {
		uint64_t step = (uint64_t)x->device[i] - last;

		if (i && step == 0)
			continue;
		uint8_t b[10];
		size_t n = 0;

		for (; step > 0x7f; step >>= 7)
			b[n++] = (uint8_t)(step | 0x80);
		b[n++] = (uint8_t)step;
		buffer_add(&x->bytes, (gh_slice){ b, n });
		last = (uint64_t)x->device[i];
	}
	row->n = x->bytes.n - row->from;
}

static void block_end(struct punch_index_part *x)
{
	days_put(x, &x->block[x->block_at].days);
	devices_put(x, &x->block[x->block_at].devices);
	x->block_at++;
	x->block_rows = 0;
}

static void row_add(struct punch_index_part *x, const struct sql_call *q)
{
	int64_t number = sql_int(q, 0) - segment_first(x->segment);

	while (x->block_at < (size_t)(number / BLOCK_ROWS))
		block_end(x);
	/* A broken ledger may have numbers twice. */
	if (x->block_rows == BLOCK_ROWS)
		return;
	x->device[x->block_rows] = sql_int(q, 1);
	x->day[x->block_rows++] = (uint32_t)(sql_int(q, 2) / 1000000);
	x->place[x->rows++] = (struct pin_place){ pin_hash(sql_text(q, 3)), (uint32_t)number };
}

/* One hash: place[i .. end). */
static void pin_put(struct punch_index_part *x, size_t i, size_t end)
{
	bool many = end - i > PIN_NUMBERS_MOST;

	part_u32(x, (uint32_t)(x->place[i].hash >> 32));
	part_u16(x, many ? 0 : (uint32_t)(end - i));
	for (; i < end && !many; i++)
		part_u16(x, x->place[i].number);
}

static void pins_put(struct punch_index_part *x)
{
	struct index_row *row = NULL;

	qsort(x->place, x->rows, sizeof(x->place[0]), place_order);
	for (size_t i = 0, end; i < x->rows; i = end) {
		int64_t bucket = (int64_t)(x->place[i].hash % PIN_BUCKETS);
		int64_t id = bucket * PIN_BUCKET_STEP + x->segment;

		/* Hashes of a bucket that differ in the middle alone are one. */
		for (end = i + 1; end < x->rows &&
				  x->place[end].hash >> 32 == x->place[i].hash >> 32 &&
				  bucket_compare(x->place[end].hash, x->place[i].hash) == 0;)
			end++;
		if (row == NULL || row->id != id) {
			row = &x->pin[x->pins++];
			*row = (struct index_row){ .id = id, .from = x->bytes.n };
		}
		pin_put(x, i, end);
		row->n = x->bytes.n - row->from;
	}
}

static enum gh_err segment_read(struct punch_index_part *x, struct store_reader *r)
{
	struct sql_call q = sql_call(r->sql, SQL_SEGMENT_READ);

	sql_put_int(&q, segment_first(x->segment));
	sql_put_int(&q, segment_first(x->segment + 1));
	while (sql_next(&q) && x->rows < SEGMENT_ROWS)
		row_add(x, &q);
	while (x->block_at < SEGMENT_BLOCKS)
		block_end(x);
	pins_put(x);
	enum gh_err err = sql_end(&q);

	return err ? err : x->bytes.err;
}

enum gh_err punch_index_build(struct store_reader *r, int64_t segment,
			      struct punch_index_part **out)
{
	struct punch_index_part *x = calloc(1, sizeof(*x));

	*out = NULL;
	if (x == NULL)
		return GH_ENOMEM;
	x->segment = segment;
	x->bytes = buffer_with_limit(PART_BYTES);
	enum gh_err err = segment_read(x, r);

	if (err)
		sql_punch_index_free(x);
	else
		*out = x;
	return err;
}

enum gh_err sql_punch_index_make(struct store_reader *r, int64_t last,
				 struct punch_index_part **out)
{
	int64_t segments;
	enum gh_err err = punch_index_segments(r, &segments);

	*out = NULL;
	if (err || last < segment_first(segments + 2) - 1)
		return err;
	return punch_index_build(r, segments + 1, out);
}

static gh_slice row_bytes(const struct punch_index_part *x, const struct index_row *row)
{
	return row->n ? (gh_slice){ x->bytes.p + row->from, row->n } : (gh_slice){ 0 };
}

gh_slice punch_index_pins(const struct punch_index_part *x, int64_t bucket)
{
	for (size_t i = 0; i < x->pins; i++)
		if (x->pin[i].id / PIN_BUCKET_STEP == bucket)
			return row_bytes(x, &x->pin[i]);
	return (gh_slice){ 0 };
}

struct punch_index_block punch_index_block(const struct punch_index_part *x, size_t i)
{
	return (struct punch_index_block){ .days = row_bytes(x, &x->block[i].days),
					   .devices = row_bytes(x, &x->block[i].devices) };
}

enum gh_err sql_punch_index_put(struct store *s, const struct punch_index_part *x)
{
	enum gh_err err = GH_OK;

	for (size_t i = 0; i < x->pins && err == GH_OK; i++) {
		struct sql_call q = sql_call(s->sql, SQL_PIN_PUT);

		sql_put_int(&q, x->pin[i].id);
		sql_put_blob(&q, row_bytes(x, &x->pin[i]));
		err = sql_run(&q);
	}
	for (size_t i = 0; i < SEGMENT_BLOCKS && err == GH_OK; i++) {
		struct sql_call q = sql_call(s->sql, SQL_BLOCK_PUT);

		sql_put_int(&q, (x->segment - 1) * SEGMENT_BLOCKS + (int64_t)i + 1);
		sql_put_blob(&q, row_bytes(x, &x->block[i].days));
		sql_put_blob(&q, row_bytes(x, &x->block[i].devices));
		err = sql_run(&q);
	}
	return err;
}

void sql_punch_index_free(struct punch_index_part *x)
{
	if (x == NULL)
		return;
	buffer_clear(&x->bytes);
	free(x);
}

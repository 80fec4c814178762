/* Where in the ledger punches of a PIN, of a time or of a device are. An index that each upload
 * had to keep would cost most of an upload's time; this one is made afterwards, of whole segments
 * of the ledger, from what never changes in a punch: number, device, digits and PIN. A segment is
 * written once, by one transaction, and has where to look, never what is there: rows that were
 * deleted meanwhile are not found there. What lies beyond the last segment is read through.
 *
 * punch_block  has a row for each block of numbers: block b has those from (b - 1) * 4096 + 1 to
 *              b * 4096. `days` are pairs of uint32, first and last day (YYYYMMDD) of runs that
 *              rise; `devices` their numbers, rising, as differences, 7 bits a byte.
 * punch_pin    has a row for each segment and bucket: PINs whose hash ends alike. `numbers` has
 *              for each hash that is there: uint32 its upper half, uint16 how many, so many
 *              uint16: the numbers less the first of the segment. None: they are too many to name.
 *
 * Integers lie with their lowest byte first, on either database. */
#ifndef GH_STORE_SQL_PUNCH_INDEX_H
#define GH_STORE_SQL_PUNCH_INDEX_H

#include "store/sql/sql_store.h"

#define BLOCK_ROWS 4096
#define SEGMENT_BLOCKS 8
#define SEGMENT_ROWS ((int64_t)BLOCK_ROWS * SEGMENT_BLOCKS)
#define PIN_BUCKETS 128
#define PIN_BUCKET_STEP (INT64_C(1) << 40) /* id of punch_pin: bucket * this + segment */
/* A PIN with more than so many of a segment's rows is looked for in all of them. */
#define PIN_NUMBERS_MOST (SEGMENT_ROWS / 16)

static inline int64_t block_of(int64_t seq)
{
	return (seq - 1) / BLOCK_ROWS + 1;
}

static inline int64_t segment_of(int64_t seq)
{
	return (seq - 1) / SEGMENT_ROWS + 1;
}

static inline int64_t segment_first(int64_t segment)
{
	return (segment - 1) * SEGMENT_ROWS + 1;
}

/* The last 7 bits are the bucket, the upper 32 are in its rows. */
uint64_t pin_hash(gh_slice pin);

/* How many segments there are, from the first on. */
enum gh_err punch_index_segments(struct store_reader *r, int64_t *n);

/* A segment as the ledger's rows make it, whether it is stored or not: for sql_punch_index_free. */
enum gh_err punch_index_build(struct store_reader *r, int64_t segment,
			      struct punch_index_part **out);
/* What is in its rows: the numbers of a bucket, empty where it has none; the i-th block. */
gh_slice punch_index_pins(const struct punch_index_part *x, int64_t bucket);
struct punch_index_block {
	gh_slice days, devices;
};
struct punch_index_block punch_index_block(const struct punch_index_part *x, size_t i);
/* Whether what is stored of a segment is what the ledger's rows make. */
enum gh_err punch_index_compare(struct store_reader *r, int64_t segment, bool *same);

/* Whether a block has one of these days, both included. */
bool block_has_days(gh_slice days, uint32_t from, uint32_t to);
bool block_has_device(gh_slice devices, int64_t device);
/* Whether it has one of `n` devices, whose numbers rise. */
bool block_has_one_of(gh_slice devices, const int64_t *device, size_t n);

/* The numbers of a PIN in a segment, less its first; they lie in `numbers` as uint16. */
struct pin_numbers {
	bool anywhere; /* too many to be named */
	size_t n;
	const uint8_t *at; /* 2 * n bytes */
};

struct pin_numbers pin_numbers_find(gh_slice numbers, uint64_t hash);

#endif

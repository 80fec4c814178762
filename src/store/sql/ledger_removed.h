/* Rows of a ledger that were removed for their age: always the lowest numbers, so what is left has no gap,
 * and `floor` of its row of the table ledger is the highest of them. A device that uploads its whole log
 * again sends them again. What a device sends is recognised by what it sent, never by its date, which may be
 * wrong: of each removed row 8 bytes are kept.
 *
 * punch_removed and access_removed have rows for the pieces of a device's day that were removed at once, of
 * which many become one row: `part` is the highest number among them, `n` how many they are, `hashes` their
 * hashes, rising; punch_removed has in `imported` how many of them came from files, which are no part of the log
 * of the device (LOG_COUNT, PUNCH_BETWEEN). None has what was erased from the device together with what was not. A hash is the first
 * 8 bytes of a SHA-256 of what makes the row (punch_removed.c, access_removed.c). */
#ifndef GH_STORE_SQL_LEDGER_REMOVED_H
#define GH_STORE_SQL_LEDGER_REMOVED_H

#include "store/sql/sql_store.h"

#define REMOVED_HASH 8

/* What one ledger has for it. */
struct removed_ledger {
	enum store_stream stream;
	/* Its oldest rows: seq, device, time, received_ms, 1 where it was erased from the device (+ 2 where
	 * it was imported), and what its hash is made of. Arrival of the next known one. To remove up to a number. */
	enum sql_id oldest, known, remove;
	enum sql_id find, last, drop, put; /* hashes */
	enum sql_id imported;		   /* of a part; not used where nothing is imported */
	enum gh_err (*hash)(const struct sql_call *oldest, uint8_t out[REMOVED_HASH]);
	/* Before the rows from `before` to `floor` go; NULL: nothing. */
	enum gh_err (*forego)(struct store *s, int64_t before, int64_t floor);
};

/* Of punches; see punch_removed.h for what its hash is made of. Of access events. */
extern const struct removed_ledger punch_ledger, access_ledger;

/* Days as in the digits of a time: YYYYMMDD. */
static inline int64_t removed_day(ghi_civil t)
{
	return t / 1000000;
}

/* The first bytes of the SHA-256 of a text. */
enum gh_err removed_hash(gh_slice text, uint8_t out[REMOVED_HASH]);

/* Of what is written by handle c, on its thread: the number of the last removed row, or 0. */
enum gh_err ledger_floor_read(struct sql *c, enum store_stream stream, int64_t *floor);

/* A row that is looked for among those that were removed. */
struct removed_sought {
	int64_t device, day;
	size_t at; /* the caller's */
	bool found;
	uint8_t hash[REMOVED_HASH];
};
/* Set `found` of each; their order changes. `fill` makes the hash of one, where its day has any. */
enum gh_err removed_find(struct sql *c, const struct removed_ledger *l,
			 struct removed_sought *sought, size_t n,
			 enum gh_err (*fill)(const void *rows, struct removed_sought *one),
			 const void *rows);

/* Hashes of a device's day, rising, which become one row. */
struct removed_part {
	const struct removed_ledger *ledger;
	int64_t device, day;
	bool erased;	 /* they are not on the device any more */
	int64_t last;	 /* the highest number among them */
	uint8_t *hashes; /* on the heap; other memory after a merge */
	size_t n;
	size_t imported; /* so many of them */
};
/* Store it, merged with rows of its day before it where they are no larger. */
enum gh_err removed_part_put(struct store *s, struct removed_part *p);

/* A piece of KEPT_PUNCHES, KEPT_ACCESS. */
enum gh_err sql_ledger_expire(struct store *s, const struct removed_ledger *l,
			      struct store_expiry *e);

#endif

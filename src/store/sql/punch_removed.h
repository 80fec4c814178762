/* Punches that were removed from the ledger for their age: always the lowest numbers, so what is left has
 * no gap, and `floor` of the table ledger is the highest of them. A device that uploads its whole log again
 * sends them again. What a device sends is recognised by what it sent, never by its date, which may be
 * wrong: of each removed punch 8 bytes are kept.
 *
 * punch_removed has rows for the pieces of a device's day that were removed at once, of which many become one
 * row: `part` is the highest number among them, `n` how many they are, `hashes` their hashes, rising. None has
 * what was erased from the device together with what was not. A hash is the first 8 bytes of
 * the SHA-256 of time (8 bytes), status and verify mode (4 each), the highest byte first, and the PIN. The
 * work code is not part of it: one that comes live has none, and its record of the log has. */
#ifndef GH_STORE_SQL_PUNCH_REMOVED_H
#define GH_STORE_SQL_PUNCH_REMOVED_H

#include "store/sql/sql_store.h"

#define PUNCH_HASH 8

enum gh_err punch_hash(const struct punch *p, uint8_t out[PUNCH_HASH]);
/* Days as in the punch's digits: YYYYMMDD. */
static inline int64_t punch_day(const struct punch *p)
{
	return p->time / 1000000;
}
bool punch_hash_among(gh_slice hashes, const uint8_t hash[PUNCH_HASH]);

/* Of what is written by handle s, on its thread: the number of the last removed punch, or 0. */
enum gh_err punch_floor_read(struct sql *c, int64_t *floor);
/* Set seq to PUNCH_SEQ_REMOVED where the punch was removed, else to 0. */
enum gh_err punches_find_removed(struct sql *c, struct punch *p, size_t n);

/* Hashes of a device's day, rising, which become one row. */
struct removed_part {
	int64_t device, day;
	bool erased;	 /* they are not on the device any more */
	int64_t last;	 /* the highest number among them */
	uint8_t *hashes; /* on the heap; other memory after a merge */
	size_t n;
};
/* Store it, merged with rows of its day before it where they are no larger. */
enum gh_err removed_part_put(struct store *s, struct removed_part *p);

/* A piece of KEPT_PUNCHES. */
enum gh_err sql_punches_expire(struct store *s, struct store_expiry *e);

#endif

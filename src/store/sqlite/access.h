/* Access events in SQLite: access.c appends them, access_number.c judges the numbers of their records. */
#ifndef GH_STORE_SQLITE_ACCESS_H
#define GH_STORE_SQLITE_ACCESS_H

#include "store/sqlite/sqlite.h"

/* A unit of a device: how far the numbers of its records have come. */
struct access_unit {
	int64_t device; /* 0: none was read */
	gh_slice unit;
	int64_t highest, epoch;
	bool moved;
};

/* Make *u that of the event; the one before is written. */
enum gh_err access_unit_of(struct sqlite_store *s, struct access_unit *u,
			   const struct access_event *e);
/* Write what changed in it. */
enum gh_err access_unit_write(struct sqlite_store *s, struct access_unit *u);

/* The number of the stored event with the natural key; 0: there is none. */
enum gh_err access_key_find(struct sqlite_store *s, const struct access_event *e, int64_t *seq);
/* A number of a record that was there before: a repeat, the same with the clock set otherwise (same_as), or
 * the numbers began again (index_epoch). */
enum gh_err access_number_judge(struct sqlite_store *s, struct access_unit *u,
				struct access_event *e, bool *repeat);

#endif

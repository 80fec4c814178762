/* How the records of a device differ from those it had at the start: what commands put on it
 * and what they took away. The people of the start are made from the seed and stored nowhere.
 */
#ifndef GH_SIM_ATTENDANCE_CONTENTS_H
#define GH_SIM_ATTENDANCE_CONTENTS_H

#include "base/err.h"
#include "sim/attendance/table.h"

#include <glib.h>

#define CONTENTS_RECORDS 8192
#define CONTENTS_BYTES (8u << 20)

struct contents_record {
	enum table_id table;
	bool gone;	/* a record of the start (or all that match) was deleted */
	gh_slice pairs; /* owned */
};

struct contents {
	GArray *list; /* struct contents_record; NULL: nothing changed */
	size_t bytes;
	bool emptied; /* no record of the start is left */
};

void sim_contents_clear(struct contents *h);
/* Everything goes, the records of the start too. */
void sim_contents_empty(struct contents *h);

/* Put a record in place of any with the same keys. GH_EFULL. */
GH_MUST_CHECK enum gh_err sim_contents_put(struct contents *h, enum table_id t, gh_slice pairs);

/* Take away what matches the given keys; those absent match all. GH_EFULL. */
GH_MUST_CHECK enum gh_err sim_contents_delete(struct contents *h, enum table_id t,
					      gh_slice pairs);

/* The record put there with exactly these keys; NULL: none. */
const struct contents_record *sim_contents_get(const struct contents *h, enum table_id t,
					       gh_slice pairs);

/* Whether a record of the start is gone or replaced. Taking a person away takes all of
 * theirs. */
bool sim_contents_hides(const struct contents *h, enum table_id t, gh_slice pairs);

static inline const struct contents_record *sim_contents_at(const struct contents *h, size_t i)
{
	return h->list && i < h->list->len ? &g_array_index(h->list, struct contents_record, i)
					   : NULL;
}

#endif

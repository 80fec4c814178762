/* How the records of a device differ from those it had at the start: what commands put on it
 * and what they took away. The people of the start are made from the seed and stored nowhere.
 */
#ifndef GH_SIM_ATTENDANCE_HOLDINGS_H
#define GH_SIM_ATTENDANCE_HOLDINGS_H

#include "base/err.h"
#include "sim/attendance/table.h"

#include <glib.h>

#define HOLDINGS_RECORDS 8192
#define HOLDINGS_BYTES (8u << 20)

struct holding {
	enum table_id table;
	bool gone;	/* a record of the start (or all that match) was deleted */
	gh_slice pairs; /* owned */
};

struct holdings {
	GArray *list; /* struct holding; NULL: nothing changed */
	size_t bytes;
	bool emptied; /* no record of the start is left */
};

void holdings_clear(struct holdings *h);
/* Everything goes, the records of the start too. */
void holdings_empty(struct holdings *h);

/* Put a record in place of any with the same keys. GH_EFULL. */
GH_MUST_CHECK enum gh_err holdings_put(struct holdings *h, enum table_id t, gh_slice pairs);

/* Take away what matches the given keys; those absent match all. GH_EFULL. */
GH_MUST_CHECK enum gh_err holdings_take(struct holdings *h, enum table_id t, gh_slice pairs);

/* The record put there with exactly these keys; NULL: none. */
const struct holding *holdings_get(const struct holdings *h, enum table_id t, gh_slice pairs);

/* Whether a record of the start is gone or replaced. Taking a person away takes all of
 * theirs. */
bool holdings_hide(const struct holdings *h, enum table_id t, gh_slice pairs);

static inline const struct holding *holdings_at(const struct holdings *h, size_t i)
{
	return h->list && i < h->list->len ? &g_array_index(h->list, struct holding, i) : NULL;
}

#endif

/* The people of the roster and the areas they belong to, in memory: what the targets of devices are made of, read once
 * for many of them. */
#ifndef GH_CORE_SYNC_ROSTER_H
#define GH_CORE_SYNC_ROSTER_H

#include "base/arena.h"
#include "model/record.h"
#include "model/validity.h"
#include "store/store.h"

struct sync_person {
	int64_t id;
	struct person record; /* what a device holds of them; cards beside it */
	const gh_slice *card; /* without lost ones */
	size_t cards;
	bool had_cards; /* there are some, be they lost */
	struct validity valid;
	bool disabled;
	gh_slice namespace;
	const int64_t *area;
	size_t areas;
	bool areas_unknown; /* the row has them otherwise than they can be read, or ones that are not there */
};

struct sync_area {
	int64_t id, parent; /* 0: none */
	gh_slice namespace;
};

struct sync_roster {
	struct sync_person *person; /* by namespace and PIN */
	size_t people;
	struct sync_area *area; /* by number */
	size_t areas;
};

#define SYNC_AREA_DEPTH 64 /* areas above each other that are looked at */

/* All of it is in `a`. Errors of the store; GH_ENOMEM, also by the limit of `a`. */
GH_MUST_CHECK enum gh_err sync_roster_read(const struct store_ops *ops,
					   struct store_reader *reader, struct arena *a,
					   struct sync_roster *out);

/* Whether there is such an area. */
bool sync_roster_has_area(const struct sync_roster *r, int64_t area);
/* The namespace of an area; the default one where there is no such area. */
gh_slice sync_roster_namespace(const struct sync_roster *r, int64_t area);
/* An area and those above it. *out has room for SYNC_AREA_DEPTH. */
size_t sync_roster_above(const struct sync_roster *r, int64_t area, int64_t *out);
/* The first person of a namespace; *n of them stand together, by PIN. */
const struct sync_person *sync_roster_of(const struct sync_roster *r, gh_slice namespace,
					 size_t *n);

#endif

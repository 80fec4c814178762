/* What differs between the rows a unit is to hold and those it holds as far as is known. */
#ifndef GH_CORE_ACCESS_RIGHTS_DIFF_H
#define GH_CORE_ACCESS_RIGHTS_DIFF_H

#include "core/access/rights/compile.h"

/* A row that the unit holds. `ours`: it was written from here; what was read or uploaded is foreign.
 * `uploaded`: by the unit itself. */
struct held_row {
	struct needed_row row;
	bool ours, uploaded;
};

enum row_change {
	ROW_ADDED,   /* it is not there */
	ROW_CHANGED, /* there is another of its key */
	ROW_REMOVED, /* it was written from here and is needed no more */
	ROW_FOREIGN, /* neither needed nor written from here: it stays */
	ROW_KEPT,    /* needed and there as it is to be, but not written from here */
};

/* `before` is NULL of an added row, `after` of one that is removed or foreign. In the order of the tables and,
 * within them, of the keys. Returns whether to go on. */
typedef bool row_change_fn(void *ctx, enum row_change change, const struct needed_row *before,
			   const struct needed_row *after);

/* `resting`: what the unit has by itself is added, too, where it is not held. GH_ENOMEM. */
GH_MUST_CHECK enum gh_err unit_rows_compare(const struct unit_rows *wanted,
					    const struct held_row *held, size_t n, bool resting,
					    row_change_fn *fn, void *ctx);

#endif

/* A step of a plan as several with fewer rows each: where the unit refused one of its rows, or takes no more of
 * them in one command. */
#ifndef GH_CORE_ACCESS_PLAN_PART_H
#define GH_CORE_ACCESS_PLAN_PART_H

#include "base/arena.h"
#include "core/access/rights/steps.h"
#include "model/plan.h"
#include "store/store.h"

/* How many rows of a table the unit takes in one command, as far as it showed by refusing more; 0: it did not. */
GH_MUST_CHECK enum gh_err plan_rows_most(const struct store_ops *ops, struct store *s,
					 int64_t device, gh_slice table, int64_t *rows);

/* Store parts of an update, of at most so many rows each, in the room behind its number. *parts: how many; 0: it is
 * no update, has no more rows, or there is no room. Texts are in `a`. */
GH_MUST_CHECK enum gh_err plan_step_part(const struct store_ops *ops, struct store *s,
					 const struct plan_step *p, int64_t rows,
					 struct arena *a, int64_t *parts);

#endif

/* Secrets in the steps of plans: passwords of people, and those that open a door. They stand where people decide about
 * them; a step that is stored or shown has "***" in their place, and what is sent gets them when it is queued.
 *
 * Where the person or the setting is gone by then, or has none any more, the value is empty: it opens nothing. */
#ifndef GH_CORE_ACCESS_PLAN_SECRET_H
#define GH_CORE_ACCESS_PLAN_SECRET_H

#include "base/arena.h"
#include "core/access/rights/steps.h"
#include "model/plan.h"
#include "store/store.h"

/* What a step sends, and what was there before, without secrets, which are found by the fields of its table; in `a`,
 * which fails where there is no memory, or as it was. */
void plan_secret_hide(struct arena *a, struct unit_step *step);

/* Whom they are for. */
struct secret_unit {
	gh_slice serial;
	int64_t area; /* that it is in, whose namespace its people have */
};

/* The words of a step, or of a part of it, as a unit gets them: with their secrets. In `a`, or as they were.
 * On the store thread. GH_ENOMEM, errors of the store. */
GH_MUST_CHECK enum gh_err plan_secret_fill(const struct store_ops *ops, struct store *s,
					   const struct secret_unit *unit,
					   const struct plan_step *p, gh_slice words,
					   struct arena *a, gh_slice *out);

#endif

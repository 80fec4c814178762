/* The record of a plan as a whole, kept to what it is for its units. */
#ifndef GH_CORE_ACCESS_PLAN_RECORD_H
#define GH_CORE_ACCESS_PLAN_RECORD_H

#include "model/record.h"
#include "store/store.h"

#define PLAN_KIND_ACCESS GH_LIT("access")

/* Of a plan of many people. */
struct plan_counts {
	int64_t items, done, failed;
};

/* A new one; *id is valid when this returns. */
GH_MUST_CHECK enum gh_err plan_record_add(const struct store_ops *ops, struct store *s,
					  gh_slice kind, gh_slice by, int64_t flags,
					  int64_t items, int64_t now_ms, int64_t *id);

/* The same of one without units, whose items are known: how many of them are done and failed. */
GH_MUST_CHECK enum gh_err plan_record_set(const struct store_ops *ops, struct store *s,
					  int64_t plan, enum plan_state state,
					  const struct plan_counts *counts, int64_t now_ms);

/* Its state and counts, from those of its units. *state may be NULL. */
GH_MUST_CHECK enum gh_err plan_record_sum(const struct store_ops *ops, struct store *s,
					  int64_t plan, int64_t now_ms, enum plan_state *state);

/* Set the state of all its units that are in one of the states, a bit each, and of the plan; without units, of the
 * plan. */
GH_MUST_CHECK enum gh_err plan_record_end(const struct store_ops *ops, struct store *s,
					  int64_t plan, unsigned states, enum plan_state state,
					  int64_t now_ms);

#endif

/* What an acknowledged step of a plan changes besides the rows of the unit. */
#ifndef GH_CORE_ACCESS_PLAN_EFFECT_H
#define GH_CORE_ACCESS_PLAN_EFFECT_H

#include "model/plan.h"
#include "store/store.h"

/* A number that the unit has is held, and one whose owner is gone is free. On the store thread. */
GH_MUST_CHECK enum gh_err plan_effect(const struct store_ops *ops, struct store *s,
				      const struct plan_step *p);

#endif

/* What steps of a plan that failed leave undone for others: rows that are not on the unit as they were to be,
 * rows that others there still need, and doors whose limits the unit did not take: no person gets a right to these who
 * had none. */
#ifndef GH_CORE_ACCESS_PLAN_LOSS_H
#define GH_CORE_ACCESS_PLAN_LOSS_H

#include "base/arena.h"
#include "core/access/rights/steps.h"
#include "model/plan.h"

struct plan_loss {
	enum unit_table table;
	bool needed; /* it has to stay; otherwise it is missing */
	gh_slice key;
};

struct plan_losses {
	struct plan_loss *loss;
	size_t n, room;
	uint32_t open; /* bit n - 1: door n is limited less than it is to be */
	bool numbered; /* the unit names doors of a right by numbers, not by a mask */
	bool no_memory;
};

/* A step that failed; its texts stay. */
void plan_losses_add(struct plan_losses *l, const struct plan_step *p);
/* After all were added, before they are looked at. */
void plan_losses_sort(struct plan_losses *l);
void plan_losses_clear(struct plan_losses *l);

/* Whether a step may limit a door, so that what gives rights has to wait for the unit's answer. */
bool plan_step_limits(const struct plan_step *p);

/* The words of a step without the rows that depend on what is missing; *rows: how many are left. Empty: nothing
 * is. In `a`, or the step's own. */
gh_slice plan_losses_apply(const struct plan_losses *l, const struct plan_step *p,
			   struct arena *a, int64_t *rows);

#endif

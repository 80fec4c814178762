/* What steps of a plan that failed leave undone for others: rows that are not on the unit as they were to be,
 * rows that others there still need, and doors whose limits the unit did not take: no person gets a right to these who
 * had none. A limit is a setting of a door, the time rule that it names, a combination, and, where the door waits for
 * one, a first card. */
#ifndef GH_CORE_ACCESS_PLAN_LOSS_H
#define GH_CORE_ACCESS_PLAN_LOSS_H

#include "base/arena.h"
#include "core/access/plan_limit.h"
#include "core/access/rights/steps.h"
#include "model/plan.h"
#include "store/store.h"

struct plan_loss {
	enum unit_table table;
	bool needed; /* it has to stay; otherwise it is missing */
	gh_slice key;
};

struct plan_losses {
	struct plan_loss *loss;
	size_t n, room;
	size_t sorted;	/* of them, which are found */
	size_t steps;	/* that failed */
	uint32_t open;	/* bit n - 1: door n is limited less than it is to be */
	uint32_t first; /* bit n - 1: so it is if it waits for a first card */
	bool numbered;	/* the unit names doors of a right by numbers, not by a mask */
	bool no_memory;
};

/* Steps of one unit's part of a plan that failed, and what that left out of others; at most so many of each are
 * looked at. Of more no door may get a new right. `registered`: the unit's registration. Texts are in `a`. */
GH_MUST_CHECK enum gh_err plan_losses_read(struct plan_losses *l, const struct store_ops *ops,
					   struct store *s, const struct plan_unit *u,
					   gh_slice registered, int64_t most, struct arena *a);
void plan_losses_clear(struct plan_losses *l);

/* The words of a step without the rows that depend on what is missing, and without the doors of rights that are
 * limited less than they are to be; *rows: how many are as they were. Empty: nothing is left. In `a`, or the step's
 * own. */
gh_slice plan_losses_apply(const struct plan_losses *l, const struct plan_step *p,
			   struct arena *a, int64_t *rows);

/* Whether the row of a first card lets its person through by a time rule that is missing. For plan_loss_read.c, as
 * those that follow: a step that failed; before one is looked for; one of which rows were left out. */
bool plan_losses_rule(const struct plan_losses *l, gh_slice rule);
void plan_losses_add(struct plan_losses *l, const struct plan_step *p);
void plan_losses_sort(struct plan_losses *l);
void plan_losses_left(struct plan_losses *l, const struct plan_step *p);

#endif

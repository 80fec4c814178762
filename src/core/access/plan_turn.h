/* One turn of a unit of a running plan: what became of the commands that were queued, and the next ones.
 *
 * Everything it decides by is in the store, and what it does is one transaction: a plan goes on after a restart,
 * and no step is queued twice. */
#ifndef GH_CORE_ACCESS_PLAN_TURN_H
#define GH_CORE_ACCESS_PLAN_TURN_H

#include "base/arena.h"
#include "core/command_job.h"
#include "model/plan.h"

/* Commands of a plan that wait at a time: a unit takes one with a poll, and the next is there before its next poll
 * again. */
#define PLAN_WINDOW 8

struct plan_turn {
	struct command_job base; /* with the device */
	int64_t plan;
	struct plan_unit unit; /* as it is afterwards; its texts are in `arena` */
	bool found;	       /* it is running */
	bool changed;
	bool again;    /* a step was parted: its parts are for a turn that follows at once */
	size_t queued; /* commands */
	bool roster;   /* the roster is another one now (core/roster_turn.c) */
	struct arena arena;
	struct command command[PLAN_WINDOW];
};

/* The body of the job's run. */
GH_MUST_CHECK enum gh_err plan_turn_run(struct plan_turn *t, const struct store_ops *ops,
					struct store *s);

#endif

/* The planner: brings access units to what the site needs of them, by plans that are shown before they run.
 *
 * A plan is made by a person, or by the planner itself: when the site, or what decides how a unit is written to,
 * has changed and stays so for a moment; when the rows of a unit would be wrong from now on; and once an hour. It
 * waits for a person where it is the unit's first one, or where `sync` of the unit (or the server's) is plan, and
 * runs at once otherwise.
 *
 * What is found is found on a reader thread, one unit at a time, and stored in pieces, so that nothing waits for
 * it. What runs is a turn a second of each unit, and one when all of its orders have ended (plan_turn.h). Both go
 * on after a restart.
 *
 * Threads: any, but planner_tick(), which is called by one. One unit is being planned at a time; what belongs to
 * that is its own. */
#ifndef GH_CORE_ACCESS_PLANNER_H
#define GH_CORE_ACCESS_PLANNER_H

#include "core/devices.h"
#include "model/plan.h"

/* Plans there may be that have not ended; and all that are kept. */
#define PLANS_OPEN 100
#define PLANS_KEPT 200
#define PLAN_UNITS 1000				 /* of one plan */
#define PLAN_UNIT_BYTES (64 << 20)		 /* of the steps of one unit */
#define PLAN_LIFE_MS (INT64_C(24) * 3600 * 1000) /* one that waits to be applied */

struct planner;

/* NULL: no memory. */
struct planner *planner_new(struct server *server);
/* After the readers have stopped and the store's queue was closed. NULL is fine. */
void planner_free(struct planner *p);
/* Each second. */
void planner_tick(struct planner *p);

/* Something of the site was changed. NULL is fine. */
void planner_site_changed(struct planner *p);
/* What is known of a unit's tables went, or what it refused is offered again: it is planned with the next tick, not
 * only after the hour. p NULL is fine. */
void planner_unit_changed(struct planner *p, struct device *d);
/* A plan was made, applied or cancelled. NULL is fine. */
void planner_wake(struct planner *p);
/* The latest open order of a unit ended: what its plan has next need not wait for the next second. p NULL is
 * fine. */
void planner_orders_ended(struct planner *p, struct device *d);

/* --- what people do with plans --- */

struct plan_request {
	struct store_job job;
	struct server *server;
	int64_t flags;		/* enum plan_flag */
	struct device **device; /* referenced by the caller; for a new plan */
	size_t devices;
	gh_slice by;
	/* Of a new one that was made already (core/roster_plan.h): its kind, and what it is for its device. NULL: that is
	 * found in the background. */
	gh_slice kind;
	struct plan_unit *unit;
	struct plan_step *step;
	size_t steps;
	/* The same of many people, without a device. */
	struct plan_item *item;
	size_t items;
	struct audit_row *audit; /* or NULL */
	int64_t id;		 /* of the plan; of a new one afterwards */
	bool too_many;		 /* of a new one, with GH_EFULL: not the disk is full */
	struct plan_cancelling *cancelling; /* of plan_cancel() */
	/* On the store thread. GH_EFULL: there are too many that have not ended (too_many), or the disk is full.
	 * GH_ENOTFOUND. GH_ESTATE: it does not wait to be applied, or has ended. GH_EBUSY: another plan of one
	 * of its units is running. */
	void (*done)(void *ctx, enum gh_err err);
	void *ctx;
};

/* All of it belongs to the caller and stays until `done`. GH_EBUSY, GH_ENOMEM: at once, without `done`. */
GH_MUST_CHECK enum gh_err plan_create(struct plan_request *r);
/* Whether what was shown is what would be made now is for the caller to see before: unit_plan.h. */
GH_MUST_CHECK enum gh_err plan_apply(struct plan_request *r);
/* What was sent stays sent, and what only waits in queues is cancelled. */
GH_MUST_CHECK enum gh_err plan_cancel(struct plan_request *r);

#endif

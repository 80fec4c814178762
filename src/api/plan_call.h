/* A call about a plan, until the store has done it; for the files of plans. */
#ifndef GH_API_PLAN_CALL_H
#define GH_API_PLAN_CALL_H

#include "api/call.h"
#include "core/roster_plan.h"

/* In the request's arena. */
struct plan_call {
	struct call *c;
	struct plan_request request;
	struct roster_plan *roster; /* of people of a device; NULL: of access units */
	enum gh_err err;
	size_t items;
	const char *done; /* the answer, where it has no data */
};

/* `action` is for the audit. NULL: answered. */
struct plan_call *plan_call_new(struct call *c, const char *action);
/* Let the store do it, and answer then. */
void plan_call_put(struct plan_call *p, enum gh_err (*put)(struct plan_request *r));
/* Of a new one, before it is answered. */
void plan_devices_drop(struct plan_call *p);

/* roster_plans.c: a new one of a kind of core/roster_plan.h; on a reader thread. */
void roster_plan_create(struct call *c, enum roster_plan_kind kind);
/* The plan of such a unit as it is made now. On a reader thread.
 * GH_ENOTFOUND: there is no such device (d NULL). Errors of roster_plan_make(). */
GH_MUST_CHECK enum gh_err roster_plan_again(struct call *c, const struct plan_unit *u,
					    struct device *d, struct roster_plan *out);

/* people_plans.c: plans of many people. */
#define PEOPLE_PLAN_ITEMS 10000

bool people_plan_is(gh_slice kind);
/* A new one; on a reader thread. */
void people_plan_create(struct call *c);
/* people_plan_apply.c: begin to carry one out, or, not `planned`, go on with it; on a reader thread. */
void people_plan_begin(struct call *c, int64_t plan, bool planned);

#endif

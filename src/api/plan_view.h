/* A plan as the API shows it, from the store. */
#ifndef GH_API_PLAN_VIEW_H
#define GH_API_PLAN_VIEW_H

#include "api/call.h"
#include "model/plan.h"

/* The fields of a plan and, in `devices`, what it is for each. GH_ENOTFOUND. */
GH_MUST_CHECK enum gh_err plan_show(struct call *c, int64_t plan, struct json *j);

/* A step, with its rows in words and as they are sent. */
void plan_step_show(struct json *j, const struct plan_step *p, struct device *d,
		    gh_slice serial);

/* roster_plan_view.c: of a step about a person, which of their records it is, and both of its values in words. */
void roster_step_key_show(struct json *j, const struct plan_step *p);
void roster_step_change_show(struct json *j, const struct plan_step *p);

#endif

/* A plan about people of a device is applied: its orders are queued, and its steps have their numbers. */
#include "core/access/plan_record.h"
#include "core/command_queue_job.h"
#include "core/roster_plan.h"

struct applying {
	struct roster_plan *plan;
	struct plan_request *request;
	struct queue_job *job;
};

struct plan_standing {
	enum plan_state state;
};

static bool standing_keep(void *ctx, int64_t id, const void *record)
{
	(void)id;
	((struct plan_standing *)ctx)->state =
		(enum plan_state)((const struct device_plan *)record)->state;
	return true;
}

static enum gh_err applying_before(void *ctx, const struct store_ops *ops, struct store *s)
{
	struct applying *a = ctx;
	struct plan_standing standing = { PLAN_STATES };
	enum gh_err err = ops->entity_hold(s, ENTITY_DEVICE_PLAN, a->request->id, standing_keep,
					   &standing);

	if (err == GH_OK && standing.state != PLAN_PLANNED)
		err = GH_ESTATE;
	return err;
}

/* Behind the orders, whose numbers are there when what was written is. */
static enum gh_err applying_after(void *ctx, const struct store_ops *ops, struct store *s)
{
	struct applying *a = ctx;
	struct roster_plan *p = a->plan;
	struct plan_request *r = a->request;
	enum gh_err err = plan_record_end(ops, s, r->id, 1u << PLAN_PLANNED, PLAN_RUNNING,
					  r->server->now_ms());

	for (size_t i = 0; i < p->steps && err == GH_OK; i++) {
		struct plan_step step = p->step[i];

		step.plan = r->id;
		step.state = PLAN_STEP_QUEUED;
		step.command = p->order[i].stored.id;
		err = ops->plan_step_put(s, &step);
	}
	if (err || r->audit == NULL)
		return err;
	r->audit->subject_at = &r->id;
	return ops->audit_put(s, r->audit);
}

static void applying_done(void *ctx, enum gh_err err)
{
	struct applying *a = ctx;
	struct plan_request *r = a->request;

	if (err == GH_OK)
		err = a->job->err;
	if (err == GH_OK)
		planner_wake(r->server->planner);
	r->done(r->ctx, err);
}

enum gh_err roster_plan_apply(struct roster_plan *p, struct plan_request *r)
{
	struct applying *a = ghi_arena_alloc(p->arena, sizeof(*a));

	if (a == NULL)
		return GH_ENOMEM;
	*a = (struct applying){ .plan = p, .request = r };
	a->job = command_queue_job_new(r->server, p->order, p->steps, applying_done, a);
	if (a->job == NULL)
		return GH_ENOMEM;
	a->job->whole = true;
	a->job->before = applying_before;
	a->job->after = applying_after;
	a->job->before_ctx = a;
	return command_queue_job_put(a->job);
}

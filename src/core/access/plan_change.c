/* What people do with plans: each is one job of the store. */
#include <stdlib.h>

#include "core/access/plan_record.h"
#include "core/access/planner.h"
#include "core/audit.h"
#include "core/commands.h"

struct plan_found {
	struct device_plan r;
	size_t open;
};

static bool open_count(void *ctx, int64_t id, const void *record)
{
	struct plan_found *f = ctx;
	const struct device_plan *r = record;

	(void)id;
	f->open += !plan_state_ended((enum plan_state)r->state);
	return true;
}

static bool plan_hold(void *ctx, int64_t id, const void *record)
{
	struct plan_found *f = ctx;

	(void)id;
	f->r.state = ((const struct device_plan *)record)->state;
	f->r.flags = ((const struct device_plan *)record)->flags;
	return true;
}

static void plan_request_done(struct store_job *job, enum gh_err err)
{
	struct plan_request *r = (struct plan_request *)job;

	if (err == GH_OK)
		planner_wake(r->server->planner);
	r->done(r->ctx, err);
}

static enum gh_err plan_audit(struct plan_request *r, const struct store_ops *ops,
			      struct store *s)
{
	if (r->audit == NULL)
		return GH_OK;
	r->audit->subject_at = &r->id;
	return ops->audit_put(s, r->audit);
}

static enum gh_err request_put(struct plan_request *r,
			       enum gh_err (*run)(struct store_job *job,
						  const struct store_ops *ops, struct store *s))
{
	r->job = (struct store_job){ .run = run, .done = plan_request_done };
	return store_put(r->server->queue, &r->job);
}

/* --- a new one --- */

static enum gh_err create_run(struct store_job *job, const struct store_ops *ops,
			      struct store *s)
{
	struct plan_request *r = (struct plan_request *)job;
	struct plan_found found = { 0 };
	enum gh_err err = ops->entities_each(s, ENTITY_DEVICE_PLAN, open_count, &found);

	if (err == GH_OK && found.open >= PLANS_OPEN)
		err = GH_EFULL;
	if (err == GH_OK)
		err = plan_record_add(ops, s, r->by, r->flags, (int64_t)r->devices,
				      r->server->now_ms(), &r->id);
	for (size_t i = 0; i < r->devices && err == GH_OK; i++) {
		struct plan_unit u = { .plan = r->id,
				       .device = device_id(r->device[i]),
				       .state = PLAN_MAKING,
				       .flags = r->flags };

		err = ops->plan_unit_put(s, &u);
	}
	return err ? err : plan_audit(r, ops, s);
}

enum gh_err plan_create(struct plan_request *r)
{
	return request_put(r, create_run);
}

/* --- applying one --- */

struct units_of_plan {
	int64_t device[PLAN_UNITS];
	size_t n;
};

static bool device_note(void *ctx, const struct plan_unit *u)
{
	struct units_of_plan *of = ctx;

	if (u->state == PLAN_PLANNED && of->n < PLAN_UNITS)
		of->device[of->n++] = u->device;
	return true;
}

static bool unit_runs(void *ctx, const struct plan_unit *u)
{
	(void)u;
	*(bool *)ctx = true;
	return false;
}

static enum gh_err apply_run(struct store_job *job, const struct store_ops *ops,
			     struct store *s)
{
	struct plan_request *r = (struct plan_request *)job;
	struct plan_found found = { 0 };
	struct plan_units_of own = { .plan = r->id };
	struct units_of_plan *of = calloc(1, sizeof(*of));
	bool runs = false;
	enum gh_err err = of ? ops->entity_hold(s, ENTITY_DEVICE_PLAN, r->id, plan_hold, &found)
			     : GH_ENOMEM;

	if (err == GH_OK && found.r.state != PLAN_PLANNED)
		err = GH_ESTATE;
	if (err == GH_OK)
		err = ops->plan_units_scan(s, &own, device_note, of);
	for (size_t i = 0; err == GH_OK && i < of->n; i++) {
		struct plan_units_of running = { .state = PLAN_RUNNING,
						 .device = of->device[i],
						 .limit = 1 };

		err = ops->plan_units_scan(s, &running, unit_runs, &runs);
	}
	free(of);
	if (err == GH_OK && runs)
		err = GH_EBUSY;
	if (err == GH_OK)
		err = plan_record_end(ops, s, r->id, 1u << PLAN_PLANNED, PLAN_RUNNING,
				      r->server->now_ms());
	return err ? err : plan_audit(r, ops, s);
}

enum gh_err plan_apply(struct plan_request *r)
{
	return request_put(r, apply_run);
}

/* --- cancelling one --- */

static enum gh_err plan_cancel_run(struct store_job *job, const struct store_ops *ops,
				   struct store *s)
{
	struct plan_request *r = (struct plan_request *)job;
	struct plan_found found = { 0 };
	enum gh_err err = ops->entity_hold(s, ENTITY_DEVICE_PLAN, r->id, plan_hold, &found);

	if (err == GH_OK && plan_state_ended((enum plan_state)found.r.state))
		err = GH_ESTATE;
	if (err == GH_OK)
		err = plan_record_end(ops, s, r->id,
				      1u << PLAN_MAKING | 1u << PLAN_PLANNED |
					      1u << PLAN_RUNNING,
				      PLAN_CANCELLED, r->server->now_ms());
	return err ? err : plan_audit(r, ops, s);
}

enum gh_err plan_cancel(struct plan_request *r)
{
	return request_put(r, plan_cancel_run);
}

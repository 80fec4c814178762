/* What people do with plans: each is one job of the store. */
#include <stdlib.h>

#include "core/access/plan_record.h"
#include "core/access/plan_turn.h"
#include "core/access/planner.h"
#include "core/audit.h"
#include "core/command_job.h"
#include "core/server_clock.h"

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

/* What it is for its device is known already. */
static enum gh_err plan_known_store(struct plan_request *r, const struct store_ops *ops,
				    struct store *s)
{
	enum gh_err err;

	r->unit->plan = r->id;
	for (size_t i = 0; i < r->steps; i++)
		r->step[i].plan = r->id;
	err = ops->plan_unit_put(s, r->unit);
	if (err == GH_OK)
		err = ops->plan_steps_add(s, r->step, r->steps);
	if (err == GH_OK)
		err = plan_record_sum(ops, s, r->id, r->server->now_ms(), NULL);
	return err ? err : plan_audit(r, ops, s);
}

static enum gh_err plan_items_store(struct plan_request *r, const struct store_ops *ops,
				    struct store *s)
{
	struct plan_counts counts = { .items = (int64_t)r->items };
	enum gh_err err;

	for (size_t i = 0; i < r->items; i++)
		r->item[i].plan = r->id;
	err = ops->plan_items_add(s, r->item, r->items);
	if (err == GH_OK)
		err = plan_record_set(ops, s, r->id, PLAN_PLANNED, &counts,
				      r->server->now_ms());
	return err ? err : plan_audit(r, ops, s);
}

static enum gh_err create_run(struct store_job *job, const struct store_ops *ops,
			      struct store *s)
{
	struct plan_request *r = (struct plan_request *)job;
	struct plan_found found = { 0 };
	enum gh_err err = ops->entities_each(s, ENTITY_DEVICE_PLAN, open_count, &found);

	r->too_many = err == GH_OK && found.open >= PLANS_OPEN;
	if (r->too_many)
		err = GH_EFULL;
	if (err == GH_OK)
		err = plan_record_add(ops, s, r->kind.n ? r->kind : PLAN_KIND_ACCESS, r->by,
				      r->flags, (int64_t)r->devices, r->server->now_ms(),
				      &r->id);
	if (err == GH_OK && r->unit)
		return plan_known_store(r, ops, s);
	if (err == GH_OK && r->item)
		return plan_items_store(r, ops, s);
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

/* What the plan has in the queues of its units and was never given out. */
struct plan_cancelling {
	struct command_job base;
	struct command_list list; /* that were cancelled */
	int64_t unit[PLAN_UNITS];
	size_t units;
	int64_t command[2 * PLAN_WINDOW];
	size_t commands;
	int64_t last; /* step that was looked at */
};

static bool running_note(void *ctx, const struct plan_unit *u)
{
	struct plan_cancelling *c = ctx;

	if (u->state == PLAN_RUNNING && c->units < PLAN_UNITS)
		c->unit[c->units++] = u->device;
	return true;
}

static bool queued_note(void *ctx, const struct plan_step *p)
{
	struct plan_cancelling *c = ctx;

	if (p->state == PLAN_STEP_QUEUED)
		c->command[c->commands++] = p->command;
	c->last = p->step;
	return true;
}

static bool waiting_keep(void *ctx, const struct command *c)
{
	return c->state != COMMAND_QUEUED || command_list_add(ctx, c);
}

static enum gh_err unit_commands_cancel(struct plan_request *r, const struct store_ops *ops,
					struct store *s, int64_t device)
{
	struct plan_cancelling *c = r->cancelling;
	struct plan_steps_of open = { .plan = r->id,
				      .device = device,
				      .which = PLAN_STEPS_OPEN,
				      .after = INT64_MIN,
				      .limit = 2 * PLAN_WINDOW };
	struct command_item **from = c->list.last;
	enum gh_err err = GH_OK;

	do {
		c->commands = 0;
		err = ops->plan_steps_scan(s, &open, queued_note, c);
		open.after = c->last;
		for (size_t i = 0; i < c->commands && err == GH_OK; i++) {
			err = ops->command_find(s, c->command[i], waiting_keep, &c->list);
			err = err == GH_ENOTFOUND ? GH_OK : err ? err : c->list.err;
		}
	} while (err == GH_OK && c->commands == 2 * PLAN_WINDOW);
	for (struct command_item *at = *from; at && err == GH_OK; at = at->next) {
		at->command.result = GH_LIT("its plan was cancelled");
		err = command_job_move(&c->base, ops, s, &at->command, COMMAND_CANCEL,
				       at->command.result);
	}
	return err;
}

static enum gh_err plan_cancel_run(struct store_job *job, const struct store_ops *ops,
				   struct store *s)
{
	struct plan_request *r = (struct plan_request *)job;
	struct plan_cancelling *c = r->cancelling;
	struct plan_units_of own = { .plan = r->id };
	struct plan_found found = { 0 };
	enum gh_err err = ops->entity_hold(s, ENTITY_DEVICE_PLAN, r->id, plan_hold, &found);

	command_job_begin(&c->base);
	command_list_clear(&c->list);
	c->units = 0;
	if (err == GH_OK && plan_state_ended((enum plan_state)found.r.state))
		err = GH_ESTATE;
	if (err == GH_OK)
		err = ops->plan_units_scan(s, &own, running_note, c);
	for (size_t i = 0; i < c->units && err == GH_OK; i++)
		err = unit_commands_cancel(r, ops, s, c->unit[i]);
	if (err == GH_OK)
		err = plan_record_end(ops, s, r->id,
				      1u << PLAN_MAKING | 1u << PLAN_PLANNED |
					      1u << PLAN_RUNNING,
				      PLAN_CANCELLED, r->server->now_ms());
	return err ? err : plan_audit(r, ops, s);
}

static void plan_cancel_done(struct store_job *job, enum gh_err err)
{
	struct plan_request *r = (struct plan_request *)job;
	struct plan_cancelling *c = r->cancelling;

	if (err == GH_OK)
		command_list_ended(r->server, &c->list);
	command_job_end(&c->base, err);
	command_list_clear(&c->list);
	free(c);
	r->cancelling = NULL;
	plan_request_done(job, err);
}

enum gh_err plan_cancel(struct plan_request *r)
{
	struct plan_cancelling *c = calloc(1, sizeof(*c));
	enum gh_err err;

	if (c == NULL)
		return GH_ENOMEM;
	c->base.server = r->server;
	c->base.now_ms = server_steady_ms(r->server);
	c->base.by = r->audit;
	command_list_init(&c->list);
	r->cancelling = c;
	r->job = (struct store_job){ .run = plan_cancel_run, .done = plan_cancel_done };
	err = store_put(r->server->queue, &r->job);
	if (err) {
		free(c);
		r->cancelling = NULL;
	}
	return err;
}

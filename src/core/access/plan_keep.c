/* What of plans is too old or too much goes, a piece at a time. */
#include <stdlib.h>

#include "core/access/plan_record.h"
#include "core/access/planner_private.h"
#include "core/server_clock.h"

#define PIECE 200		/* steps */
#define MADE_MS INT64_C(600000) /* a plan without units is one that a killed server began */

struct keeping {
	struct store_job job;
	struct planner *p;
	size_t open, ended;
	int64_t expired, oldest, began; /* plans; 0: none */
	bool more;
};

static bool plan_see(void *ctx, int64_t id, const void *record)
{
	struct keeping *k = ctx;
	const struct device_plan *r = record;
	int64_t now = server_aging_ms(k->p->server);

	if (plan_state_ended((enum plan_state)r->state)) {
		k->ended++;
		if (k->oldest == 0)
			k->oldest = id;
		return true;
	}
	k->open++;
	if (r->state == PLAN_PLANNED && now - r->created_ms >= PLAN_LIFE_MS &&
	    !(r->flags & PLAN_AUTO) && k->expired == 0)
		k->expired = id;
	if (r->state == PLAN_MAKING && now - r->created_ms >= MADE_MS && k->began == 0)
		k->began = id;
	return true;
}

static bool unit_is(void *ctx, const struct plan_unit *u)
{
	(void)u;
	*(bool *)ctx = true;
	return false;
}

static enum gh_err plan_remove(struct keeping *k, const struct store_ops *ops, struct store *s,
			       int64_t plan)
{
	size_t removed;
	enum gh_err err = ops->plan_clear(s, plan, 0, PIECE, &removed);

	k->more = true;
	if (err == GH_OK && removed < PIECE)
		err = ops->entity_delete(s, ENTITY_DEVICE_PLAN, plan);
	return err;
}

static enum gh_err keep_run(struct store_job *job, const struct store_ops *ops, struct store *s)
{
	struct keeping *k = (struct keeping *)job;
	struct planner *p = k->p;
	struct plan_units_of own;
	bool has_units = false;
	enum gh_err err;

	*k = (struct keeping){ .job = k->job, .p = p };
	err = ops->entities_each(s, ENTITY_DEVICE_PLAN, plan_see, k);
	if (err)
		return err;
	if (k->began) {
		own = (struct plan_units_of){ .plan = k->began };
		err = ops->plan_units_scan(s, &own, unit_is, &has_units);
		if (err == GH_OK && !has_units)
			return plan_remove(k, ops, s, k->began);
	}
	if (err == GH_OK && k->expired) {
		k->more = true;
		return plan_record_end(ops, s, k->expired, 1u << PLAN_PLANNED, PLAN_EXPIRED,
				       p->server->now_ms());
	}
	if (err == GH_OK && k->ended && k->ended + k->open > PLANS_KEPT - PLANS_OPEN / 2)
		return plan_remove(k, ops, s, k->oldest);
	return err;
}

static void keep_done(struct store_job *job, enum gh_err err)
{
	struct keeping *k = (struct keeping *)job;

	if (err == GH_OK && k->more && store_put(k->p->server->queue, &k->job) == GH_OK)
		return;
	atomic_store(&k->p->keeping, false);
	free(k);
}

void planner_keep(struct planner *p)
{
	struct keeping *k;

	if (atomic_exchange(&p->keeping, true))
		return;
	k = calloc(1, sizeof(*k));
	if (k) {
		k->p = p;
		k->job = (struct store_job){ .run = keep_run,
					     .done = keep_done,
					     .upkeep = true };
		if (store_put(p->server->queue, &k->job) == GH_OK)
			return;
	}
	free(k);
	atomic_store(&p->keeping, false);
}

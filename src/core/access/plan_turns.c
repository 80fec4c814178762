/* The turns of all units of running plans, one after the other. */
#include <stdlib.h>

#include "core/access/plan_record.h"
#include "core/access/plan_turn.h"
#include "core/access/planner_private.h"
#include "core/access/site_memory.h"
#include "core/device_private.h"
#include "core/metrics.h"
#include "core/server_clock.h"
#include "core/syncs.h"

struct turn_of {
	int64_t plan;
	struct device
		*device; /* referenced; NULL: there is none of that serial number any more */
	int64_t number;
};

struct turns {
	struct store_job job;
	struct planner *p;
	struct device *one; /* referenced; NULL: all units */
	struct turn_of *of;
	size_t n, room, at;
	bool no_memory;
	enum { TURNS_FIND, TURNS_UNIT, TURNS_SUM } what;
	struct plan_turn turn;
	bool changed; /* of the plan `at` is in */
	enum plan_state state;
};

static bool running_see(void *ctx, const struct plan_unit *u)
{
	struct turns *t = ctx;

	if (t->n == t->room) {
		size_t room = t->room ? t->room * 2 : 16;
		struct turn_of *more = realloc(t->of, room * sizeof(*more));

		t->no_memory = more == NULL;
		if (more == NULL)
			return false;
		t->of = more;
		t->room = room;
	}
	t->of[t->n++] = (struct turn_of){
		.plan = u->plan,
		.device = devices_find(t->p->server->devices, u->serial),
		.number = u->device,
	};
	return true;
}

static void turns_drop(struct turns *t)
{
	for (size_t i = 0; i < t->n; i++)
		device_unref(t->of[i].device);
	t->n = 0;
}

struct gone_unit {
	struct plan_unit unit;
	struct arena text;
};

static bool gone_see(void *ctx, const struct plan_unit *u)
{
	struct gone_unit *g = ctx;

	g->unit = *u;
	g->unit.foreign = ghi_arena_copy(&g->text, u->foreign);
	g->unit.refusal = ghi_arena_copy(&g->text, u->refusal);
	g->unit.digest = ghi_arena_copy(&g->text, u->digest);
	return false;
}

/* The device was deleted. */
static enum gh_err gone_end(struct turns *t, const struct store_ops *ops, struct store *s)
{
	const struct turn_of *of = &t->of[t->at];
	struct plan_units_of own = { .plan = of->plan, .device = of->number };
	struct gone_unit g = { 0 };
	enum gh_err err = ops->plan_units_scan(s, &own, gone_see, &g);

	if (err == GH_OK && g.unit.state == PLAN_RUNNING) {
		g.unit.state = PLAN_FAILED;
		g.unit.note = GH_LIT("the device was deleted");
		err = ops->plan_unit_put(s, &g.unit);
	}
	ghi_arena_clear(&g.text);
	return err;
}

static enum gh_err turns_run(struct store_job *job, const struct store_ops *ops,
			     struct store *s)
{
	struct turns *t = (struct turns *)job;
	struct plan_units_of running = { .state = PLAN_RUNNING,
					 .device = t->one ? device_id(t->one) : 0,
					 .limit = PLANS_OPEN * PLAN_UNITS };
	enum gh_err err;

	switch (t->what) {
	case TURNS_FIND:
		turns_drop(t);
		err = ops->plan_units_scan(s, &running, running_see, t);
		return err ? err : t->no_memory ? GH_ENOMEM : GH_OK;
	case TURNS_UNIT:
		if (t->of[t->at].device == NULL)
			return gone_end(t, ops, s);
		return plan_turn_run(&t->turn, ops, s);
	case TURNS_SUM:
		break;
	}
	return plan_record_sum(ops, s, t->of[t->at].plan, t->p->server->now_ms(), &t->state);
}

static void turn_publish(struct turns *t)
{
	struct device *d = t->of[t->at].device;
	uint32_t n = (uint32_t)t->turn.queued;

	if (t->turn.roster) {
		syncs_roster_changed(t->p->server->syncs);
		planner_site_changed(t->p);
		site_memory_stale(t->p->server->site);
	}
	if (d == NULL || n == 0)
		return;
	metric_add(&t->p->server->metrics->commands_queued, n);
	metric_add(&t->p->server->metrics->plan_steps, n);
	atomic_fetch_add(&d->commands, n);
	command_offer_now(t->p->server, d);
}

static void turns_end(struct turns *t)
{
	struct planner *p = t->p;
	bool all = t->one == NULL;

	turns_drop(t);
	device_unref(t->one);
	free(t->of);
	free(t);
	if (all)
		atomic_store(&p->turning, false);
}

static void turn_begin(struct turns *t)
{
	const struct turn_of *of = &t->of[t->at];

	t->what = TURNS_UNIT;
	t->turn = (struct plan_turn){
		.base = { .server = t->p->server,
			  .device = of->device,
			  .now_ms = server_steady_ms(t->p->server) },
		.plan = of->plan,
	};
}

/* The next unit, or, where a plan ends with this one, its sum. False: nothing is left. */
static bool turns_next(struct turns *t)
{
	bool last = t->at + 1 >= t->n || t->of[t->at + 1].plan != t->of[t->at].plan;
	bool again = t->what == TURNS_UNIT && t->turn.again;

	if (t->what == TURNS_UNIT && !again && last && t->changed) {
		t->what = TURNS_SUM;
		t->changed = false;
		return true;
	}
	if (t->what != TURNS_FIND && !again)
		t->at++;
	if (t->at >= t->n)
		return false;
	turn_begin(t);
	return true;
}

static void turns_done(struct store_job *job, enum gh_err err)
{
	struct turns *t = (struct turns *)job;

	if (t->what == TURNS_FIND && t->one == NULL) {
		atomic_store(&t->p->units, err || t->n);
		if (err || t->n)
			atomic_store(&t->p->running, true);
	}
	if (t->what == TURNS_UNIT) {
		/* After an error the next second comes. */
		t->turn.again = t->turn.again && err == GH_OK;
		if (err == GH_OK)
			turn_publish(t);
		t->changed = t->changed ||
			     (err == GH_OK && (t->turn.changed || t->of[t->at].device == NULL));
		ghi_arena_clear(&t->turn.arena);
	}
	if (err == GH_OK || t->what == TURNS_UNIT)
		if (turns_next(t) && store_put(t->p->server->queue, &t->job) == GH_OK)
			return;
	turns_end(t);
}

void planner_turns(struct planner *p)
{
	struct turns *t;

	if (!atomic_load(&p->running) || atomic_exchange(&p->turning, true))
		return;
	t = calloc(1, sizeof(*t));
	if (t == NULL) {
		atomic_store(&p->turning, false);
		return;
	}
	atomic_store(&p->running, false);
	t->p = p;
	t->job = (struct store_job){ .run = turns_run, .done = turns_done };
	if (store_put(p->server->queue, &t->job) == GH_OK)
		return;
	atomic_store(&p->running, true);
	turns_end(t);
}

void planner_orders_ended(struct planner *p, struct device *d)
{
	struct turns *t;

	if (p == NULL || device_commands(d) || !atomic_load(&p->units))
		return;
	t = calloc(1, sizeof(*t));
	if (t == NULL)
		return; /* the next second comes */
	t->p = p;
	t->one = device_ref(d);
	t->job = (struct store_job){ .run = turns_run, .done = turns_done };
	if (store_put(p->server->queue, &t->job))
		turns_end(t);
}

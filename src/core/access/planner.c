#include "core/access/planner_private.h"

#include <stdlib.h>

#include "core/access/site_read.h"
#include "core/device_private.h"
#include "core/problems.h"
#include "core/server_clock.h"

#define QUIET_MS 2000	    /* since the last change of the site, ... */
#define QUIET_MOST_MS 10000 /* or this long since the first */
#define HOUR_MS INT64_C(3600000)
#define AGAIN_MS 5000 /* after an error */
#define CLOCK_BACK_MS \
	60000 /* a clock that was set back by more: what was planned is of another time */
#define KEEP_EACH_MS 60000

/* --- when --- */

static struct plan_due *due_of(struct planner *p, int64_t device)
{
	struct plan_due *e;

	HASH_FIND(hh, p->due, &device, sizeof(device), e);
	return e;
}

static void due_set(struct planner *p, int64_t device, int64_t due_ms)
{
	struct plan_due *e = due_of(p, device);

	if (e == NULL) {
		e = calloc(1, sizeof(*e));
		if (e == NULL)
			return;
		e->device = device;
		HASH_ADD(hh, p->due, device, sizeof(e->device), e);
	}
	e->version = p->made_version;
	e->site = p->made_site;
	e->at_ms = p->began_ms;
	e->due_ms = due_ms;
}

/* Changes come one after the other: units are planned when they have come to rest. */
static void site_settle(struct planner *p)
{
	int64_t now = server_monotonic_ms(p->server);
	int64_t first = atomic_load(&p->changed_first_ms);
	uint64_t site = atomic_load(&p->site);

	if (site == p->settled)
		return;
	if (now - atomic_load(&p->changed_ms) < QUIET_MS &&
	    !(first && now - first >= QUIET_MOST_MS))
		return;
	atomic_store(&p->changed_first_ms, 0);
	p->settled = site;
}

struct due_search {
	struct planner *p;
	struct device *found;
	int64_t now_ms;
};

static bool due_see(void *ctx, struct device *d)
{
	struct due_search *x = ctx;
	const struct plan_due *e;

	if (!device_has_plans(d))
		return true;
	e = due_of(x->p, device_id(d));
	if (e && e->site >= x->p->settled && e->version == device_version(d) &&
	    x->now_ms < e->due_ms && x->now_ms >= e->at_ms - CLOCK_BACK_MS)
		return true;
	x->found = device_ref(d);
	return false;
}

/* --- one unit --- */

static void unit_copy(struct planner *p, const struct plan_unit *u)
{
	p->plan = u->plan;
	p->flags = u->flags;
	p->device = devices_find(p->server->devices, u->serial);
}

static bool making_see(void *ctx, const struct plan_unit *u)
{
	unit_copy(ctx, u);
	return false;
}

static enum gh_err model_refresh(struct planner *p, struct store_reader *r)
{
	const struct site_of everything = { .devices = p->server->devices };
	uint64_t site = atomic_load(&p->site);
	enum gh_err err;

	if (p->model_there && p->model_site == site)
		return GH_OK;
	ghi_arena_clear(&p->site_text);
	p->model_there = false;
	err = site_read(p->server->db.ops, r, &everything, &p->site_text, &p->model);
	p->model_there = err == GH_OK;
	p->model_site = site;
	return err;
}

/* What the unit has no room for is a problem until it is less. */
static void unit_room_note(struct planner *p)
{
	gh_slice sn = device_sn(p->device);

	if (p->made.rows.over)
		problem_raise(p->server, PROBLEM_UNIT_FULL, sn, "%s", p->made.rows.over);
	else
		problem_clear(p->server, PROBLEM_UNIT_FULL, sn);
}

static bool running_plan_see(void *ctx, const struct plan_unit *u)
{
	(void)u;
	*(bool *)ctx = true;
	return false;
}

/* What a plan that runs has not written yet, or what the unit answers it, would be missing in one that is made now:
 * ended before that one is stored, it would be carried out again in part. */
static enum gh_err unit_plan_running(const struct planner *p, struct store_reader *r,
				     bool *running)
{
	const struct plan_units_of of = { .state = PLAN_RUNNING,
					  .device = device_id(p->device),
					  .limit = 1 };

	*running = false;
	return p->server->db.ops->plan_units_read(r, &of, running_plan_see, running);
}

static void planner_read_run(struct read_job *job, struct store_reader *r, enum gh_err err)
{
	struct planner *p = (struct planner *)((char *)job - offsetof(struct planner, read));
	struct plan_units_of making = { .state = PLAN_MAKING, .limit = 1 };
	struct steps_wish wish;

	p->err = err;
	p->plan = 0;
	p->flags = PLAN_AUTO;
	p->automatic = p->device != NULL;
	p->skipped = false;
	p->began_ms = p->server->now_ms();
	if (r && err == GH_OK && !p->automatic)
		p->err = p->server->db.ops->plan_units_read(r, &making, making_see, p);
	if (r == NULL || p->err || (p->device == NULL && p->plan == 0))
		return;
	/* It went, or is no such unit any more. */
	if (p->device == NULL || !device_has_plans(p->device)) {
		p->err = GH_ENOTFOUND;
		return;
	}
	wish = (struct steps_wish){ .resync = p->flags & PLAN_RESYNC,
				    .foreign = p->flags & PLAN_FOREIGN };
	p->made_version = device_version(p->device);
	p->err = model_refresh(p, r);
	p->made_site = p->model_site;
	if (p->err == GH_OK && p->automatic)
		p->err = unit_plan_running(p, r, &p->skipped);
	if (p->err == GH_OK && !p->skipped)
		p->err = unit_plan_make(p->server, r, &p->model, p->device, wish, &p->made);
	if (p->err == GH_OK && !p->skipped)
		unit_room_note(p);
}

static void planner_unit_drop(struct planner *p)
{
	unit_plan_clear(&p->made);
	device_unref(p->device);
	p->device = NULL;
}

/* What to do about it after this: nothing until something changes, or until its rows would be wrong. */
static void unit_note(struct planner *p, int64_t due_ms)
{
	int64_t hour = p->began_ms + HOUR_MS;

	due_set(p, device_id(p->device), due_ms && due_ms < hour ? due_ms : hour);
}

static void planner_read_done(struct read_job *job)
{
	struct planner *p = (struct planner *)((char *)job - offsetof(struct planner, read));
	bool found = p->device || p->plan;
	/* A unit that no person may pass yet, and that was never written to, is left alone. */
	bool needed = p->err == GH_OK && !p->skipped && (p->made.known || p->made.has_people) &&
		      p->made.steps.steps + p->made.slots + p->made.steps.adopts;

	if (found && (!p->automatic || needed)) {
		planner_write(p);
		return;
	}
	if (p->device && p->err == GH_OK && !p->skipped)
		unit_note(p, p->made.good_until_ms);
	if (p->device && (p->err || p->skipped))
		unit_note(p, p->began_ms + AGAIN_MS);
	if (!found && p->err) {
		atomic_store(&p->asked, true);
		p->again_ms = server_monotonic_ms(p->server) + AGAIN_MS;
	}
	planner_unit_drop(p);
	planner_next(p);
}

void planner_written(struct planner *p, enum gh_err err)
{
	bool again = err || (p->automatic && p->skipped) || p->made.steps.adopts > PLAN_ADOPTS;

	/* One that people requested is theirs to apply, or not: the unit is still to be planned. */
	if (p->device && p->automatic)
		unit_note(p, again ? p->began_ms + AGAIN_MS : p->made.good_until_ms);
	if (err)
		p->again_ms = server_monotonic_ms(p->server) + AGAIN_MS;
	if (!p->automatic)
		atomic_store(&p->asked, true);
	if (p->state == PLAN_RUNNING) {
		atomic_store(&p->running, true);
		planner_turns(p);
	}
	planner_unit_drop(p);
	planner_next(p);
}

void planner_next(struct planner *p)
{
	struct due_search x = { .p = p, .now_ms = p->server->now_ms() };
	bool asked;

	if (server_monotonic_ms(p->server) < p->again_ms) {
		atomic_store(&p->busy, false);
		return;
	}
	asked = atomic_exchange(&p->asked, false);
	p->device = NULL;
	site_settle(p);
	if (!asked) {
		devices_each(p->server->devices, due_see, &x);
		p->device = x.found;
	}
	p->read = (struct read_job){ .run = planner_read_run, .done = planner_read_done };
	if ((asked || p->device) &&
	    readers_put(p->server->readers, READERS_LIST, &p->read) == GH_OK)
		return;
	if (asked)
		atomic_store(&p->asked, true);
	/* Nothing is to be planned: the site is read again then. */
	if (!asked && p->device == NULL && p->model_there) {
		ghi_arena_clear(&p->site_text);
		p->model_there = false;
	}
	device_unref(p->device);
	p->device = NULL;
	atomic_store(&p->busy, false);
}

/* --- from outside --- */

void planner_tick(struct planner *p)
{
	int64_t now = server_monotonic_ms(p->server);

	planner_turns(p);
	if (p->kept_ms == 0 || now - p->kept_ms >= KEEP_EACH_MS) {
		p->kept_ms = now;
		planner_keep(p);
	}
	if (!atomic_exchange(&p->busy, true))
		planner_next(p);
}

void planner_site_changed(struct planner *p)
{
	int64_t none = 0, now;

	if (p == NULL)
		return;
	now = server_monotonic_ms(p->server);
	atomic_store(&p->changed_ms, now);
	atomic_compare_exchange_strong(&p->changed_first_ms, &none, now);
	atomic_fetch_add(&p->site, 1);
}

void planner_unit_changed(struct planner *p, struct device *d)
{
	/* As after any change that decides how it is written to; one that is being planned now is planned again. */
	if (p)
		atomic_fetch_add(&d->version, 1);
}

void planner_wake(struct planner *p)
{
	if (p == NULL)
		return;
	atomic_store(&p->asked, true);
	atomic_store(&p->running, true);
	planner_turns(p);
	if (!atomic_exchange(&p->busy, true))
		planner_next(p);
}

struct planner *planner_new(struct server *server)
{
	struct planner *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->server = server;
	atomic_init(&p->asked, true);
	atomic_init(&p->running, true);
	return p;
}

void planner_free(struct planner *p)
{
	struct plan_due *e, *next;

	if (p == NULL)
		return;
	HASH_ITER(hh, p->due, e, next)
	{
		HASH_DEL(p->due, e);
		free(e);
	}
	planner_unit_drop(p);
	ghi_arena_clear(&p->site_text);
	free(p);
}

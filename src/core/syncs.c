#include "core/syncs.h"

#include <stdlib.h>

#include "core/problems.h"
#include "core/server_clock.h"
#include "core/syncs_private.h"

#define QUIET_MS 2000	    /* since the last change of the roster, ... */
#define QUIET_MOST_MS 10000 /* or this long since the first */
#define HOUR_MS INT64_C(3600000)
#define AGAIN_MS 5000 /* after an error */
#define REST_MS 1000  /* between two plans of a device, at least */
#define REST_TIMES 20 /* as long as one took */
#define CLOCK_BACK_MS 60000
#define ROSTER_BYTES ((size_t)256 << 20)

/* --- which devices, and what about them --- */

bool sync_is_about(enum command_kind kind)
{
	enum model_kind_id record = command_kind_row(kind)->record;
	bool removes;

	if (credential_form_of_command(kind, &removes) != CREDENTIAL_FORMS)
		return true;
	switch (kind) {
	case COMMAND_KIND_DELETE_PERSON:
	case COMMAND_KIND_END_STAY:
	case COMMAND_KIND_CLEAR_DATA:
	case COMMAND_KIND_CLEAR_BIODATA:
	case COMMAND_KIND_QUERY_PERSON:
		return true;
	default:
		return record == KIND_PERSON || record == KIND_WORK_CODE ||
		       record == KIND_ID_CARD;
	}
}

bool sync_has_device(const struct device *d)
{
	return device_state(d) == DEVICE_APPROVED && !device_deleted(d) &&
	       device_dialect(d) != DEVICE_ACCESS &&
	       (device_is_terminal(d) || device_dialect(d) != DEVICE_DIALECTS);
}

bool sync_only_shown(const struct server *server, const struct device *d)
{
	enum sync_policy policy = (enum sync_policy)atomic_load(&d->sync);

	return policy == SYNC_POLICIES ? !server->settings->sync_clocks : policy != SYNC_AUTO;
}

/* --- changes --- */

void syncs_roster_changed(struct syncs *p)
{
	int64_t none = 0, now;

	if (p == NULL)
		return;
	now = server_monotonic_ms(p->server);
	atomic_store(&p->changed_ms, now);
	atomic_compare_exchange_strong(&p->changed_first_ms, &none, now);
	atomic_fetch_add(&p->roster, 1);
}

void syncs_device_changed(struct device *d)
{
	atomic_fetch_add(&d->contents, 1);
}

static void roster_settle(struct syncs *p)
{
	int64_t now = server_monotonic_ms(p->server);
	int64_t first = atomic_load(&p->changed_first_ms);
	uint64_t roster = atomic_load(&p->roster);

	if (roster == p->settled || (now - atomic_load(&p->changed_ms) < QUIET_MS &&
				     !(first && now - first >= QUIET_MOST_MS)))
		return;
	atomic_store(&p->changed_first_ms, 0);
	p->settled = roster;
}

/* --- when --- */

static struct sync_due *sync_due_of(struct syncs *p, int64_t device)
{
	struct sync_due *e;

	HASH_FIND(hh, p->due, &device, sizeof(device), e);
	return e;
}

static void sync_due_set(struct syncs *p, int64_t due_ms, bool again)
{
	int64_t device = device_id(p->device), now = server_monotonic_ms(p->server),
		took = now - p->began_monotonic_ms, hour = p->began_ms + HOUR_MS;
	struct sync_due *e = sync_due_of(p, device);

	if (e == NULL) {
		e = calloc(1, sizeof(*e));
		if (e == NULL)
			return;
		e->device = device;
		HASH_ADD(hh, p->due, device, sizeof(e->device), e);
	}
	e->roster = p->made_roster;
	e->version = p->made_version;
	e->contents = p->made_contents;
	e->at_ms = p->began_ms;
	e->planned_ms = now;
	e->due_ms = again ? p->began_ms : due_ms < hour ? due_ms : hour;
	e->rest_ms = now + (p->err ? AGAIN_MS : REST_MS + REST_TIMES * took);
	e->queried |= p->query && p->err == GH_OK && !p->moved;
	e->withdrawn = p->only_shown && p->err == GH_OK && !p->moved;
}

struct due_search {
	struct syncs *p;
	struct device *found;
	int64_t now_ms, now_monotonic_ms, planned_ms;
};

/* It lasts until people decide, over a restart, too. */
static void conflict_show(struct server *server, struct device *d)
{
	bool conflict = !device_deleted(d) && atomic_load(&d->sync) == SYNC_CONFLICT;

	if (atomic_exchange(&d->conflict_shown, conflict) == conflict)
		return;
	if (conflict)
		problem_raise(server, PROBLEM_PEOPLE_CONFLICT, device_sn(d),
			      "PINs of its people have other names in the roster");
	else
		problem_clear(server, PROBLEM_PEOPLE_CONFLICT, device_sn(d));
}

static bool sync_due_see(void *ctx, struct device *d)
{
	struct due_search *x = ctx;
	const struct sync_due *e;
	bool only_shown = sync_only_shown(x->p->server, d);

	conflict_show(x->p->server, d);
	if (!sync_has_device(d))
		return true;
	e = sync_due_of(x->p, device_id(d));
	if (only_shown && (e ? e->withdrawn : device_commands(d) == 0))
		return true;
	if (e &&
	    (x->now_monotonic_ms < e->rest_ms ||
	     (e->withdrawn == only_shown && e->roster >= x->p->settled &&
	      e->version == device_version(d) && e->contents == atomic_load(&d->contents) &&
	      x->now_ms < e->due_ms && x->now_ms >= e->at_ms - CLOCK_BACK_MS)))
		return true;
	if (x->found && (e ? e->planned_ms : 0) >= x->planned_ms)
		return true;
	device_unref(x->found);
	x->found = device_ref(d);
	x->planned_ms = e ? e->planned_ms : 0;
	return true;
}

/* --- one device --- */

static enum gh_err roster_refresh(struct syncs *p, struct store_reader *r)
{
	uint64_t roster = atomic_load(&p->roster);
	enum gh_err err;

	if (p->people_there && p->people_of == roster)
		return GH_OK;
	ghi_arena_clear(&p->text);
	p->text.limit = ROSTER_BYTES;
	p->people_there = false;
	err = sync_roster_read(p->server->db.ops, r, &p->text, &p->people);
	p->people_there = err == GH_OK;
	p->people_of = roster;
	return err;
}

/* What plans queued, and the device was not given yet. */
static void withdrawals_plan(struct syncs *p, struct store_reader *r)
{
	const struct sync_input *in = &p->given.input;

	p->err = sync_gather_waiting(p->server, r, p->device, &p->given);
	p->plan = (struct sync_plan){ 0 };
	if (p->err == GH_OK)
		p->plan.withdrawn =
			ghi_arena_alloc(&p->given.arena, (in->waitings + 1) * sizeof(int64_t));
	if (p->err == GH_OK && p->plan.withdrawn == NULL)
		p->err = GH_ENOMEM;
	for (size_t i = 0; i < in->waitings && p->err == GH_OK; i++)
		if (in->waiting[i].ours && !in->waiting[i].given)
			p->plan.withdrawn[p->plan.withdrawals++] = in->waiting[i].id;
	p->planned = p->err == GH_OK && p->plan.withdrawals;
}

static void syncs_plan(struct syncs *p, struct store_reader *r)
{
	const struct sync_due *e = sync_due_of(p, device_id(p->device));
	bool loaded = false;

	p->err = roster_refresh(p, r);
	p->made_roster = p->people_of;
	if (p->err == GH_OK)
		p->err = sync_gather(p->server, r, &p->people, p->device, &p->given);
	/* The device is in an area that is newer than what was read. */
	if (p->err == GH_EBUSY)
		p->people_there = false;
	if (p->err)
		return;
	p->due_ms = p->given.until_ms;
	p->err = sync_contents_of_waiting(p->server, r, &p->given);
	if (p->err == GH_OK)
		p->err = sync_plan_make(&p->given.input, &p->given.arena, &p->plan);
	if (p->err == GH_OK)
		p->err = sync_contents_of_plan(p->server, r, &p->given, &p->plan, &loaded);
	/* The same plan, with the bytes of what it orders first. */
	if (p->err == GH_OK && loaded)
		p->err = sync_plan_make(&p->given.input, &p->given.arena, &p->plan);
	p->planned = p->err == GH_OK;
	/* What it has of its own is known first, where it would be overwritten. */
	if (p->planned && p->plan.orders && p->given.unread &&
	    (p->given.query_waits || !(e && e->queried))) {
		p->planned = false;
		p->query = !p->given.query_waits;
	}
}

static void syncs_read_run(struct read_job *job, struct store_reader *r, enum gh_err err)
{
	struct syncs *p = (struct syncs *)((char *)job - offsetof(struct syncs, read));

	p->began_ms = p->server->now_ms();
	p->began_monotonic_ms = server_monotonic_ms(p->server);
	p->planned = p->query = p->moved = p->more = false;
	p->only_shown = sync_only_shown(p->server, p->device);
	p->made_version = device_version(p->device);
	p->made_contents = atomic_load(&p->device->contents);
	p->made_roster = atomic_load(&p->roster);
	p->err = err;
	p->due_ms = INT64_MAX;
	if (r == NULL || p->err)
		return;
	if (p->only_shown)
		withdrawals_plan(p, r);
	else
		syncs_plan(p, r);
}

static void device_drop(struct syncs *p)
{
	sync_given_clear(&p->given);
	device_unref(p->device);
	p->device = NULL;
}

static void syncs_next(struct syncs *p);

void syncs_applied(struct syncs *p, enum gh_err err)
{
	int64_t took = server_monotonic_ms(p->server) - p->began_monotonic_ms;

	/* The queue was full, or the device is gone: that is no error of the plan. */
	p->err = p->moved ? GH_OK : err;
	sync_due_set(p, p->due_ms, p->moved || p->more);
	p->again_ms = server_monotonic_ms(p->server) + (took > 50 ? took : 0);
	device_drop(p);
	syncs_next(p);
}

static void syncs_read_done(struct read_job *job)
{
	struct syncs *p = (struct syncs *)((char *)job - offsetof(struct syncs, read));

	if (p->err == GH_OK && (p->planned || p->query))
		syncs_apply(p);
	else
		syncs_applied(p, p->err);
}

static void syncs_next(struct syncs *p)
{
	struct due_search x = { .p = p,
				.now_ms = p->server->now_ms(),
				.now_monotonic_ms = server_monotonic_ms(p->server) };

	if (x.now_monotonic_ms < p->again_ms) {
		atomic_store(&p->busy, false);
		return;
	}
	roster_settle(p);
	devices_each(p->server->devices, sync_due_see, &x);
	p->device = x.found;
	p->read = (struct read_job){ .run = syncs_read_run, .done = syncs_read_done };
	if (p->device && readers_put(p->server->readers, READERS_LIST, &p->read) == GH_OK)
		return;
	/* Nothing is to be planned: the roster is read again then. */
	if (p->device == NULL && p->people_there) {
		ghi_arena_clear(&p->text);
		p->people_there = false;
	}
	device_unref(p->device);
	p->device = NULL;
	atomic_store(&p->busy, false);
}

/* --- from outside --- */

void syncs_tick(struct syncs *p)
{
	if (!atomic_exchange(&p->busy, true))
		syncs_next(p);
}

struct syncs *syncs_new(struct server *server)
{
	struct syncs *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->server = server;
	pthread_mutex_init(&p->lock, NULL);
	return p;
}

void syncs_free(struct syncs *p)
{
	struct sync_due *e, *next;

	if (p == NULL)
		return;
	HASH_ITER(hh, p->due, e, next)
	{
		HASH_DEL(p->due, e);
		free(e);
	}
	syncs_refusals_clear(p);
	device_drop(p);
	ghi_arena_clear(&p->text);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

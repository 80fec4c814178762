/* Devices that wait for approval. Serial numbers can be made up, so those that wait have a ceiling of
 * their own: a newcomer takes the place of another one that waits, and no other device's. Where more
 * than half of them came from one address, that is the oldest from there, otherwise the oldest. One that a
 * person announced is not among them: it waits as long as it has to.
 *
 * Threads: the list is in the register, under its lock. A device that is dropped is not approved any
 * more, and one that is being approved is not dropped: `fate` decides between the two before either is
 * put into the store's queue. */
#include <stdlib.h>
#include <utlist.h>

#include "core/device_private.h"
#include "core/metrics.h"
#include "core/problems.h"
#include "core/server_clock.h"
#include "core/trace.h"

/* So that uploads wait for few of them. */
#define DROPPED_AT_ONCE 16

enum { FATE_LEAVING = -1 }; /* above 0: changes of its state under way */

void device_held_enter(struct devices *ds, struct device *d)
{
	if (d->held || d->announced || device_state(d) != DEVICE_HELD)
		return;
	DL_APPEND2(ds->held, d, held_before, held_next);
	atomic_fetch_add(&ds->held_n, 1);
	d->held = true;
}

void device_held_leave(struct devices *ds, struct device *d)
{
	if (!d->held)
		return;
	DL_DELETE2(ds->held, d, held_before, held_next);
	atomic_fetch_sub(&ds->held_n, 1);
	d->held = false;
}

void device_held_update(struct devices *ds, struct device *d)
{
	pthread_rwlock_wrlock(&ds->lock);
	if (device_state(d) == DEVICE_HELD && !device_deleted(d))
		device_held_enter(ds, d);
	else
		device_held_leave(ds, d);
	pthread_rwlock_unlock(&ds->lock);
}

/* --- fate --- */

bool device_fate_change(struct device *d)
{
	int fate = atomic_load(&d->fate);

	while (fate != FATE_LEAVING)
		if (atomic_compare_exchange_weak(&d->fate, &fate, fate + 1))
			return true;
	return false;
}

void device_fate_changed(struct device *d)
{
	atomic_fetch_sub(&d->fate, 1);
}

static bool fate_leave(struct devices *ds, struct device *d)
{
	int none = 0;

	if (!atomic_compare_exchange_strong(&d->fate, &none, FATE_LEAVING))
		return false;
	atomic_fetch_add(&ds->leaving, 1);
	return true;
}

/* --- dropping one --- */

struct drop {
	struct devices *ds;
	struct device *device; /* referenced */
	core_done_fn *done;    /* NULL: no caller waits */
	void *ctx;
};

static void drop_end(struct drop *p, enum gh_err err)
{
	if (err)
		atomic_store(&p->device->fate, 0);
	atomic_fetch_sub(&p->ds->leaving, 1);
	device_unref(p->device);
	free(p);
}

/* On the store thread. */
static void drop_done(void *ctx, enum gh_err err)
{
	struct drop *p = ctx;
	core_done_fn *done = p->done;
	void *of = p->ctx;

	drop_end(p, err);
	if (done)
		done(of, err);
}

enum gh_err device_held_drop(struct server *server, struct device *d, core_done_fn *done,
			     void *ctx)
{
	struct devices *ds = server->devices;
	struct drop *p = malloc(sizeof(*p));

	if (p == NULL)
		return GH_ENOMEM;
	if (device_state(d) != DEVICE_HELD || !fate_leave(ds, d)) {
		free(p);
		return GH_ESTATE;
	}
	*p = (struct drop){ ds, device_ref(d), done, ctx };
	/* It may have been approved, and published, just before. */
	enum gh_err err = device_state(d) == DEVICE_HELD
				  ? device_delete(server, d, NULL, drop_done, p)
				  : GH_ESTATE;

	if (err) {
		drop_end(p, err);
		return err;
	}
	metric_add(&server->metrics->held_dropped, 1);
	problem_clear_subject(server, device_sn(d));
	trace_drop(server->trace, device_sn(d));
	return GH_OK;
}

/* --- which --- */

static bool device_may_go(const struct device *d)
{
	return atomic_load(&d->fate) == 0;
}

/* The address that more than half of them came from; false: there is none (Boyer and Moore). */
static bool held_majority(const struct device *first, struct ip_address *out)
{
	const struct device *d;
	size_t n = 0, votes = 0, of_it = 0;

	DL_FOREACH2(first, d, held_next)
	{
		if (!device_may_go(d))
			continue;
		n++;
		if (votes == 0)
			*out = d->first_party;
		if (ghi_ip_address_equal(out, &d->first_party))
			votes++;
		else
			votes--;
	}
	DL_FOREACH2(first, d, held_next)
	{
		if (device_may_go(d) && ghi_ip_address_equal(out, &d->first_party))
			of_it++;
	}
	return 2 * of_it > n;
}

/* Referenced; NULL: none waits. */
static struct device *held_victim(struct devices *ds)
{
	struct ip_address most = { .byte = { 0 } };
	struct device *d, *found = NULL;

	pthread_rwlock_rdlock(&ds->lock);
	bool majority = held_majority(ds->held, &most);

	DL_FOREACH2(ds->held, d, held_next)
	{
		if (!device_may_go(d) ||
		    (majority && !ghi_ip_address_equal(&most, &d->first_party)))
			continue;
		found = device_ref(d);
		break;
	}
	pthread_rwlock_unlock(&ds->lock);
	return found;
}

static size_t count_less(size_t n, size_t less)
{
	return n > less ? n - less : 0;
}

static size_t devices_expected(struct devices *ds)
{
	return count_less(devices_count(ds) + atomic_load(&ds->arriving),
			  atomic_load(&ds->leaving));
}

static size_t held_expected(struct devices *ds)
{
	return count_less(atomic_load(&ds->held_n) + atomic_load(&ds->arriving_held),
			  atomic_load(&ds->leaving));
}

static bool room_lacks(struct server *server, bool waits)
{
	const struct server_settings *s = server->settings;
	struct devices *ds = server->devices;

	return devices_expected(ds) >= s->devices_max ||
	       (waits && held_expected(ds) >= s->held_max);
}

static void held_drop_log(struct server *server, struct device *d, const char *why)
{
	struct arena a = { 0 };
	struct device_row row;

	device_row(d, &a, &row);
	LOG(server->log, LOG_INFO, "held device dropped", { "sn", device_sn(d) },
	    { "address", row.address }, { "why", gh_slice_of(why) });
	ghi_arena_clear(&a);
}

enum gh_err device_room_make(struct server *server, bool waits)
{
	const struct server_settings *s = server->settings;

	while (room_lacks(server, waits)) {
		struct device *d = held_victim(server->devices);
		enum gh_err err = d ? device_held_drop(server, d, NULL, NULL) : GH_EFULL;

		if (err == GH_OK) {
			held_drop_log(server, d, "others came later");
			problem_raise(server, PROBLEM_HELD_FULL, PROBLEM_OF_SERVER,
				      "there is room for %zu that wait, and for %zu in all",
				      s->held_max, s->devices_max);
		}
		device_unref(d);
		if (err == GH_EFULL) {
			metric_add(&server->metrics->devices_full, 1);
			problem_raise(server, PROBLEM_DEVICES_FULL, PROBLEM_OF_SERVER,
				      "%zu are known (setting devices)", s->devices_max);
		}
		if (err && err != GH_ESTATE)
			return err;
	}
	return GH_OK;
}

/* --- age, and all of them --- */

size_t devices_held_list(struct server *server, int64_t silent_since_ms, struct device **out,
			 size_t most)
{
	struct devices *ds = server->devices;
	struct device *d;
	size_t n = 0;

	pthread_rwlock_rdlock(&ds->lock);
	DL_FOREACH2(ds->held, d, held_next)
	{
		if (n == most)
			break;
		if (device_may_go(d) && device_seen_ms(d) <= silent_since_ms)
			out[n++] = device_ref(d);
	}
	pthread_rwlock_unlock(&ds->lock);
	return n;
}

void devices_held_tick(struct server *server)
{
	int64_t age_ms = server->settings->held_age_ms;
	struct device *old[DROPPED_AT_ONCE];
	size_t n = age_ms ? devices_held_list(server, server_aging_ms(server) - age_ms, old,
					      DROPPED_AT_ONCE)
			  : 0;

	for (size_t i = 0; i < n; i++) {
		if (device_held_drop(server, old[i], NULL, NULL) == GH_OK)
			held_drop_log(server, old[i], "it was silent for too long");
		device_unref(old[i]);
	}
}

size_t devices_held_registering(struct devices *ds)
{
	struct device *d;
	size_t n = 0;

	pthread_rwlock_rdlock(&ds->lock);
	DL_FOREACH2(ds->held, d, held_next)
	{
		n += atomic_load(&d->has_parameters);
	}
	pthread_rwlock_unlock(&ds->lock);
	return n;
}

#include "core/access/subs.h"

#include "core/access/doors.h"
#include "core/commands.h"
#include "core/device_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <utlist.h>

#define SERIAL_ROOM 33

/* --- which they are --- */

gh_slice device_parent(const struct device *d)
{
	return (gh_slice){ (const uint8_t *)d->parent, d->parent_size };
}

bool device_has_subs(const struct device *d)
{
	return atomic_load_explicit(&d->has_subs, memory_order_relaxed);
}

bool device_is_sub_of(const struct device *d, const struct device *parent)
{
	return d->parent_size && gh_slice_eq(device_parent(d), device_sn(parent));
}

void device_subs_enter(struct devices *ds, struct device *d)
{
	gh_slice sn = device_parent(d);
	struct device *other;

	if (sn.n) {
		DL_APPEND2(ds->subs, d, sub_before, sub_next);
		HASH_FIND(hh, ds->by_sn, sn.p, sn.n, other);
		if (other)
			atomic_store(&other->has_subs, true);
	}
	/* It may be the parent of some that were there before it. */
	DL_FOREACH2(ds->subs, other, sub_next)
	{
		if (device_is_sub_of(other, d))
			atomic_store(&d->has_subs, true);
	}
}

void device_subs_leave(struct devices *ds, struct device *d)
{
	if (d->parent_size)
		DL_DELETE2(ds->subs, d, sub_before, sub_next);
}

enum gh_err device_sub_arrives(struct devices *ds, gh_slice parent, struct device **counted)
{
	struct device *main_unit, *d;
	size_t n = 0;

	*counted = NULL;
	if (parent.n == 0)
		return GH_OK;
	pthread_rwlock_wrlock(&ds->lock);
	HASH_FIND(hh, ds->by_sn, parent.p, parent.n, main_unit);
	if (main_unit) {
		n = main_unit->subs_arriving;
		DL_FOREACH2(ds->subs, d, sub_next)
		n += device_is_sub_of(d, main_unit);
	}
	if (main_unit && n < SUBS_MAX) {
		main_unit->subs_arriving++;
		*counted = device_ref(main_unit);
	}
	pthread_rwlock_unlock(&ds->lock);
	return n < SUBS_MAX ? GH_OK : GH_EDENIED;
}

void device_sub_entered(struct devices *ds, struct device *counted)
{
	if (counted == NULL)
		return;
	pthread_rwlock_wrlock(&ds->lock);
	counted->subs_arriving--;
	pthread_rwlock_unlock(&ds->lock);
	device_unref(counted);
}

size_t device_subs(struct devices *ds, const struct device *parent,
		   struct device *out[SUBS_MAX])
{
	struct device *d;
	size_t n = 0;

	if (!device_has_subs(parent))
		return 0;
	pthread_rwlock_rdlock(&ds->lock);
	DL_FOREACH2(ds->subs, d, sub_next)
	{
		if (n < SUBS_MAX && device_is_sub_of(d, parent))
			out[n++] = device_ref(d);
	}
	pthread_rwlock_unlock(&ds->lock);
	return n;
}

struct device *device_sub_find(struct devices *ds, const struct device *parent, gh_slice sn)
{
	struct device *d = device_has_subs(parent) ? devices_find(ds, sn) : NULL;

	if (d == NULL || device_is_sub_of(d, parent))
		return d;
	device_unref(d);
	return NULL;
}

static void subs_unref(struct device **sub, size_t n)
{
	for (size_t i = 0; i < n; i++)
		device_unref(sub[i]);
}

/* --- what happens to all of them --- */

void device_subs_seen(struct server *server, const struct device *parent, int64_t now_ms)
{
	struct device *sub[SUBS_MAX];
	size_t n = device_subs(server->devices, parent, sub);

	for (size_t i = 0; i < n; i++)
		if (atomic_load_explicit(&sub[i]->sub_online, memory_order_relaxed))
			device_seen(sub[i], now_ms);
	subs_unref(sub, n);
}

void device_subs_restarted(struct server *server, const struct device *parent)
{
	struct device *sub[SUBS_MAX];
	size_t n = device_subs(server->devices, parent, sub);

	for (size_t i = 0; i < n; i++) {
		command_device_restarted(server, sub[i]);
		device_doors_restarted(sub[i]);
	}
	subs_unref(sub, n);
}

/* --- their commands --- */

static bool sub_takes_commands(const struct device *d)
{
	return device_state(d) == DEVICE_APPROVED &&
	       device_registration(d) == DEVICE_CONFIGURED &&
	       atomic_load_explicit(&d->sub_online, memory_order_relaxed);
}

static bool device_is_urgent(const struct device *d)
{
	return atomic_load_explicit(&d->offer_urgent, memory_order_relaxed);
}

/* The device and its sub-controllers, of those for which commands are due, referenced. */
static size_t offers_due(struct server *server, struct device *d, int64_t now_ms,
			 struct device *due[1 + SUBS_MAX])
{
	struct device *sub[SUBS_MAX];
	size_t subs = device_subs(server->devices, d, sub), n = 0;

	if (device_offer_due(d, now_ms))
		due[n++] = device_ref(d);
	for (size_t i = 0; i < subs; i++)
		if (sub_takes_commands(sub[i]) && device_offer_due(sub[i], now_ms))
			due[n++] = device_ref(sub[i]);
	subs_unref(sub, subs);
	return n;
}

struct device *device_offer_of(struct server *server, struct device *d, int64_t now_ms)
{
	struct device *due[1 + SUBS_MAX], *found = NULL;
	size_t n = offers_due(server, d, now_ms, due);

	for (size_t i = 0; i < n && found == NULL; i++)
		found = device_is_urgent(due[i]) ? due[i] : NULL;
	if (n && found == NULL)
		found = due[atomic_fetch_add(&d->offer_turn, 1) % n];
	if (found)
		device_ref(found);
	subs_unref(due, n);
	return found;
}

bool device_offers_due(struct server *server, struct device *d, int64_t now_ms)
{
	struct device *due[1 + SUBS_MAX];
	size_t n = offers_due(server, d, now_ms, due);

	subs_unref(due, n);
	return n > 0;
}

struct sub_search {
	struct store_job job;
	struct server *server;
	struct device *parent; /* referenced */
	int64_t command;
	char serial
		[SERIAL_ROOM]; /* of the device that the command is of; empty: there is none */
	device_sub_fn *done;
	void *ctx;
};

static bool sub_search_note(void *ctx, const struct command *c)
{
	struct sub_search *s = ctx;

	snprintf(s->serial, sizeof(s->serial), "%.*s", GH_FMT(c->serial));
	return true;
}

static enum gh_err sub_search_run(struct store_job *job, const struct store_ops *ops,
				  struct store *store)
{
	struct sub_search *s = (struct sub_search *)job;
	enum gh_err err = ops->command_find(store, s->command, sub_search_note, s);

	return err == GH_ENOTFOUND ? GH_OK : err;
}

static void sub_search_done(struct store_job *job, enum gh_err err)
{
	struct sub_search *s = (struct sub_search *)job;
	struct device *sub =
		err ? NULL
		    : device_sub_find(s->server->devices, s->parent, gh_slice_of(s->serial));

	if (sub && device_state(sub) != DEVICE_APPROVED) {
		device_unref(sub);
		sub = NULL;
	}
	s->done(s->ctx, err, sub);
	device_unref(s->parent);
	free(s);
}

enum gh_err device_sub_of_command(struct server *server, struct device *parent, int64_t command,
				  device_sub_fn *done, void *ctx)
{
	struct sub_search *s = malloc(sizeof(*s));
	enum gh_err err;

	if (s == NULL)
		return GH_ENOMEM;
	*s = (struct sub_search){ .job = { .run = sub_search_run, .done = sub_search_done },
				  .server = server,
				  .parent = device_ref(parent),
				  .command = command,
				  .done = done,
				  .ctx = ctx };
	err = store_put(server->queue, &s->job);
	if (err) {
		device_unref(s->parent);
		free(s);
	}
	return err;
}

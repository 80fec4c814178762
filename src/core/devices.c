/* The register of devices: read at start, and searched. */
#include <stdlib.h>

#include "base/arena.h"
#include "core/access/doors_kept.h"
#include "core/command_confirm.h"
#include "core/comparisons.h"
#include "core/device_private.h"
#include "core/server_clock.h"
#include "model/record.h"

/* uthash aborts the program when memory runs out; there is nothing better to do with a
 * register that cannot grow by one pointer. */

bool device_serial_valid(gh_slice sn)
{
	if (sn.n == 0 || sn.n > 32)
		return false;
	for (size_t i = 0; i < sn.n; i++) {
		uint8_t c = gh_ascii_lower(sn.p[i]);

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
		      c == '_' || c == '.'))
			return false;
	}
	return true;
}

struct device *device_new(struct devices *ds, const struct device_row *row, enum gh_err *err)
{
	struct device *d = calloc(1, sizeof(*d) + row->sn.n + 1);
	struct device_row copy = *row;
	struct device_backing backing = { .zone = NULL };

	if (d == NULL) {
		*err = GH_ENOMEM;
		return NULL;
	}
	memcpy(d->sn, row->sn.p, row->sn.n);
	d->sn_size = row->sn.n;
	/* One that does not fit is of no device. */
	if (row->access.parent.n < sizeof(d->parent)) {
		d->parent_size = row->access.parent.n;
		if (d->parent_size)
			memcpy(d->parent, row->access.parent.p, d->parent_size);
	}
	d->id = row->id;
	d->refs = 1;
	d->announced = row->announced_ms != 0;
	d->seen_ms = row->seen_ms;
	d->seen_stored_ms = row->seen_ms;
	server_clock_stored(ds->server, row->seen_ms);
	d->offer_at_ms = DEVICE_NO_OFFER;
	d->punches_counted = -1;
	(void)ghi_ip_address_parse(row->address, &d->first_party);
	d->first_party = ghi_ip_address_party(&d->first_party);
	pthread_mutex_init(&d->lock, NULL);
	*err = device_zone_open(row, ds->server->settings->zone, &backing.zone);
	if (*err == GH_EINVALID) {
		/* A zone that the system's zone database no longer has. */
		copy.zone = (gh_slice){ 0 };
		*err = device_zone_open(&copy, ds->server->settings->zone, &backing.zone);
	}
	if (*err == GH_OK && device_clock_zone_open(&copy, &backing.clock_zone) == GH_EINVALID)
		copy.clock_zone = (gh_slice){ 0 };
	if (*err == GH_OK && device_backing_copy(&backing, &copy))
		device_publish(d, &copy, &backing);
	else if (*err == GH_OK)
		*err = GH_ENOMEM;
	device_backing_clear(&backing);
	if (*err) {
		device_unref(d);
		return NULL;
	}
	return d;
}

void devices_enter(struct devices *ds, struct device *d)
{
	pthread_rwlock_wrlock(&ds->lock);
	HASH_ADD(hh, ds->by_sn, sn, d->sn_size, d);
	ds->count++;
	device_held_enter(ds, d);
	device_subs_enter(ds, d);
	atomic_fetch_add(&ds->in_state[device_state(d)], 1);
	pthread_rwlock_unlock(&ds->lock);
}

void devices_leave(struct devices *ds, struct device *d)
{
	pthread_rwlock_wrlock(&ds->lock);
	HASH_DEL(ds->by_sn, d);
	ds->count--;
	device_held_leave(ds, d);
	device_subs_leave(ds, d);
	atomic_fetch_sub(&ds->in_state[device_state(d)], 1);
	pthread_rwlock_unlock(&ds->lock);
}

struct opening {
	struct devices *ds;
	enum gh_err err;
};

static bool devices_device_open(void *ctx, const struct device_row *row)
{
	struct opening *o = ctx;
	struct device *d = device_new(o->ds, row, &o->err);

	if (d) {
		d->logged = true;
		device_doors_restore(d, row->access.door_states);
		devices_enter(o->ds, d);
	}
	return o->err == GH_OK;
}

/* Stamps and commands arrive unsorted; with a table by id, reading thousands of devices takes
 * linear time. */
struct devices_by_id {
	struct server *server;
	struct device **device;
	size_t n;
};

static int id_order(const void *a, const void *b)
{
	int64_t x = (*(struct device *const *)a)->id, y = (*(struct device *const *)b)->id;

	return (x > y) - (x < y);
}

static struct device *devices_by_id(const struct devices_by_id *t, int64_t id)
{
	size_t low = 0, high = t->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (t->device[middle]->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < t->n && t->device[low]->id == id ? t->device[low] : NULL;
}

static bool devices_stamp_open(void *ctx, int64_t device, gh_slice table, gh_slice stamp)
{
	struct device *d = devices_by_id(ctx, device);

	if (d)
		device_stamp_publish(d, device_stamp_new(table, stamp));
	return true;
}

static bool devices_tag_open(void *ctx, int64_t from, int64_t to, const void *record)
{
	struct device *d = devices_by_id(ctx, from);

	(void)to;
	return d == NULL || device_tag_open(d, ((const struct tag *)record)->name);
}

/* One that waits for a moment: it was there when it was made, and when its device called last. */
static void held_order_open(struct server *server, const struct device *d,
			    const struct command *c)
{
	int64_t seen_ms = device_seen_ms(d);

	if (c->state == COMMAND_QUEUED &&
	    (c->kind == COMMAND_KIND_END_HOLD || c->kind == COMMAND_KIND_END_STAY))
		server_clock_known(server, seen_ms > c->created_ms ? seen_ms : c->created_ms);
}

static bool devices_command_open(void *ctx, const struct command *c)
{
	const struct devices_by_id *t = ctx;
	struct device *d = devices_by_id(t, c->device);

	if (d) {
		d->commands++;
		d->offer_at_ms = 0;
		held_order_open(t->server, d, c);
		if (c->state != COMMAND_QUEUED && c->kind < COMMAND_KINDS)
			command_confirm_restore(t->server, d, c);
	}
	return true;
}

static bool devices_comparison_open(void *ctx, int64_t device, const struct comparison *c)
{
	struct device *d = devices_by_id(ctx, device);

	if (d)
		device_comparison_open(d, c);
	return true;
}

static enum gh_err devices_rest_open(struct devices *ds, struct store_reader *r)
{
	const struct store_ops *ops = ds->server->db.ops;
	struct devices_by_id t = { .server = ds->server,
				   .device = calloc(ds->count + 1, sizeof(*t.device)) };
	struct device *d, *next;
	enum gh_err err;

	if (t.device == NULL)
		return GH_ENOMEM;
	HASH_ITER(hh, ds->by_sn, d, next)
	{
		t.device[t.n++] = d;
	}
	qsort(t.device, t.n, sizeof(*t.device), id_order);
	err = ops->stamps_read(r, 0, devices_stamp_open, &t);
	if (err == GH_OK)
		err = ops->relations_read(r, RELATION_DEVICE_TAG, 0, devices_tag_open, &t);
	if (err == GH_OK)
		err = ops->commands_waiting(r, 0, devices_command_open, &t);
	if (err == GH_OK)
		err = ops->comparisons_read(r, devices_comparison_open, &t);
	free(t.device);
	return err;
}

enum gh_err devices_open(struct server *server, struct devices **out)
{
	struct devices *ds = calloc(1, sizeof(*ds));
	struct opening o = { .ds = ds };
	struct store_reader *r;

	if (ds == NULL)
		return GH_ENOMEM;
	ds->server = server;
	atomic_init(&ds->resends_due, true);
	pthread_rwlock_init(&ds->lock, NULL);
	enum gh_err err = server->db.ops->reader_open(server->db.store, &r);
	if (err == GH_OK) {
		err = server->db.ops->devices_read(r, devices_device_open, &o);
		if (err == GH_OK)
			err = o.err;
		if (err == GH_OK)
			err = devices_rest_open(ds, r);
		server->db.ops->reader_close(r);
	}
	if (err) {
		devices_close(ds);
		return err;
	}
	*out = ds;
	return GH_OK;
}

void devices_close(struct devices *ds)
{
	struct device *d, *next;

	if (ds == NULL)
		return;
	HASH_ITER(hh, ds->by_sn, d, next)
	{
		HASH_DEL(ds->by_sn, d);
		device_unref(d);
	}
	pthread_rwlock_destroy(&ds->lock);
	free(ds);
}

size_t devices_count(struct devices *ds)
{
	pthread_rwlock_rdlock(&ds->lock);
	size_t n = ds->count;
	pthread_rwlock_unlock(&ds->lock);
	return n;
}

size_t devices_count_in(struct devices *ds, enum device_state state)
{
	return atomic_load(&ds->in_state[state]);
}

void devices_each(struct devices *ds, bool (*fn)(void *ctx, struct device *d), void *ctx)
{
	struct device *d, *next;

	pthread_rwlock_rdlock(&ds->lock);
	HASH_ITER(hh, ds->by_sn, d, next)
	{
		if (!fn(ctx, d))
			break;
	}
	pthread_rwlock_unlock(&ds->lock);
}

struct device *devices_find(struct devices *ds, gh_slice sn)
{
	struct device *d;

	if (sn.n == 0)
		return NULL;
	pthread_rwlock_rdlock(&ds->lock);
	HASH_FIND(hh, ds->by_sn, sn.p, sn.n, d);
	if (d)
		device_ref(d);
	pthread_rwlock_unlock(&ds->lock);
	return d;
}

/* The register of devices: finding, admitting, changing and deleting them. */
#include <stdlib.h>

#include "base/arena.h"
#include "core/device_private.h"
#include "core/trace.h"

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

/* A device with one reference, that of the register. */
static struct device *device_new(struct devices *ds, const struct device_row *row,
				 enum gh_err *err)
{
	struct device *d = calloc(1, sizeof(*d) + row->sn.n + 1);

	if (d == NULL) {
		*err = GH_ENOMEM;
		return NULL;
	}
	memcpy(d->sn, row->sn.p, row->sn.n);
	d->sn_size = row->sn.n;
	d->id = row->id;
	d->refs = 1;
	d->seen_ms = row->seen_ms;
	d->seen_stored_ms = row->seen_ms;
	d->offer_at_ms = DEVICE_NO_OFFER;
	pthread_mutex_init(&d->lock, NULL);
	*err = device_show(d, row, ds->house->settings->zone);
	if (*err == GH_EINVALID) {
		/* A zone that the system's zone database no longer has. */
		struct device_row without = *row;

		without.zone = (gh_slice){ 0 };
		*err = device_show(d, &without, ds->house->settings->zone);
	}
	if (*err) {
		device_unref(d);
		return NULL;
	}
	return d;
}

static void enter(struct devices *ds, struct device *d)
{
	pthread_rwlock_wrlock(&ds->lock);
	HASH_ADD(hh, ds->by_sn, sn, d->sn_size, d);
	ds->count++;
	atomic_fetch_add(&ds->in_state[device_state(d)], 1);
	pthread_rwlock_unlock(&ds->lock);
}

struct opening {
	struct devices *ds;
	enum gh_err err;
};

static bool open_device(void *ctx, const struct device_row *row)
{
	struct opening *o = ctx;
	struct device *d = device_new(o->ds, row, &o->err);

	if (d)
		enter(o->ds, d);
	return o->err == GH_OK;
}

/* Stamps and commands come sorted by nothing in particular; a table by number makes reading
 * thousands of devices linear. */
struct by_id {
	struct device **device;
	size_t n;
};

static int id_order(const void *a, const void *b)
{
	int64_t x = (*(struct device *const *)a)->id, y = (*(struct device *const *)b)->id;

	return (x > y) - (x < y);
}

static struct device *by_id(const struct by_id *t, int64_t id)
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

static bool open_stamp(void *ctx, int64_t device, gh_slice table, gh_slice stamp)
{
	struct device *d = by_id(ctx, device);

	if (d)
		device_stamp_show(d, table, stamp);
	return true;
}

static bool open_command(void *ctx, const struct command *c)
{
	struct device *d = by_id(ctx, c->device);

	if (d) {
		d->commands++;
		d->offer_at_ms = 0;
	}
	return true;
}

static enum gh_err open_rest(struct devices *ds, struct store_reader *r)
{
	const struct store_ops *ops = ds->house->db.ops;
	struct store *s = ds->house->db.store;
	struct by_id t = { .device = calloc(ds->count + 1, sizeof(*t.device)) };
	struct device *d, *next;
	enum gh_err err;

	if (t.device == NULL)
		return GH_ENOMEM;
	HASH_ITER(hh, ds->by_sn, d, next)
	{
		t.device[t.n++] = d;
	}
	qsort(t.device, t.n, sizeof(*t.device), id_order);
	err = ops->stamps_read(r, 0, open_stamp, &t);
	if (err == GH_OK)
		err = ops->begin(s);
	if (err == GH_OK) {
		err = ops->commands_open(s, 0, open_command, &t);
		ops->rollback(s);
	}
	free(t.device);
	return err;
}

enum gh_err devices_open(struct house *h, struct devices **out)
{
	struct devices *ds = calloc(1, sizeof(*ds));
	struct opening o = { .ds = ds };
	struct store_reader *r;

	if (ds == NULL)
		return GH_ENOMEM;
	ds->house = h;
	pthread_rwlock_init(&ds->lock, NULL);
	enum gh_err err = h->db.ops->reader_open(h->db.store, &r);
	if (err == GH_OK) {
		err = h->db.ops->devices_read(r, open_device, &o);
		if (err == GH_OK)
			err = o.err;
		if (err == GH_OK)
			err = open_rest(ds, r);
		h->db.ops->reader_close(r);
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

/* --- a row on its way to the database: admission and change --- */

struct row_job {
	struct store_job job;
	struct house *house;
	struct device *device; /* referenced; NULL: a new one */
	struct device_row row; /* its text is in `arena` */
	struct arena arena;
	device_admitted_fn *admitted;
	house_done_fn *changed;
	void *ctx;
};

static struct row_job *row_job_new(struct house *h, const struct device_row *row)
{
	struct row_job *j = calloc(1, sizeof(*j));

	if (j == NULL)
		return NULL;
	j->house = h;
	j->row = *row;
	for (size_t i = 0; i < DEVICE_FIELDS; i++) {
		const struct model_field *f = &device_kind.field[i];
		gh_slice *s = (gh_slice *)(void *)((uint8_t *)&j->row + f->offset);

		if (f->type == MODEL_TEXT && s->n) {
			*s = arena_copy(&j->arena, *s);
			if (s->n == 0) {
				arena_clear(&j->arena);
				free(j);
				return NULL;
			}
		}
	}
	j->job.bytes = j->arena.used;
	return j;
}

static void row_job_free(struct row_job *j)
{
	device_unref(j->device);
	arena_clear(&j->arena);
	free(j);
}

static enum gh_err row_run(struct store_job *job, const struct store_ops *ops, struct store *s)
{
	struct row_job *j = (struct row_job *)job;

	j->row.id = j->device ? j->device->id : 0;
	return ops->device_put(s, &j->row);
}

static void admitted(struct store_job *job, enum gh_err err)
{
	struct row_job *j = (struct row_job *)job;
	struct devices *ds = j->house->devices;
	/* Two first requests at once: the other one was quicker. */
	struct device *d = devices_find(ds, j->row.sn);

	if (d) {
		err = GH_OK;
	} else if (err == GH_OK) {
		d = device_new(ds, &j->row, &err);
		if (d) {
			enter(ds, d);
			device_ref(d);
			LOG(j->house->log, LOG_INFO, "new device", { "sn", j->row.sn },
			    { "address", j->row.address },
			    { "state", gh_slice_of(device_state_name(device_state(d))) });
		}
	}
	j->admitted(j->ctx, d, err);
	row_job_free(j);
}

static enum gh_err admit(struct house *h, const struct device_row *first,
			 enum device_state state, device_admitted_fn *done, void *ctx)
{
	if (devices_count(h->devices) >= h->settings->devices_max ||
	    !device_serial_valid(first->sn))
		return GH_EDENIED;
	struct row_job *j = row_job_new(h, first);
	if (j == NULL)
		return GH_ENOMEM;
	j->row.state = state;
	j->row.created_ms = j->row.seen_ms = h->now_ms();
	j->row.present |= UINT64_C(1) << DEVICE_sn | UINT64_C(1) << DEVICE_state |
			  UINT64_C(1) << DEVICE_created_ms | UINT64_C(1) << DEVICE_seen_ms;
	j->job.run = row_run;
	j->job.done = admitted;
	j->admitted = done;
	j->ctx = ctx;
	enum gh_err err = store_put(h->queue, &j->job);
	if (err)
		row_job_free(j);
	return err;
}

enum gh_err devices_admit(struct house *h, const struct device_row *first,
			  device_admitted_fn *done, void *ctx)
{
	switch (h->settings->new_devices) {
	case NEW_DEVICES_REFUSE:
		return GH_EDENIED;
	case NEW_DEVICES_APPROVE:
		return admit(h, first, DEVICE_APPROVED, done, ctx);
	default:
		return admit(h, first, DEVICE_HELD, done, ctx);
	}
}

static bool zone_exists(gh_slice name)
{
	struct zone *z;

	if (name.n && zone_open(name, &z) != GH_OK)
		return false;
	if (name.n)
		zone_close(z);
	return true;
}

enum gh_err devices_add(struct house *h, const struct device_row *first,
			device_admitted_fn *done, void *ctx)
{
	if (!zone_exists(first->zone))
		return GH_EINVALID;
	return admit(h, first, (enum device_state)first->state, done, ctx);
}

static void changed(struct store_job *job, enum gh_err err)
{
	struct row_job *j = (struct row_job *)job;
	struct devices *ds = j->house->devices;

	if (err == GH_OK && device_deleted(j->device))
		err = GH_ENOTFOUND;
	if (err == GH_OK) {
		enum device_state before = device_state(j->device);
		bool was_terminal = device_is_terminal(j->device);

		err = device_show(j->device, &j->row, j->house->settings->zone);
		atomic_fetch_sub(&ds->in_state[before], 1);
		atomic_fetch_add(&ds->in_state[device_state(j->device)], 1);
		device_wake(j->house, j->device, was_terminal);
	}
	if (j->changed)
		j->changed(j->ctx, err);
	row_job_free(j);
}

enum gh_err device_change(struct house *h, struct device *d, const struct device_row *change,
			  house_done_fn *done, void *ctx)
{
	if (change->present >> DEVICE_zone & 1 && !zone_exists(change->zone))
		return GH_EINVALID;
	struct row_job *j = row_job_new(h, change);
	if (j == NULL)
		return GH_ENOMEM;
	j->row.present &= ~(UINT64_C(1) << DEVICE_sn);
	j->device = device_ref(d);
	j->job.run = row_run;
	j->job.done = changed;
	j->changed = done;
	j->ctx = ctx;
	enum gh_err err = store_put(h->queue, &j->job);
	if (err)
		row_job_free(j);
	return err;
}

struct delete_job {
	struct store_job job;
	struct house *house;
	struct device *device;
	house_done_fn *done;
	void *ctx;
};

static enum gh_err delete_run(struct store_job *job, const struct store_ops *ops,
			      struct store *s)
{
	return ops->device_delete(s, ((struct delete_job *)job)->device->id);
}

static void deleted(struct store_job *job, enum gh_err err)
{
	struct delete_job *j = (struct delete_job *)job;
	struct devices *ds = j->house->devices;
	struct device *d = j->device;

	if (err == GH_OK && !device_deleted(d)) {
		atomic_store(&d->deleted, true);
		pthread_rwlock_wrlock(&ds->lock);
		HASH_DEL(ds->by_sn, d);
		ds->count--;
		atomic_fetch_sub(&ds->in_state[device_state(d)], 1);
		pthread_rwlock_unlock(&ds->lock);
		trace_forget(j->house->trace, device_sn(d));
		LOG(j->house->log, LOG_INFO, "device deleted", { "sn", device_sn(d) });
		device_wake(j->house, d, false);
		device_unref(d); /* the register's */
	}
	j->done(j->ctx, err);
	device_unref(d);
	free(j);
}

enum gh_err device_delete(struct house *h, struct device *d, house_done_fn *done, void *ctx)
{
	struct delete_job *j = malloc(sizeof(*j));

	if (j == NULL)
		return GH_ENOMEM;
	*j = (struct delete_job){ .job = { .run = delete_run, .done = deleted },
				  .house = h,
				  .device = device_ref(d),
				  .done = done,
				  .ctx = ctx };
	enum gh_err err = store_put(h->queue, &j->job);
	if (err) {
		device_unref(d);
		free(j);
	}
	return err;
}

/* --- last contact, written down now and then --- */

struct seen_job {
	struct store_job job;
	size_t n;
	struct seen {
		struct device *device;
		int64_t seen_ms;
	} seen[];
};

static enum gh_err seen_run(struct store_job *job, const struct store_ops *ops, struct store *s)
{
	struct seen_job *j = (struct seen_job *)job;

	for (size_t i = 0; i < j->n; i++) {
		struct device_row row = { .id = j->seen[i].device->id,
					  .present = UINT64_C(1) << DEVICE_seen_ms,
					  .seen_ms = j->seen[i].seen_ms };

		if (device_deleted(j->seen[i].device))
			continue;
		enum gh_err err = ops->device_put(s, &row);
		if (err)
			return err;
	}
	return GH_OK;
}

static void seen_done(struct store_job *job, enum gh_err err)
{
	struct seen_job *j = (struct seen_job *)job;

	for (size_t i = 0; i < j->n; i++) {
		if (err == GH_OK)
			j->seen[i].device->seen_stored_ms = j->seen[i].seen_ms;
		device_unref(j->seen[i].device);
	}
	free(j);
}

struct seen_gather {
	struct seen_job *job;
	size_t room;
};

static bool seen_add(void *ctx, struct device *d)
{
	struct seen_gather *g = ctx;
	int64_t seen = device_seen_ms(d);

	if (g->job->n < g->room && seen != d->seen_stored_ms)
		g->job->seen[g->job->n++] = (struct seen){ device_ref(d), seen };
	return true;
}

void devices_tick(struct house *h)
{
	struct seen_gather g = { .room = devices_count(h->devices) };

	g.job = malloc(sizeof(*g.job) + g.room * sizeof(g.job->seen[0]));
	if (g.job == NULL)
		return;
	*g.job = (struct seen_job){ .job = { .run = seen_run, .done = seen_done } };
	devices_each(h->devices, seen_add, &g);
	if (g.job->n == 0)
		free(g.job);
	else if (store_put(h->queue, &g.job->job))
		seen_done(&g.job->job, GH_EBUSY);
}

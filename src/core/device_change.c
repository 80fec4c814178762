/* Admission and change of devices: first in the database, after the commit in the register. */
#include <stdlib.h>

#include "base/arena.h"
#include "core/access/site_change.h"
#include "core/access/unit_cards.h"
#include "core/access/unit_mirror.h"
#include "core/access/unit_refusal.h"
#include "core/audit.h"
#include "core/device_private.h"
#include "core/roster_conflict.h"
#include "core/roster_intake.h"
#include "core/server_clock.h"
#include "model/record.h"
#include "wire/access/parameters.h"

struct row_job {
	struct store_job job;
	struct server *server;
	struct device *device; /* referenced; NULL: a new one */
	struct device *made;   /* the new one, until it is in the register */
	struct device_row row; /* its text is in `backing` */
	struct device_backing
		backing; /* of the changed one; once that is published, of the one before */
	const struct audit_row *audit; /* written with it; NULL: none */
	struct device_tag_set *tags;   /* NULL: they stay; once published, those before */
	struct device_tag_set *removed, *added; /* NULL both: `tags` replaces those it has */
	struct device
		*parent; /* of a new sub-controller: counts it until it is in the register */
	bool again;	 /* another request stored the device just before */
	bool dialect_changes; /* from the one that was stored */
	bool unit_changes; /* an access unit of another model registers by that serial number */
	bool firmware_changes; /* of an access unit */
	int64_t tag;	       /* the number of the one that is put */
	device_admitted_fn *admitted;
	core_done_fn *changed;
	void *ctx;
};

static struct row_job *row_job_new(struct server *server, const struct device_row *row)
{
	struct row_job *j = calloc(1, sizeof(*j));

	if (j == NULL)
		return NULL;
	j->server = server;
	j->row = *row;
	if (!device_backing_copy(&j->backing, &j->row)) {
		free(j);
		return NULL;
	}
	j->job.bytes = sizeof(*j);
	for (size_t i = 0; i < DEVICE_FIELDS; i++) {
		const struct model_field *f = &device_kind.field[i];

		if (j->backing.text[i])
			j->job.bytes += ((const gh_slice *)(const void *)((uint8_t *)&j->row +
									  f->offset))
						->n;
	}
	return j;
}

static void row_job_free(struct row_job *j)
{
	device_unref(j->device);
	device_unref(j->made);
	device_backing_clear(&j->backing);
	free(j->tags);
	free(j->removed);
	free(j->added);
	free(j);
}

static enum gh_err row_run(struct store_job *job, const struct store_ops *ops, struct store *s)
{
	struct row_job *j = (struct row_job *)job;

	j->row.id = j->device ? j->device->id : 0;
	enum gh_err err = ops->device_put(s, &j->row);

	if (err == GH_OK && j->device)
		err = roster_device_changes(ops, s, j->device, &j->row);
	if (err == GH_OK && j->device == NULL && j->parent == NULL)
		err = device_sub_arrives(j->server->devices, j->row.access.parent, &j->parent);
	/* What it held in its tables it held as another device. */
	if (err == GH_OK && (j->dialect_changes || j->unit_changes))
		err = unit_mirror_clear(ops, s, j->row.id, server_steady_ms(j->server));
	/* Another firmware may know what the one before did not. */
	if (err == GH_OK && j->firmware_changes)
		err = unit_refusals_clear(ops, s, j->row.id, (gh_slice){ 0 });
	if (err == GH_OK)
		err = audit_put(ops, s, j->audit);
	if (err == GH_OK && j->added) {
		/* Of an attempt that was rolled back. */
		free(j->tags);
		j->tags = NULL;
		err = device_tag_set_edit(j->removed, j->added, ops, s, j->row.id, &j->tags);
	}
	return err == GH_OK && j->tags ? device_tags_put(j->tags, ops, s, j->row.id, &j->tag)
				       : err;
}

/* Among those that wait for approval one after the other. */
static bool row_waits(const struct device_row *row)
{
	return row->state == DEVICE_HELD && row->announced_ms == 0;
}

/* One more, or one less, that is not in the register yet. */
static void arrival_count(struct devices *ds, const struct device_row *row, int n)
{
	atomic_fetch_add(&ds->arriving, (size_t)n);
	if (row_waits(row))
		atomic_fetch_add(&ds->arriving_held, (size_t)n);
}

static enum gh_err admission_wait_run(struct store_job *job, const struct store_ops *ops,
				      struct store *s)
{
	(void)job;
	(void)ops;
	(void)s;
	return GH_OK;
}

/* Of two first requests at once the second one fails before the first one is committed: it takes
 * another turn, in which the device is in the register. */
static bool admission_again(struct row_job *j)
{
	if (j->again)
		return false;
	j->again = true;
	j->job.run = admission_wait_run;
	return store_put(j->server->queue, &j->job) == GH_OK;
}

static void admission_done(struct store_job *job, enum gh_err err)
{
	struct row_job *j = (struct row_job *)job;
	struct devices *ds = j->server->devices;
	struct device *d = devices_find(ds, j->row.sn);

	if (d == NULL && err == GH_EEXISTS && admission_again(j))
		return;
	if (d == NULL && err == GH_OK && j->again)
		err = GH_EEXISTS;
	if (d) {
		err = j->row.announced_ms ? GH_EEXISTS : GH_OK;
	} else if (err == GH_OK) {
		d = j->made;
		j->made = NULL;
		d->id = d->row.id = j->row.id;
		if (j->tags)
			device_tags_publish(d, &j->tags);
		devices_enter(ds, d);
		device_ref(d);
		if (j->row.area != AREA_DEFAULT)
			site_namespaces_changed(j->server);
	}
	device_sub_entered(ds, j->parent);
	arrival_count(ds, &j->row, -1);
	j->admitted(j->ctx, d, err);
	row_job_free(j);
}

/* One that was announced was not in contact yet. */
static void admission_row_complete(struct device_row *row, int64_t now_ms)
{
	row->created_ms = now_ms;
	row->seen_ms = row->announced_ms ? 0 : now_ms;
	/* The store writes it here. */
	if (!model_has(row, DEVICE_area))
		row->area = AREA_DEFAULT;
	device_fields_add(&row->present,
			  DEVICE_FIELDS_OF(DEVICE_sn, DEVICE_state, DEVICE_created_ms,
					   DEVICE_seen_ms, DEVICE_area));
}

static enum gh_err admission_put(struct server *server, const struct device_row *first,
				 const struct device_tags *tags, const struct audit_row *audit,
				 device_admitted_fn *done, void *ctx)
{
	struct row_job *j;
	enum gh_err err = device_serial_valid(first->sn)
				  ? device_room_make(server, row_waits(first))
				  : GH_EDENIED;

	if (err)
		return err;
	j = row_job_new(server, first);
	if (j == NULL)
		return GH_ENOMEM;
	admission_row_complete(&j->row, server->now_ms());
	j->job.run = row_run;
	j->job.done = admission_done;
	j->audit = audit;
	j->admitted = done;
	j->ctx = ctx;
	if (tags)
		j->tags = device_tag_set_new(tags);
	err = tags && j->tags == NULL ? GH_ENOMEM : GH_OK;
	/* Made here, not on the store thread: a zone is a file to read. */
	if (err == GH_OK)
		j->made = device_new(server->devices, &j->row, &err);
	if (err) {
		row_job_free(j);
		return err;
	}
	arrival_count(server->devices, &j->row, 1);
	err = store_put(server->queue, &j->job);
	if (err) {
		arrival_count(server->devices, &j->row, -1);
		row_job_free(j);
	}
	return err;
}

void device_log_new(struct server *server, struct device *d)
{
	struct arena a = { 0 };
	struct device_row row;

	if (atomic_exchange(&d->logged, true))
		return;
	device_row(d, &a, &row);
	if (device_state(d) == DEVICE_HELD) {
		char command[96];

		snprintf(command, sizeof(command), "gatehouse device approve %.*s",
			 GH_FMT(row.sn));
		LOG(server->log, LOG_INFO, "new device waits for approval", { "sn", row.sn },
		    { "address", row.address }, { "approve", gh_slice_of(command) });
	} else {
		LOG(server->log, LOG_INFO, "new device", { "sn", row.sn },
		    { "address", row.address },
		    { "state", gh_slice_of(device_state_name(device_state(d))) });
	}
	ghi_arena_clear(&a);
}

enum gh_err devices_admit(struct server *server, const struct device_row *first,
			  device_admitted_fn *done, void *ctx)
{
	struct device_row row = *first;

	if (server->settings->new_devices == NEW_DEVICES_REFUSE)
		return GH_EDENIED;
	row.state = server->settings->new_devices == NEW_DEVICES_APPROVE ? DEVICE_APPROVED
									 : DEVICE_HELD;
	return admission_put(server, &row, NULL, NULL, done, ctx);
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

enum gh_err devices_add(struct server *server, const struct device_row *first,
			device_admitted_fn *done, void *ctx)
{
	if (!zone_exists(first->zone))
		return GH_EINVALID;
	return admission_put(server, first, NULL, NULL, done, ctx);
}

enum gh_err devices_announce(struct server *server, const struct device_row *first,
			     const struct device_tags *tags, const struct audit_row *audit,
			     device_admitted_fn *done, void *ctx)
{
	struct device_row row = *first;

	if (!zone_exists(first->zone))
		return GH_EINVALID;
	row.announced_ms = server->now_ms();
	model_mark(&row, DEVICE_announced_ms);
	return admission_put(server, &row, tags, audit, done, ctx);
}

static void change_done(struct store_job *job, enum gh_err err)
{
	struct row_job *j = (struct row_job *)job;
	struct devices *ds = j->server->devices;

	if (err == GH_OK && device_deleted(j->device))
		err = GH_ENOTFOUND;
	if (err == GH_OK) {
		enum device_state before = device_state(j->device);
		bool was_terminal = device_is_terminal(j->device);

		device_publish(j->device, &j->row, &j->backing);
		if (j->tags)
			device_tags_publish(j->device, &j->tags);
		atomic_fetch_sub(&ds->in_state[before], 1);
		atomic_fetch_add(&ds->in_state[device_state(j->device)], 1);
		device_held_update(ds, j->device);
		device_wake(j->server, j->device, was_terminal);
		if (model_has(&j->row, DEVICE_cards_turned))
			unit_cards_wake(j->server->unit_cards);
	}
	if (err == GH_OK && model_has(&j->row, DEVICE_area))
		site_namespaces_changed(j->server);
	if (err == GH_OK &&
	    (model_has(&j->row, DEVICE_area) || model_has(&j->row, DEVICE_sync)))
		roster_intake_wake(j->server->intake);
	if (model_has(&j->row, DEVICE_state))
		device_fate_changed(j->device);
	if (j->changed)
		j->changed(j->ctx, err);
	row_job_free(j);
}

enum gh_err device_change(struct server *server, struct device *d,
			  const struct device_row *change, core_done_fn *done, void *ctx)
{
	return device_change_tagged(server, d, change, NULL, NULL, done, ctx);
}

/* A clock that was in use before it was noted which zone it was given: until it gets the new one
 * it runs in the previous one of the device. */
static void clock_zone_keep(struct device *d, const struct zone *before,
			    struct device_row *change)
{
	if (!model_has(change, DEVICE_zone) || model_has(change, DEVICE_clock_zone) ||
	    device_state(d) != DEVICE_APPROVED || device_seen_ms(d) == 0)
		return;
	pthread_mutex_lock(&d->lock);
	if (d->backing.clock_zone == NULL) {
		change->clock_zone = zone_name(before);
		model_mark(change, DEVICE_clock_zone);
	}
	pthread_mutex_unlock(&d->lock);
}

/* Here, not on the store thread: a zone is a file to read. */
static enum gh_err zones_open(struct row_job *j)
{
	enum gh_err err = GH_OK;

	if (model_has(&j->row, DEVICE_zone))
		err = device_zone_open(&j->row, j->server->settings->zone, &j->backing.zone);
	if (err == GH_OK && model_has(&j->row, DEVICE_clock_zone))
		err = device_clock_zone_open(&j->row, &j->backing.clock_zone);
	return err;
}

static enum gh_err tags_change_copy(struct row_job *j, const struct device_tags_change *tags)
{
	if (tags->replaced) {
		j->tags = device_tag_set_new(&tags->added);
		return j->tags ? GH_OK : GH_ENOMEM;
	}
	j->removed = device_tag_set_new(&tags->removed);
	j->added = device_tag_set_new(&tags->added);
	return j->removed && j->added ? GH_OK : GH_ENOMEM;
}

/* One that waits for approval and is being dropped is not approved: GH_ENOTFOUND. */
static enum gh_err device_change_put(struct server *server, struct device *d, struct row_job *j,
				     const struct device_tags_change *tags)
{
	bool of_state = model_has(&j->row, DEVICE_state);
	enum gh_err err = tags ? tags_change_copy(j, tags) : GH_OK;

	if (err)
		return err;
	if (of_state && !device_fate_change(d))
		return GH_ENOTFOUND;
	err = store_put(server->queue, &j->job);
	if (err && of_state)
		device_fate_changed(d);
	return err;
}

static bool comm_key_changes(struct device *d, const struct device_row *change)
{
	if (!model_has(change, DEVICE_comm_key))
		return false;
	pthread_mutex_lock(&d->lock);
	bool changes = !gh_slice_eq(d->row.comm_key, change->comm_key);

	pthread_mutex_unlock(&d->lock);
	return changes;
}

/* Whether a registration has another value than the one before. */
static bool parameter_changes(gh_slice before, gh_slice now, const char *name)
{
	gh_slice was, is;

	return ghi_parameters_get(before, name, &was) && ghi_parameters_get(now, name, &is) &&
	       was.n && !gh_slice_eq(was, is);
}

static void unit_changes_note(struct row_job *j, struct device *d,
			      const struct device_row *change)
{
	struct arena a = { 0 };
	struct device_row before;
	gh_slice now = change->access.parameters;

	if (!model_has(change, DEVICE_parameters) || device_dialect(d) != DEVICE_ACCESS)
		return;
	device_row(d, &a, &before);
	j->unit_changes = parameter_changes(before.access.parameters, now, "DeviceName") ||
			  parameter_changes(before.access.parameters, now, "MachineType");
	j->firmware_changes = parameter_changes(before.access.parameters, now, "FirmVer");
	ghi_arena_clear(&a);
}

static bool dialect_changes(const struct device *d, const struct device_row *change)
{
	enum device_dialect before = device_dialect(d);

	return model_has(change, DEVICE_dialect) && before < DEVICE_DIALECTS &&
	       before != device_dialect_of(change->dialect);
}

enum gh_err device_change_tagged(struct server *server, struct device *d,
				 const struct device_row *change,
				 const struct device_tags_change *tags,
				 const struct audit_row *audit, core_done_fn *done, void *ctx)
{
	struct zone *before = device_zone(d); /* whose name may be in the row */
	struct device_row row = *change;
	struct row_job *j;

	clock_zone_keep(d, before, &row);
	if (comm_key_changes(d, change)) {
		/* It has to show the new one. */
		model_mark(&row, DEVICE_proven_address);
		row.proven_address = (gh_slice){ 0 };
	}
	j = row_job_new(server, &row);
	zone_close(before);
	if (j == NULL)
		return GH_ENOMEM;
	enum gh_err err = zones_open(j);
	if (err) {
		row_job_free(j);
		return err;
	}
	device_fields_remove(&j->row.present, DEVICE_FIELDS_OF(DEVICE_sn));
	j->device = device_ref(d);
	j->dialect_changes = dialect_changes(d, change);
	unit_changes_note(j, d, change);
	j->job.run = row_run;
	j->job.done = change_done;
	j->audit = audit;
	j->changed = done;
	j->ctx = ctx;
	err = device_change_put(server, d, j, tags);
	if (err)
		row_job_free(j);
	return err;
}

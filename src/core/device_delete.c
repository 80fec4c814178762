/* Deletion of a device: first from the database, after the commit from the register. */
#include <stdlib.h>

#include "core/audit.h"
#include "core/device_private.h"
#include "core/syncs.h"
#include "core/upkeep.h"

struct delete_job {
	struct store_job job;
	struct server *server;
	struct device *device;
	const struct audit_row *audit;
	core_done_fn *done;
	void *ctx;
};

static enum gh_err delete_run(struct store_job *job, const struct store_ops *ops,
			      struct store *s)
{
	struct delete_job *j = (struct delete_job *)job;
	enum gh_err err = ops->device_delete(s, j->device->id);

	return err ? err : audit_put(ops, s, j->audit);
}

static void delete_done(struct store_job *job, enum gh_err err)
{
	struct delete_job *j = (struct delete_job *)job;
	struct devices *ds = j->server->devices;
	struct device *d = j->device;

	if (err == GH_OK && !device_deleted(d)) {
		atomic_store(&d->deleted, true);
		devices_leave(ds, d);
		device_wake(j->server, d, false);
		device_unref(d); /* the register's; that of the job stays */
		syncs_device_deleted(j->server->syncs, device_id(d));
		upkeep_device_deleted(j->server->upkeep);
	}
	j->done(j->ctx, err);
	device_unref(d);
	free(j);
}

enum gh_err device_delete(struct server *server, struct device *d,
			  const struct audit_row *audit, core_done_fn *done, void *ctx)
{
	struct delete_job *j = malloc(sizeof(*j));

	if (j == NULL)
		return GH_ENOMEM;
	*j = (struct delete_job){ .job = { .run = delete_run, .done = delete_done },
				  .server = server,
				  .device = device_ref(d),
				  .audit = audit,
				  .done = done,
				  .ctx = ctx };
	enum gh_err err = store_put(server->queue, &j->job);
	if (err) {
		device_unref(d);
		free(j);
	}
	return err;
}

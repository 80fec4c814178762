/* What a unit refused is cleared. */
#include <stdlib.h>

#include "core/access/planner.h"
#include "core/access/unit_refusal.h"
#include "core/audit.h"
#include "wire/access/table.h"

static bool reset_note(void *ctx, int64_t device, const struct unit_table_state *state)
{
	(void)device;
	(void)state;
	*(bool *)ctx = true;
	return false;
}

enum gh_err unit_refusals_clear(const struct store_ops *ops, struct store *s, int64_t device,
				gh_slice table)
{
	const struct ghi_access_table *t;
	enum gh_err err = GH_OK;

	for (size_t i = 0; (t = ghi_access_table_at(i)) != NULL && err == GH_OK; i++) {
		const struct unit_table_state none = {
			.table = gh_slice_of(t->name),
			.present = UNIT_STATE_REFUSED | UNIT_STATE_MOST,
		};
		bool there = false;

		if (none.table.n == 0 || (table.n && !gh_slice_ieq(table, none.table)))
			continue;
		err = ops->unit_state_find(s, device, none.table, reset_note, &there);
		err = err == GH_ENOTFOUND ? GH_OK : err;
		if (err == GH_OK && there)
			err = ops->unit_state_put(s, device, &none);
	}
	return err;
}

/* --- as an act --- */

struct refusals_job {
	struct store_job job;
	struct server *server;
	struct device *device; /* referenced */
	const struct audit_row *audit;
	core_done_fn *done;
	void *ctx;
	size_t n;
	uint8_t table[];
};

static enum gh_err refusals_run(struct store_job *job, const struct store_ops *ops,
				struct store *s)
{
	struct refusals_job *j = (struct refusals_job *)job;
	enum gh_err err =
		unit_refusals_clear(ops, s, device_id(j->device), (gh_slice){ j->table, j->n });

	return err ? err : audit_put(ops, s, j->audit);
}

static void refusals_done(struct store_job *job, enum gh_err err)
{
	struct refusals_job *j = (struct refusals_job *)job;

	if (err == GH_OK)
		planner_unit_changed(j->server->planner, j->device);
	j->done(j->ctx, err);
	device_unref(j->device);
	free(j);
}

enum gh_err device_refusals_clear(struct server *server, struct device *d, gh_slice table,
				  const struct audit_row *audit, core_done_fn *done, void *ctx)
{
	struct refusals_job *j = malloc(sizeof(*j) + table.n);
	enum gh_err err;

	if (j == NULL)
		return GH_ENOMEM;
	*j = (struct refusals_job){ .job = { .run = refusals_run, .done = refusals_done },
				    .server = server,
				    .device = device_ref(d),
				    .audit = audit,
				    .done = done,
				    .ctx = ctx,
				    .n = table.n };
	if (table.n)
		memcpy(j->table, table.p, table.n);
	err = store_put(server->queue, &j->job);
	if (err) {
		device_unref(d);
		free(j);
	}
	return err;
}

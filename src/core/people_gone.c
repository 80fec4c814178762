#include "core/people_gone.h"

#include <stdlib.h>

#include "core/syncs.h"

struct people_gone_job {
	struct store_job job;
	struct device *device;
	int64_t since_ms;
	size_t *removed;
	core_done_fn *done;
	void *ctx;
};

static enum gh_err people_gone_run(struct store_job *job, const struct store_ops *ops,
				   struct store *s)
{
	struct people_gone_job *j = (struct people_gone_job *)job;

	return ops->records_older_delete(s, KIND_PERSON, device_id(j->device), j->since_ms,
					 PEOPLE_GONE_ROWS, j->removed);
}

static void people_gone_done(struct store_job *job, enum gh_err err)
{
	struct people_gone_job *j = (struct people_gone_job *)job;

	if (err == GH_OK && *j->removed)
		syncs_device_changed(j->device);
	j->done(j->ctx, err);
	device_unref(j->device);
	free(j);
}

enum gh_err people_gone_remove(struct server *server, struct device *d, int64_t since_ms,
			       size_t *removed, core_done_fn *done, void *ctx)
{
	struct people_gone_job *j = malloc(sizeof(*j));
	enum gh_err err;

	if (j == NULL)
		return GH_ENOMEM;
	*j = (struct people_gone_job){ .job = { .run = people_gone_run,
						.done = people_gone_done },
				       .device = device_ref(d),
				       .since_ms = since_ms,
				       .removed = removed,
				       .done = done,
				       .ctx = ctx };
	err = store_put(server->queue, &j->job);
	if (err) {
		device_unref(j->device);
		free(j);
	}
	return err;
}

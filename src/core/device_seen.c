/* When devices were seen last, written down now and then. */
#include <stdlib.h>

#include "core/device_private.h"

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

void devices_tick(struct server *server)
{
	struct seen_gather g = { .room = devices_count(server->devices) };

	g.job = malloc(sizeof(*g.job) + g.room * sizeof(g.job->seen[0]));
	if (g.job == NULL)
		return;
	*g.job = (struct seen_job){ .job = { .run = seen_run, .done = seen_done } };
	devices_each(server->devices, seen_add, &g);
	if (g.job->n == 0)
		free(g.job);
	else if (store_put(server->queue, &g.job->job))
		seen_done(&g.job->job, GH_EBUSY);
}

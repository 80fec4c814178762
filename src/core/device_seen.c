/* The times of the last contact of devices, stored periodically. */
#include <stdlib.h>

#include "core/device_private.h"

struct seen_job {
	struct store_job job;
	size_t n;
	struct device_seen_row *row; /* of the device at the same place */
	struct device *device[];     /* referenced */
};

static enum gh_err seen_run(struct store_job *job, const struct store_ops *ops, struct store *s)
{
	struct seen_job *j = (struct seen_job *)job;

	return ops->seen_put(s, j->row, j->n);
}

static void seen_done(struct store_job *job, enum gh_err err)
{
	struct seen_job *j = (struct seen_job *)job;

	for (size_t i = 0; i < j->n; i++) {
		if (err == GH_OK)
			j->device[i]->seen_stored_ms = j->row[i].seen_ms;
		device_unref(j->device[i]);
	}
	free(j->row);
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

	if (g->job->n < g->room && seen != d->seen_stored_ms) {
		g->job->row[g->job->n] = (struct device_seen_row){ d->id, seen };
		g->job->device[g->job->n++] = device_ref(d);
	}
	return true;
}

void devices_tick(struct server *server)
{
	devices_held_tick(server);
	struct seen_gather g = { .room = devices_count(server->devices) };

	g.job = malloc(sizeof(*g.job) + g.room * sizeof(g.job->device[0]));
	if (g.job == NULL)
		return;
	*g.job = (struct seen_job){ .job = { .run = seen_run, .done = seen_done },
				    .row = calloc(g.room + 1, sizeof(*g.job->row)) };
	if (g.job->row)
		devices_each(server->devices, seen_add, &g);
	if (g.job->n == 0)
		seen_done(&g.job->job, GH_OK);
	else if (store_put(server->queue, &g.job->job))
		seen_done(&g.job->job, GH_EBUSY);
}

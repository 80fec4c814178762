/* The times of the last contact of devices, stored periodically. */
#include <stdlib.h>

#include "core/device_private.h"

#define PIECE 256 /* devices of a job: uploads wait for one at the most */

struct seen_job {
	struct store_job job;
	size_t n;
	struct device_seen_row row[PIECE]; /* of the device at the same place */
	struct device *device[PIECE];	   /* referenced */
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
	free(j);
}

struct seen_gather {
	struct server *server;
	struct seen_job *job; /* the one that is being filled; NULL: none is */
};

/* An error of one is its own: what was not stored now is the next time. */
static void seen_put(struct seen_gather *g)
{
	struct seen_job *j = g->job;

	g->job = NULL;
	if (j && store_put(g->server->queue, &j->job))
		seen_done(&j->job, GH_EBUSY);
}

static struct seen_job *seen_job_new(void)
{
	struct seen_job *j = malloc(sizeof(*j));

	if (j) {
		j->job = (struct store_job){ .run = seen_run,
					     .done = seen_done,
					     .upkeep = true };
		j->n = 0;
	}
	return j;
}

static bool seen_add(void *ctx, struct device *d)
{
	struct seen_gather *g = ctx;
	int64_t seen = device_seen_ms(d);

	if (seen == d->seen_stored_ms)
		return true;
	if (g->job == NULL)
		g->job = seen_job_new();
	if (g->job == NULL)
		return false;
	g->job->row[g->job->n] = (struct device_seen_row){ d->id, seen };
	g->job->device[g->job->n++] = device_ref(d);
	if (g->job->n == PIECE)
		seen_put(g);
	return true;
}

void devices_tick(struct server *server)
{
	struct seen_gather g = { .server = server };

	devices_each(server->devices, seen_add, &g);
	seen_put(&g);
}

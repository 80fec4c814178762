#include "core/resend.h"

#include <stdlib.h>

#include "base/arena.h"
#include "core/command_job.h"

struct resend_job {
	struct store_job job;
	struct server *server;
	struct device *device; /* referenced */
	struct arena arena;
	struct table {
		gh_slice name;
		struct stamp *stamp; /* to publish after the commit */
		struct table *next;
	} * tables;
	struct queue_single *check; /* to put after the commit */
	command_queued_fn *done;
	void *ctx;
};

/* The tables that have a stamp, copied: the device's list may change meanwhile. */
static bool resend_tables(struct resend_job *j)
{
	bool ok = true;

	pthread_mutex_lock(&j->device->lock);
	for (const struct stamp *s = j->device->stamps; s && ok; s = s->next) {
		struct table *t = ghi_arena_alloc(&j->arena, sizeof(*t));

		ok = t != NULL;
		if (ok) {
			t->name =
				ghi_arena_copy(&j->arena, (gh_slice){ (const uint8_t *)s->text,
								      s->table_size });
			t->stamp = device_stamp_new(t->name, GH_LIT("0"));
			t->next = j->tables;
			j->tables = t;
			ok = t->name.n == s->table_size && t->stamp;
		}
	}
	pthread_mutex_unlock(&j->device->lock);
	return ok;
}

static void resend_free(struct resend_job *j)
{
	for (struct table *t = j->tables; t; t = t->next)
		free(t->stamp);
	command_queue_drop(j->check);
	device_unref(j->device);
	ghi_arena_clear(&j->arena);
	free(j);
}

static enum gh_err resend_run(struct store_job *job, const struct store_ops *ops,
			      struct store *s)
{
	struct resend_job *j = (struct resend_job *)job;
	enum gh_err err = GH_OK;

	for (struct table *t = j->tables; t && err == GH_OK; t = t->next)
		err = ops->stamp_put(s, j->device->id, t->name, GH_LIT("0"));
	return err;
}

static void resend_done(struct store_job *job, enum gh_err err)
{
	struct resend_job *j = (struct resend_job *)job;

	for (struct table *t = j->tables; t && err == GH_OK; t = t->next) {
		device_stamp_publish(j->device, t->stamp);
		t->stamp = NULL;
	}
	if (err == GH_OK) {
		err = command_queue_put(j->check);
		j->check = NULL;
	}
	if (err)
		j->done(j->ctx, err, NULL);
	resend_free(j);
}

enum gh_err device_resend(struct server *server, struct device *d, gh_slice asked_by,
			  command_queued_fn *done, void *ctx)
{
	struct command_request check = { .kind = COMMAND_KIND_CHECK, .asked_by = asked_by };
	struct resend_job *j = calloc(1, sizeof(*j));

	if (j == NULL)
		return GH_ENOMEM;
	/* The lane that stamps are written on. */
	j->job = (struct store_job){
		.run = resend_run, .done = resend_done, .lane = LANE_LEDGER, .device = d->id
	};
	j->server = server;
	j->device = device_ref(d);
	j->done = done;
	j->ctx = ctx;
	enum gh_err err;
	j->check = command_queue_new(server, d, &check, done, ctx, &err);
	if (j->check)
		err = resend_tables(j) ? store_put(server->queue, &j->job) : GH_ENOMEM;
	if (err)
		resend_free(j);
	return err;
}

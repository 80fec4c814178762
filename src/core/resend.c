#include "core/resend.h"

#include <stdlib.h>

#include "base/arena.h"
#include "core/device_private.h"

struct resend_job {
	struct store_job job;
	struct server *server;
	struct device *device; /* referenced */
	struct arena arena;
	gh_slice asked_by; /* in the arena */
	struct table {
		gh_slice name;
		struct table *next;
	} * tables;
	command_queued_fn *done;
	void *ctx;
};

/* The tables whose mark is held, copied: the device's own list may change meanwhile. */
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
			t->next = j->tables;
			j->tables = t;
			ok = t->name.n == s->table_size;
		}
	}
	pthread_mutex_unlock(&j->device->lock);
	return ok;
}

static void resend_free(struct resend_job *j)
{
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
	struct command_request check = { .kind = COMMAND_KIND_CHECK, .asked_by = j->asked_by };

	for (struct table *t = j->tables; t && err == GH_OK; t = t->next)
		device_stamp_publish(j->device, t->name, GH_LIT("0"));
	if (err == GH_OK)
		err = command_queue(j->server, j->device, &check, j->done, j->ctx);
	if (err)
		j->done(j->ctx, err, NULL);
	resend_free(j);
}

enum gh_err device_resend(struct server *server, struct device *d, gh_slice asked_by,
			  command_queued_fn *done, void *ctx)
{
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
	j->asked_by = ghi_arena_copy(&j->arena, asked_by);
	enum gh_err err = resend_tables(j) ? store_put(server->queue, &j->job) : GH_ENOMEM;
	if (err)
		resend_free(j);
	return err;
}

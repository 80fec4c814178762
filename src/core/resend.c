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
	struct stamp *wanted;	    /* the mark of it; the same */
	struct queue_single *check; /* to put after the commit */
	command_queued_fn *done;
	void *ctx;
};

/* The tables that have a stamp, copied: the device's list may change meanwhile. */
static bool resend_tables(struct resend_job *j)
{
	j->wanted = device_stamp_new(RESEND_TABLE, GH_LIT("1"));

	bool ok = j->wanted != NULL;

	pthread_mutex_lock(&j->device->lock);
	for (const struct stamp *s = j->device->stamps; s && ok; s = s->next) {
		if (gh_slice_eq((gh_slice){ (const uint8_t *)s->text, s->table_size },
				RESEND_TABLE))
			continue;

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
	free(j->wanted);
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
	if (err == GH_OK)
		err = ops->stamp_put(s, j->device->id, RESEND_TABLE, GH_LIT("1"));
	return err;
}

static void resend_done(struct store_job *job, enum gh_err err)
{
	struct resend_job *j = (struct resend_job *)job;

	/* A handshake may have come in between, with the marks of before. */
	atomic_store(&j->device->resend, err ? RESEND_NONE : RESEND_WANTED);
	for (struct table *t = j->tables; t && err == GH_OK; t = t->next) {
		device_stamp_publish(j->device, t->stamp);
		t->stamp = NULL;
	}
	if (err == GH_OK) {
		device_stamp_publish(j->device, j->wanted);
		j->wanted = NULL;
		err = command_queue_put(j->check);
		j->check = NULL;
	}
	if (err)
		j->done(j->ctx, err, NULL);
	resend_free(j);
}

enum gh_err device_resend(struct server *server, struct device *d, gh_slice requested_by,
			  command_queued_fn *done, void *ctx)
{
	struct command_request check = { .kind = COMMAND_KIND_CHECK,
					 .requested_by = requested_by };
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
	if (j->check && !resend_tables(j))
		err = GH_ENOMEM;
	/* From now on, so that no upload that is stored along with it sets a mark. */
	if (err == GH_OK) {
		int before = atomic_exchange(&d->resend, RESEND_WANTED);

		err = store_put(server->queue, &j->job);
		if (err && before != RESEND_WANTED)
			atomic_store(&d->resend, before);
	}
	if (err)
		resend_free(j);
	return err;
}

/* --- after a restore --- */

struct resend_due {
	struct server *server;
	bool left;
};

static void resend_due_done(void *ctx, enum gh_err err, const struct command *stored)
{
	struct server *server = ctx;

	(void)stored;
	if (err)
		LOG(server->log, LOG_WARNING,
		    "a device has not yet got the command to send everything again",
		    { "error", gh_slice_of(gh_strerror(err)) });
}

/* Terminals are read from the beginning of their log in any case. */
static bool resend_is_due(struct device *d)
{
	bool due = false;

	if (device_is_terminal(d))
		return false;
	pthread_mutex_lock(&d->lock);
	for (const struct stamp *s = d->stamps; s; s = s->next)
		if (gh_slice_eq((gh_slice){ (const uint8_t *)s->text, s->table_size },
				RESEND_TABLE))
			due = s->stamp_size == 1 && s->text[s->table_size] == *STORE_RESEND_DUE;
	pthread_mutex_unlock(&d->lock);
	return due;
}

/* One that waits for approval gets the command when it is approved. */
static bool device_resend_due(void *ctx, struct device *d)
{
	struct resend_due *due = ctx;

	if (!resend_is_due(d))
		return true;
	due->left = true;
	return device_state(d) != DEVICE_APPROVED || atomic_load(&d->resend) != RESEND_NONE ||
	       device_resend(due->server, d, GH_LIT("restore"), resend_due_done, due->server) ==
		       GH_OK;
}

bool devices_resend_due(struct server *server)
{
	struct resend_due due = { .server = server };

	devices_each(server->devices, device_resend_due, &due);
	return due.left;
}

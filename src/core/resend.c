#include "core/resend.h"

#include <stdlib.h>

#include "base/arena.h"
#include "core/command_job.h"

struct resend_job {
	struct store_job job;
	struct server *server;
	struct device *device; /* referenced */
	bool counted;	       /* among those that are under way */
	int before;	       /* enum device_resend */
	struct arena arena;
	struct table {
		gh_slice name;
		struct stamp *stamp; /* to publish after the commit */
		struct table *next;
	} * tables;
	struct stamp *wanted;	    /* the mark of it; the same */
	struct stamp *due;	    /* as long as the command is not queued */
	struct queue_single *check; /* to put after the commit */
	command_queued_fn *done;
	void *ctx;
};

/* The tables that have a stamp, copied: the device's list may change meanwhile. */
static bool resend_tables(struct resend_job *j)
{
	j->wanted = device_stamp_new(RESEND_TABLE, GH_LIT("1"));
	j->due = device_stamp_new(RESEND_TABLE, GH_LIT(STORE_RESEND_DUE));

	bool ok = j->wanted && j->due;

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
	free(j->due);
	command_queue_drop(j->check);
	if (j->counted)
		atomic_fetch_sub(&j->device->resends, 1);
	device_unref(j->device);
	ghi_arena_clear(&j->arena);
	free(j);
}

/* Marks and commands are written on two lanes, which are two commits on a shared database. So the mark
 * first has the value that makes a start of the server queue the command. */
static enum gh_err resend_run(struct store_job *job, const struct store_ops *ops,
			      struct store *s)
{
	struct resend_job *j = (struct resend_job *)job;
	enum gh_err err = GH_OK;

	for (struct table *t = j->tables; t && err == GH_OK; t = t->next)
		err = ops->stamp_put(s, j->device->id, t->name, GH_LIT("0"));
	if (err == GH_OK)
		err = ops->stamp_put(s, j->device->id, RESEND_TABLE, GH_LIT(STORE_RESEND_DUE));
	return err;
}

static enum gh_err resend_settle_run(struct store_job *job, const struct store_ops *ops,
				     struct store *s)
{
	return ops->resend_queued(s, ((struct resend_job *)job)->device->id);
}

/* Where it is not stored, another start queues the command once more, which does no harm. */
static void resend_settle_done(struct store_job *job, enum gh_err err)
{
	(void)err;
	resend_free((struct resend_job *)job);
}

/* The command is queued, or not: then it is due. */
static void resend_checked(void *ctx, enum gh_err err, const struct command *stored)
{
	struct resend_job *j = ctx;

	if (err) {
		device_stamp_publish(j->device, j->due);
		j->due = NULL;
		atomic_store(&j->server->devices->resends_due, true);
	}
	j->done(j->ctx, err, stored);
	j->job = (struct store_job){ .run = resend_settle_run,
				     .done = resend_settle_done,
				     .lane = LANE_LEDGER,
				     .device = j->device->id };
	if (err || store_put(j->server->queue, &j->job))
		resend_free(j);
}

static void resend_done(struct store_job *job, enum gh_err err)
{
	struct resend_job *j = (struct resend_job *)job;
	struct queue_single *check = j->check;

	/* A handshake may have come in between, with the marks of before. */
	atomic_store(&j->device->resend, err ? j->before : RESEND_WANTED);
	for (struct table *t = j->tables; t && err == GH_OK; t = t->next) {
		device_stamp_publish(j->device, t->stamp);
		t->stamp = NULL;
	}
	if (err) {
		j->done(j->ctx, err, NULL);
		resend_free(j);
		return;
	}
	device_stamp_publish(j->device, j->wanted);
	j->wanted = NULL;
	j->check = NULL;
	err = command_queue_put(check);
	if (err)
		resend_checked(j, err, NULL);
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
	j->check = command_queue_new(server, d, &check, resend_checked, j, &err);
	if (j->check && !resend_tables(j))
		err = GH_ENOMEM;
	/* From now on, so that no upload that is stored along with it sets a mark. */
	if (err == GH_OK) {
		int before = atomic_exchange(&d->resend, RESEND_WANTED);

		j->before = before;
		j->counted = true;
		atomic_fetch_add(&d->resends, 1);
		err = store_put(server->queue, &j->job);
		if (err && before != RESEND_WANTED)
			atomic_store(&d->resend, before);
	}
	if (err)
		resend_free(j);
	return err;
}

/* --- after a restore, or where the command was not queued --- */

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
	return device_state(d) != DEVICE_APPROVED || atomic_load(&d->resends) ||
	       device_resend(due->server, d, GH_LIT("server"), resend_due_done, due->server) ==
		       GH_OK;
}

void devices_resend_due(struct server *server)
{
	struct resend_due due = { .server = server };

	if (!atomic_exchange(&server->devices->resends_due, false))
		return;
	devices_each(server->devices, device_resend_due, &due);
	if (due.left)
		atomic_store(&server->devices->resends_due, true);
}

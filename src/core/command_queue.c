/* Putting a command into a device's queue. */
#include <stdlib.h>

#include "core/command_job.h"
#include "core/metrics.h"

#define TEXT_MAX (4u << 20)

struct queue_job {
	struct command_job base;
	command_queued_fn *done;
	struct command command;
	uint8_t text[];
};

static enum gh_err queue_run(struct store_job *job, const struct store_ops *ops,
			     struct store *s)
{
	struct queue_job *j = (struct queue_job *)job;

	if (device_deleted(j->base.device))
		return GH_ENOTFOUND;
	j->command.id = 0;
	return ops->command_put(s, &j->command, j->base.now_ms, (gh_slice){ 0 });
}

static void queue_done(struct store_job *job, enum gh_err err)
{
	struct queue_job *j = (struct queue_job *)job;
	struct device *d = j->base.device;

	if (err == GH_OK) {
		metric_add(&j->base.server->metrics->commands_queued, 1);
		atomic_fetch_add(&d->commands, 1);
		/* On offer at the next poll; whether an earlier one is still to be waited
		 * for is the scheduler's question. */
		command_offer_at(d, 0);
		device_wake(j->base.server, d, false);
	}
	j->done(j->base.ctx, err, &j->command);
	device_unref(d);
	free(j);
}

enum gh_err command_queue(struct server *server, struct device *d, gh_slice text,
			  int64_t ttl_ms, command_queued_fn *done, void *ctx)
{
	if (text.n == 0)
		return GH_EINVALID;
	if (text.n > TEXT_MAX)
		return GH_ETOOBIG;
	if (memchr(text.p, '\n', text.n) || memchr(text.p, '\r', text.n) ||
	    memchr(text.p, '\0', text.n))
		return GH_EINVALID;
	struct queue_job *j = calloc(1, sizeof(*j) + text.n);
	if (j == NULL)
		return GH_ENOMEM;
	j->base = (struct command_job){
		.job = { .run = queue_run, .done = queue_done, .bytes = text.n },
		.server = server,
		.device = device_ref(d),
		.now_ms = server->now_ms(),
		.ctx = ctx,
	};
	j->done = done;
	memcpy(j->text, text.p, text.n);
	j->command = (struct command){
		.device = d->id,
		.serial = device_sn(d),
		.text = { j->text, text.n },
		.state = COMMAND_QUEUED,
		.created_ms = j->base.now_ms,
		.expires_ms = j->base.now_ms +
			      (ttl_ms > 0 ? ttl_ms : server->settings->command_ttl_ms),
	};
	enum gh_err err = store_put(server->queue, &j->base.job);
	if (err) {
		device_unref(d);
		free(j);
	}
	return err;
}

/* Putting a command into a device's queue. */
#include <stdlib.h>

#include "core/command_job.h"
#include "core/metrics.h"

#define ARGUMENTS_MAX (9u << 20) /* a text of 4 MiB, and as it was written */

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

enum gh_err command_queue(struct server *server, struct device *d,
			  const struct command_request *request, command_queued_fn *done,
			  void *ctx)
{
	gh_slice arguments = request->arguments, asked_by = request->asked_by;
	int64_t life_ms;
	size_t shown_n;
	enum gh_err err = command_life(request->kind, request->ttl_s,
				       server->settings->command_ttl_ms, &life_ms);

	if (err)
		return err;
	if (arguments.n > ARGUMENTS_MAX)
		return GH_ETOOBIG;
	uint8_t *shown = command_shown_new(request->kind, arguments, &shown_n);
	struct queue_job *j =
		shown ? calloc(1, sizeof(*j) + arguments.n + asked_by.n + shown_n) : NULL;
	if (j == NULL) {
		free(shown);
		return GH_ENOMEM;
	}
	struct ghi_writer w = ghi_writer_on(j->text, arguments.n + asked_by.n + shown_n);

	ghi_put(&w, arguments);
	ghi_put(&w, asked_by);
	ghi_put(&w, (gh_slice){ shown, shown_n });
	free(shown);
	j->base = (struct command_job){
		.job = { .run = queue_run, .done = queue_done, .bytes = w.n },
		.server = server,
		.device = device_ref(d),
		.now_ms = server->now_ms(),
		.ctx = ctx,
	};
	j->done = done;
	j->command = (struct command){
		.device = d->id,
		.serial = device_sn(d),
		.kind = request->kind,
		.arguments = { j->text, arguments.n },
		.asked_by = { j->text + arguments.n, asked_by.n },
		.shown = { j->text + arguments.n + asked_by.n, shown_n },
		.state = COMMAND_QUEUED,
		.created_ms = j->base.now_ms,
		.expires_ms = j->base.now_ms + life_ms,
	};
	err = store_put(server->queue, &j->base.job);
	if (err) {
		device_unref(d);
		free(j);
	}
	return err;
}

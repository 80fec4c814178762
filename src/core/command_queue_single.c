/* Putting a single command into a device's queue. */
#include <stdlib.h>

#include "core/command_queue_job.h"

struct queue_single {
	struct command_order order;
	struct queue_job *job; /* until it is put */
	command_queued_fn *done;
	void *ctx;
	uint8_t text[];
};

static void queue_single_free(struct queue_single *q)
{
	device_unref(q->order.device);
	free(q);
}

static void queue_single_done(void *ctx, enum gh_err err)
{
	struct queue_single *q = ctx;

	q->done(q->ctx, err ? err : q->order.err, &q->order.stored);
	queue_single_free(q);
}

void command_queue_drop(struct queue_single *q)
{
	if (q == NULL)
		return;
	if (q->job)
		command_queue_job_free(q->job);
	queue_single_free(q);
}

struct queue_single *command_queue_new(struct server *server, struct device *d,
				       const struct command_request *request,
				       command_queued_fn *done, void *ctx, enum gh_err *err)
{
	gh_slice arguments = request->arguments, requested_by = request->requested_by;
	struct queue_single *q;
	int64_t life_ms;

	*err = command_life(request->kind, request->ttl_s, server->settings->command_ttl_ms,
			    &life_ms);
	if (*err == GH_OK && arguments.n > COMMAND_ARGUMENTS_MAX)
		*err = GH_ETOOBIG;
	if (*err)
		return NULL;
	*err = GH_ENOMEM;
	gh_slice key = request->key;

	q = calloc(1, sizeof(*q) + arguments.n + requested_by.n + key.n);
	if (q == NULL)
		return NULL;
	struct ghi_writer w = ghi_writer_on(q->text, arguments.n + requested_by.n + key.n);

	ghi_put(&w, arguments);
	ghi_put(&w, requested_by);
	ghi_put(&w, key);
	q->done = done;
	q->ctx = ctx;
	q->order.device = device_ref(d);
	q->order.request = *request;
	q->order.request.arguments = (gh_slice){ q->text, arguments.n };
	q->order.request.requested_by = (gh_slice){ q->text + arguments.n, requested_by.n };
	q->order.request.key = (gh_slice){ q->text + arguments.n + requested_by.n, key.n };
	q->job = command_queue_job_new(server, &q->order, 1, queue_single_done, q);
	if (q->job == NULL) {
		queue_single_free(q);
		return NULL;
	}
	*err = GH_OK;
	return q;
}

enum gh_err command_queue_put(struct queue_single *q)
{
	struct queue_job *j = q->job;

	q->job = NULL;
	enum gh_err err = command_queue_job_put(j);
	if (err)
		queue_single_free(q);
	return err;
}

enum gh_err command_queue(struct server *server, struct device *d,
			  const struct command_request *request, command_queued_fn *done,
			  void *ctx)
{
	enum gh_err err;
	struct queue_single *q = command_queue_new(server, d, request, done, ctx, &err);

	return q ? command_queue_put(q) : err;
}

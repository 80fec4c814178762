/* The job that stores the rows and orders of comparisons. */
#include "core/comparisons_private.h"
#include "core/metrics.h"
#include "core/server_clock.h"

#define ORDER_MS INT64_C(3600000) /* a device that is silent for so long begins again */

static struct comparisons *comparisons_of_write(struct store_job *job)
{
	return (struct comparisons *)((uint8_t *)job - offsetof(struct comparisons, write));
}

static bool number_see(void *ctx, const struct command *c)
{
	(void)ctx;
	(void)c;
	return false;
}

static enum gh_err comparing_store(struct comparing *c, const struct store_ops *ops,
				   struct store *s, int64_t now_ms)
{
	struct command *order = &c->order;
	struct comparison row = c->row;
	enum gh_err err = GH_OK;

	if (c->question.kind < COMMAND_KINDS) {
		order->id = 0;
		order->created_ms = now_ms;
		order->expires_ms = now_ms + ORDER_MS;
		err = ops->commands_add(s, &order, 1, now_ms);
		/* Its number is there when something was read. */
		if (err == GH_OK)
			err = ops->commands_open(s, device_id(c->device), number_see, NULL);
		row.command = order->id;
	}
	if (err == GH_OK)
		err = ops->comparison_put(s, device_id(c->device), &row);
	if (err == GH_OK && c->extra.n)
		err = ops->comparison_extra_add(s, device_id(c->device), c->extra.day,
						c->extra.n);
	return err;
}

static enum gh_err comparisons_write_run(struct store_job *job, const struct store_ops *ops,
					 struct store *s)
{
	struct comparisons *cs = comparisons_of_write(job);
	enum gh_err err = GH_OK;

	for (size_t i = 0; i < cs->n && err == GH_OK; i++) {
		struct comparing *c = &cs->of[i];

		/* One that was deleted meanwhile has no row. */
		if (!c->changed || device_deleted(c->device))
			continue;
		err = comparing_store(c, ops, s, server_steady_ms(cs->server));
	}
	return err;
}

static void comparing_publish(struct comparisons *cs, struct comparing *c)
{
	struct device *d = c->device;

	if (!c->changed || device_deleted(d))
		return;
	if (c->question.kind < COMMAND_KINDS)
		c->row.command = c->order.id;
	if (c->question.kind == COMMAND_KIND_QUERY_PUNCHES)
		device_comparison_queried(d, c->question.from, c->question.to, c->besides);
	else if (c->row.step != COMPARISON_RECOUNT && c->row.step != COMPARISON_COUNTER_AGAIN)
		device_comparison_unsee(d);
	device_comparison_open(d, &c->row);
	if (c->question.kind == COMMAND_KINDS)
		return;
	metric_add(&cs->server->metrics->commands_queued, 1);
	atomic_fetch_add(&d->commands, 1);
	command_offer_now(cs->server, d);
}

static void comparisons_written(struct store_job *job, enum gh_err err)
{
	struct comparisons *cs = comparisons_of_write(job);

	if (err) {
		comparisons_again(cs, err);
		return;
	}
	for (size_t i = 0; i < cs->n; i++)
		comparing_publish(cs, &cs->of[i]);
	comparisons_end(cs);
}

void comparisons_write_init(struct comparisons *cs)
{
	cs->write =
		(struct store_job){ .run = comparisons_write_run, .done = comparisons_written };
}

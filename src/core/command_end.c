/* Commands that end without an answer: cancelled, or expired. */
#include <stdlib.h>

#include "core/command_job.h"
#include "core/server_clock.h"
#include "core/syncs.h"

struct end_job {
	struct command_job base;
	core_done_fn *done; /* NULL: no caller waits */
	int64_t id;	    /* of the one to cancel */
	struct command_list list;
};

static bool end_gather(void *ctx, const struct command *c)
{
	return command_list_add(ctx, c);
}

static enum gh_err cancel_run(struct store_job *job, const struct store_ops *ops,
			      struct store *s)
{
	struct end_job *j = (struct end_job *)job;

	command_job_begin(&j->base);
	command_list_clear(&j->list);
	enum gh_err err = ops->command_find(s, j->id, end_gather, &j->list);
	if (err == GH_OK)
		err = j->list.err;
	if (err == GH_OK)
		err = command_job_move(&j->base, ops, s, &j->list.first->command,
				       COMMAND_CANCEL, (gh_slice){ 0 });
	return err;
}

/* The register counts open commands per device; these jobs have only serial numbers. */
void command_list_ended(struct server *server, const struct command_list *l)
{
	for (const struct command_item *at = l->first; at; at = at->next) {
		struct device *d = devices_find(server->devices, at->command.serial);

		if (d) {
			atomic_fetch_sub(&d->commands, 1);
			if (sync_is_about(at->command.kind))
				syncs_device_changed(d);
			command_offer_at(d, device_commands(d) ? 0 : DEVICE_NO_OFFER);
		}
		device_unref(d);
	}
}

static void end_done(struct store_job *job, enum gh_err err)
{
	struct end_job *j = (struct end_job *)job;

	command_job_end(&j->base, err);
	if (err == GH_OK)
		command_list_ended(j->base.server, &j->list);
	if (j->done)
		j->done(j->base.ctx, err);
	command_list_clear(&j->list);
	free(j);
}

static enum gh_err end_put(struct server *server, struct end_job job)
{
	struct end_job *j = malloc(sizeof(*j));

	if (j == NULL)
		return GH_ENOMEM;
	*j = job;
	j->base.server = server;
	j->base.job.done = end_done;
	command_list_init(&j->list);
	enum gh_err err = store_put(server->queue, &j->base.job);
	if (err)
		free(j);
	return err;
}

enum gh_err command_cancel(struct server *server, int64_t id, const struct audit_row *audit,
			   core_done_fn *done, void *ctx)
{
	return end_put(server, (struct end_job){
				       .base = { .job = { .run = cancel_run },
						 .now_ms = server_steady_ms(server),
						 .by = audit,
						 .ctx = ctx },
				       .done = done,
				       .id = id,
			       });
}

#define EXPIRE_AT_ONCE 1000

static enum gh_err expire_run(struct store_job *job, const struct store_ops *ops,
			      struct store *s)
{
	struct end_job *j = (struct end_job *)job;

	command_job_begin(&j->base);
	command_list_clear(&j->list);
	enum gh_err err =
		ops->commands_expired(s, j->base.now_ms, EXPIRE_AT_ONCE, end_gather, &j->list);
	if (err == GH_OK)
		err = j->list.err;
	for (struct command_item *at = j->list.first; at && err == GH_OK; at = at->next)
		err = command_job_move(
			&j->base, ops, s, &at->command,
			command_job_unanswered(&j->base, &at->command, COMMAND_DEADLINE),
			GH_LIT("past its time"));
	return err;
}

void commands_tick(struct server *server, int64_t now_ms)
{
	struct end_job j = { .base = { .job = { .run = expire_run }, .now_ms = now_ms } };

	/* A full queue has more urgent work; the next tick comes soon. */
	if (end_put(server, j) != GH_OK)
		return;
}

/* The commands in the reply to a poll. */
#include <stdlib.h>

#include "core/access/unit_erasure.h"
#include "core/command_choice.h"
#include "core/command_confirm.h"
#include "core/readers.h"
#include "core/server_clock.h"
#include "model/command_subject.h"

struct offer_job {
	struct command_job base;
	command_offer_fn *done;
	struct command_choice choice;
	/* A long log is counted by a reader; then the commands are chosen again. */
	struct read_job counting;
	struct store_log_count log, log_new; /* as committed; with this transaction */
	bool log_counted;		     /* a reader has, or cannot */
	bool log_far;			     /* it has to */
};

static enum gh_err offer_one(struct offer_job *j, const struct store_ops *ops, struct store *s,
			     struct command *c, enum scheduler_verdict v)
{
	switch (v) {
	case SCHEDULER_UNCERTAIN:
		return command_job_move(&j->base, ops, s, c,
					command_job_unanswered(&j->base, c, COMMAND_UNANSWERED),
					GH_LIT("no answer"));
	case SCHEDULER_GIVE_UP:
		c->result = GH_LIT("no answer");
		return command_job_move(&j->base, ops, s, c,
					c->state == COMMAND_SENT ? COMMAND_GIVE_UP
								 : COMMAND_DEADLINE,
					GH_LIT("offered too often without an answer"));
	case SCHEDULER_EXPIRE:
		return command_job_move(&j->base, ops, s, c, COMMAND_DEADLINE,
					GH_LIT("past its time"));
	default:
		c->tries++;
		c->result = (gh_slice){ 0 };
		c->sent_ms = j->base.now_ms;
		return command_job_move(&j->base, ops, s, c, COMMAND_OFFERED, (gh_slice){ 0 });
	}
}

/* What is known of a count of events is in memory, so it is examined without a look for what waits. */
static enum gh_err offer_events_examine(struct offer_job *j, const struct store_ops *ops,
					struct store *s)
{
	struct command_choice_guard *g = &j->choice.guard[GUARD_EVENTS];
	struct store_log_count log;
	bool far;

	g->examined = true;
	return command_guard_examine(j->base.server, ops, s, j->base.device, GUARD_EVENTS,
				     j->base.now_ms, &log, &far, g->why);
}

/* *any: one was examined, so choose again. */
static enum gh_err offer_guards_examine(struct offer_job *j, const struct store_ops *ops,
					struct store *s, bool *any)
{
	struct store_log_count log = j->log;
	enum gh_err err = GH_OK;
	bool far;

	*any = j->log_far = false;
	for (enum command_guard_id id = 0; id < GUARDS && err == GH_OK; id++) {
		struct command_choice_guard *g = &j->choice.guard[id];

		if (!g->found || g->examined)
			continue;
		*any = g->examined = true;
		err = command_guard_examine(j->base.server, ops, s, j->base.device, id,
					    j->base.now_ms, &log, &far, g->why);
		j->log_far |= far;
	}
	if (err == GH_OK && !j->log_far)
		j->log_new = log;
	return err;
}

/* A command that waits shows why. */
static enum gh_err offer_held_note(struct offer_job *j, const struct store_ops *ops,
				   struct store *s)
{
	enum gh_err err = GH_OK;

	for (struct command_item *at = j->choice.held.first; at && err == GH_OK;
	     at = at->next) {
		struct command *c = &at->command;

		c->result = gh_slice_of(
			j->choice.guard[command_guard_of(c->kind, c->arguments)].why);
		err = ops->command_put(s, c, j->base.now_ms, c->result);
	}
	return err;
}

static bool offer_counts_first(const struct offer_job *j)
{
	return j->log_far && !j->log_counted;
}

/* --- whose place an order takes --- */

struct replaced {
	struct command_list list;
	const struct command *by;
};

/* The unit gets another hold, or a closing: the end of an earlier hold of that door is over. It gets an
 * opening: so are the closings that wait. */
static bool order_replaces(const struct command *newer, const struct command *older)
{
	if (older->id >= newer->id)
		return false;
	if (older->kind == COMMAND_KIND_END_HOLD)
		return newer->kind == COMMAND_KIND_HOLD_DOOR_OPEN ||
		       newer->kind == COMMAND_KIND_CLOSE_DOOR;
	return command_opens_door(newer->kind) && command_closes_door(older->kind);
}

static bool replaced_gather(void *ctx, size_t of, const struct command *c)
{
	struct replaced *r = ctx;

	(void)of;
	return !order_replaces(r->by, c) || command_list_add(&r->list, c);
}

static enum gh_err offer_replace(struct offer_job *j, const struct store_ops *ops,
				 struct store *s, const struct command *c)
{
	char room[COMMAND_SUBJECT_MAX];
	struct command_about about = { c->device,
				       command_subject(c->kind, c->arguments, room) };
	struct replaced replaced = { .by = c };
	enum gh_err err;

	if (!command_opens_door(c->kind) && c->kind != COMMAND_KIND_CLOSE_DOOR)
		return GH_OK;
	command_list_init(&replaced.list);
	err = ops->commands_about(s, &about, 1, replaced_gather, &replaced);
	if (err == GH_OK)
		err = replaced.list.err;
	for (struct command_item *at = replaced.list.first; at && err == GH_OK; at = at->next) {
		at->command.result = GH_LIT("a newer command took its place");
		err = command_job_move(&j->base, ops, s, &at->command, COMMAND_CANCEL,
				       at->command.result);
	}
	command_list_clear(&replaced.list);
	return err;
}

static enum gh_err offer_run(struct store_job *job, const struct store_ops *ops,
			     struct store *s)
{
	struct offer_job *j = (struct offer_job *)job;
	size_t most = device_batch_bytes(j->base.server, j->base.device);
	struct command_item **link;
	size_t i = 0, sent = 0, bytes = 0;
	bool again = false;

	command_job_begin(&j->base);
	memset(j->choice.guard, 0, sizeof(j->choice.guard));
	j->log_new = (struct store_log_count){ 0 };
	enum gh_err err = offer_events_examine(j, ops, s);
	if (err == GH_OK)
		err = command_choose(&j->choice, ops, s, j->base.now_ms);
	if (err == GH_OK)
		err = offer_guards_examine(j, ops, s, &again);
	if (err == GH_OK && offer_counts_first(j))
		return GH_OK;
	if (err == GH_OK && again)
		err = command_choose(&j->choice, ops, s, j->base.now_ms);
	if (err == GH_OK && command_choice_has_lanes(&j->choice))
		err = command_choice_join(&j->choice);
	if (err == GH_OK)
		err = offer_held_note(j, ops, s);
	/* Only commands that are sent stay in the list. */
	for (link = &j->choice.picked.first; *link && err == GH_OK; i++) {
		struct command_item *at = *link;
		bool send = j->choice.verdict[i] == SCHEDULER_SEND;

		/* What the query brings is needed to complete it. */
		if (send && !device_is_terminal(j->base.device) &&
		    command_person_queried(&j->choice.picked, at)) {
			*link = NULL;
			break;
		}
		if (send && !device_is_terminal(j->base.device))
			err = command_person_merge(ops, s, &j->choice.picked,
						   &j->choice.deferred, at);
		if (err)
			break;
		bytes += send ? command_choice_room(&j->choice, &at->command) : 0;
		/* A completed record may be longer than the original; the remaining commands
		 * wait. */
		if (send && sent && bytes > most) {
			*link = NULL;
			break;
		}
		err = offer_one(j, ops, s, &at->command, j->choice.verdict[i]);
		if (send && err == GH_OK)
			err = offer_replace(j, ops, s, &at->command);
		if (send) {
			link = &at->next;
			sent++;
		} else {
			*link = at->next;
		}
	}
	j->choice.picked.n = sent;
	j->choice.picked.last = link;
	/* A lack of memory for the offer is no fault of the database. */
	return err == GH_ENOMEM && j->choice.picked.arena.failed ? GH_EBUSY : err;
}

static bool offer_is_held(const struct offer_job *j)
{
	for (enum command_guard_id id = 0; id < GUARDS; id++)
		if (j->choice.guard[id].found && j->choice.guard[id].why[0])
			return true;
	return false;
}

static void offer_log_keep(struct device *d, const struct store_log_count *log)
{
	pthread_mutex_lock(&d->lock);
	d->log_count = *log;
	pthread_mutex_unlock(&d->lock);
}

/* Where other commands were in the way it is not known whether one waits. */
static void offer_guards_note(struct offer_job *j)
{
	const struct command_choice_guard *g = &j->choice.guard[GUARD_PUNCHES];

	if (g->found || j->choice.picked.n == 0)
		device_erasure_waits(j->base.server, j->base.device, g->found && g->why[0]);
}

/* When what was sent is offered again; another lane may wait for an earlier one. */
static int64_t offer_retry_ms(const struct offer_job *j)
{
	int64_t sent = j->base.now_ms + j->base.server->settings->command_retry_ms;

	return command_choice_has_lanes(&j->choice) && j->choice.plan.again_ms < sent
		       ? j->choice.plan.again_ms
		       : sent;
}

static void offer_end(struct offer_job *j, enum gh_err err)
{
	if (err)
		command_list_clear(&j->choice.picked);
	j->done(j->base.ctx, err, &j->choice.picked);
	command_choice_clear(&j->choice);
	device_unref(j->base.device);
	free(j);
}

/* --- the count of a long log --- */

static void offer_count_run(struct read_job *job, struct store_reader *r, enum gh_err err)
{
	struct offer_job *j =
		(struct offer_job *)((char *)job - offsetof(struct offer_job, counting));
	const struct store_ops *ops = j->base.server->db.ops;
	struct store_log_count log;

	if (r == NULL || err || ops->log_count(r, j->base.device->id, &log))
		return;
	j->log = log;
	offer_log_keep(j->base.device, &log);
}

/* Where it could not be counted the commands wait for the next poll. */
static void offer_again(struct offer_job *j)
{
	j->log_counted = true;
	j->base.now_ms = server_steady_ms(j->base.server);
	enum gh_err err = store_put(j->base.server->queue, &j->base.job);

	if (err)
		offer_end(j, err);
}

static void offer_count_done(struct read_job *job)
{
	offer_again((struct offer_job *)((char *)job - offsetof(struct offer_job, counting)));
}

/* After the commit. An erasure of events that waits needs a count, and one that is given has used it. */
static void offer_erasure_note(struct offer_job *j)
{
	const struct command_choice_guard *g = &j->choice.guard[GUARD_EVENTS];

	if (g->found && g->why[0])
		unit_erasure_waits(j->base.server, j->base.device);
	for (struct command_item *at = j->choice.picked.first; at; at = at->next)
		if (at->command.kind == COMMAND_KIND_DELETE_EVENTS)
			unit_erasure_given(j->base.device);
}

static void offer_done(struct store_job *job, enum gh_err err)
{
	struct offer_job *j = (struct offer_job *)job;
	struct device *d = j->base.device;

	command_job_end(&j->base, err);
	atomic_store(&d->offer_urgent, false);
	if (err == GH_OK && offer_counts_first(j)) {
		command_choice_clear(&j->choice);
		if (readers_put(j->base.server->readers, READERS_LIST, &j->counting))
			offer_again(j);
		return;
	}
	if (err == GH_OK) {
		int64_t again = j->choice.plan.again_ms;

		/* Sent commands wait for their answers, and commands that did not fit wait with
		 * them. */
		if (j->choice.more)
			again = 0;
		else if (j->choice.picked.n)
			again = offer_retry_ms(j);
		/* What a guard holds is looked at with each poll. */
		else if (offer_is_held(j))
			again = 0;
		for (struct command_item *at = j->choice.picked.first; at; at = at->next)
			command_confirm_expect(j->base.server, d, &at->command, j->base.now_ms);
		offer_erasure_note(j);
		offer_guards_note(j);
		atomic_store_explicit(&d->offer_set_ms, j->base.now_ms, memory_order_relaxed);
		command_offer_at(d, again);
		if (j->log_new.upto)
			offer_log_keep(d, &j->log_new);
	}
	offer_end(j, err);
}

enum gh_err command_offer(struct server *server, struct device *d, command_offer_fn *done,
			  void *ctx)
{
	struct offer_job *j = calloc(1, sizeof(*j));

	if (j == NULL)
		return GH_ENOMEM;
	j->base = (struct command_job){
		.job = { .run = offer_run, .done = offer_done },
		.server = server,
		.device = device_ref(d),
		.now_ms = server_steady_ms(server),
		.ctx = ctx,
	};
	j->done = done;
	j->counting = (struct read_job){ .run = offer_count_run, .done = offer_count_done };
	pthread_mutex_lock(&d->lock);
	j->log = d->log_count;
	pthread_mutex_unlock(&d->lock);
	command_choice_init(&j->choice, server, d);
	enum gh_err err = store_put(server->queue, &j->base.job);
	if (err) {
		device_unref(d);
		free(j);
	}
	return err;
}

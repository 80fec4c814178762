/* What an order takes the place of in the queue, and the opening that it joins. */
#include "core/command_queue_job.h"
#include "model/command_subject.h"

#define DOOR_SECONDS 5 /* a door is opened for so long, where no time is given */

/* What a door is opened for; a door that is not named is the first one, and both are of the same. */
static bool opening_is_same(const struct command *a, const struct command *b)
{
	int64_t of_a = DOOR_SECONDS, of_b = DOOR_SECONDS;

	if (a->kind != b->kind)
		return false;
	if (a->kind != COMMAND_KIND_OPEN_DOOR)
		return gh_slice_eq(a->arguments, b->arguments);
	(void)command_argument_number(a->arguments, ARGUMENT_seconds, &of_a);
	(void)command_argument_number(b->arguments, ARGUMENT_seconds, &of_b);
	return of_a == of_b;
}

/* One order to open a door waits at most: a second, equal one is that order. */
static bool queue_joins(struct command_order *o, const struct command *c, int64_t now_ms)
{
	if (!command_opens_door(o->stored.kind) || !command_opens_door(c->kind) ||
	    c->expires_ms <= now_ms)
		return false;
	if (!opening_is_same(&o->stored, c)) {
		o->err = GH_EEXISTS;
		return true;
	}
	o->joined = true;
	o->stored.id = c->id;
	o->stored.created_ms = c->created_ms;
	o->stored.expires_ms = c->expires_ms;
	return true;
}

/* What closes a door, or ends a hold, stays until what takes its place was given to the unit
 * (command_offer.c): an order that is never fetched must not leave the door open. */
static bool queue_leaves(const struct command *newer, const struct command *c)
{
	return c->kind == COMMAND_KIND_END_HOLD ||
	       (command_opens_door(newer->kind) && command_closes_door(c->kind));
}

/* Up to the first command that is not superseded: commands that wait before it may be needed by
 * it. */
static bool queue_gather(void *ctx, size_t of, const struct command *c)
{
	struct queue_job *j = ctx;
	struct command_order *o = &j->orders[j->part + of];
	const struct command *newer = &o->stored;

	if (queue_joins(o, c, j->base.now_ms))
		return false;
	if (queue_leaves(newer, c))
		return true;
	if (!command_supersedes(newer->kind, newer->arguments, c->kind, c->arguments) ||
	    !command_list_add(&j->replaced, c))
		return false;
	o->replaced++;
	return true;
}

/* Whether the order that would supersede it was refused, or is one that waits already. */
static bool queue_stays(const struct queue_job *j, size_t n, const struct command *c)
{
	char room[COMMAND_SUBJECT_MAX];
	gh_slice subject = command_subject(c->kind, c->arguments, room);

	for (size_t i = 0; i < n; i++) {
		const struct command_order *o = &j->orders[j->part + i];

		if (j->about[i].device == c->device && subject.n &&
		    gh_slice_eq(j->about[i].subject, subject))
			return o->err || o->joined;
	}
	return false;
}

/* Cancel the waiting commands that those of the part supersede. */
enum gh_err command_queue_replace(struct queue_job *j, const struct store_ops *ops,
				  struct store *s, size_t n)
{
	enum gh_err err;

	command_list_init(&j->replaced);
	err = ops->commands_about(s, j->about, n, queue_gather, j);
	if (err == GH_OK)
		err = j->replaced.err;
	for (struct command_item *at = j->replaced.first; at && err == GH_OK; at = at->next) {
		if (queue_stays(j, n, &at->command))
			continue;
		at->command.result = GH_LIT("a newer command took its place");
		err = command_job_move(&j->base, ops, s, &at->command, COMMAND_CANCEL,
				       at->command.result);
	}
	/* Each order has its own. */
	j->base.ended = 0;
	command_list_clear(&j->replaced);
	return err;
}

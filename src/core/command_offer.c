/* The commands in the reply to a poll. */
#include <stdlib.h>

#include "core/access/unit_erasure.h"
#include "core/command_confirm.h"
#include "core/command_guard.h"
#include "core/command_job.h"
#include "core/command_words.h"
#include "core/readers.h"
#include "core/scheduler.h"
#include "core/server_clock.h"
#include "model/command_subject.h"

#define LINE_EXTRA 24 /* "C:", up to 20 digits, ':' and LF */

struct offer_job {
	struct command_job base;
	command_offer_fn *done;
	struct scheduler plan;
	struct command_list picked;
	uint8_t *verdict; /* enum scheduler_verdict of each picked one */
	size_t room;
	struct offer_guard {
		bool found; /* a command that it guards waits */
		bool examined;
		char why[COMMAND_GUARD_WHY]; /* it goes on waiting; empty: it may go */
	} guard[GUARDS];
	/* A long log is counted by a reader; then the commands are chosen again. */
	struct read_job counting;
	struct store_log_count log, log_new; /* as committed; with this transaction */
	bool log_counted;		     /* a reader has, or cannot */
	bool log_far;			     /* it has to */
	struct command_list openings;	     /* that wait, of doors */
	struct command_list held; /* those that wait for another reason than the one stored */
	struct command_list deferred; /* about people; their results are still to come */
	bool more;		      /* what a lane offers is not in this reply */
	bool data_waits; /* all data are to be erased: nothing new is written before */
};

static void offer_clear(struct offer_job *j)
{
	command_list_clear(&j->picked);
	command_list_clear(&j->openings);
	command_list_clear(&j->held);
	command_list_clear(&j->deferred);
	free(j->verdict);
	j->verdict = NULL;
	j->room = 0;
}

static size_t offer_room(const struct offer_job *j, const struct command *c)
{
	return command_words_of(device_dialect(j->base.device))->room(c->arguments) +
	       LINE_EXTRA;
}

/* Whether the command waits, or its guard is to be examined first. Where all data are to be erased, what
 * is to be on the device afterwards waits behind. */
static bool offer_waits(struct offer_job *j, const struct command *c)
{
	enum command_guard_id id = command_guard_of(c->kind);
	struct offer_guard *g = &j->guard[id < GUARDS ? id : 0];

	if (j->data_waits && command_kind_row(c->kind)->nature == COMMAND_NATURE_STATE &&
	    c->kind != COMMAND_KIND_CHECK)
		return true;
	if (id == GUARDS || c->state != COMMAND_QUEUED || device_is_terminal(j->base.device) ||
	    c->expires_ms <= j->base.now_ms)
		return false;
	/* A count of events is good for the next request: it is made when nothing else is in the way. */
	if (id == GUARD_EVENTS && !scheduler_has_room(&j->plan, c, offer_room(j, c)))
		return false;
	g->found = true;
	if (g->examined && g->why[0] == 0)
		return false;
	j->data_waits |= c->kind == COMMAND_KIND_CLEAR_DATA;
	if (g->examined && !gh_slice_eq(c->result, gh_slice_of(g->why)))
		(void)command_list_add(&j->held, c);
	return true;
}

/* --- what closes a door, and what opens it later --- */

static bool opening_gather(void *ctx, const struct command *c)
{
	struct offer_job *j = ctx;

	if (c->state != COMMAND_QUEUED || !command_opens_door(c->kind) ||
	    c->expires_ms <= j->base.now_ms)
		return true;
	return command_list_add(&j->openings, c);
}

static bool subject_is_same(const struct command *a, const struct command *b)
{
	char room_a[COMMAND_SUBJECT_MAX], room_b[COMMAND_SUBJECT_MAX];
	gh_slice of_a = command_subject(a->kind, a->arguments, room_a);

	return of_a.n && gh_slice_eq(of_a, command_subject(b->kind, b->arguments, room_b));
}

/* A closing that waits is not given before the opening that was requested later, which takes its place when
 * it is given. An end of a hold waits for its own moment. */
static bool closing_waits(const struct offer_job *j, const struct command *c)
{
	if (j->openings.n == 0 || c->state != COMMAND_QUEUED || !command_closes_door(c->kind) ||
	    c->kind == COMMAND_KIND_END_HOLD)
		return false;
	for (const struct command_item *at = j->openings.first; at; at = at->next)
		if (at->command.id > c->id && subject_is_same(&at->command, c))
			return true;
	return false;
}

static bool offer_pick(void *ctx, const struct command *c)
{
	struct offer_job *j = ctx;

	if (closing_waits(j, c))
		return true;
	if (offer_waits(j, c))
		return j->held.err == GH_OK;
	enum scheduler_verdict v = scheduler_next(&j->plan, c, offer_room(j, c));

	if (v == SCHEDULER_STOP)
		return false;
	/* The device may have carried it out already: later updates carry what it changes. */
	if (v == SCHEDULER_PASS &&
	    (c->kind == COMMAND_KIND_UPDATE_PERSON || c->kind == COMMAND_KIND_DELETE_PERSON))
		return command_list_add(&j->deferred, c);
	if (v == SCHEDULER_PASS)
		return true;
	if (j->picked.n == j->room) {
		size_t room = j->room ? j->room * 2 : 16;
		uint8_t *grown = realloc(j->verdict, room);

		if (grown == NULL) {
			j->picked.err = GH_ENOMEM;
			return false;
		}
		j->verdict = grown;
		j->room = room;
	}
	j->verdict[j->picked.n] = (uint8_t)v;
	return command_list_add(&j->picked, c);
}

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

/* --- lanes --- */

static bool offer_has_lanes(const struct offer_job *j)
{
	return device_dialect(j->base.device) == DEVICE_ACCESS &&
	       !device_is_terminal(j->base.device);
}

/* Some units drop the second command of a reply: one, unless a person set more. */
static size_t offer_batch(const struct offer_job *j)
{
	int64_t own = device_batch_commands(j->base.device);
	size_t batch = j->base.server->settings->batch_commands;

	if (!offer_has_lanes(j))
		return batch;
	return own > 0 && (size_t)own < batch ? (size_t)own : 1;
}

/* The number of an item's lane, before all of them where it is not sent. */
static size_t offer_place(const struct offer_job *j, size_t i, const struct command *c)
{
	return j->verdict[i] == SCHEDULER_SEND ? 1 + (size_t)ghi_access_lane(c->kind) : 0;
}

/* Of what each lane offers, as many as a reply takes, the first lane first. GH_ENOMEM. */
static enum gh_err offer_lanes_join(struct offer_job *j)
{
	struct command_item **link = &j->picked.first, *next;
	struct joined {
		struct command_item *item;
		uint8_t verdict;
	} *joined = calloc(j->picked.n + 1, sizeof(*joined));
	size_t n = 0, sent = 0, batch = offer_batch(j);

	if (joined == NULL)
		return GH_ENOMEM;
	for (size_t place = 0; place <= GHI_LANES; place++) {
		size_t i = 0;

		for (struct command_item *at = j->picked.first; at; at = at->next, i++) {
			if (offer_place(j, i, &at->command) != place)
				continue;
			if (place && sent == batch) {
				j->more = true;
				continue;
			}
			sent += place > 0;
			joined[n++] = (struct joined){ at, j->verdict[i] };
		}
	}
	j->picked.n = n;
	for (size_t i = 0; i < n; i++) {
		next = joined[i].item;
		j->verdict[i] = joined[i].verdict;
		*link = next;
		link = &next->next;
	}
	*link = NULL;
	j->picked.last = link;
	free(joined);
	return GH_OK;
}

/* Choose among the open commands. */
static enum gh_err offer_choose(struct offer_job *j, const struct store_ops *ops,
				struct store *s)
{
	const struct server_settings *settings = j->base.server->settings;

	offer_clear(j);
	j->picked.arena.share = j->held.arena.share = j->deferred.arena.share =
		j->openings.arena.share = &j->base.server->share;
	j->data_waits = j->more = false;
	j->plan = scheduler_at(
		j->base.now_ms,
		(struct scheduler_limits){ .commands = offer_batch(j),
					   .bytes = settings->batch_bytes,
					   .tries = settings->command_tries,
					   .retry_ms = settings->command_retry_ms,
					   .checks = device_is_terminal(j->base.device),
					   .lanes = offer_has_lanes(j) });
	enum gh_err err = GH_OK;

	if (offer_has_lanes(j))
		err = ops->commands_open(s, j->base.device->id, opening_gather, j);
	if (err == GH_OK)
		err = j->openings.err;
	if (err == GH_OK)
		err = ops->commands_open(s, j->base.device->id, offer_pick, j);
	if (err == GH_OK)
		err = j->picked.err ? j->picked.err : j->deferred.err;
	return err ? err : j->held.err;
}

/* What is known of a count of events is in memory, so it is examined without a look for what waits. */
static enum gh_err offer_events_examine(struct offer_job *j, const struct store_ops *ops,
					struct store *s)
{
	struct offer_guard *g = &j->guard[GUARD_EVENTS];
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
		struct offer_guard *g = &j->guard[id];

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

	for (struct command_item *at = j->held.first; at && err == GH_OK; at = at->next) {
		struct command *c = &at->command;

		c->result = gh_slice_of(j->guard[command_guard_of(c->kind)].why);
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
	const struct server_settings *settings = j->base.server->settings;
	struct command_item **link;
	size_t i = 0, sent = 0, bytes = 0;
	bool again = false;

	command_job_begin(&j->base);
	memset(j->guard, 0, sizeof(j->guard));
	j->log_new = (struct store_log_count){ 0 };
	enum gh_err err = offer_events_examine(j, ops, s);
	if (err == GH_OK)
		err = offer_choose(j, ops, s);
	if (err == GH_OK)
		err = offer_guards_examine(j, ops, s, &again);
	if (err == GH_OK && offer_counts_first(j))
		return GH_OK;
	if (err == GH_OK && again)
		err = offer_choose(j, ops, s);
	if (err == GH_OK && offer_has_lanes(j))
		err = offer_lanes_join(j);
	if (err == GH_OK)
		err = offer_held_note(j, ops, s);
	/* Only commands that are sent stay in the list. */
	for (link = &j->picked.first; *link && err == GH_OK; i++) {
		struct command_item *at = *link;
		bool send = j->verdict[i] == SCHEDULER_SEND;

		/* What the query brings is needed to complete it. */
		if (send && !device_is_terminal(j->base.device) &&
		    command_person_queried(&j->picked, at)) {
			*link = NULL;
			break;
		}
		if (send && !device_is_terminal(j->base.device))
			err = command_person_merge(ops, s, &j->picked, &j->deferred, at);
		if (err)
			break;
		bytes += send ? offer_room(j, &at->command) : 0;
		/* A completed record may be longer than the original; the remaining commands
		 * wait. */
		if (send && sent && bytes > settings->batch_bytes) {
			*link = NULL;
			break;
		}
		err = offer_one(j, ops, s, &at->command, j->verdict[i]);
		if (send && err == GH_OK)
			err = offer_replace(j, ops, s, &at->command);
		if (send) {
			link = &at->next;
			sent++;
		} else {
			*link = at->next;
		}
	}
	j->picked.n = sent;
	j->picked.last = link;
	/* A lack of memory for the offer is no fault of the database. */
	return err == GH_ENOMEM && j->picked.arena.failed ? GH_EBUSY : err;
}

static bool offer_is_held(const struct offer_job *j)
{
	for (enum command_guard_id id = 0; id < GUARDS; id++)
		if (j->guard[id].found && j->guard[id].why[0])
			return true;
	return false;
}

static void offer_log_keep(struct device *d, const struct store_log_count *log)
{
	pthread_mutex_lock(&d->lock);
	d->log_count = *log;
	pthread_mutex_unlock(&d->lock);
}

/* When what was sent is offered again; another lane may wait for an earlier one. */
static int64_t offer_retry_ms(const struct offer_job *j)
{
	int64_t sent = j->base.now_ms + j->base.server->settings->command_retry_ms;

	return offer_has_lanes(j) && j->plan.again_ms < sent ? j->plan.again_ms : sent;
}

static void offer_end(struct offer_job *j, enum gh_err err)
{
	if (err)
		command_list_clear(&j->picked);
	j->done(j->base.ctx, err, &j->picked);
	offer_clear(j);
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
	const struct offer_guard *g = &j->guard[GUARD_EVENTS];

	if (g->found && g->why[0])
		unit_erasure_waits(j->base.server, j->base.device);
	for (struct command_item *at = j->picked.first; at; at = at->next)
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
		offer_clear(j);
		if (readers_put(j->base.server->readers, READERS_LIST, &j->counting))
			offer_again(j);
		return;
	}
	if (err == GH_OK) {
		int64_t again = j->plan.again_ms;

		/* Sent commands wait for their answers, and commands that did not fit wait with
		 * them. */
		if (j->more)
			again = 0;
		else if (j->picked.n)
			again = offer_retry_ms(j);
		/* What a guard holds is looked at with each poll. */
		else if (offer_is_held(j))
			again = 0;
		for (struct command_item *at = j->picked.first; at; at = at->next)
			command_confirm_expect(j->base.server, d, &at->command, j->base.now_ms);
		offer_erasure_note(j);
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
	command_list_init(&j->picked);
	command_list_init(&j->held);
	command_list_init(&j->openings);
	enum gh_err err = store_put(server->queue, &j->base.job);
	if (err) {
		device_unref(d);
		free(j);
	}
	return err;
}

/* Answers of devices to their commands. */
#include <stdlib.h>

#include "base/number.h"
#include "core/access/account.h"
#include "core/access/planner.h"
#include "core/access/query_mirror.h"
#include "core/access/subs.h"
#include "core/access/unit_answer.h"
#include "core/access/unit_counts.h"
#include "core/access/unit_erasure.h"
#include "core/command_enrolled.h"
#include "core/command_guard.h"
#include "core/command_job.h"
#include "core/command_words.h"
#include "core/comparisons.h"
#include "core/live.h"
#include "core/metrics.h"
#include "core/server_clock.h"
#include "wire/push/answer.h"

#define RETURN_LATER (-5000) /* "accepted, the result comes later" */

struct answers_job {
	struct command_job base;
	core_done_fn *done;
	const struct command_answer *answer;
	size_t n;
	struct arena arena;
	gh_slice own_parameters; /* what an access unit registered */
	int64_t punches;	 /* that it reports to have; negative: it did not */
	struct unit_answer unit; /* of one */
	bool clock_set;		 /* it acknowledged that it set its clock */
	int64_t accounted_ms; /* it sent its stored events, by an order that was made then; 0: it did not */
	/* Sub-controllers whose commands were answered through this device: room for one of each answer. */
	struct answered_sub {
		struct device *device; /* referenced */
		bool ended;	       /* the command did */
		size_t queued;	       /* others took its place */
	} * sub;
	size_t subs;
};

static bool answered_gather(void *ctx, const struct command *c)
{
	return command_list_add(ctx, c);
}

static enum gh_err answered_find(const struct store_ops *ops, struct store *s, int64_t id,
				 struct command_list *l)
{
	enum gh_err err = id ? ops->command_find(s, id, answered_gather, l) : GH_ENOTFOUND;

	return err ? err : l->err;
}

static enum command_input answer_input(const struct answers_job *j, const struct command *c,
				       int64_t code)
{
	const struct command_words *of = command_words_of(device_dialect(j->base.device));

	/* That of a screen is printed without the sign (Security PUSH 3.1.2, 9.5.3). */
	if (code == RETURN_LATER ||
	    (code == -RETURN_LATER && c->kind == COMMAND_KIND_SET_SCREEN))
		return COMMAND_LATER;
	return of->success(c->kind, code) ? COMMAND_SUCCESS : COMMAND_REFUSAL;
}

/* A unit that reported a failure first, and success once it had tried again (Security PUSH 3.1.2, 7.4). */
static bool answer_is_late_success(const struct answers_job *j, const struct command *c,
				   int64_t code)
{
	return device_dialect(j->base.device) == DEVICE_ACCESS && c->state == COMMAND_FAILED &&
	       answer_input(j, c, code) == COMMAND_SUCCESS;
}

/* Whose command it is: the device's own, or that of one of its sub-controllers. NULL: of another device. */
static struct device *answered_device(struct answers_job *j, const struct command *c)
{
	struct device *d = j->base.device;

	return c->device == d->id ? device_ref(d)
				  : device_sub_find(j->base.server->devices, d, c->serial);
}

/* What a unit holds is known by what it registered. */
static gh_slice answered_parameters(struct answers_job *j, struct device *d)
{
	struct device_row row;

	if (d == j->base.device)
		return j->own_parameters;
	device_row(d, &j->arena, &row);
	return row.access.parameters;
}

/* What INFO reports (PUSH SDK 2013, 3.2.4-4). */
static int64_t answer_punches(gh_slice result)
{
	gh_slice text;
	uint64_t n;

	if (!ghi_answer_value(result, GH_LIT("TransactionCount"), &text) ||
	    ghi_number_parse(text, INT32_MAX, &n))
		return -1;
	return (int64_t)n;
}

/* Move the command, and what it brings about. */
static enum gh_err answered_move(struct answers_job *j, const struct store_ops *ops,
				 struct store *s, const struct command_answer *a,
				 struct command *c, struct device *of)
{
	bool bare = command_is_bare(c);
	enum gh_err err = command_job_move(&j->base, ops, s, c,
					   answer_input(j, c, a->return_code), (gh_slice){ 0 });

	command_verdict_set(a->verdict, c);
	if (err == GH_OK && device_dialect(j->base.device) == DEVICE_ACCESS) {
		j->unit.parameters = answered_parameters(j, of);
		j->unit.bare = bare;
		err = unit_answered(ops, s, &j->unit, c);
	}
	/* What follows is looked for in states and events, which have the main controller's time. */
	if (err == GH_OK && c->state == COMMAND_ACKNOWLEDGED && !a->elsewhere &&
	    c->kind == COMMAND_KIND_SET_CLOCK && of == j->base.device)
		j->clock_set = true;
	if (err == GH_OK && c->state == COMMAND_ACKNOWLEDGED && !a->elsewhere &&
	    (c->kind == COMMAND_KIND_ACCOUNT || c->kind == COMMAND_KIND_ACCOUNT_PACKAGE) &&
	    of == j->base.device && gh_slice_eq(c->requested_by, COMMAND_BY_SERVER))
		j->accounted_ms = c->created_ms;
	if (err == GH_OK && c->state == COMMAND_ACKNOWLEDGED && c->kind == COMMAND_KIND_INFO &&
	    of == j->base.device)
		j->punches = answer_punches(a->result);
	if (err == GH_OK)
		err = command_person_settle(ops, s, c, j->base.now_ms);
	if (err == GH_OK)
		err = command_credential_settle(ops, s, c, j->base.now_ms);
	if (err == GH_OK && c->state == COMMAND_ACKNOWLEDGED &&
	    command_guard_of(c->kind, c->arguments) == GUARD_PUNCHES &&
	    !device_is_terminal(j->base.device))
		err = ops->device_erased(s, c->device);
	return err == GH_ESTATE ? GH_OK : err;
}

/* That a command of a sub-controller ended is counted after the commit, as of the device itself. */
static enum gh_err answered_sub_move(struct answers_job *j, const struct store_ops *ops,
				     struct store *s, const struct command_answer *a,
				     struct command *c, struct device *of)
{
	size_t ended = j->base.ended, queued = j->unit.queued;
	enum gh_err err = answered_move(j, ops, s, a, c, of);

	j->sub[j->subs++] = (struct answered_sub){ device_ref(of), j->base.ended > ended,
						   j->unit.queued - queued };
	j->base.ended = ended;
	j->unit.queued = queued;
	return err;
}

/* As much of an answer as is kept. */
static gh_slice answer_kept(const struct command *c, gh_slice result)
{
	size_t most = c->kind == COMMAND_KIND_GET_FILE ? SIZE_MAX
		      : c->kind == COMMAND_KIND_SHELL  ? COMMAND_OUTPUT_KEPT
						       : COMMAND_ANSWER_KEPT;

	if (result.n > most)
		result.n = most;
	return result;
}

/* What an order brought, or the door itself showed, ended it before its answer came: that is kept with it. */
static enum gh_err answer_add(struct answers_job *j, const struct store_ops *ops,
			      struct store *s, const struct command_answer *a,
			      struct command *c)
{
	gh_slice kept = answer_kept(c, a->result);
	size_t room = c->result.n + kept.n + 2;
	uint8_t *text = ghi_arena_alloc(&j->arena, room);
	struct ghi_writer w = ghi_writer_on(text, text ? room : 0);

	if (text == NULL)
		return GH_ENOMEM;
	if (command_has_brought(c->result)) {
		ghi_put(&w, c->result);
		ghi_put(&w, GH_LIT("; "));
	}
	ghi_put(&w, kept);
	c->result = ghi_written(&w);
	return ops->command_put(s, c, j->base.now_ms, GH_LIT("its answer came"));
}

static enum gh_err answer_take(struct answers_job *j, const struct store_ops *ops,
			       struct store *s, const struct command_answer *a,
			       struct command *c, struct device *of)
{
	/* An ended command keeps its answer: a device repeats a result when it did not receive
	 * the acknowledgement. "Later" is not an answer yet. */
	if (c->has_return && c->return_code != RETURN_LATER && !command_is_open(c->state) &&
	    !answer_is_late_success(j, c, a->return_code))
		return GH_OK;
	/* "Later" once more changes nothing; a row of history for each would have no bound. */
	if (c->state == COMMAND_DEFERRED && a->return_code == RETURN_LATER)
		return GH_OK;
	bool ended = c->state == COMMAND_ACKNOWLEDGED && !c->has_return;

	c->has_return = true;
	c->return_code = a->return_code;
	if (a->sub_serial.n)
		c->sub_serial = a->sub_serial;
	if (ended)
		return a->return_code == RETURN_LATER ? GH_OK : answer_add(j, ops, s, a, c);
	c->result = answer_kept(c, a->result);
	return of == j->base.device ? answered_move(j, ops, s, a, c, of)
				    : answered_sub_move(j, ops, s, a, c, of);
}

static enum gh_err answer_one(struct answers_job *j, const struct store_ops *ops,
			      struct store *s, const struct command_answer *a,
			      struct command_list *l)
{
	enum gh_err err = answered_find(ops, s, a->id, l);
	struct device *of = err ? NULL : answered_device(j, &l->first->command);

	if (err && err != GH_ENOTFOUND)
		return err;
	err = GH_OK;
	/* What was never given out cannot have been carried out. */
	if (of == NULL || l->first->command.sent_ms == 0)
		j->base.unknown++;
	else
		err = answer_take(j, ops, s, a, &l->first->command, of);
	device_unref(of);
	return err;
}

static void answered_subs_drop(struct answers_job *j)
{
	while (j->subs)
		device_unref(j->sub[--j->subs].device);
}

static void commands_publish(struct answers_job *j, struct device *d, size_t queued)
{
	metric_add(&j->base.server->metrics->commands_queued, queued);
	atomic_fetch_add(&d->commands, (uint32_t)queued);
}

/* What a unit counted may let its log be erased. */
static void answers_counted(struct answers_job *j)
{
	struct server *server = j->base.server;

	for (size_t i = 0; i < j->n; i++) {
		const struct command_answer *a = &j->answer[i];

		if (a->return_code == RETURN_LATER)
			continue;
		unit_erasure_returned(server, j->base.device, a->id, a->return_code);
		for (size_t k = 0; k < j->subs; k++)
			unit_erasure_returned(server, j->sub[k].device, a->id, a->return_code);
	}
}

/* After the commit, as command_job_end() does of the device itself. */
static void answered_subs_publish(struct answers_job *j)
{
	for (size_t i = 0; i < j->subs; i++) {
		struct device *d = j->sub[i].device;

		if (j->sub[i].ended)
			atomic_fetch_sub(&d->commands, 1);
		commands_publish(j, d, j->sub[i].queued);
		command_offer_at(d, device_commands(d) ? 0 : DEVICE_NO_OFFER);
		planner_orders_ended(j->base.server->planner, d);
	}
}

static enum gh_err answers_run(struct store_job *job, const struct store_ops *ops,
			       struct store *s)
{
	struct answers_job *j = (struct answers_job *)job;
	enum gh_err err = GH_OK;

	command_job_begin(&j->base);
	j->clock_set = false;
	j->accounted_ms = 0;
	j->punches = -1;
	answered_subs_drop(j);
	j->unit = (struct unit_answer){ .now_ms = j->base.now_ms,
					.events = live_seq(j->base.server->live, STREAM_ACCESS),
					.a = &j->arena };
	for (size_t i = 0; i < j->n && err == GH_OK; i++) {
		struct command_list l;

		command_list_init(&l);
		err = answer_one(j, ops, s, &j->answer[i], &l);
		command_list_clear(&l);
	}
	return err;
}

static void answers_done(struct store_job *job, enum gh_err err)
{
	struct answers_job *j = (struct answers_job *)job;
	struct device *d = j->base.device;

	command_job_end(&j->base, err);
	if (err == GH_OK && j->clock_set)
		device_unit_clock_answered(d);
	if (err == GH_OK && j->punches >= 0)
		device_counted(d, j->punches, j->base.now_ms);
	if (err == GH_OK && j->accounted_ms)
		account_answered(d, j->accounted_ms);
	if (err == GH_OK) {
		commands_publish(j, d, j->unit.queued);
		command_offer_at(d, device_commands(d) ? 0 : DEVICE_NO_OFFER);
		answered_subs_publish(j);
		comparisons_answered(j->base.server->comparisons, d);
		planner_orders_ended(j->base.server->planner, d);
	}
	if (err == GH_OK && device_dialect(d) == DEVICE_ACCESS)
		answers_counted(j);
	answered_subs_drop(j);
	if (err == GH_OK && j->unit.counted) {
		query_mirror_wake(j->base.server->query_mirror);
		unit_counts_wake(j->base.server->unit_counts);
	}
	j->done(j->base.ctx, err);
	device_unref(d);
	ghi_arena_clear(&j->arena);
	free(j);
}

enum gh_err command_answers(struct server *server, struct device *d,
			    const struct command_answer *answer, size_t n, core_done_fn *done,
			    void *ctx)
{
	struct answers_job *j = malloc(sizeof(*j));

	if (j == NULL)
		return GH_ENOMEM;
	*j = (struct answers_job){ .base = { .job = { .run = answers_run,
						      .done = answers_done },
					     .server = server,
					     .device = device_ref(d),
					     .now_ms = server_steady_ms(server),
					     .ctx = ctx },
				   .done = done,
				   .answer = answer,
				   .n = n };
	if (device_dialect(d) == DEVICE_ACCESS) {
		struct device_row row;

		device_row(d, &j->arena, &row);
		j->own_parameters = row.access.parameters;
		j->sub = ghi_arena_alloc(&j->arena, n * sizeof(*j->sub));
	}
	enum gh_err err = j->arena.failed ? GH_ENOMEM : store_put(server->queue, &j->base.job);
	if (err) {
		device_unref(d);
		ghi_arena_clear(&j->arena);
		free(j);
	}
	return err;
}

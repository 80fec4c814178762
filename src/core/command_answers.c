/* Answers of devices to their commands. */
#include <stdlib.h>

#include "core/access/unit_answer.h"
#include "core/command_guard.h"
#include "core/command_job.h"
#include "core/command_words.h"
#include "core/server_clock.h"

#define RETURN_LATER (-5000) /* "accepted, the result comes later" */

struct answers_job {
	struct command_job base;
	core_done_fn *done;
	const struct command_answer *answer;
	size_t n;
	struct arena arena;
	gh_slice parameters; /* what an access unit registered */
	bool clock_set;	     /* it acknowledged that it set its clock */
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

	if (code == RETURN_LATER)
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

static enum gh_err answer_one(struct answers_job *j, const struct store_ops *ops,
			      struct store *s, const struct command_answer *a,
			      struct command_list *l)
{
	enum gh_err err = answered_find(ops, s, a->id, l);

	/* What was never given out cannot have been carried out. */
	if (err == GH_ENOTFOUND ||
	    (err == GH_OK && (l->first->command.device != j->base.device->id ||
			      l->first->command.sent_ms == 0))) {
		j->base.unknown++;
		return GH_OK;
	}
	if (err)
		return err;
	struct command *c = &l->first->command;

	/* An ended command keeps its answer: a device repeats a result when it did not receive
	 * the acknowledgement. "Later" is not an answer yet. */
	if (c->has_return && c->return_code != RETURN_LATER && !command_is_open(c->state) &&
	    !answer_is_late_success(j, c, a->return_code))
		return GH_OK;
	c->has_return = true;
	c->return_code = a->return_code;
	c->result = a->result;
	if (a->sub_serial.n)
		c->sub_serial = a->sub_serial;
	err = command_job_move(&j->base, ops, s, c, answer_input(j, c, a->return_code),
			       (gh_slice){ 0 });
	command_verdict_set(a->verdict, c);
	if (err == GH_OK && device_dialect(j->base.device) == DEVICE_ACCESS)
		err = unit_answered(ops, s, j->parameters, c, j->base.now_ms);
	if (err == GH_OK && c->state == COMMAND_ACKNOWLEDGED &&
	    c->kind == COMMAND_KIND_SET_CLOCK)
		j->clock_set = true;
	if (err == GH_OK)
		err = command_person_settle(ops, s, c, j->base.now_ms);
	if (err == GH_OK && c->state == COMMAND_ACKNOWLEDGED &&
	    command_guard_of(c->kind) == GUARD_PUNCHES && !device_is_terminal(j->base.device))
		err = ops->device_erased(s, j->base.device->id);
	return err == GH_ESTATE ? GH_OK : err;
}

static enum gh_err answers_run(struct store_job *job, const struct store_ops *ops,
			       struct store *s)
{
	struct answers_job *j = (struct answers_job *)job;
	enum gh_err err = GH_OK;

	command_job_begin(&j->base);
	j->clock_set = false;
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
	if (err == GH_OK)
		command_offer_at(d, device_commands(d) ? 0 : DEVICE_NO_OFFER);
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
		j->parameters = row.access.parameters;
	}
	enum gh_err err = store_put(server->queue, &j->base.job);
	if (err) {
		device_unref(d);
		ghi_arena_clear(&j->arena);
		free(j);
	}
	return err;
}

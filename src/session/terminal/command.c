/* Executes commands of the queue on a terminal: they are fetched as by a poll, and answered as
 * by a device. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/commands.h"
#include "core/metrics.h"
#include "core/server_clock.h"
#include "session/terminal/execution.h"

typedef enum gh_err terminal_command_fn(struct terminal_execution *x);

static terminal_command_fn *const commands[COMMAND_KINDS] = {
#define TERMINAL_COMMAND(KIND, function) [COMMAND_KIND_##KIND] = terminal_command_##function,
#include "session/terminal/command.def"
#undef TERMINAL_COMMAND
};

static int64_t code_of(enum gh_err err)
{
	static const struct {
		enum gh_err err;
		int64_t code;
	} row[] = {
#define TERMINAL_RETURN(error, code) { GH_##error, code },
#include "session/terminal/command.def"
#undef TERMINAL_RETURN
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		if (row[i].err == err)
			return row[i].code;
	return -3;
}

/* --- helpers of the executing functions --- */

enum gh_err terminal_refuse(struct terminal_execution *x, enum gh_err err, const char *why, ...)
{
	va_list ap;

	va_start(ap, why);
	vsnprintf(x->result, sizeof(x->result), why, ap);
	va_end(ap);
	return err;
}

enum gh_err terminal_command_record(struct terminal_execution *x, union model_record *out)
{
	enum gh_err err = command_record(x->command->kind, x->command->arguments, out);

	return err ? terminal_refuse(x, err, "an argument is no number") : GH_OK;
}

gh_slice terminal_argument(const struct terminal_execution *x, enum command_argument_id id)
{
	gh_slice value;

	command_argument(x->command->arguments, id, &value);
	return value;
}

enum gh_err terminal_command_pin(struct terminal_execution *x, gh_slice pin,
				 char out[GH_PIN_SIZE])
{
	if (pin.n == 0)
		return terminal_refuse(x, GH_EINVALID, "no PIN");
	if (pin.n >= GH_PIN_SIZE)
		return terminal_refuse(x, GH_EINVALID, "a PIN has %d bytes at the most",
				       GH_PIN_SIZE - 1);
	memcpy(out, pin.p, pin.n);
	out[pin.n] = 0;
	return GH_OK;
}

enum gh_err terminal_batch_failed(struct terminal_execution *x, struct terminal_batch *b,
				  enum gh_err err)
{
	terminal_batch_drop(b);
	/* The functions of batches return no other errors, and calls of the terminal never these
	 * two. */
	x->stored = err == GH_EFULL || err == GH_ECANCELLED;
	return err;
}

enum gh_err terminal_query_end(struct terminal_execution *x, struct terminal_batch *b,
			       enum gh_err err)
{
	if (err) {
		terminal_batch_drop(b);
		return err;
	}
	err = terminal_batch_end(b);
	if (err)
		return terminal_batch_failed(x, b, err);
	x->code = (int64_t)b->total;
	return GH_OK;
}

gh_slice terminal_number_print(struct arena *a, uint64_t n)
{
	char text[24];
	int size = snprintf(text, sizeof(text), "%llu", (unsigned long long)n);

	return ghi_arena_copy(a, (gh_slice){ (const uint8_t *)text, (size_t)size });
}

enum gh_err terminal_command_byte(struct terminal_execution *x, const char *what, int64_t n,
				  uint8_t *to)
{
	if (n < 0 || n > 255)
		return terminal_refuse(x, GH_EINVALID, "%s is not a number up to 255", what);
	*to = (uint8_t)n;
	return GH_OK;
}

/* --- one after another --- */

static void execution_trace(struct terminal_execution *x, int64_t code)
{
	gh_slice shown = x->command->shown;
	char what[120], text[280];

	snprintf(what, sizeof(what), "%.*s", shown.n > 100 ? 100 : (int)shown.n,
		 (const char *)shown.p);
	snprintf(text, sizeof(text), "returned %lld%s%s", (long long)code,
		 x->result[0] ? ": " : "", x->result);
	terminal_worker_trace(x->worker, what, text);
}

static enum gh_err execution_call(struct terminal_execution *x)
{
	terminal_command_fn *call =
		x->command->kind < COMMAND_KINDS ? commands[x->command->kind] : NULL;
	gh_slice fault = terminal_argument(x, ARGUMENT_fault);

	if (call == NULL)
		return terminal_refuse(x, GH_EUNSUPPORTED, "terminals have no such command");
	if (fault.n)
		return terminal_refuse(x, GH_EINVALID, "%.*s",
				       fault.n > 150 ? 150 : (int)fault.n,
				       (const char *)fault.p);
	return call(x);
}

/* GH_OK: the answer is in x->code and x->result. */
static enum gh_err execution_run(struct terminal_execution *x)
{
	enum gh_err err;

	x->worker->error_text[0] = 0;
	err = execution_call(x);
	if (err && (x->stored || err == GH_ECANCELLED))
		return err;
	if (err && !x->over && !gh_terminal_is_connected(x->terminal)) {
		snprintf(x->worker->error_text, sizeof(x->worker->error_text), "%s",
			 gh_terminal_error(x->terminal)->text);
		return err;
	}
	if (err) {
		x->code = code_of(err);
		if (x->result[0] == 0)
			terminal_refuse(x, err, "%s", gh_terminal_error(x->terminal)->text);
	}
	execution_trace(x, x->code);
	return GH_OK;
}

static enum gh_err execution_answer(struct terminal_execution *x)
{
	struct terminal_job *j = terminal_job_new(x->worker);
	struct command_answer *a = j ? ghi_arena_alloc(&j->arena, sizeof(*a)) : NULL;
	struct command_verdict *verdict =
		a ? ghi_arena_alloc(&j->arena, sizeof(*verdict)) : NULL;

	if (verdict == NULL) {
		terminal_job_free(j);
		return GH_ENOMEM;
	}
	*verdict = (struct command_verdict){ .refused = false };
	*a = (struct command_answer){ .id = x->command->id,
				      .return_code = x->code,
				      .verdict = verdict,
				      .result = ghi_arena_copy(&j->arena,
							       gh_slice_of(x->result)) };
	enum gh_err err = command_answers(x->worker->manager->server, x->worker->device, a, 1,
					  terminal_job_core_done, j);

	if (err == GH_OK)
		err = terminal_job_wait(&j);
	if (err == GH_OK)
		command_verdicts_report(x->worker->manager->server, x->worker->device, a, 1);
	terminal_job_free(j);
	return err;
}

/* The result of an executed command must be stored: the answer is repeated until the store
 * accepts it. */
static enum gh_err execution_answer_surely(struct terminal_execution *x)
{
	enum gh_err err = execution_answer(x);

	for (int tries = 0; err && err != GH_ECANCELLED && tries < 10; tries++) {
		if (terminal_worker_pause(x->worker, 500))
			return GH_ECANCELLED;
		err = execution_answer(x);
	}
	if (err && err != GH_ECANCELLED)
		snprintf(x->worker->error_text, sizeof(x->worker->error_text),
			 "cannot store what became of a command: %s", gh_strerror(err));
	return err;
}

/* On the store thread. */
static void commands_offered(void *ctx, enum gh_err err, struct command_list *offered)
{
	struct terminal_job *j = ctx;

	command_list_move(&j->commands, offered);
	terminal_job_end(j, err);
}

static enum gh_err commands_run_one(struct terminal_worker *w, struct gh_terminal *t,
				    const struct command *c, bool *begun)
{
	struct terminal_execution x = { .worker = w, .terminal = t, .command = c };
	struct server *server = w->manager->server;

	/* Earlier commands may have taken long: an expired one ends at the next periodic check. */
	*begun = c->expires_ms > server_steady_ms(server);
	if (!*begun) {
		command_withdraw(server, w->device, &c->id, 1);
		return GH_OK;
	}
	enum gh_err err = execution_run(&x);

	if (err)
		return err;
	err = execution_answer_surely(&x);
	device_seen(w->device, server->now_ms());
	if (err == GH_OK && !gh_terminal_is_connected(t)) {
		snprintf(w->error_text, sizeof(w->error_text), "%s",
			 x.over ? "it restarts" : "the connection is lost");
		*begun = false; /* it is answered */
		err = GH_ECLOSED;
	}
	return err;
}

static enum gh_err commands_run(struct terminal_worker *w, struct gh_terminal *t,
				const struct command_list *l)
{
	struct server *server = w->manager->server;
	enum gh_err err = GH_OK;
	bool begun = false;
	const struct command_item *at = l->first, *last = NULL;

	for (; at && err == GH_OK; at = at->next) {
		last = at;
		err = commands_run_one(w, t, &at->command, &begun);
	}
	if (err && begun)
		command_undelivered(server, w->device, &last->command.id, 1);
	for (; at; at = at->next)
		command_withdraw(server, w->device, &at->command.id, 1);
	return err;
}

enum gh_err terminal_commands_execute(struct terminal_worker *w, struct gh_terminal *t)
{
	struct terminal_job *j = terminal_job_new(w);

	if (j == NULL)
		return GH_ENOMEM;
	metric_add(&w->manager->server->metrics->polls, 1);
	enum gh_err err = command_offer(w->manager->server, w->device, commands_offered, j);

	if (err == GH_OK)
		err = terminal_job_wait(&j);
	if (err == GH_EBUSY) /* of the store; it may have room later */
		err = terminal_worker_pause(w, 500);
	else if (err && err != GH_ECANCELLED)
		snprintf(w->error_text, sizeof(w->error_text),
			 "cannot read what is to be done: %s", gh_strerror(err));
	else if (err == GH_OK)
		err = commands_run(w, t, &j->commands);
	terminal_job_free(j);
	return err;
}

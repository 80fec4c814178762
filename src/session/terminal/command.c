/* Commands of the queue, carried out on a terminal: fetched as a poll would, answered as a device
 * would. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"
#include "core/commands.h"
#include "core/metrics.h"
#include "session/terminal/order.h"
#include "wire/attendance/operlog.h"
#include "wire/push/command.h"

static const struct command_row {
	const char *words;
	enum gh_err (*run)(struct terminal_order *o);
} commands[] = {
#define TERMINAL_COMMAND(words, function) { words, terminal_order_##function },
#include "session/terminal/command.def"
#undef TERMINAL_COMMAND
};

static const struct command_row *row_of(gh_slice text)
{
	const struct command_row *found = NULL;
	size_t longest = 0;

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		gh_slice words = gh_slice_of(commands[i].words);

		if (!gh_slice_istarts(text, words) || words.n <= longest)
			continue;
		if (text.n > words.n && text.p[words.n] != ' ' && text.p[words.n] != '\t')
			continue;
		found = &commands[i];
		longest = words.n;
	}
	return found;
}

static int64_t code_of(enum gh_err err)
{
	static const struct {
		enum gh_err err;
		int64_t code;
	} row[] = {
#define TERMINAL_RETURN(error, code) { GH_##error, code },
#include "session/terminal/return.def"
#undef TERMINAL_RETURN
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		if (row[i].err == err)
			return row[i].code;
	return -3;
}

/* --- what the functions that carry them out need --- */

enum gh_err terminal_refuse(struct terminal_order *o, enum gh_err err, const char *why, ...)
{
	va_list ap;

	va_start(ap, why);
	vsnprintf(o->result, sizeof(o->result), why, ap);
	va_end(ap);
	return err;
}

enum gh_err terminal_arguments(struct terminal_order *o, const char *table,
			       union model_record *out)
{
	const struct ghi_operlog_tag *tag = ghi_operlog_tag(gh_slice_of(table));
	struct ghi_record_fault fault;
	enum gh_err err = ghi_record_parse(tag->command, o->args, out, &fault);

	if (err)
		return terminal_refuse(o, GH_EINVALID, "%.*s: %s",
				       fault.key.n > 32 ? 32 : (int)fault.key.n,
				       (const char *)fault.key.p, gh_strerror(err));
	if (!model_has(out, tag->required))
		return terminal_refuse(o, GH_EINVALID, "%s", tag->without);
	return GH_OK;
}

gh_slice terminal_argument(const struct terminal_order *o, const char *key)
{
	gh_slice rest = o->args, pair, name, value;

	while (rest.n) {
		gh_slice_cut(rest, '\t', &pair, &rest);
		if (gh_slice_cut(pair, '=', &name, &value) &&
		    gh_slice_ieq(gh_slice_trim(name), gh_slice_of(key)))
			return gh_slice_trim(value);
	}
	return (gh_slice){ 0 };
}

int64_t terminal_argument_number(const struct terminal_order *o, const char *key)
{
	uint64_t n;

	return ghi_number_parse(terminal_argument(o, key), INT32_MAX, &n) ? -1 : (int64_t)n;
}

enum gh_err terminal_order_pin(struct terminal_order *o, gh_slice pin, char out[GH_PIN_SIZE])
{
	if (pin.n == 0)
		return terminal_refuse(o, GH_EINVALID, "no PIN");
	if (pin.n >= GH_PIN_SIZE)
		return terminal_refuse(o, GH_EINVALID, "a PIN has %d bytes at the most",
				       GH_PIN_SIZE - 1);
	memcpy(out, pin.p, pin.n);
	out[pin.n] = 0;
	return GH_OK;
}

enum gh_err terminal_batch_failed(struct terminal_order *o, struct terminal_batch *b,
				  enum gh_err err)
{
	terminal_batch_drop(b);
	/* The functions of batches give no other errors, and the terminal never these two. */
	o->stored = err == GH_EFULL || err == GH_ECANCELLED;
	return err;
}

/* --- one after another --- */

static void note(struct terminal_order *o, int64_t code)
{
	const struct ghi_command_fact *fact = ghi_command_fact(o->text);
	char text[280];

	/* Not its arguments: passwords and templates are among them. */
	snprintf(text, sizeof(text), "returned %lld%s%s", (long long)code,
		 o->result[0] ? ": " : "", o->result);
	terminal_worker_trace(o->worker, fact ? fact->word : "command", text);
}

/* GH_OK: o->code and o->result are the answer. */
static enum gh_err carry_out(struct terminal_order *o)
{
	const struct command_row *row = row_of(o->text);
	enum gh_err err = GH_EUNSUPPORTED;

	o->worker->error_text[0] = 0;
	if (row) {
		o->args = gh_slice_trim(gh_slice_from(o->text, strlen(row->words)));
		err = row->run(o);
	} else {
		terminal_refuse(o, err, "terminals know no such command");
	}
	if (err && (o->stored || err == GH_ECANCELLED))
		return err;
	if (err && !o->over && !gh_terminal_is_connected(o->terminal)) {
		snprintf(o->worker->error_text, sizeof(o->worker->error_text), "%s",
			 gh_terminal_error(o->terminal)->text);
		return err;
	}
	if (err) {
		o->code = code_of(err);
		if (o->result[0] == 0)
			terminal_refuse(o, err, "%s", gh_terminal_error(o->terminal)->text);
	}
	note(o, o->code);
	return GH_OK;
}

static enum gh_err answer(struct terminal_order *o, gh_slice id)
{
	struct terminal_job *j = terminal_job_new(o->worker);
	struct command_answer *a = j ? ghi_arena_alloc(&j->arena, sizeof(*a)) : NULL;

	if (a == NULL) {
		terminal_job_free(j);
		return GH_ENOMEM;
	}
	*a = (struct command_answer){ .id = ghi_arena_copy(&j->arena, id),
				      .return_code = o->code,
				      .result = ghi_arena_copy(&j->arena,
							       gh_slice_of(o->result)) };
	enum gh_err err = command_answers(o->worker->manager->server, o->worker->device, a, 1,
					  terminal_job_core_done, j);

	if (err == GH_OK)
		err = terminal_job_wait(&j);
	terminal_job_free(j);
	return err;
}

/* What is done must be known to be: the answer is given again until the store takes it. */
static enum gh_err answer_surely(struct terminal_order *o, gh_slice id)
{
	enum gh_err err = answer(o, id);

	for (int tries = 0; err && err != GH_ECANCELLED && tries < 10; tries++) {
		if (terminal_worker_pause(o->worker, 500))
			return GH_ECANCELLED;
		err = answer(o, id);
	}
	if (err && err != GH_ECANCELLED)
		snprintf(o->worker->error_text, sizeof(o->worker->error_text),
			 "cannot store what became of a command: %s", gh_strerror(err));
	return err;
}

static void offered(void *ctx, enum gh_err err, gh_slice text, const int64_t *ids, size_t n)
{
	struct terminal_job *j = ctx;

	if (err == GH_OK && n) {
		j->text = ghi_arena_copy(&j->arena, text);
		j->ids = ghi_arena_alloc(&j->arena, n * sizeof(*ids));
		if (j->text.n && j->ids) {
			memcpy(j->ids, ids, n * sizeof(*ids));
			j->ids_n = n;
		} else {
			err = GH_ENOMEM; /* offered again after the retry time */
		}
	}
	terminal_job_end(j, err);
}

static enum gh_err run_all(struct terminal_worker *w, struct gh_terminal *t,
			   struct terminal_job *j)
{
	struct server *server = w->manager->server;
	gh_slice in = j->text;
	struct ghi_command c;
	enum gh_err err = GH_OK;
	size_t done = 0;

	while (err == GH_OK && done < j->ids_n && ghi_command_next(&in, &c) == GH_OK) {
		struct terminal_order o = { .worker = w, .terminal = t, .text = c.text };

		err = carry_out(&o);
		if (err)
			break;
		err = answer_surely(&o, c.id);
		done++;
		device_seen(w->device, server->now_ms());
		if (err == GH_OK && !gh_terminal_is_connected(t)) {
			snprintf(w->error_text, sizeof(w->error_text), "%s",
				 o.over ? "it restarts" : "the connection is lost");
			err = GH_ECLOSED;
		}
	}
	if (done < j->ids_n)
		command_undelivered(server, w->device, j->ids + done, j->ids_n - done);
	return err;
}

enum gh_err terminal_commands_execute(struct terminal_worker *w, struct gh_terminal *t)
{
	struct terminal_job *j = terminal_job_new(w);

	if (j == NULL)
		return GH_ENOMEM;
	metric_add(&w->manager->server->metrics->polls, 1);
	enum gh_err err = command_offer(w->manager->server, w->device, offered, j);

	if (err == GH_OK)
		err = terminal_job_wait(&j);
	if (err == GH_EBUSY) /* the store; a moment later it may have room */
		err = terminal_worker_pause(w, 500);
	else if (err && err != GH_ECANCELLED)
		snprintf(w->error_text, sizeof(w->error_text),
			 "cannot read what is to be done: %s", gh_strerror(err));
	else if (err == GH_OK)
		err = run_all(w, t, j);
	terminal_job_free(j);
	return err;
}

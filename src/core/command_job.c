#include "core/command_job.h"

#include <stdlib.h>

#include "core/command_audit.h"
#include "core/command_words.h"
#include "core/metrics.h"
#include "core/order_wake.h"

void command_job_begin(struct command_job *j)
{
	j->ended = j->sent = j->acknowledged = j->failed = j->expired = j->unknown = 0;
}

enum gh_err command_job_move(struct command_job *j, const struct store_ops *ops,
			     struct store *s, struct command *c, enum command_input in,
			     gh_slice detail)
{
	bool was_open = command_is_open(c->state);
	enum gh_err err = command_step(&c->state, in);

	if (err)
		return err;
	if (!command_is_open(c->state)) {
		c->done_ms = j->now_ms;
		j->ended += was_open;
	}
	j->sent += in == COMMAND_OFFERED;
	j->acknowledged += c->state == COMMAND_ACKNOWLEDGED;
	j->failed += c->state == COMMAND_FAILED;
	j->expired += c->state == COMMAND_EXPIRED;
	err = ops->command_put(s, c, j->now_ms, detail);
	if (err == GH_OK && command_is_audited(c) && !command_is_own(c))
		err = command_audit_state(ops, s, c, j->by, j->server->now_ms(), detail);
	return err;
}

/* The terminal dialect checks the condition of a destructive command at each execution
 * (session/terminal/control.c); on an attendance device it cannot be checked. */
static bool command_job_repeats(const struct command_job *j, const struct command *c)
{
	enum command_repeat repeat = command_repeat(c->kind);

	return repeat == REPEAT_AGAIN ||
	       (repeat == REPEAT_CHECKED && j->device && device_is_terminal(j->device));
}

enum command_input command_job_unanswered(const struct command_job *j, const struct command *c,
					  enum command_input repeated)
{
	/* The door itself showed that it was carried out. */
	if (c->verified_ms && c->state != COMMAND_QUEUED)
		return COMMAND_SUCCESS;
	/* A command that was never sent, or is offered again, has not been executed. */
	return c->state == COMMAND_QUEUED || command_job_repeats(j, c) ? repeated
								       : COMMAND_UNANSWERED;
}

void command_job_end(struct command_job *j, enum gh_err err)
{
	struct metrics *m = j->server->metrics;

	if (err)
		return;
	if (j->device)
		atomic_fetch_sub(&j->device->commands, (uint32_t)j->ended);
	metric_add(&m->commands_sent, j->sent);
	metric_add(&m->commands_answered, j->acknowledged);
	metric_add(&m->commands_failed, j->failed);
	metric_add(&m->commands_expired, j->expired);
	metric_add(&m->answers_unknown, j->unknown);
}

void command_offer_at(struct device *d, int64_t when_ms)
{
	atomic_store_explicit(&d->offer_at_ms, when_ms, memory_order_release);
}

void command_offer_now(struct server *server, struct device *d)
{
	command_offer_at(d, 0);
	device_wake(server, d, false);
	order_wake_due(server, d);
}

uint8_t *command_shown_new(enum device_dialect dialect, enum command_kind kind,
			   gh_slice arguments, size_t *n)
{
	const struct command_words *of = command_words_of(dialect);
	size_t room = of->room(arguments);
	uint8_t *words = malloc(room), *shown = malloc(4 * room);
	struct ghi_writer w = ghi_writer_on(words, words ? room : 0),
			  s = ghi_writer_on(shown, shown ? 4 * room : 0);

	of->write(&w, kind, arguments);
	if (w.err == GH_EUNSUPPORTED) {
		w = ghi_writer_on(words, room);
		ghi_put(&w, gh_slice_of(command_kind_row(kind)->name));
	}
	of->show(&s, ghi_written(&w));
	free(words);
	if (w.err || s.err) {
		free(shown);
		return NULL;
	}
	*n = s.n;
	return shown;
}

bool command_copy(struct arena *a, const struct command *from, struct command *to)
{
	*to = *from;
	to->serial = ghi_arena_copy(a, from->serial);
	to->arguments = ghi_arena_copy(a, from->arguments);
	to->shown = ghi_arena_copy(a, from->shown);
	to->requested_by = ghi_arena_copy(a, from->requested_by);
	to->result = ghi_arena_copy(a, from->result);
	to->sub_serial = ghi_arena_copy(a, from->sub_serial);
	return to->serial.n == from->serial.n && to->arguments.n == from->arguments.n &&
	       to->shown.n == from->shown.n && to->requested_by.n == from->requested_by.n &&
	       to->result.n == from->result.n && to->sub_serial.n == from->sub_serial.n;
}

void command_list_init(struct command_list *l)
{
	*l = (struct command_list){ .first = NULL };
	l->last = &l->first;
}

void command_list_clear(struct command_list *l)
{
	ghi_arena_clear(&l->arena);
	command_list_init(l);
}

void command_list_move(struct command_list *to, struct command_list *from)
{
	*to = *from;
	if (to->first == NULL)
		to->last = &to->first;
	from->arena = (struct arena){ 0 };
	command_list_init(from);
}

bool command_list_add(struct command_list *l, const struct command *c)
{
	struct command_item *item = ghi_arena_alloc(&l->arena, sizeof(*item));

	if (item == NULL || !command_copy(&l->arena, c, &item->command)) {
		l->err = GH_ENOMEM;
		return false;
	}
	*l->last = item;
	l->last = &item->next;
	l->n++;
	return true;
}

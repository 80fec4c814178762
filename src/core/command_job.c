#include "core/command_job.h"

#include <stdlib.h>

#include "core/command_audit.h"
#include "core/command_words.h"
#include "core/metrics.h"
#include "core/order_wake.h"
#include "core/syncs.h"
#include "wire/access/data_command.h"
#include "wire/access/words.h"

void command_job_begin(struct command_job *j)
{
	j->ended = j->sent = j->acknowledged = j->failed = 0;
	j->expired = j->uncertain = j->unknown = 0;
	j->contents = false;
}

/* --- secrets --- */

bool command_is_bare(const struct command *c)
{
	return gh_slice_eq(c->requested_by, COMMAND_BY_PLAN) && !command_is_open(c->state);
}

/* The arguments as they may be shown. *hid: something is hidden. */
static void arguments_hide(struct ghi_writer *w, gh_slice arguments, bool *hid)
{
	const struct ghi_access_table *t = NULL;
	bool option = false;
	gh_slice name, value;

	*hid = false;
	while (command_argument_next(&arguments, &name, &value)) {
		enum command_argument_id id = command_argument_of(name);
		size_t at;

		if (id == ARGUMENTS)
			continue;
		ghi_put(w, name);
		ghi_put_u8(w, '=');
		at = w->n;
		if (id == ARGUMENT_name)
			option = ghi_access_key_is_secret(value);
		if (id == ARGUMENT_table)
			t = ghi_access_table_find(value, NULL);
		if (id == ARGUMENT_value && option && value.n)
			ghi_put(w, GH_LIT("***"));
		else if (id == ARGUMENT_written && t)
			ghi_data_rows_show(w, t, value);
		else if (id == ARGUMENT_written)
			ghi_access_words_show(w, value);
		else
			ghi_put(w, value);
		*hid = *hid ||
		       !gh_slice_eq((gh_slice){ w->p + at, w->err ? 0 : w->n - at }, value);
		ghi_put_u8(w, '\n');
	}
}

/* What a plan sent stands where people decide about it, and is not needed here once the command ended. */
static enum gh_err command_secrets_drop(const struct store_ops *ops, struct store *s,
					const struct command *c)
{
	size_t room = 4 * c->arguments.n + 1;
	struct command bare = *c;
	enum gh_err err = GH_OK;
	uint8_t *text;
	bool hid;

	if (!command_is_bare(c))
		return GH_OK;
	text = malloc(room);
	if (text == NULL)
		return GH_ENOMEM;
	struct ghi_writer w = ghi_writer_on(text, room);

	arguments_hide(&w, c->arguments, &hid);
	bare.arguments = ghi_written(&w);
	if (hid && w.err == GH_OK)
		err = ops->command_retype(s, &bare);
	free(text);
	return err;
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
		j->contents |= sync_is_about(c->kind);
		if (was_open && sync_is_about(c->kind))
			syncs_order_ended(j->server->syncs, c);
	}
	j->sent += in == COMMAND_OFFERED;
	j->acknowledged += c->state == COMMAND_ACKNOWLEDGED;
	j->failed += c->state == COMMAND_FAILED;
	j->expired += c->state == COMMAND_EXPIRED;
	j->uncertain += c->state == COMMAND_UNCERTAIN;
	err = ops->command_put(s, c, j->now_ms, detail);
	if (err == GH_OK && was_open)
		err = command_secrets_drop(ops, s, c);
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
	if (j->device && j->contents)
		syncs_device_changed(j->device);
	metric_add(&m->commands_sent, j->sent);
	metric_add(&m->commands_answered, j->acknowledged);
	metric_add(&m->commands_failed, j->failed);
	metric_add(&m->commands_expired, j->expired);
	metric_add(&m->commands_uncertain, j->uncertain);
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

#define OPERATOR_ROOM 4 /* the digits of that byte, and some */

static uint8_t *words_shown_new(const struct command_words *of, int64_t operator_byte,
				enum command_kind kind, gh_slice arguments, size_t *n)
{
	size_t room = of->room(arguments) + OPERATOR_ROOM;
	uint8_t *words = malloc(room), *shown = malloc(4 * room);
	struct ghi_writer w = ghi_writer_on(words, words ? room : 0),
			  s = ghi_writer_on(shown, shown ? 4 * room : 0);

	of->write(&w, kind, arguments);
	if (w.err == GH_EUNSUPPORTED) {
		w = ghi_writer_on(words, room);
		ghi_put(&w, gh_slice_of(command_kind_row(kind)->name));
	} else if (of->operate && operator_byte >= 0) {
		of->operate(&w, kind, arguments, (uint8_t)operator_byte);
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

uint8_t *command_shown_new(enum device_dialect dialect, enum command_kind kind,
			   gh_slice arguments, size_t *n)
{
	return words_shown_new(command_words_of(dialect), -1, kind, arguments, n);
}

uint8_t *command_shown_of(struct device *d, enum command_kind kind, gh_slice arguments,
			  size_t *n)
{
	return words_shown_new(command_words_of(device_dialect(d)), device_operator_byte(d),
			       kind, arguments, n);
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

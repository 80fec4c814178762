#include "core/command_choice.h"

#include <stdlib.h>

#include "core/command_words.h"
#include "core/server_clock.h"
#include "model/command_subject.h"

#define LINE_EXTRA 24 /* "C:", up to 20 digits, ':' and LF */

void command_choice_init(struct command_choice *x, struct server *server, struct device *d)
{
	*x = (struct command_choice){ .server = server, .device = d };
	command_list_init(&x->picked);
	command_list_init(&x->doors);
	command_list_init(&x->held);
	command_list_init(&x->deferred);
}

void command_choice_clear(struct command_choice *x)
{
	command_list_clear(&x->picked);
	command_list_clear(&x->doors);
	command_list_clear(&x->held);
	command_list_clear(&x->deferred);
	free(x->verdict);
	x->verdict = NULL;
	x->room = 0;
}

size_t command_choice_room(const struct command_choice *x, const struct command *c)
{
	return command_words_of(device_dialect(x->device))->room(c->arguments) + LINE_EXTRA;
}

/* Whether the command waits, or its guard is to be examined first. Where all data are to be erased, what
 * is to be on the device afterwards waits behind. */
static bool choice_waits(struct command_choice *x, const struct command *c)
{
	enum command_guard_id id = command_guard_of(c->kind, c->arguments);
	struct command_choice_guard *g = &x->guard[id < GUARDS ? id : 0];

	if (x->data_waits && command_kind_row(c->kind)->nature == COMMAND_NATURE_STATE &&
	    c->kind != COMMAND_KIND_CHECK)
		return true;
	if (id == GUARDS || c->state != COMMAND_QUEUED || device_is_terminal(x->device) ||
	    c->expires_ms <= x->now_ms)
		return false;
	/* A count of events is good for the next request: it is made when nothing else is in the way. */
	if (id == GUARD_EVENTS && !scheduler_has_room(&x->plan, c, command_choice_room(x, c)))
		return false;
	g->found = true;
	if (g->examined && g->why[0] == 0)
		return false;
	x->data_waits |= c->kind == COMMAND_KIND_CLEAR_DATA;
	if (g->examined && !gh_slice_eq(c->result, gh_slice_of(g->why)))
		(void)command_list_add(&x->held, c);
	return true;
}

/* --- what closes a door, and what opens it later --- */

static bool opening_waits(const struct command_choice *x, const struct command *c)
{
	return c->state == COMMAND_QUEUED && command_opens_door(c->kind) &&
	       c->expires_ms > x->now_ms;
}

static bool subject_is_same(const struct command *a, const struct command *b)
{
	char room_a[COMMAND_SUBJECT_MAX], room_b[COMMAND_SUBJECT_MAX];
	gh_slice of_a = command_subject(a->kind, a->arguments, room_a);

	return of_a.n && gh_slice_eq(of_a, command_subject(b->kind, b->arguments, room_b));
}

/* A closing that waits is not given before the opening that was requested later, which takes its place when
 * it is given. An end of a hold waits for its own moment. */
static bool closing_waits(const struct command_choice *x, const struct command *c)
{
	if (c->state != COMMAND_QUEUED || !command_closes_door(c->kind) ||
	    c->kind == COMMAND_KIND_END_HOLD)
		return false;
	for (const struct command_item *at = x->doors.first; at; at = at->next)
		if (at->command.id > c->id && opening_waits(x, &at->command) &&
		    subject_is_same(&at->command, c))
			return true;
	return false;
}

static bool choice_pick(struct command_choice *x, const struct command *c)
{
	if (choice_waits(x, c))
		return x->held.err == GH_OK;
	enum scheduler_verdict v = scheduler_next(&x->plan, c, command_choice_room(x, c));

	if (v == SCHEDULER_STOP)
		return false;
	/* The device may have carried it out already: later updates carry what it changes. */
	if (v == SCHEDULER_PASS &&
	    (c->kind == COMMAND_KIND_UPDATE_PERSON || c->kind == COMMAND_KIND_DELETE_PERSON))
		return command_list_add(&x->deferred, c);
	if (v == SCHEDULER_PASS)
		return true;
	if (x->picked.n == x->room) {
		size_t room = x->room ? x->room * 2 : 16;
		uint8_t *grown = realloc(x->verdict, room);

		if (grown == NULL) {
			x->picked.err = GH_ENOMEM;
			return false;
		}
		x->verdict = grown;
		x->room = room;
	}
	x->verdict[x->picked.n] = (uint8_t)v;
	return command_list_add(&x->picked, c);
}

/* Whether a later command may decide about it: what is about doors is looked at when all of it is there. No other
 * lane waits for it. */
static bool choice_see(void *ctx, const struct command *c)
{
	struct command_choice *x = ctx;

	if (command_choice_has_lanes(x) &&
	    (ghi_access_lane(c->kind) == GHI_LANE_DOOR || command_opens_door(c->kind) ||
	     command_closes_door(c->kind)))
		return command_list_add(&x->doors, c);
	return choice_pick(x, c);
}

static enum gh_err doors_pick(struct command_choice *x)
{
	if (x->doors.err)
		return x->doors.err;
	for (struct command_item *at = x->doors.first; at; at = at->next)
		if (!closing_waits(x, &at->command) && !choice_pick(x, &at->command))
			break;
	return GH_OK;
}

/* --- lanes --- */

bool command_choice_has_lanes(const struct command_choice *x)
{
	return device_dialect(x->device) == DEVICE_ACCESS && !device_is_terminal(x->device);
}

/* Some units drop the second command of a reply: one, unless a person set more. */
static size_t choice_batch(const struct command_choice *x)
{
	int64_t own = device_batch_commands(x->device);
	size_t batch = x->server->settings->batch_commands;

	if (!command_choice_has_lanes(x))
		return batch;
	return own > 0 && (size_t)own < batch ? (size_t)own : 1;
}

/* The number of an item's lane, before all of them where it is not sent. */
static size_t choice_place(const struct command_choice *x, size_t i, const struct command *c)
{
	return x->verdict[i] == SCHEDULER_SEND ? 1 + (size_t)ghi_access_lane(c->kind) : 0;
}

enum gh_err command_choice_join(struct command_choice *x)
{
	struct command_item **link = &x->picked.first, *next;
	struct joined {
		struct command_item *item;
		uint8_t verdict;
	} *joined = calloc(x->picked.n + 1, sizeof(*joined));
	size_t n = 0, sent = 0, batch = choice_batch(x);

	if (joined == NULL)
		return GH_ENOMEM;
	for (size_t place = 0; place <= GHI_LANES; place++) {
		size_t i = 0;

		for (struct command_item *at = x->picked.first; at; at = at->next, i++) {
			if (choice_place(x, i, &at->command) != place)
				continue;
			if (place && sent == batch) {
				x->more = true;
				continue;
			}
			sent += place > 0;
			joined[n++] = (struct joined){ at, x->verdict[i] };
		}
	}
	x->picked.n = n;
	for (size_t i = 0; i < n; i++) {
		next = joined[i].item;
		x->verdict[i] = joined[i].verdict;
		*link = next;
		link = &next->next;
	}
	*link = NULL;
	x->picked.last = link;
	free(joined);
	return GH_OK;
}

enum gh_err command_choose(struct command_choice *x, const struct store_ops *ops,
			   struct store *s, int64_t now_ms)
{
	const struct server_settings *settings = x->server->settings;

	command_choice_clear(x);
	x->picked.arena.share = x->held.arena.share = x->deferred.arena.share =
		x->doors.arena.share = &x->server->share;
	x->data_waits = x->more = false;
	x->now_ms = now_ms;
	x->plan = scheduler_at(
		x->now_ms,
		(struct scheduler_limits){ .commands = choice_batch(x),
					   .bytes = device_batch_bytes(x->server, x->device),
					   .tries = settings->command_tries,
					   .retry_ms = settings->command_retry_ms,
					   .held_ahead_ms = server_held_ahead_ms(x->server),
					   .checks = device_is_terminal(x->device),
					   .lanes = command_choice_has_lanes(x) });
	enum gh_err err = ops->commands_open(s, x->device->id, choice_see, x);

	if (err == GH_OK)
		err = doors_pick(x);
	if (err == GH_OK)
		err = x->picked.err ? x->picked.err : x->deferred.err;
	return err ? err : x->held.err;
}

/* getrequest: the commands in the reply (Security PUSH 3.1.2, 8.1 and 11.14). */
#include <stdio.h>

#include "core/access/subs.h"
#include "core/access/unit_clock.h"
#include "core/commands.h"
#include "core/metrics.h"
#include "session/access/access.h"
#include "session/offer.h"
#include "wire/access/command.h"
#include "wire/access/parameters.h"
#include "wire/access/words.h"

#define LINE_EXTRA 160 /* what stands before the words of a command, in the longer format */

void access_poll(struct exchange *x)
{
	metric_add(&x->server->metrics->polls, 1);
	if (access_answer_of(x) == ACCESS_ANSWER_COMMANDS) {
		device_subs_authorise(x->server, x->device);
		offer_serve(x);
	} else
		exchange_ok(x);
}

/* A unit gets the format it registered, or reported that it needs. */
static bool format_has_unit(const struct device_row *row)
{
	return row->access.command_format == 1 ||
	       ghi_parameters_number(row->access.parameters, "CmdFormat", 0) == 1;
}

/* The unit that a line names: that of a sub-controller always, its own where it needs that. */
static gh_slice command_unit(const struct exchange *x, const struct command *c,
			     const struct device_row *row)
{
	if (!gh_slice_eq(c->serial, x->sn))
		return c->serial;
	return format_has_unit(row) ? x->sn : (gh_slice){ 0 };
}

static bool command_put(struct ghi_writer *w, const struct command *c, gh_slice words,
			gh_slice unit)
{
	char id[24];
	size_t before = w->n;

	snprintf(id, sizeof(id), "%lld", (long long)c->id);
	ghi_access_command_write(w, &(struct ghi_access_command){ .id = gh_slice_of(id),
								  .text = words,
								  .unit = unit });
	if (w->err != GH_EMALFORMED)
		return true;
	w->n = before;
	w->err = GH_OK;
	return false;
}

/* It never reached the unit, and does not later. */
static void command_refuse(struct exchange *x, const struct command *c)
{
	struct device *of = devices_find(x->server->devices, c->serial);
	char id[24];

	snprintf(id, sizeof(id), "%lld", (long long)c->id);
	LOG(x->server->log, LOG_WARNING,
	    "command cannot be written in the words of the unit, and has failed",
	    { "sn", x->sn }, { "command", gh_slice_of(id) });
	command_unwritable(x->server, of ? of : x->device, c->id);
	device_unref(of);
}

#define CLOCK_ARGUMENT 32

/* Of the unit that the order is for. */
static void operator_write(struct exchange *x, const struct command *c, struct ghi_writer *w)
{
	struct device *of = gh_slice_eq(c->serial, x->sn)
				    ? NULL
				    : devices_find(x->server->devices, c->serial);
	int64_t byte = device_operator_byte(of ? of : x->device);

	device_unref(of);
	if (byte >= 0)
		ghi_access_operator_write(w, c->kind, c->arguments, (uint8_t)byte);
}

/* What a clock is set to is known when it leaves. A unit whose clock has no such time has none to set. */
static void words_write(struct exchange *x, const struct device_row *row,
			const struct command *c, struct ghi_writer *w)
{
	char argument[CLOCK_ARGUMENT];
	uint32_t packed;

	if (c->kind != COMMAND_KIND_SET_CLOCK || c->arguments.n) {
		ghi_access_words_write(w, c->kind, c->arguments);
		operator_write(x, c, w);
		return;
	}
	w->err = device_unit_clock_packed(x->server, x->device, row, access_from(x),
					  x->server->now_ms(), &packed);
	if (w->err)
		return;
	snprintf(argument, sizeof(argument), "value=%lu\n", (unsigned long)packed);
	ghi_access_words_write(w, c->kind, gh_slice_of(argument));
}

enum gh_err access_commands_write(struct exchange *x, const struct command_list *l,
				  int64_t now_ms, gh_slice *out)
{
	struct device_row row;
	size_t room = 1;

	for (const struct command_item *at = l->first; at; at = at->next)
		room += ghi_access_words_room(at->command.arguments) + LINE_EXTRA;
	uint8_t *text = ghi_arena_alloc(x->arena, 2 * room);
	if (text == NULL)
		return GH_ENOMEM;
	device_row(x->device, x->arena, &row);
	struct ghi_writer w = ghi_writer_on(text, room);

	for (const struct command_item *at = l->first; at; at = at->next) {
		struct ghi_writer words = ghi_writer_on(text + room, room);

		if (at->command.expires_ms <= now_ms)
			continue;
		words_write(x, &row, &at->command, &words);
		if (words.err || !command_put(&w, &at->command, ghi_written(&words),
					      command_unit(x, &at->command, &row)))
			command_refuse(x, &at->command);
	}
	*out = ghi_written(&w);
	return w.err;
}

/* getrequest: the heartbeat, the summary a device sends with it, and the commands in the reply
 * (Attendance PUSH 2020-03, 9, 10 and 12). */
#include "core/commands.h"
#include "core/device_text.h"
#include "core/metrics.h"
#include "core/server_clock.h"
#include "session/attendance/attendance.h"
#include "session/offer.h"
#include "wire/attendance/command.h"
#include "wire/attendance/info.h"
#include "wire/push/command.h"

/* The device's summary: its count of punches is the present one; the text is stored when it changed. */
static void info_store(struct exchange *x)
{
	gh_slice text = exchange_param(x, "INFO");
	struct device_row row;
	struct ghi_info info;

	if (text.n == 0)
		return;
	ghi_info_parse(text, &info);
	device_counted(x->device, info.punches, server_steady_ms(x->server));
	device_row(x->device, x->arena, &row);
	if (gh_slice_eq(text, row.attendance.info))
		return;
	struct device_row change = {
		.present = DEVICE_FIELDS_OF(DEVICE_info, DEVICE_firmware),
		.attendance.info = text,
		.firmware = info.firmware,
	};
	/* On a full queue the summary is dropped; the next one follows with the next change. */
	if (device_change(x->server, x->device, &change, NULL, NULL) != GH_OK)
		return;
}

#define LINE_EXTRA 24 /* "C:", up to 20 digits, ':' and LF */

/* In the device's character set, but for a name that is in its own bytes already. */
static void command_write_own(struct exchange *x, const struct device_row *row,
			      const struct command *c, gh_slice words, struct ghi_writer *w)
{
	size_t before = w->n;
	gh_slice flag;

	if (!command_argument(c->arguments, ARGUMENT_own_name, &flag))
		ghi_command_write(w, (uint64_t)c->id, device_text_write(row, words, x->arena));
	if (w->n != before && w->err == GH_OK)
		return;
	w->n = before;
	w->err = GH_OK;
	ghi_command_write(w, (uint64_t)c->id, words);
}

/* "C:1:CHECK" LF …, in the request's arena. A command this dialect has no words for is left out: its
 * answer never comes. GH_ENOMEM, GH_ESPACE. */
enum gh_err attendance_commands_write(struct exchange *x, const struct command_list *l,
				      int64_t now_ms, gh_slice *out)
{
	struct device_row row;
	size_t room = 1;

	for (const struct command_item *at = l->first; at; at = at->next)
		room += ghi_command_words_room(at->command.arguments) + LINE_EXTRA;
	/* Twice as much for the reply: a character may take more in the device's set. */
	uint8_t *own = ghi_arena_alloc(x->arena, 3 * room);
	if (own == NULL)
		return GH_ENOMEM;
	device_row(x->device, x->arena, &row);
	struct ghi_writer w = ghi_writer_on(own, 2 * room);

	for (const struct command_item *at = l->first; at; at = at->next) {
		struct ghi_writer words = ghi_writer_on(own + 2 * room, room);

		if (at->command.expires_ms <= now_ms)
			continue;
		ghi_command_words_write(&words, at->command.kind, at->command.arguments);
		if (words.err == GH_OK)
			command_write_own(x, &row, &at->command, ghi_written(&words), &w);
	}
	*out = ghi_written(&w);
	return w.err;
}

void attendance_poll(struct exchange *x)
{
	metric_add(&x->server->metrics->polls, 1);
	device_poll_begin(x->device);
	if (x->target.params > 1)
		info_store(x);
	offer_serve(x);
}

/* getrequest: the heartbeat, the summary a device sends with it, and the commands in the reply
 * (Attendance PUSH 2020-03, 9, 10 and 12). */
#include <stdlib.h>

#include "core/commands.h"
#include "core/device_text.h"
#include "core/metrics.h"
#include "core/server_clock.h"
#include "session/attendance/attendance.h"
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
		.present = UINT64_C(1) << DEVICE_info | UINT64_C(1) << DEVICE_firmware,
		.attendance.info = text,
		.firmware = info.firmware,
	};
	/* On a full queue the summary is dropped; the next one follows with the next change. */
	if (device_change(x->server, x->device, &change, NULL, NULL) != GH_OK)
		return;
}

/* What is needed after the reply with commands was sent, or failed. */
struct delivery {
	struct server *server;
	struct device *device;
	size_t n;
	int64_t ids[];
};

static void delivery_end(void *user, bool sent)
{
	struct delivery *d = user;

	if (!sent)
		command_undelivered(d->server, d->device, d->ids, d->n);
	device_unref(d->device);
	free(d);
}

static void delivery_watch(struct exchange *x, const struct command_list *l)
{
	struct delivery *d = malloc(sizeof(*d) + l->n * sizeof(*d->ids));

	/* Without it, commands of an interrupted reply wait for the retry time. */
	if (d == NULL)
		return;
	*d = (struct delivery){ .server = x->server, .device = device_ref(x->device) };
	for (const struct command_item *at = l->first; at; at = at->next)
		d->ids[d->n++] = at->command.id;
	x->transport->watch(x->link, d, delivery_end);
}

/* The commands for the device: belongs to the request, from done() until the reply. */
struct offer {
	struct command_list list;
};

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
static enum gh_err offer_write(struct exchange *x, const struct command_list *l, int64_t now_ms,
			       gh_slice *out)
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

/* The store may have been slow: what is past its time by now is not sent. It ends when the time for
 * that is next looked at. */
static void offer_withdraw(struct exchange *x, const struct command_list *l, int64_t now_ms)
{
	for (const struct command_item *at = l->first; at; at = at->next)
		if (at->command.expires_ms <= now_ms)
			command_withdraw(x->server, x->device, &at->command.id, 1);
}

/* The exchange and its arena are freed with the reply. */
static void offer_reply(struct exchange *x)
{
	struct offer *o = x->state;
	struct command_list list;
	gh_slice text = { 0 };
	int64_t now_ms = server_steady_ms(x->server);

	command_list_move(&list, &o->list);
	if (x->err == GH_OK)
		offer_withdraw(x, &list, now_ms);
	if (x->err == GH_OK && list.n)
		x->err = offer_write(x, &list, now_ms, &text);
	if (x->err) {
		exchange_store_failed(x, x->err);
	} else if (text.n == 0) {
		exchange_ok(x);
	} else {
		delivery_watch(x, &list);
		exchange_text(x, text);
	}
	command_list_clear(&list);
}

/* On the store thread. */
static void poll_offer_done(void *ctx, enum gh_err err, struct command_list *offered)
{
	struct exchange *x = ctx;
	struct offer *o = x->state;

	command_list_move(&o->list, offered);
	x->err = err;
	exchange_resume_with(x, offer_reply);
}

void attendance_poll(struct exchange *x)
{
	metric_add(&x->server->metrics->polls, 1);
	if (x->target.params > 1)
		info_store(x);
	if (!device_offer_due(x->device, x->now_ms)) {
		exchange_ok(x);
		return;
	}
	x->state = ghi_arena_alloc(x->arena, sizeof(struct offer));
	if (x->state == NULL) {
		exchange_store_failed(x, GH_ENOMEM);
		return;
	}
	if (!exchange_defer(x)) {
		exchange_drop(x);
		return;
	}
	enum gh_err err = command_offer(x->server, x->device, poll_offer_done, x);
	if (err)
		exchange_store_failed(x, err);
}

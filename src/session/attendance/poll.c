/* getrequest: the heartbeat, the summary of itself a device sends with it, and the commands it
 * is answered with (Attendance PUSH 2020-03, 9, 10 and 12). */
#include <stdlib.h>

#include "base/text.h"
#include "core/commands.h"
#include "core/metrics.h"
#include "session/attendance/attendance.h"
#include "wire/attendance/info.h"

/* The device's summary of itself: stored when it changed. */
static void info_store(struct exchange *x)
{
	gh_slice text = exchange_param(x, "INFO");
	struct device_row row;
	struct ghi_info info;

	device_row(x->device, x->arena, &row);
	if (text.n == 0 || gh_slice_eq(text, row.info))
		return;
	ghi_info_parse(text, &info);
	struct device_row change = {
		.present = UINT64_C(1) << DEVICE_info | UINT64_C(1) << DEVICE_firmware,
		.info = text,
		.firmware = info.firmware,
	};
	/* A full queue has more urgent work; the next summary comes with the next change. */
	if (device_change(x->server, x->device, &change, NULL, NULL) != GH_OK)
		return;
}

/* What is needed once the reply with commands has gone out, or has not. */
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

static void delivery_watch(struct exchange *x, const int64_t *ids, size_t n)
{
	struct delivery *d = malloc(sizeof(*d) + n * sizeof(*ids));

	/* Without it a reply that breaks off costs the retry time. */
	if (d == NULL)
		return;
	*d = (struct delivery){ .server = x->server, .device = device_ref(x->device), .n = n };
	memcpy(d->ids, ids, n * sizeof(*ids));
	x->transport->watch(x->link, d, delivery_end);
}

/* What the store has for the device, between done() and the continuation. */
struct offer {
	gh_slice text; /* in the request's arena, as the ids */
	int64_t *ids;
	size_t n;
};

static void offer_reply(struct exchange *x)
{
	struct offer *o = x->state;
	struct device_row row;
	gh_slice text = o->text, converted = { 0 };

	if (x->err) {
		exchange_store_failed(x, x->err);
		return;
	}
	if (o->n == 0) {
		exchange_ok(x);
		return;
	}
	device_row(x->device, x->arena, &row);
	if (attendance_uses_gb18030(&row) && ghi_text_to_gb18030(text, &converted) == GH_OK)
		text = converted;
	delivery_watch(x, o->ids, o->n);
	exchange_text(x, text);
	free((void *)(uintptr_t)converted.p);
}

/* On the store thread. */
static void offer_done(void *ctx, enum gh_err err, gh_slice text, const int64_t *ids, size_t n)
{
	struct exchange *x = ctx;
	struct offer *o = x->state;

	if (err == GH_OK && n) {
		o->text = ghi_arena_copy(x->arena, text);
		o->ids = ghi_arena_alloc(x->arena, n * sizeof(*ids));
		o->n = n;
		if (o->text.n != text.n || o->ids == NULL)
			err = GH_ENOMEM;
		else
			memcpy(o->ids, ids, n * sizeof(*ids));
	}
	x->err = err;
	exchange_resume_with(x, offer_reply);
}

void attendance_poll(struct exchange *x)
{
	metric_add(&x->server->metrics->polls, 1);
	if (x->target.params > 1)
		info_store(x);
	if (!device_wants_offer(x->device, x->now_ms)) {
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
	enum gh_err err = command_offer(x->server, x->device, offer_done, x);
	if (err)
		exchange_store_failed(x, err);
}

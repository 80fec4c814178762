/* getrequest, ping and exchange (Attendance PUSH 2020-03, 6, 7, 9, 10 and 12). */
#include <stdlib.h>

#include "base/text.h"
#include "core/commands.h"
#include "core/metrics.h"
#include "session/attendance/attendance.h"
#include "wire/attendance/info.h"

/* The device's summary of itself: stored when it changed. */
static void note_info(struct exchange *x)
{
	gh_slice text = exchange_param(x, "INFO");
	struct device_row row;
	struct ghi_info info;

	device_row(x->device, http_arena(x->request), &row);
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

static void delivered(void *user, bool sent)
{
	struct delivery *d = user;

	if (!sent)
		command_undelivered(d->server, d->device, d->ids, d->n);
	device_unref(d->device);
	free(d);
}

static void watch_delivery(struct exchange *x, const int64_t *ids, size_t n)
{
	struct delivery *d = malloc(sizeof(*d) + n * sizeof(*ids));

	/* Without it a reply that breaks off costs the retry time. */
	if (d == NULL)
		return;
	*d = (struct delivery){ .server = x->server, .device = device_ref(x->device), .n = n };
	memcpy(d->ids, ids, n * sizeof(*ids));
	http_set_user(x->request, d, delivered);
}

static void offered(void *ctx, enum gh_err err, gh_slice text, const int64_t *ids, size_t n)
{
	struct exchange *x = ctx;
	struct device_row row;
	gh_slice converted = { 0 };

	if (err) {
		exchange_store_failed(x, err);
		return;
	}
	if (n == 0) {
		exchange_ok(x);
		return;
	}
	device_row(x->device, http_arena(x->request), &row);
	if (attendance_speaks_gb18030(&row) && ghi_text_to_gb18030(text, &converted) == GH_OK)
		text = converted;
	watch_delivery(x, ids, n);
	exchange_text(x, text);
	free((void *)(uintptr_t)converted.p);
}

void attendance_poll(struct exchange *x)
{
	metric_add(&x->server->metrics->polls, 1);
	if (x->target.params > 1)
		note_info(x);
	if (!device_wants_offer(x->device, x->now_ms)) {
		exchange_ok(x);
		return;
	}
	exchange_defer(x);
	enum gh_err err = command_offer(x->server, x->device, offered, x);
	if (err)
		exchange_store_failed(x, err);
}

void attendance_ping(struct exchange *x)
{
	exchange_ok(x);
}

/* The key agreement's algorithms are published nowhere. A 200 would leave the device waiting
 * for keys, so it hears that there is no such thing (QUIRKS, communication encryption). */
void attendance_exchange(struct exchange *x)
{
	exchange_refuse(x, 404, "communication encryption is not offered; use HTTPS");
}

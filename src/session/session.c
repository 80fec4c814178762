/* The steps of every device request: target, device, dialect, admission, key, and the function
 * in the table of the dialect. */
#include "session/session.h"

#include <stdio.h>

#include "core/metrics.h"
#include "session/dialect.h"

static bool method_is_known(gh_slice method)
{
	/* Old documents write "Get" (Attendance PUSH 2020-03, 9). */
	return gh_slice_ieq(method, GH_LIT("GET")) || gh_slice_eq(method, GH_LIT("HEAD")) ||
	       gh_slice_eq(method, GH_LIT("POST"));
}

/* A request without a device: it is in no device's trace. */
static void unmatched_refuse(struct exchange *x, unsigned status, const char *why)
{
	metric_add(&x->server->metrics->unmatched, 1);
	exchange_refuse(x, status, why);
}

static void request_serve(struct exchange *x)
{
	if (device_deleted(x->device)) {
		exchange_refuse(x, 503, "device was deleted, try again");
		return;
	}
	switch (device_state(x->device)) {
	case DEVICE_APPROVED:
		break;
	case DEVICE_BLOCKED:
		metric_add(&x->server->metrics->held_requests, 1);
		exchange_refuse(x, 403, "device is blocked by the administrator");
		return;
	default:
		metric_add(&x->server->metrics->held_requests, 1);
		exchange_refuse(x, 503, "device waits for approval by the administrator");
		return;
	}
	if (!x->dialect->authorise(x)) {
		metric_add(&x->server->metrics->key_refusals, 1);
		exchange_refuse(x, 401, "comm key is missing or wrong");
		return;
	}
	x->dialect->serve[x->request](x);
}

/* --- first contact --- */

static void admission_continue(struct exchange *x)
{
	if (x->err) {
		exchange_store_failed(x, x->err);
		return;
	}
	device_log_new(x->server, x->device);
	request_serve(x);
}

/* On the store thread. */
static void session_admission_done(void *ctx, struct device *d, enum gh_err err)
{
	struct exchange *x = ctx;

	x->device = d;
	x->err = err;
	exchange_resume_with(x, admission_continue);
}

static void admission_begin(struct exchange *x)
{
	struct device_row first = {
		.present = UINT64_C(1) << DEVICE_sn | UINT64_C(1) << DEVICE_address |
			   UINT64_C(1) << DEVICE_push_version | UINT64_C(1) << DEVICE_language |
			   UINT64_C(1) << DEVICE_device_type,
		.sn = x->sn,
		.address = exchange_peer(x),
		.attendance = { .push_version = exchange_param(x, "pushver"),
				.language = exchange_param(x, "language") },
		.device_type = exchange_param(x, "DeviceType"),
	};

	if (x->arena->failed) {
		exchange_store_failed(x, GH_ENOMEM);
		return;
	}
	if (!exchange_defer(x)) {
		exchange_drop(x);
		return;
	}
	switch (devices_admit(x->server, &first, session_admission_done, x)) {
	case GH_OK:
		break;
	case GH_EDENIED:
		exchange_refuse(x, 403, "unknown devices are not admitted");
		break;
	default:
		exchange_store_failed(x, GH_EBUSY);
		break;
	}
}

void session_serve(struct exchange *x)
{
	if (ghi_target_parse(x->raw_target, &x->target) != GH_OK) {
		unmatched_refuse(x, 400, "request target cannot be read");
		return;
	}
	gh_slice sn = exchange_param(x, "SN");
	bool valid = device_serial_valid(sn);

	if (valid)
		x->device = devices_find(x->server->devices, sn);
	x->dialect = dialect_choose(x);
	x->request = (int)x->dialect->classify(x);
	if (x->request == DIALECT_UNKNOWN) {
		char why[64];

		snprintf(why, sizeof(why), "no such path for %s devices", x->dialect->name);
		device_unref(x->device);
		x->device = NULL;
		unmatched_refuse(x, 404, why);
		return;
	}
	if (sn.n == 0) {
		unmatched_refuse(x, 400, "SN is missing");
		return;
	}
	if (valid)
		x->sn = sn;
	if (!method_is_known(x->method)) {
		x->transport->add_header(x->link, "Allow", "GET, POST");
		unmatched_refuse(x, 405, "method is not GET or POST");
		return;
	}
	if (!valid) {
		unmatched_refuse(x, 400, "SN is not 1 to 32 letters, digits, '-', '_' or '.'");
		return;
	}
	if (x->device == NULL) {
		admission_begin(x);
		return;
	}
	device_seen(x->device, x->now_ms);
	x->quiet = device_state(x->device) == DEVICE_APPROVED && x->dialect->heartbeat(x);
	request_serve(x);
}

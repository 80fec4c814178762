/* The way of every device request: its target, its device, admission, key, and handler. */
#include "session/session.h"

#include "core/metrics.h"
#include "core/trace.h"
#include "session/attendance/attendance.h"

static const struct route {
	enum ghi_endpoint endpoint;
	const char *methods;
	void (*handler)(struct exchange *x);
} routes[] = {
#define ROUTE(endpoint, methods, handler) { GHI_ENDPOINT_##endpoint, methods, handler },
#include "session/route.def"
#undef ROUTE
};

static const struct route *route_of(enum ghi_endpoint endpoint)
{
	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++)
		if (routes[i].endpoint == endpoint)
			return &routes[i];
	return NULL;
}

static bool method_fits(const struct route *route, gh_slice method)
{
	/* Old documents write "Get" (Attendance PUSH 2020-03, 9). */
	if (gh_slice_ieq(method, GH_LIT("GET")) || gh_slice_eq(method, GH_LIT("HEAD")))
		return strchr(route->methods, 'G') != NULL;
	return gh_slice_eq(method, GH_LIT("POST")) && strchr(route->methods, 'P') != NULL;
}

/* A wrong or missing key is remembered until the right one is given, because only the
 * handshake carries it. */
static bool key_fits(struct exchange *x)
{
	struct device_row row;
	bool handshake =
		x->target.endpoint == GHI_ENDPOINT_CDATA && exchange_has_param(x, "options");

	if (!device_has_key(x->device))
		return !x->server->settings->comm_key_required;
	if (!handshake && !exchange_has_param(x, "pushcommkey"))
		return !device_key_failed(x->device);
	device_row(x->device, http_arena(x->request), &row);
	bool fits = gh_slice_eq(exchange_param(x, "pushcommkey"), row.comm_key);
	device_key_result(x->device, fits);
	return fits;
}

static void serve(struct exchange *x, const struct route *route)
{
	if (device_deleted(x->device)) {
		exchange_refuse(x, 503, "device was deleted, ask again");
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
	if (!key_fits(x)) {
		metric_add(&x->server->metrics->key_refusals, 1);
		exchange_refuse(x, 401, "comm key is missing or wrong");
		return;
	}
	route->handler(x);
}

static void admitted(void *ctx, struct device *d, enum gh_err err)
{
	struct exchange *x = ctx;

	x->device = d;
	if (err)
		exchange_store_failed(x, err);
	else
		serve(x, route_of(x->target.endpoint));
}

static void admit(struct exchange *x)
{
	struct device_row first = {
		.present = UINT64_C(1) << DEVICE_sn | UINT64_C(1) << DEVICE_address |
			   UINT64_C(1) << DEVICE_push_version | UINT64_C(1) << DEVICE_language |
			   UINT64_C(1) << DEVICE_device_type,
		.sn = x->sn,
		.address = http_peer(x->request),
		.push_version = exchange_param(x, "pushver"),
		.language = exchange_param(x, "language"),
		.device_type = exchange_param(x, "DeviceType"),
	};

	exchange_defer(x);
	switch (devices_admit(x->server, &first, admitted, x)) {
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

/* The commonest request by far: a known device asks, and nothing waits for it. */
static bool heartbeat(struct exchange *x)
{
	return x->target.endpoint == GHI_ENDPOINT_GETREQUEST && x->target.params == 1 &&
	       !device_wants_offer(x->device, x->now_ms);
}

void session_ready(void *ctx, struct http_request *r)
{
	struct server *server = ctx;
	struct exchange *x = ghi_arena_alloc(http_arena(r), sizeof(*x));

	if (x == NULL) {
		http_reply(r, 503, "text/plain", GH_LIT("out of memory"));
		return;
	}
	x->server = server;
	x->request = r;
	x->now_ms = server->now_ms();
	if (ghi_target_parse(http_target(r), &x->target) != GH_OK) {
		metric_add(&server->metrics->unmatched, 1);
		exchange_refuse(x, 400, "request target cannot be read");
		return;
	}
	const struct route *route = route_of(x->target.endpoint);
	if (route)
		x->sn = exchange_param(x, "SN");
	if (route == NULL || x->sn.n == 0) {
		metric_add(&server->metrics->unmatched, 1);
		if (route)
			exchange_refuse(x, 400, "SN is missing");
		else
			exchange_refuse(x, 404, "no such path for attendance devices");
		return;
	}
	if (!method_fits(route, http_method(r))) {
		metric_add(&server->metrics->unmatched, 1);
		http_add_header(r, "Allow", "GET, POST");
		exchange_refuse(x, 405, "method is not GET or POST");
		return;
	}
	if (!device_serial_valid(x->sn)) {
		x->sn = (gh_slice){ 0 };
		metric_add(&server->metrics->unmatched, 1);
		exchange_refuse(x, 400, "SN is not 1 to 32 letters, digits, '-', '_' or '.'");
		return;
	}
	x->device = devices_find(server->devices, x->sn);
	if (x->device == NULL) {
		admit(x);
		return;
	}
	device_seen(x->device, x->now_ms);
	x->quiet = heartbeat(x) && device_state(x->device) == DEVICE_APPROVED;
	serve(x, route);
}

void session_refused(void *ctx, struct http_request *r, unsigned status, const char *reason)
{
	struct server *server = ctx;
	struct ghi_target target;
	gh_slice sn = { 0 };

	if (ghi_target_parse(http_target(r), &target) == GH_OK)
		(void)ghi_target_get(&target, "SN", &sn);
	if (!device_serial_valid(sn))
		sn = (gh_slice){ 0 };
	metric_add(&server->metrics->unmatched, 1);
	trace_add(server->trace, &(struct traced){
					 .at_ms = server->now_ms(),
					 .serial = sn,
					 .peer = http_peer(r),
					 .method = http_method(r),
					 .target = exchange_shown_target(r),
					 .version = http_version(r),
					 .status = status,
					 .note = gh_slice_of(reason),
				 });
	LOG(server->log, LOG_WARNING, "request refused", { "sn", sn }, { "peer", http_peer(r) },
	    { "why", gh_slice_of(reason) });
}

void session_noise(void *ctx, const char *message)
{
	struct server *server = ctx;

	metric_add(&server->metrics->unmatched, 1);
	LOG(server->log, LOG_WARNING, "not a request", { "why", gh_slice_of(message) });
}

/* Exchanges carried by HTTP: the device listener's callbacks, and the transport over
 * http/http.h. */
#include "core/contacts.h"
#include "core/metrics.h"
#include "core/trace.h"
#include "session/exchange.h"
#include "session/session.h"

#define BODY_SHOWN 4096 /* of a body that is refused, for people who look at the trace */

static gh_slice http_link_peer(void *link)
{
	return http_peer(link);
}

static void http_link_each_header(void *link,
				  void (*fn)(void *ctx, gh_slice name, gh_slice value),
				  void *ctx)
{
	http_each_header(link, fn, ctx);
}

static void http_link_add_header(void *link, const char *name, const char *value)
{
	http_add_header(link, name, value);
}

static void http_link_reply(void *link, unsigned status, gh_slice body)
{
	http_reply(link, status, "text/plain", body);
}

static void http_link_reply_ok(void *link)
{
	http_reply_ok(link);
}

static void http_link_watch(void *link, void *user, void (*gone)(void *user, bool sent))
{
	http_set_user(link, user, gone);
}

static bool http_link_defer(void *link)
{
	return http_defer(link);
}

static bool http_link_left(void *link)
{
	return http_peer_left(link);
}

static void http_link_resume(void *link)
{
	http_resume(link);
}

static void http_link_resume_with(void *link, void (*fn)(void *ctx), void *ctx)
{
	http_resume_with(link, fn, ctx);
}

static const struct exchange_transport http_transport = {
	.peer = http_link_peer,
	.each_header = http_link_each_header,
	.add_header = http_link_add_header,
	.reply = http_link_reply,
	.reply_ok = http_link_reply_ok,
	.watch = http_link_watch,
	.defer = http_link_defer,
	.left = http_link_left,
	.resume = http_link_resume,
	.resume_with = http_link_resume_with,
};

static void exchange_abandoned(void *user, bool sent)
{
	struct exchange *x = user;

	(void)sent;
	exchange_drop(x);
}

void session_head(void *ctx, struct http_request *r)
{
	struct server *server = ctx;
	struct exchange *x = ghi_arena_alloc(http_arena(r), sizeof(*x));

	if (x == NULL) {
		http_reply(r, 503, "text/plain", GH_LIT("out of memory"));
		return;
	}
	x->server = server;
	x->transport = &http_transport;
	x->link = r;
	x->arena = http_arena(r);
	x->method = http_method(r);
	x->raw_target = http_target(r);
	x->version = http_version(r);
	x->has_body = http_body_comes(r);
	x->now_ms = server->now_ms();
	if (!session_judge(x))
		http_discard_body(r, x->keep ? x->keep : BODY_SHOWN);
	/* Until it is ready: the peer may leave amid its body. */
	http_set_user(r, x, exchange_abandoned);
}

void session_ready(void *ctx, struct http_request *r)
{
	struct exchange *x = http_user(r);

	(void)ctx;
	http_set_user(r, NULL, NULL);
	x->body = http_body(r);
	x->discarded = http_body_discarded(r);
	session_serve(x);
}

/* Of a device that is known it is in its trace. Without room the server is at fault. */
static void refusal_contact_note(struct server *server, struct http_request *r, gh_slice target,
				 gh_slice sn, unsigned status, const char *reason)
{
	struct device *d = sn.n ? devices_find(server->devices, sn) : NULL;

	if (d == NULL && status != 503)
		contact_note(server, &(struct contact){ .reason = CONTACT_REQUEST_REFUSED,
							.peer = http_peer(r),
							.target = target,
							.serial = sn,
							.detail = gh_slice_of(reason) });
	device_unref(d);
}

void session_refused(void *ctx, struct http_request *r, unsigned status, const char *reason)
{
	struct server *server = ctx;
	struct exchange x = { .arena = http_arena(r), .raw_target = http_target(r) };
	gh_slice sn = { 0 };

	if (ghi_target_parse(x.raw_target, &x.target) == GH_OK)
		(void)ghi_target_get(&x.target, "SN", &sn);
	if (!device_serial_valid(sn))
		sn = (gh_slice){ 0 };
	gh_slice target = exchange_shown_target(&x);

	metric_add(&server->metrics->unmatched, 1);
	refusal_contact_note(server, r, target, sn, status, reason);
	trace_add(server->trace, &(struct traced){
					 .at_ms = server->now_ms(),
					 .serial = sn,
					 .peer = http_peer(r),
					 .method = http_method(r),
					 .target = target,
					 .version = http_version(r),
					 .status = status,
					 .note = gh_slice_of(reason),
				 });
	LOG(server->log, LOG_WARNING, "request refused", { "sn", sn }, { "peer", http_peer(r) },
	    { "why", gh_slice_of(reason) });
}

void session_no_request(void *ctx, const struct http_no_request *what)
{
	struct server *server = ctx;

	metric_add(&server->metrics->unmatched, 1);
	LOG(server->log, LOG_WARNING, "not a request", { "why", gh_slice_of(what->message) });
}

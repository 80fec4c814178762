#include "session/exchange.h"

#include <stdio.h>

#include "base/writer.h"
#include "core/metrics.h"
#include "core/trace.h"

bool exchange_has_param(const struct exchange *x, const char *key)
{
	gh_slice value;

	return ghi_target_get(&x->target, key, &value);
}

gh_slice exchange_param(struct exchange *x, const char *key)
{
	gh_slice value = { 0 };

	if (!ghi_target_get(&x->target, key, &value) || value.n == 0)
		return (gh_slice){ 0 };
	uint8_t *to = ghi_arena_alloc(http_arena(x->request), value.n);
	return to ? ghi_percent_decode(value, to) : (gh_slice){ 0 };
}

void exchange_defer(struct exchange *x)
{
	if (!x->deferred)
		http_defer(x->request);
	x->deferred = true;
}

gh_slice exchange_shown_target(struct http_request *r)
{
	gh_slice target = http_target(r);
	uint8_t *to = ghi_arena_alloc(http_arena(r), target.n);

	return to ? ghi_target_conceal(target, to) : (gh_slice){ 0 };
}

/* What does not fit is left out whole. */
static void add_header(void *ctx, gh_slice name, gh_slice value)
{
	struct ghi_writer *w = ctx;

	if (w->cap - w->n < name.n + value.n + 3)
		return;
	ghi_put(w, name);
	ghi_put(w, GH_LIT(": "));
	ghi_put(w, value);
	ghi_put_u8(w, '\n');
}

static void trace(struct exchange *x, unsigned status, gh_slice reply, const char *note)
{
	uint8_t text[2048];
	struct ghi_writer headers = ghi_writer_on(text, sizeof(text));

	http_each_header(x->request, add_header, &headers);
	trace_add(x->server->trace, &(struct traced){
					    .at_ms = x->now_ms,
					    .serial = x->sn,
					    .peer = http_peer(x->request),
					    .method = http_method(x->request),
					    .target = exchange_shown_target(x->request),
					    .version = http_version(x->request),
					    .headers = ghi_written(&headers),
					    .body = http_body(x->request),
					    .body_size = http_body(x->request).n,
					    .status = status,
					    .reply = reply,
					    .note = gh_slice_of(note),
				    });
}

/* x lies in the request's arena, and a resumed request may be gone at any moment. */
static void end(struct exchange *x)
{
	struct http_request *request = x->request;
	bool deferred = x->deferred;

	device_unref(x->device);
	if (deferred)
		http_resume(request);
}

void exchange_ok(struct exchange *x)
{
	if (!x->quiet)
		trace(x, 200, GH_LIT("OK"), NULL);
	http_reply_ok(x->request);
	end(x);
}

void exchange_text(struct exchange *x, gh_slice body)
{
	trace(x, 200, body, NULL);
	http_reply(x->request, 200, "text/plain", body);
	end(x);
}

void exchange_refuse(struct exchange *x, unsigned status, const char *why)
{
	gh_slice text = gh_slice_of(why);

	trace(x, status, text, why);
	LOG(x->server->log, x->device ? LOG_INFO : LOG_WARNING, "request refused",
	    { "sn", x->sn }, { "peer", http_peer(x->request) }, { "path", x->target.path },
	    { "why", text });
	if (status == 503)
		http_add_header(x->request, "Retry-After", "30");
	http_reply(x->request, status, "text/plain", text);
	end(x);
}

void exchange_store_failed(struct exchange *x, enum gh_err err)
{
	char why[96];

	metric_add(&x->server->metrics->uploads_refused, 1);
	snprintf(why, sizeof(why), "not stored, send it again: %s", gh_strerror(err));
	exchange_refuse(x, 503, why);
}

#include "session/exchange.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/percent.h"
#include "base/writer.h"
#include "core/trace.h"
#include "wire/access/words.h"

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
	uint8_t *to = ghi_arena_alloc(x->arena, value.n);
	return to ? ghi_percent_decode(value, to) : (gh_slice){ 0 };
}

gh_slice exchange_peer(struct exchange *x)
{
	return x->transport->peer(x->link);
}

gh_slice exchange_shown_target(const struct exchange *x)
{
	uint8_t *to = ghi_arena_alloc(x->arena, x->raw_target.n);

	return to ? ghi_target_conceal(x->raw_target, to) : (gh_slice){ 0 };
}

bool exchange_defer(struct exchange *x)
{
	if (!x->deferred)
		x->deferred = x->transport->defer(x->link);
	return x->deferred;
}

static void exchange_continue(void *ctx)
{
	struct exchange *x = ctx;

	x->deferred = false;
	x->next(x);
}

void exchange_resume_with(struct exchange *x, void (*fn)(struct exchange *x))
{
	x->next = fn;
	x->transport->resume_with(x->link, exchange_continue, x);
}

void exchange_done(void *ctx, enum gh_err err)
{
	struct exchange *x = ctx;

	x->err = err;
	exchange_resume_with(x, x->next);
}

/* A header that does not fit is omitted as a whole. */
static void header_write(void *ctx, gh_slice name, gh_slice value)
{
	struct ghi_writer *w = ctx;

	if (w->cap - w->n < name.n + value.n + sizeof("***") + 3)
		return;
	ghi_put(w, name);
	ghi_put(w, GH_LIT(": "));
	/* It has the token of an access unit. */
	ghi_put(w, gh_slice_ieq(name, GH_LIT("Cookie")) ? GH_LIT("***") : value);
	ghi_put_u8(w, '\n');
}

int64_t exchange_number(struct exchange *x)
{
	if (x->number == 0)
		x->number = trace_number_take(x->server->trace);
	return x->number;
}

/* What is kept of a text of an access unit, whose rows and orders have passwords in them: without those. On the heap;
 * *shown is the text itself where it has none. */
static uint8_t *unit_text_show(const struct exchange *x, gh_slice text, gh_slice *shown)
{
	gh_slice words = { text.p, text.n < TRACE_BODY ? text.n : TRACE_BODY };
	size_t room = 2 * words.n + 16;
	uint8_t *copy;

	*shown = text;
	if (x->device == NULL || device_dialect(x->device) != DEVICE_ACCESS ||
	    !ghi_access_words_hide(words))
		return NULL;
	copy = malloc(room);
	struct ghi_writer w = ghi_writer_on(copy, copy ? room : 0);

	ghi_access_words_show(&w, words);
	*shown = w.err ? (gh_slice){ 0 } : ghi_written(&w);
	return copy;
}

static void exchange_trace(struct exchange *x, unsigned status, gh_slice reply,
			   const char *note)
{
	uint8_t text[2048], *kept[2];
	struct ghi_writer headers = ghi_writer_on(text, sizeof(text));
	gh_slice body = x->shown_body.p ? x->shown_body : x->body;

	if (x->shown_reply.p && status == 200)
		reply = x->shown_reply;
	kept[0] = x->shown_body.p ? NULL : unit_text_show(x, body, &body);
	kept[1] = unit_text_show(x, reply, &reply);
	x->transport->each_header(x->link, header_write, &headers);
	trace_add(x->server->trace, &(struct traced){
					    .id = x->number,
					    .at_ms = x->now_ms,
					    .serial = x->sn,
					    .peer = exchange_peer(x),
					    .method = x->method,
					    .target = exchange_shown_target(x),
					    .version = x->version,
					    .headers = ghi_written(&headers),
					    .body = body,
					    .body_size = x->body.n,
					    .status = status,
					    .reply = reply,
					    .note = gh_slice_of(note),
				    });
	free(kept[0]);
	free(kept[1]);
}

void exchange_drop(struct exchange *x)
{
	device_unref(x->device);
}

/* A request that was not read in full because an allocation failed must not be acknowledged: the
 * device repeats it. */
static bool exchange_starved(struct exchange *x, unsigned status)
{
	if (!x->arena->failed || status == 503)
		return false;
	exchange_refuse(x, 503, "the memory for requests is exhausted, send it again");
	return true;
}

/* x is in the request's arena, and a resumed request may be freed at any moment. */
static void exchange_end(struct exchange *x)
{
	const struct exchange_transport *transport = x->transport;
	void *link = x->link;
	bool deferred = x->deferred;

	device_unref(x->device);
	if (deferred)
		transport->resume(link);
}

void exchange_ok(struct exchange *x)
{
	if (exchange_starved(x, 200))
		return;
	if (!x->quiet)
		exchange_trace(x, 200, GH_LIT("OK"), x->note);
	x->transport->reply_ok(x->link);
	exchange_end(x);
}

void exchange_text(struct exchange *x, gh_slice body)
{
	if (exchange_starved(x, 200))
		return;
	exchange_trace(x, 200, body, x->note);
	x->transport->reply(x->link, 200, body);
	exchange_end(x);
}

void exchange_bytes(struct exchange *x, unsigned status, gh_slice body)
{
	if (exchange_starved(x, status))
		return;
	exchange_trace(x, status, GH_LIT("(bytes of a file)"), x->note);
	x->transport->reply(x->link, status, body);
	exchange_end(x);
}

/* A device that is refused calls again and again: each reason is logged once. */
static enum log_level refusal_level(const struct exchange *x, gh_slice why)
{
	if (x->device == NULL)
		return LOG_WARNING;
	return device_refusal_note(x->device, why) ? LOG_INFO : LOG_DEBUG;
}

void exchange_refuse(struct exchange *x, unsigned status, const char *why)
{
	exchange_refuse_with(x, status, gh_slice_of(why), why);
}

void exchange_refuse_with(struct exchange *x, unsigned status, gh_slice body, const char *why)
{
	gh_slice text = gh_slice_of(why);

	if (exchange_starved(x, status))
		return;
	exchange_trace(x, status, body, why);
	LOG(x->server->log, refusal_level(x, text), "request refused", { "sn", x->sn },
	    { "peer", exchange_peer(x) }, { "path", x->target.path }, { "why", text });
	if (status == 503)
		x->transport->add_header(x->link, "Retry-After", "30");
	x->transport->reply(x->link, status, body);
	exchange_end(x);
}

void exchange_store_failed(struct exchange *x, enum gh_err err)
{
	char why[96];

	snprintf(why, sizeof(why), "not stored, send it again: %s", gh_strerror(err));
	exchange_refuse(x, 503, why);
}

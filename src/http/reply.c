/* Replies. A response is made where the handler runs, on any thread, but given to
 * libmicrohttpd only on the thread that owns the connection (request_life.c). */
#include "http/http_private.h"

#include <stdlib.h>

#define RETRY_AFTER "30"
#define PLAIN "text/plain"
#define REPLY_SMALL 65536 /* bytes of a body that may go beyond the budget's ceiling */

/* To a heartbeat, and to an upload of one record. */
static const gh_slice frequent[HTTP_FREQUENT] = {
	{ (const uint8_t *)"OK", 2 },
	{ (const uint8_t *)"OK:1", 4 },
};

static struct MHD_Response *response_lasting(gh_slice body)
{
	return MHD_create_response_from_buffer(body.n, (void *)(uintptr_t)body.p,
					       MHD_RESPMEM_PERSISTENT);
}

bool reply_prepare(struct http_listener *l)
{
	bool ok = true;

	for (size_t i = 0; i < HTTP_FREQUENT; i++) {
		l->frequent[i] = response_lasting(frequent[i]);
		ok = ok && l->frequent[i] &&
		     MHD_add_response_header(l->frequent[i], "Content-Type", PLAIN) == MHD_YES;
	}
	l->exhausted = response_lasting((gh_slice){ 0 });
	return ok && l->exhausted &&
	       MHD_add_response_header(l->exhausted, "Retry-After", RETRY_AFTER) == MHD_YES;
}

void reply_unprepare(struct http_listener *l)
{
	for (size_t i = 0; i < HTTP_FREQUENT; i++)
		if (l->frequent[i])
			MHD_destroy_response(l->frequent[i]);
	if (l->exhausted)
		MHD_destroy_response(l->exhausted);
}

static bool response_is_shared(const struct http_listener *l,
			       const struct MHD_Response *response)
{
	for (size_t i = 0; i < HTTP_FREQUENT; i++)
		if (response == l->frequent[i])
			return true;
	return response == l->exhausted;
}

/* NULL: this reply is not one of those that were made in advance. */
static struct MHD_Response *reply_frequent(const struct http_request *r, unsigned status,
					   const char *content_type, gh_slice body)
{
	if (status != MHD_HTTP_OK || r->first_line || r->close_after || content_type == NULL ||
	    strcmp(content_type, PLAIN) != 0)
		return NULL;
	for (size_t i = 0; i < HTTP_FREQUENT; i++)
		if (gh_slice_eq(body, frequent[i]))
			return r->listener->frequent[i];
	return NULL;
}

void reply_drop(struct http_request *r)
{
	struct MHD_Response *response = r->response;

	r->response = NULL;
	if (response && !response_is_shared(r->listener, response))
		MHD_destroy_response(response);
}

static bool reply_headers_add(struct http_request *r, const char *content_type,
			      struct MHD_Response *response)
{
	bool ok = true;

	if (content_type)
		ok &= MHD_add_response_header(response, "Content-Type", content_type);
	for (const struct http_header_line *e = r->first_line; e; e = e->next)
		ok &= MHD_add_response_header(response, e->name, e->value);
	if (r->close_after)
		ok &= MHD_add_response_header(response, "Connection", "close");
	return ok;
}

void reply_set(struct http_request *r, unsigned status, const char *content_type,
	       struct MHD_Response *response)
{
	reply_drop(r); /* a second reply is an error of the caller, but must not leak */
	if (response && !reply_headers_add(r, content_type, response)) {
		MHD_destroy_response(response);
		response = NULL;
	}
	r->response = response ? response : r->listener->exhausted;
	r->status = response ? status : MHD_HTTP_SERVICE_UNAVAILABLE;
}

/* A reply stays in memory until the peer has read it. False: there is no memory for it, and the
 * request is refused instead. */
static bool reply_charge(struct http_request *r, size_t n)
{
	const struct budget_share *memory = r->memory;

	if (n <= REPLY_SMALL ? ghi_budget_charge_small(memory, n)
			     : ghi_budget_charge(memory, n)) {
		r->reply_charged += n;
		return true;
	}
	if (r->reply_refused) { /* not even the refusal fits */
		reply_drop(r);
		r->response = r->listener->exhausted;
		r->status = MHD_HTTP_SERVICE_UNAVAILABLE;
	} else {
		r->reply_refused = true;
		reply_refuse(r, MHD_HTTP_SERVICE_UNAVAILABLE, NO_MEMORY_LEFT);
	}
	return false;
}

void http_reply(struct http_request *r, unsigned status, const char *content_type,
		gh_slice body)
{
	struct MHD_Response *made = reply_frequent(r, status, content_type, body);

	if (made) {
		reply_drop(r);
		r->response = made;
		r->status = status;
		return;
	}
	if (!reply_charge(r, body.n))
		return;
	reply_set(r, status, content_type,
		  MHD_create_response_from_buffer(body.n, (void *)(uintptr_t)body.p,
						  MHD_RESPMEM_MUST_COPY));
}

void http_reply_take(struct http_request *r, unsigned status, const char *content_type,
		     gh_slice body)
{
	struct MHD_Response *response = NULL;

	if (!reply_charge(r, body.n)) {
		free((void *)(uintptr_t)body.p);
		return;
	}
	response = MHD_create_response_from_buffer(body.n, (void *)(uintptr_t)body.p,
						   MHD_RESPMEM_MUST_FREE);
	if (response == NULL)
		free((void *)(uintptr_t)body.p);
	reply_set(r, status, content_type, response);
}

void http_reply_lasting(struct http_request *r, unsigned status, const char *content_type,
			gh_slice body)
{
	reply_set(r, status, content_type, response_lasting(body));
}

void http_reply_ok(struct http_request *r)
{
	http_reply(r, MHD_HTTP_OK, PLAIN, frequent[0]);
}

void http_add_header(struct http_request *r, const char *name, const char *value)
{
	struct http_header_line *e = ghi_arena_alloc(&r->arena, sizeof(*e));

	if (e == NULL)
		return;
	e->name = ghi_arena_text(&r->arena, gh_slice_of(name));
	e->value = ghi_arena_text(&r->arena, gh_slice_of(value));
	if (e->name == NULL || e->value == NULL)
		return;
	if (r->last_line == NULL)
		r->last_line = &r->first_line;
	*r->last_line = e;
	r->last_line = &e->next;
}

void http_close_after(struct http_request *r)
{
	r->close_after = true;
}

void reply_refuse(struct http_request *r, unsigned status, const char *reason)
{
	struct http_listener *l = r->listener;

	atomic_fetch_add_explicit(&l->refusals, 1, memory_order_relaxed);
	if (status == MHD_HTTP_SERVICE_UNAVAILABLE)
		http_add_header(r, "Retry-After", RETRY_AFTER);
	if (l->config.refused)
		l->config.refused(l->config.ctx, r, status, reason);
	if (r->response == NULL)
		http_reply(r, status, PLAIN, gh_slice_of(reason));
}

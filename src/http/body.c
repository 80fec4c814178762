/* Request bodies: heap memory that grows with what arrived, charged to the listener's share of
 * the budget and to that of the peer's address. */
#include "http/http_private.h"

#include <stdlib.h>

#define FIRST_CAP 4096

static size_t body_next_cap(const struct http_request *r, size_t need)
{
	size_t cap = r->body_cap ? r->body_cap * 2 : FIRST_CAP;

	/* The announced length may shrink the room, never enlarge it. */
	if (!r->chunked && r->length < cap)
		cap = (size_t)r->length;
	if (cap > r->listener->config.body_limit)
		cap = r->listener->config.body_limit;
	return cap < need ? need : cap;
}

static struct peer_connection *body_peer(const struct http_request *r)
{
	return r->owner ? r->owner->peer : NULL;
}

static void body_release(struct http_request *r, size_t n)
{
	ghi_budget_release(r->memory, n);
	peers_body_release(r->listener->peers, body_peer(r), n);
}

/* n more bytes of `cap` in all. */
static bool body_charge(struct http_request *r, size_t n, size_t cap)
{
	if (!peers_body_charge(r->listener->peers, body_peer(r), n, cap))
		return false;
	if (ghi_budget_charge(r->memory, n))
		return true;
	peers_body_release(r->listener->peers, body_peer(r), n);
	return false;
}

enum gh_err body_append(struct http_request *r, const void *p, size_t n)
{
	struct http_listener *l = r->listener;

	if (n > l->config.body_limit - r->body_n)
		return GH_ETOOBIG;
	if (n > r->body_cap - r->body_n) {
		size_t cap = body_next_cap(r, r->body_n + n), more = cap - r->body_cap;
		uint8_t *grown;

		if (!body_charge(r, more, cap))
			return GH_EBUSY;
		grown = realloc(r->body, cap);
		if (grown == NULL) {
			body_release(r, more);
			return GH_ENOMEM;
		}
		atomic_fetch_add(&l->body_bytes, more);
		r->body = grown;
		r->body_cap = cap;
	}
	memcpy(r->body + r->body_n, p, n);
	r->body_n += n;
	return GH_OK;
}

void body_free(struct http_request *r)
{
	if (r->body == NULL)
		return;
	free(r->body);
	body_release(r, r->body_cap);
	atomic_fetch_sub(&r->listener->body_bytes, r->body_cap);
	r->body = NULL;
	r->body_n = r->body_cap = 0;
}

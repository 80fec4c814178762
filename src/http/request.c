/* What a handler can read of a request. */
#include "http/http_private.h"

gh_slice http_method(const struct http_request *r)
{
	return gh_slice_of(r->method);
}

gh_slice http_target(const struct http_request *r)
{
	return (gh_slice){ r->target, r->target_n };
}

gh_slice http_version(const struct http_request *r)
{
	return gh_slice_of(r->version);
}

gh_slice http_body(const struct http_request *r)
{
	return (gh_slice){ r->body, r->body_n };
}

bool http_body_comes(const struct http_request *r)
{
	return r->body_comes;
}

void http_discard_body(struct http_request *r, size_t keep)
{
	r->discarding = true;
	r->keep = keep;
}

bool http_body_discarded(const struct http_request *r)
{
	return r->discarding && r->body_comes;
}

void http_leave_room(struct http_request *r, const struct budget_share *memory)
{
	r->memory = r->arena.share = memory;
	if (peers_crowded(r->listener->peers))
		r->close_after = true;
}

bool http_header(struct http_request *r, const char *name, gh_slice *value)
{
	const char *v = NULL;
	size_t n = 0;

	if (MHD_lookup_connection_value_n(r->connection, MHD_HEADER_KIND, name, strlen(name),
					  &v, &n) != MHD_YES ||
	    v == r->host_provided)
		return false;
	*value = gh_slice_trim((gh_slice){ (const uint8_t *)v, n });
	return true;
}

struct header_visitor {
	const char *provided; /* the value that is left out */
	void (*fn)(void *ctx, gh_slice name, gh_slice value);
	void *ctx;
};

static enum MHD_Result header_visit(void *cls, enum MHD_ValueKind kind, const char *name,
				    size_t name_n, const char *value, size_t value_n)
{
	const struct header_visitor *v = cls;

	(void)kind;
	if (value == v->provided)
		return MHD_YES;
	v->fn(v->ctx, (gh_slice){ (const uint8_t *)name, name_n },
	      gh_slice_trim((gh_slice){ (const uint8_t *)value, value_n }));
	return MHD_YES;
}

void http_each_header(struct http_request *r,
		      void (*fn)(void *ctx, gh_slice name, gh_slice value), void *ctx)
{
	struct header_visitor v = { r->host_provided, fn, ctx };

	MHD_get_connection_values_n(r->connection, MHD_HEADER_KIND, header_visit, &v);
}

gh_slice http_peer(struct http_request *r)
{
	char *address = r->owner ? r->owner->address : r->peer;

	if (address[0] == '\0')
		connection_peer(r->connection, address);
	return gh_slice_of(address);
}

struct arena *http_arena(struct http_request *r)
{
	return &r->arena;
}

void http_set_user(struct http_request *r, void *user, void (*gone)(void *user, bool sent))
{
	r->user = user;
	r->gone = gone;
}

void *http_user(const struct http_request *r)
{
	return r->user;
}

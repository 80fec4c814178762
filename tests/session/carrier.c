#include "tests.h"

#include "carrier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session/session.h"

struct carried {
	struct carrier_reply *reply;
	struct carrier_peer peer;
	bool deferred, resumed;
	void *user;
	void (*gone)(void *user, bool sent);

	pthread_mutex_t lock;
	pthread_cond_t changed;
	void (*fn)(void *ctx); /* guarded by lock */
	void *ctx;
};

static gh_slice carried_peer(void *link)
{
	const char *address = ((struct carried *)link)->peer.address;

	return gh_slice_of(address ? address : "192.0.2.7");
}

static void carried_each_header(void *link,
				void (*fn)(void *ctx, gh_slice name, gh_slice value), void *ctx)
{
	const char *cookie = ((struct carried *)link)->peer.cookie;

	fn(ctx, GH_LIT("Host"), GH_LIT("clocks.example"));
	if (cookie)
		fn(ctx, GH_LIT("Cookie"), gh_slice_of(cookie));
}

static void carried_add_header(void *link, const char *name, const char *value)
{
	struct carrier_reply *r = ((struct carried *)link)->reply;
	size_t n = strlen(r->headers);

	snprintf(r->headers + n, sizeof(r->headers) - n, "%s: %s\n", name, value);
}

static void carried_reply(void *link, unsigned status, gh_slice body)
{
	struct carrier_reply *r = ((struct carried *)link)->reply;

	r->status = status;
	r->count++;
	r->thread = pthread_self();
	snprintf(r->body, sizeof(r->body), "%.*s", GH_FMT(body));
}

static void carried_reply_ok(void *link)
{
	carried_reply(link, 200, GH_LIT("OK"));
}

static void carried_watch(void *link, void *user, void (*gone)(void *user, bool sent))
{
	struct carried *c = link;

	c->user = user;
	c->gone = gone;
}

static bool carried_defer(void *link)
{
	struct carried *c = link;

	if (c->reply->steps && c->peer.leaves)
		return false;
	c->deferred = c->reply->deferred = true;
	return true;
}

static void carried_resume(void *link)
{
	((struct carried *)link)->resumed = true;
}

static bool carried_left(void *link)
{
	(void)link;
	return false;
}

static void carried_resume_with(void *link, void (*fn)(void *ctx), void *ctx)
{
	struct carried *c = link;

	pthread_mutex_lock(&c->lock);
	c->fn = fn;
	c->ctx = ctx;
	pthread_cond_signal(&c->changed);
	pthread_mutex_unlock(&c->lock);
}

static const struct exchange_transport carried_transport = {
	.peer = carried_peer,
	.each_header = carried_each_header,
	.add_header = carried_add_header,
	.reply = carried_reply,
	.reply_ok = carried_reply_ok,
	.watch = carried_watch,
	.defer = carried_defer,
	.resume = carried_resume,
	.resume_with = carried_resume_with,
	.left = carried_left,
};

/* Run continuations until one neither defers nor leaves the exchange to the store. */
static void carried_run(struct carried *c)
{
	while (c->deferred && !c->resumed) {
		pthread_mutex_lock(&c->lock);
		while (c->fn == NULL)
			pthread_cond_wait(&c->changed, &c->lock);
		void (*fn)(void *ctx) = c->fn;

		c->fn = NULL;
		pthread_mutex_unlock(&c->lock);
		c->deferred = false;
		c->reply->steps++;
		fn(c->ctx);
	}
}

void carrier_request(struct server *server, const char *method, const char *target,
		     gh_slice body, struct carrier_peer peer, struct carrier_reply *out)
{
	struct arena arena = { 0 };
	struct carried c = { .reply = out, .peer = peer };
	struct exchange *x = ghi_arena_alloc(&arena, sizeof(*x));

	assert_non_null(x);
	*out = (struct carrier_reply){ .status = 0 };
	pthread_mutex_init(&c.lock, NULL);
	pthread_cond_init(&c.changed, NULL);
	*x = (struct exchange){
		.server = server,
		.transport = &carried_transport,
		.link = &c,
		.arena = &arena,
		.method = gh_slice_of(method),
		.raw_target = ghi_arena_copy(&arena, gh_slice_of(target)),
		.version = GH_LIT("HTTP/1.1"),
		.body = body,
		.has_body = body.n > 0,
		.now_ms = server->now_ms(),
	};
	session_serve(x);
	carried_run(&c);
	if (c.gone)
		c.gone(c.user, out->count == 1 && !peer.leaves);
	assert_true(out->count <= 1);
	assert_true(out->count == 1 || peer.leaves);
	pthread_cond_destroy(&c.changed);
	pthread_mutex_destroy(&c.lock);
	out->memory = arena.used;
	ghi_arena_clear(&arena);
}

/* The request context: one request of a device on its way to a reply. What carries it is behind
 * struct exchange_transport, so the code of this folder runs without a server or a socket
 * (http_exchange.c carries it over HTTP, tests/session/ carries it within a test).
 *
 * Threads: an exchange belongs to the thread that serves its connection. After
 * exchange_defer() and a job that was accepted, that thread leaves it alone; the job's done()
 * records its results in it, on the store thread or on one that reads (core/readers.h), and calls
 * exchange_resume_with(). The rest happens on the connection's thread again: replies, traces and
 * log lines are made there and nowhere else. */
#ifndef GH_SESSION_EXCHANGE_H
#define GH_SESSION_EXCHANGE_H

#include "base/arena.h"
#include "core/devices.h"
#include "core/server.h"
#include "wire/push/target.h"

struct dialect;

/* What an exchange needs of what carries it; `link` is the carrier's own request. */
struct exchange_transport {
	/* Numeric address of the peer without port; lives as long as the request. */
	gh_slice (*peer)(void *link);
	void (*each_header)(void *link, void (*fn)(void *ctx, gh_slice name, gh_slice value),
			    void *ctx);
	/* Before the reply: one more header line, copied. */
	void (*add_header)(void *link, const char *name, const char *value);
	/* The reply, text/plain, copied; once, on the thread that owns the connection. */
	void (*reply)(void *link, unsigned status, gh_slice body);
	void (*reply_ok)(void *link); /* 200 and "OK" */
	/* gone(user, sent) when the request ends; `sent`: the whole reply went out. */
	void (*watch)(void *link, void *user, void (*gone)(void *user, bool sent));
	/* The reply comes later. false: the peer has left, and the request ends when the
	 * continuation that asks returns. */
	bool (*defer)(void *link);
	/* The reply was made after all, on the owning thread. */
	void (*resume)(void *link);
	/* From any thread: fn(ctx) runs once, on the thread that owns the connection. */
	void (*resume_with)(void *link, void (*fn)(void *ctx), void *ctx);
};

/* Lives in the request's arena. */
struct exchange {
	struct server *server;
	const struct exchange_transport *transport;
	void *link;
	struct arena *arena; /* the request's */

	/* The request; borrowed from it. */
	gh_slice method, raw_target, version, body;
	struct ghi_target target;
	gh_slice sn; /* as sent, decoded; empty: none */
	int64_t now_ms;

	struct device *device; /* referenced until the reply; NULL while unknown */
	const struct dialect *dialect;
	int request; /* enum dialect_request */

	bool deferred;
	bool quiet;	  /* a plain heartbeat: leaves no trace */
	const char *note; /* for the trace, when the reply does not say it; NULL: none */

	/* What a dialect's function keeps between its steps; the rest is set between a store
	 * job's done() and the continuation. */
	void *state;
	enum gh_err err;
	void (*next)(struct exchange *x);
};

/* A parameter of the query, percent-decoded; empty when absent. */
gh_slice exchange_param(struct exchange *x, const char *key);
bool exchange_has_param(const struct exchange *x, const char *key);
/* Numeric address of the peer. */
gh_slice exchange_peer(struct exchange *x);

/* The request's target with its secrets hidden. */
gh_slice exchange_shown_target(const struct exchange *x);

/* The reply comes later. May be called twice. false: the peer has left, and nothing more may be
 * begun for it: call exchange_drop(). Always true before the first continuation. */
GH_MUST_CHECK bool exchange_defer(struct exchange *x);
/* The last act of whatever was waited for, from any thread: fn(x) runs on the thread that owns
 * the connection, after other requests that wait there. x may be gone when this returns. */
void exchange_resume_with(struct exchange *x, void (*fn)(struct exchange *x));
/* The same as a core_done_fn whose ctx is x: records the result in x->err, then continues with
 * x->next, which was set before the job was put. */
void exchange_done(void *x, enum gh_err err);

/* Each of these ends the exchange: x is gone after it. On the owning thread only. */
void exchange_ok(struct exchange *x);
/* 200, text/plain. */
void exchange_text(struct exchange *x, gh_slice body);
/* Anything but 200. `why` is for the device's log, the trace and ours. */
void exchange_refuse(struct exchange *x, unsigned status, const char *why);
/* What the store could not do: 503, so that the device keeps its data and tries again. */
void exchange_store_failed(struct exchange *x, enum gh_err err);
/* Without a reply: the peer has left. */
void exchange_drop(struct exchange *x);

#endif

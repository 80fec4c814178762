/* The context of a request: one request of a device, from its arrival to the reply. The
 * transport is behind struct exchange_transport, so the code of this folder runs without a
 * server or a socket (http_exchange.c is the transport over HTTP, tests/session/ has one for
 * tests).
 *
 * Threads: an exchange belongs to the thread that serves its connection. After exchange_defer()
 * and an accepted job, that thread must not use it; the job's done() records its results in it,
 * on the store thread or on a reader thread (core/readers.h), and calls exchange_resume_with().
 * Everything else happens on the connection's thread: replies, traces and log lines are made
 * only there. */
#ifndef GH_SESSION_EXCHANGE_H
#define GH_SESSION_EXCHANGE_H

#include "base/arena.h"
#include "core/devices.h"
#include "core/server.h"
#include "model/contact.h"
#include "wire/push/target.h"

struct dialect;
struct wake_hold;

/* The functions of a transport; `link` is the transport's request. */
struct exchange_transport {
	/* Numeric address of the peer without port; valid as long as the request. */
	gh_slice (*peer)(void *link);
	void (*each_header)(void *link, void (*fn)(void *ctx, gh_slice name, gh_slice value),
			    void *ctx);
	/* Before the reply: one more header line, copied. */
	void (*add_header)(void *link, const char *name, const char *value);
	/* The reply, text/plain, copied; once, on the thread that owns the connection. */
	void (*reply)(void *link, unsigned status, gh_slice body);
	void (*reply_ok)(void *link); /* 200 and "OK" */
	/* gone(user, sent) is called when the request ends; `sent`: the whole reply was sent. */
	void (*watch)(void *link, void *user, void (*gone)(void *user, bool sent));
	/* The reply comes later. false: the peer has closed, and the request ends when the
	 * calling continuation returns. */
	bool (*defer)(void *link);
	/* Whether the peer has closed its side. After defer(), until the reply. */
	bool (*left)(void *link);
	/* The reply was made nevertheless, on the owning thread. */
	void (*resume)(void *link);
	/* Callable from any thread: fn(ctx) runs once, on the thread that owns the connection. */
	void (*resume_with)(void *link, void (*fn)(void *ctx), void *ctx);
};

/* Allocated in the request's arena. */
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
	const char *dialect_why; /* what decided it, to be stored; NULL: what is stored did */
	int request;		 /* enum dialect_request */

	bool has_body;	/* the head announces one */
	bool judged;	/* session_judge() has ended */
	bool discarded; /* its body was not kept, but for its beginning */
	bool nameless;	/* it fetches a file, without a serial number */
	size_t keep; /* bytes of the beginning that are all it is served by; 0: all of it is needed */
	struct {
		unsigned status; /* 0: it may be served, or its device be admitted */
		bool unmatched;	 /* it is no device's: `contact` */
		enum contact_reason contact;
		bool key, held; /* what to count it as */
		bool unproven;	/* a key is expected, and was not shown from there */
		/* Of an access unit: it showed by a key or a strict token that it is that; where it has neither, it
		 * does not come from where that is at home. */
		bool proven, elsewhere;
		const char *why;
		gh_slice body; /* of the reply; {NULL, 0}: `why` */
	} verdict;

	bool deferred;
	bool quiet;	  /* a plain heartbeat: not traced */
	int64_t number;	  /* of its trace; 0: not taken yet */
	const char *note; /* for the trace, when it is not in the reply; NULL: none */
	/* What the trace shows of a body, or of a reply with secrets in it. {NULL, 0}: all of it, but of an access unit
	 * what its keys hide. */
	gh_slice shown_body, shown_reply;

	struct wake_hold *hold; /* of a poll that is held, or was (wake.h); NULL: it was not */

	/* State of a function of the dialect between its steps; the following members are set
	 * between the done() of a store job and the continuation. */
	void *state;
	enum gh_err err;
	void (*next)(struct exchange *x);
};

/* A parameter of the query, percent-decoded; empty when absent. */
gh_slice exchange_param(struct exchange *x, const char *key);
bool exchange_has_param(const struct exchange *x, const char *key);
/* Numeric address of the peer. */
gh_slice exchange_peer(struct exchange *x);

/* The number under which the trace has it, also before it is there. */
int64_t exchange_number(struct exchange *x);

/* The request's target with its secrets hidden. */
gh_slice exchange_shown_target(const struct exchange *x);

/* The reply comes later. May be called twice. false: the peer has closed, and nothing more may
 * be started for it: call exchange_drop(). Always true before the first continuation. */
GH_MUST_CHECK bool exchange_defer(struct exchange *x);
/* The last call of a deferred job, from any thread: fn(x) runs on the thread that owns the
 * connection, after other requests that wait there. x may be freed when this returns. */
void exchange_resume_with(struct exchange *x, void (*fn)(struct exchange *x));
/* The same as a core_done_fn whose ctx is x: records the result in x->err, then continues with
 * x->next, which was set before the job was put. */
void exchange_done(void *x, enum gh_err err);

/* Each of these ends the exchange and frees x. Only on the owning thread. */
void exchange_ok(struct exchange *x);
/* 200, text/plain. */
void exchange_text(struct exchange *x, gh_slice body);
/* The same of bytes that are not shown in the trace. */
void exchange_bytes(struct exchange *x, unsigned status, gh_slice body);
/* A refusal, not 200. `why` is for the device's log, the trace and the server's log. */
void exchange_refuse(struct exchange *x, unsigned status, const char *why);
/* The same where the protocol defines the body of the reply. */
void exchange_refuse_with(struct exchange *x, unsigned status, gh_slice body, const char *why);
/* The store failed: 503, so that the device keeps its data and tries again. */
void exchange_store_failed(struct exchange *x, enum gh_err err);
/* Without a reply: the peer has closed. */
void exchange_drop(struct exchange *x);

#endif

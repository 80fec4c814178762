/*
 * HTTP service: a thin layer over the documented interface of libmicrohttpd. It enforces limits,
 * collects bodies, sends replies and suspends connections. It does not depend on devices or the
 * API.
 *
 * A struct http_request belongs to its listener and lives from the request line to the end of
 * its reply. `head` is called when the header lines have arrived, `ready` when the whole body
 * has; both on a thread of the listener. A handler replies at once, or calls http_defer() and
 * lets any other thread reply later, or starts a stream.
 *
 * Threads: a listener has `threads` of them, and each connection belongs to one for its whole
 * life: callbacks and continuations of its requests run there. http_resume(),
 * http_resume_with(), http_stream_wake() and the statistics may be called from any thread. One
 * lock a listener guards its streams (stream.c), one its lingering sockets (lingering_close.c);
 * counters are atomic.
 */
#ifndef GH_HTTP_HTTP_H
#define GH_HTTP_HTTP_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

struct http_listener;
struct http_request;

enum http_tls { HTTP_TLS_UNKNOWN, HTTP_TLS_1_0, HTTP_TLS_1_1, HTTP_TLS_1_2, HTTP_TLS_1_3 };

/* What came over a connection that closed without a request. */
enum http_no_request_cause {
	HTTP_NO_HTTP,	  /* bytes that are none, on a port without TLS */
	HTTP_NO_TLS,	  /* the same, on one with it */
	HTTP_TLS_TOO_OLD, /* a version that is not accepted */
	HTTP_TOO_MANY_PARAMETERS,
};

struct http_no_request {
	enum http_no_request_cause cause;
	const char *peer; /* numeric address; "": not known */
	uint64_t bytes;	  /* that came; 0: not counted */
	const char *message;
};

struct http_config {
	const char *name;     /* in messages: "devices" */
	const char *address;  /* numeric IPv4 or IPv6 */
	uint16_t port;	      /* 0 picks a free one */
	const char *tls_cert; /* PEM files; NULL serves plain HTTP */
	const char *tls_key;
	enum http_tls tls_oldest; /* version that is accepted; HTTP_TLS_UNKNOWN: 1.2 */
	/* Also the ciphers of old device firmware: CBC, and key exchange without forward secrecy. */
	bool tls_compatible;
	unsigned threads; /* each with an epoll set of its own */
	/* Ceilings; 0: none. Over them a connection that has sent no whole head gives way, or the new one is
	 * refused. An address: peers.h. */
	unsigned connections, address_connections;
	size_t address_bodies; /* bytes that the bodies of one address hold; small ones always may */
	unsigned idle_timeout_s;
	unsigned
		head_time_s; /* that a head may take, counted by http_tick() to twice as long; 0: any */
	unsigned
		body_time_s; /* after it a body must come with body_rate bytes a second; 0: it need not */
	unsigned body_rate;
	size_t connection_memory; /* for the request's head and the reply's; a larger head is
				   * answered 431 */
	size_t body_limit;	  /* a larger body is answered 413 unread */
	/* What bodies, the requests' arenas and replies that wait for their reader are charged
	 * to; when it is exhausted a request is answered 503 with Retry-After. */
	struct budget_share memory;
	bool lenient; /* accept the HTTP of old device firmware (QUIRKS Q1, Q3) */

	void *ctx; /* first argument of the callbacks */
	/* May reply (then the body is skipped), call http_discard_body(), or do nothing. NULL is fine. */
	void (*head)(void *ctx, struct http_request *r);
	/* Must reply, defer or stream. Not called for a request answered in `head`, or one
	 * that the listener refused. */
	void (*ready)(void *ctx, struct http_request *r);
	/* A request the listener refused (400, 411, 413, 431, 503 …) after its line was read;
	 * for logs and traces. It may reply with that status and its own body; otherwise the
	 * reply is the reason. NULL is fine. */
	void (*refused)(void *ctx, struct http_request *r, unsigned status, const char *reason);
	/* Something arrived over a connection, and it closed without a request (malformed or
	 * too long request line, failed TLS). NULL is fine. */
	void (*no_request)(void *ctx, const struct http_no_request *what);
	/* A message of the HTTP library, for a debug log. NULL is fine. */
	void (*library)(void *ctx, const char *message);
};

struct http_stats {
	uint64_t requests, refusals;
	size_t connections, body_bytes;
};

/* GH_EINVALID: address or certificate; GH_EEXISTS: address in use; GH_EDENIED: privilege;
 * `why` gets a sentence. */
GH_MUST_CHECK enum gh_err http_listen(const struct http_config *config,
				      struct http_listener **out, char *why, size_t why_size);
/* Whether a listener could show that certificate; key NULL: it is in the same file. GH_EINVALID, GH_ENOMEM:
 * `why` has a sentence. */
GH_MUST_CHECK enum gh_err http_certificate_check(const char *cert, const char *key, char *why,
						 size_t why_size);
/* Read the certificate and its key again, from these files; new connections get them. *changed: they are
 * others than before. GH_EINVALID, GH_ENOMEM: the old ones hold, `why` has a sentence. A listener that was
 * opened without a certificate stays so. From any thread. */
GH_MUST_CHECK enum gh_err http_certificate_renew(struct http_listener *l, const char *cert,
						 const char *key, bool *changed, char *why,
						 size_t why_size);
/* Other ceilings from now on; not higher than those it was opened with. From any thread. */
void http_connections_limit(struct http_listener *l, size_t all, size_t of_address);
uint16_t http_port(const struct http_listener *l);
void http_listener_stats(struct http_listener *l, struct http_stats *out);
/* Time for what takes too long to be cut off: about once a second, from any thread. */
void http_tick(struct http_listener *l);
/* No new connections from now on; open ones go on. */
void http_quiesce(struct http_listener *l);
/* New requests are answered 503, streams end, and every deferred request is waited for: the
 * parts that resume them must still run and be stopped later. Replies in progress have two more
 * seconds. */
void http_close(struct http_listener *l);

/* --- the request; borrowed slices live as long as the request --- */

gh_slice http_method(const struct http_request *r);
/* The request target to the letter: everything between the method and " HTTP/", percent signs and
 * blanks included, but for those at its end. */
gh_slice http_target(const struct http_request *r);
gh_slice http_version(const struct http_request *r);
/* The body, in full; empty in `head`. */
gh_slice http_body(const struct http_request *r);
/* Whether the head announces a body. */
bool http_body_comes(const struct http_request *r);
/* In `head`: the body will not be needed. It is skipped, and `ready` finds its first `keep` bytes at the
 * most. */
void http_discard_body(struct http_request *r, size_t keep);
bool http_body_discarded(const struct http_request *r);
/* First header line of that name (any case). */
bool http_header(struct http_request *r, const char *name, gh_slice *value);
void http_each_header(struct http_request *r,
		      void (*fn)(void *ctx, gh_slice name, gh_slice value), void *ctx);
/* Numeric address of the peer without port. */
gh_slice http_peer(struct http_request *r);
/* In `head`: it leaves room for others. It is charged to this share of the listener's budget, which lives as
 * long as the listener, and where nearly all connections are taken its own ends with the reply. */
void http_leave_room(struct http_request *r, const struct budget_share *memory);
/* Freed with the request; charged to config.memory. */
struct arena *http_arena(struct http_request *r);
/* One pointer for the handler's own use; NULL at first. `gone`, if not NULL, is called with it
 * when the request ends; `sent`: the whole reply was sent. */
void http_set_user(struct http_request *r, void *user, void (*gone)(void *user, bool sent));
void *http_user(const struct http_request *r);

/* --- the reply; exactly one of these, once --- */

/* The body is copied. content_type is a static string. */
void http_reply(struct http_request *r, unsigned status, const char *content_type,
		gh_slice body);
/* As http_reply; takes ownership of the heap memory at body.p. */
void http_reply_take(struct http_request *r, unsigned status, const char *content_type,
		     gh_slice body);
/* As http_reply, for bytes that live as long as the listener: nothing is copied. */
void http_reply_lasting(struct http_request *r, unsigned status, const char *content_type,
			gh_slice body);
/* 200, text/plain, "OK", no line end: the most frequent reply, prepared in advance. */
void http_reply_ok(struct http_request *r);

/* Before the reply: one more header line; name and value are copied. */
void http_add_header(struct http_request *r, const char *name, const char *value);
/* Before the reply: close the connection after it. */
void http_close_after(struct http_request *r);

/* From a handler: the reply comes later, from any thread, by one of the calls above followed by
 * http_resume(). The request cannot end before that. Always true in `ready`; false in a
 * continuation of a request whose peer has closed: the request ends when the continuation
 * returns and must not be used afterwards. */
bool http_defer(struct http_request *r);
void http_resume(struct http_request *r);
/* Instead of http_resume(), from any thread: returns the request to the listener. fn runs
 * exactly once, on the listener thread that owns the connection, and must do what `ready` must:
 * reply, defer again or start a stream. It also runs when the peer has closed meanwhile; then
 * its reply is dropped, and `gone` of a stream is called at once. After this call the caller
 * must not use the request or anything in its arena. */
void http_resume_with(struct http_request *r, void (*fn)(void *ctx), void *ctx);

/* Between http_defer() and the resuming, from any thread, and in a continuation: whether the peer has closed its side.
 * Then the reply will not be read, and its preparation can be stopped. */
bool http_peer_left(const struct http_request *r);

/* A reply without end (server-sent events). `pull` is called on the listener's thread when there
 * is room: it writes up to n bytes and returns their number; 0: nothing now, the stream is
 * suspended until http_stream_wake(); -1 ends it; -2 aborts it, so that it is incomplete for the
 * peer. `gone` is called once, when the peer closed or the stream ended, and frees ctx; after it
 * the stream must not be woken. A closed peer is detected when something is written, so a stream
 * must write something (a comment line) from time to time. NULL: no memory; send another reply,
 * `gone` is not called. */
struct http_stream;
struct http_stream *http_stream_start(struct http_request *r, unsigned status,
				      const char *content_type,
				      int64_t (*pull)(void *ctx, uint8_t *to, size_t n),
				      void (*gone)(void *ctx), void *ctx);
/* Call it right after the start for a stream that has an end: it is aborted when the listener
 * closes earlier; other streams end normally. */
void http_stream_finite(struct http_stream *s);
/* From `pull`: whether the peer has closed its side. A stream that writes would find out by itself; one
 * that has nothing to write for long looks here. */
bool http_stream_left(const struct http_stream *s);
/* From any thread, any number of times, while `gone` has not returned. */
void http_stream_wake(struct http_stream *s);

#endif

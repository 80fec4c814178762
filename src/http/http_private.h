/* What the files of this folder share: the listener, the request and the steps between the
 * callbacks of libmicrohttpd and those of the listener. */
#ifndef GH_HTTP_HTTP_PRIVATE_H
#define GH_HTTP_HTTP_PRIVATE_H

#include "http/http.h"
#include "http/lingering_close.h"
#include "http/peers.h"
#include "http/tls.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>

#define NO_MEMORY_LEFT "the memory for requests is exhausted"
#define HTTP_FREQUENT 2 /* replies that most requests of devices get (reply.c) */

struct http_request;

/* A suspended request that is to be resumed (resume.c). */
struct resumed {
	struct http_request *request;
	struct resumed *next;
};

/* One of the library's threads, with those of its requests that are to be resumed by it. The list
 * ends with `last`; NULL: the next one is resumed directly, so that the thread wakes. */
struct http_worker {
	pthread_t thread;
	_Atomic(struct resumed *) resumed;
	struct resumed last;
};

struct http_listener {
	struct http_config config;
	struct MHD_Daemon *daemon;
	struct lingering_close *lingering;
	struct peers *peers;
	struct tls *tls; /* NULL: plain HTTP */
	uint16_t port;
	/* The library is version 0.9.77.1 or later, whatever it was built with: how strictly it reads
	 * a request can be set, and is by default stricter than before. A target with blanks is
	 * answered 301, HTTP/1.1 without Host 400. */
	bool library_is_strict;

	/* Made once, shared by every request with this reply. */
	struct MHD_Response *frequent[HTTP_FREQUENT], *exhausted;

	atomic_bool quiet;   /* no new connections */
	atomic_bool closing; /* no new requests, streams end */
	atomic_uint_fast64_t requests, refusals;
	atomic_size_t body_bytes;
	atomic_size_t answering; /* requests whose handler ran and whose reply is not out */
	atomic_size_t deferred;	 /* not resumed yet, or with a continuation that has not run */

	pthread_mutex_t workers_lock; /* of the number, and the threads' names */
	size_t workers, worker_room;
	struct http_worker *worker;

	pthread_mutex_t streams_lock; /* guards the list and the state of its members */
	struct http_stream *streams;

	_Atomic(char *) why; /* while starting: where libmicrohttpd's messages go */
	size_t why_size;
};

enum http_phase {
	HTTP_HEAD,    /* the request line has arrived */
	HTTP_BODY,    /* the header lines have arrived and were checked */
	HTTP_ANSWER,  /* the body has arrived; the handler ran */
	HTTP_ANSWERED /* libmicrohttpd has the reply */
};

/* Between http_defer() and the reply. */
enum http_deferral {
	HTTP_NOT_DEFERRED,
	HTTP_DEFERRED,	/* the handler may still be running */
	HTTP_SUSPENDED, /* the connection is suspended; http_resume() resumes it */
	HTTP_RESUMED	/* there is a reply, or a continuation to run */
};

struct http_header_line {
	struct http_header_line *next;
	const char *name, *value;
};

/* A connection, from its beginning to its end. */
struct http_connection {
	struct http_listener *listener;
	struct http_worker *worker;   /* whose it is; NULL: unknown */
	struct peer_connection *peer; /* NULL: no memory */
	struct http_request *request; /* begun, and not ended */
	bool request_begun;	      /* a request line was read */
	struct tls_identity *identity;
	enum http_tls offered;		/* version of TLS by the peer */
	char address[INET6_ADDRSTRLEN]; /* of the peer, written when it is first needed */
};

struct http_request {
	struct http_listener *listener;
	struct MHD_Connection *connection;
	struct http_connection *owner; /* NULL: no memory */
	struct http_worker *worker;    /* the owner's */
	struct resumed resumed;	       /* while in its list */
	const char *method, *version;  /* NULL in HTTP_HEAD */
	char version_text[sizeof("HTTP/1.1")];
	const char *
		host_provided; /* the value of a Host that is not the peer's: known by its address */
	size_t target_n, line_n; /* as it is, and as it came: with the blanks that follow it */

	enum http_phase phase;
	atomic_int deferral;
	bool ended; /* the connection is closed, or does not need the request any more */
	bool close_after;
	bool body_comes;     /* the header lines announce one */
	bool answered_early; /* reply before the body, which stays unread */
	bool chunked;
	bool discarding; /* the body is not kept, but for ... */
	size_t keep;	 /* ... so many bytes */
	uint64_t length; /* as announced */

	const struct budget_share *memory; /* what it is charged to */
	uint8_t *body;
	size_t body_n, body_cap;
	uint64_t discarded;

	struct MHD_Response *response;
	unsigned status;
	size_t reply_charged; /* to the listener's share, until the request ends */
	bool reply_refused;   /* it could not be allocated */
	struct http_header_line *first_line, **last_line;

	/* Written before the deferral becomes HTTP_RESUMED, read on the listener's thread
	 * after it. NULL: none. */
	void (*continuation)(void *ctx);
	void *continuation_ctx;

	void *user;
	void (*gone)(void *user, bool sent);
	struct arena arena;
	char peer[INET6_ADDRSTRLEN];
	uint8_t target[]; /* target_n bytes */
};

/* libmicrohttpd's callbacks; cls is the listener. */
void *request_begin(void *cls, const char *target, struct MHD_Connection *connection);
enum MHD_Result request_step(void *cls, struct MHD_Connection *connection, const char *url,
			     const char *method, const char *version, const char *upload,
			     size_t *upload_n, void **request);
void request_end(void *cls, struct MHD_Connection *connection, void **request,
		 enum MHD_RequestTerminationCode how);

void connection_notify(void *cls, struct MHD_Connection *connection, void **context,
		       enum MHD_ConnectionNotificationCode what);
/* A request line arrived over it; NULL without memory. */
struct http_connection *connection_request_begun(struct MHD_Connection *connection,
						 struct http_request *r);
/* On the connection's thread, before the library has written: these bytes are the last. */
void connection_answer(struct MHD_Connection *connection, const char *bytes, size_t n);
/* Whether a connection from there may begin. */
enum MHD_Result connection_admit(void *cls, const struct sockaddr *peer, socklen_t peer_n);
/* Numeric address of the other end; left alone when unknown. */
void connection_peer(struct MHD_Connection *connection, char to[INET6_ADDRSTRLEN]);
/* Whether the other end has closed its side. */
bool connection_peer_left(struct MHD_Connection *connection);

/* What is done with a request at its end, on whatever way. */
void request_free(struct http_request *r, enum MHD_RequestTerminationCode how);

/* Read the header lines once: fills body_comes, chunked and length. NULL, or a sentence on
 * why the request's end cannot be known for sure. */
const char *framing_check(struct http_request *r);

/* Keep n more bytes. GH_ETOOBIG: over body_limit. GH_EBUSY: the budget is exhausted. GH_ENOMEM. */
GH_MUST_CHECK enum gh_err body_append(struct http_request *r, const void *p, size_t n);
void body_free(struct http_request *r);

/* The listener's own reply to a request it refuses; reported to config.refused. */
void reply_refuse(struct http_request *r, unsigned status, const char *reason);
/* Add content type, extra lines and Connection to a response, and make it the reply.
 * NULL stands for one that could not be made. */
void reply_set(struct http_request *r, unsigned status, const char *content_type,
	       struct MHD_Response *response);
/* Prebuilt responses of a listener; false without memory. */
bool reply_prepare(struct http_listener *l);
void reply_unprepare(struct http_listener *l);
void reply_drop(struct http_request *r);

/* The calling thread, which is one of the library's. NULL: there are more than was expected. */
struct http_worker *resume_worker(struct http_listener *l);
/* From any thread, a request that is suspended, once. It may end at any moment then. */
void resume_request(struct http_request *r);
/* On the worker's own thread: those that wait for it. NULL is none. */
void resume_waiting(struct http_worker *w);

/* End every stream of a listener that is closing. */
void streams_end(struct http_listener *l);

/* A bound, listening socket. */
GH_MUST_CHECK enum gh_err socket_listen(const char *address, uint16_t port, int *fd,
					uint16_t *bound, char *why, size_t why_size);

#endif

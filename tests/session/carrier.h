/* Carries exchanges within a test: the dialects run against a real store, without a server or
 * a socket. The test's thread plays the listener thread that owns the connection. */
#ifndef GH_TESTS_SESSION_CARRIER_H
#define GH_TESTS_SESSION_CARRIER_H

#include <pthread.h>

#include "core/server.h"
#include "session/exchange.h"

struct carrier_reply {
	unsigned status;
	size_t count; /* replies made; more than one is a mistake */
	char body[65536];
	char headers[256]; /* "Name: value\n" */
	pthread_t thread;  /* that made it */
	bool deferred;	   /* it waited for the store */
	unsigned steps;	   /* continuations */
	size_t memory;	   /* of the request, in bytes */
};

/* How the peer behaves. */
struct carrier_peer {
	bool leaves;	     /* it is gone when the store is done */
	const char *address; /* NULL: 192.0.2.7 */
	const char *cookie;  /* its Cookie header; NULL: none */
};

/* Serve one request to its end. The body may hold any bytes. */
void carrier_request(struct server *server, const char *method, const char *target,
		     gh_slice body, struct carrier_peer peer, struct carrier_reply *out);

#endif

/* What devices send and how they are answered. One folder per way of talking: `attendance/` and
 * `access/` are dialects of devices that call over HTTP, `terminal/` calls terminals on port
 * 4370. This folder holds what the dialects share: the request context (exchange.h), the table
 * of functions that is a dialect (dialect.h), the way every request takes (session.c), and the
 * carrier over HTTP (http_exchange.c). Bytes become records in wire/; every effect is core's.
 *
 * Threads: a request is parsed, answered, traced and logged on the listener thread that owns
 * its connection. While the store works for it the connection is suspended; the store thread
 * records a result and hands the request back (exchange.h). No lock is held. */
#ifndef GH_SESSION_SESSION_H
#define GH_SESSION_SESSION_H

#include "core/server.h"
#include "http/http.h"

struct exchange;

/* Serve a request whose facts are filled in (server to now_ms, target left out). */
void session_serve(struct exchange *x);

/* For http_config: ctx is the struct server. */
void session_ready(void *server, struct http_request *r);
void session_refused(void *server, struct http_request *r, unsigned status, const char *reason);
void session_no_request(void *server, const char *message);

#endif

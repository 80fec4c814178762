/* Sessions with devices. There is one folder per kind: `attendance/` and `access/` are dialects
 * of devices that call over HTTP, `terminal/` calls terminals on port 4370. This folder has what
 * the dialects share: the context of a request (exchange.h), the table of functions of a dialect
 * (dialect.h), the steps of every request (session.c), and the transport over HTTP
 * (http_exchange.c). Bytes become records in wire/; all effects are in core/.
 *
 * Threads: a request is parsed, answered, traced and logged on the listener thread that owns its
 * connection. While the store works for it the connection is suspended; the store thread records
 * a result and returns the request (exchange.h). No lock is held. */
#ifndef GH_SESSION_SESSION_H
#define GH_SESSION_SESSION_H

#include "core/server.h"
#include "http/http.h"

struct exchange;

/* Serve a request whose facts are filled in (server to now_ms, target left out), and which was judged,
 * or is judged then. */
void session_serve(struct exchange *x);

/* Judge such a request by its head: path, serial number, state and key. What is refused is so when
 * it is served; false: its body is not needed. Once, before session_serve(). */
GH_MUST_CHECK bool session_judge(struct exchange *x);

/* For http_config: ctx is the struct server. */
void session_head(void *server, struct http_request *r);
void session_ready(void *server, struct http_request *r);
void session_refused(void *server, struct http_request *r, unsigned status, const char *reason);
void session_no_request(void *server, const struct http_no_request *what);

#endif

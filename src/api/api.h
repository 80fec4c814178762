/* The API for people and programs: REST resources, the live event stream, metrics, and the
 * OpenAPI document that describes them.
 *
 * route.def has a row for every path. From it come the router, the check of permissions and the
 * document. A request passes api_head (route, token, size of the body, query) and api_ready
 * (body, handler). param.def describes the query parameters, path_param.def the placeholders,
 * request.def and request_schemas.c the bodies, error.def the errors, and a table of fields each
 * resource. Of the devices' protocols the API uses only the words of their commands.
 *
 * Threads: api_head and api_ready run on threads of the listener. Handlers that read the store
 * run on the threads of readers.h, by their row in route.def; a deferred call is answered after
 * the store's commit or by a terminal's worker. A struct call belongs to its request and is used
 * by one thread at a time. Shared are the readers, the listener registry and the event streams,
 * each with locks of its own. */
#ifndef GH_API_API_H
#define GH_API_API_H

#include "core/accounts.h"
#include "core/tokens.h"
#include "http/http.h"

struct api;

struct api_settings {
	size_t body_limit;    /* bytes of a request body; the listener's limit or less */
	unsigned streams;     /* live event streams at a time; more are answered 503 */
	unsigned heartbeat_s; /* interval of heartbeats on a stream without events */
	bool check_host;      /* answer requests for addresses, localhost and `hosts` only */
	bool secure;	      /* the admin listener has TLS: cookies are marked Secure */
	const char *folder;   /* where a workbook is put together; outlives the API */
	const char *hosts;    /* names, parted by commas; outlives the API. NULL: none */
};

/* `tokens`, `accounts` and `server` must outlive it. */
GH_MUST_CHECK enum gh_err api_open(struct server *server, struct tokens *tokens,
				   struct accounts *accounts,
				   const struct api_settings *settings, struct api **out);
/* After its last request ended (all listeners that call it are closed) and the readers were freed.
 * NULL is fine. */
void api_close(struct api *a);
/* Ends the live event streams and refuses new ones, so that their listener can be closed. */
void api_quiesce(struct api *a);

/* Whether a request target belongs to the API: /api, /metrics, /healthz, /readyz. */
bool api_owns(gh_slice target);

/* What the callbacks `head` and `ready` of a listener call. */
void api_head(struct api *a, struct http_request *r);
void api_ready(struct api *a, struct http_request *r);

/* The same for the callback `refused`: the listener's refusals in the API's words. */
void api_refused(struct api *a, struct http_request *r, unsigned status, const char *reason);

/* Show the listener in the metrics under that name (static text), until it is removed, which
 * must happen before it is closed. At most 4; further ones are not shown. */
void api_listener_add(struct api *a, const char *name, struct http_listener *l);
void api_listener_remove(struct api *a, struct http_listener *l);

#endif

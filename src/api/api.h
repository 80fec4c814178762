/* The API for people and programs: REST resources, live events, metrics, and the OpenAPI
 * document that describes them. It knows nothing of the devices' protocols beyond the words of
 * their commands. */
#ifndef GH_API_API_H
#define GH_API_API_H

#include "core/tokens.h"
#include "http/http.h"

struct api;

struct api_settings {
	size_t body_limit;    /* bytes of a request body; the listener's limit or less */
	unsigned readers;     /* reading handles of the store, opened as they are needed */
	unsigned streams;     /* live event streams at a time; more are answered 503 */
	unsigned heartbeat_s; /* a silent stream says it is alive every so often */
	bool metrics_token;   /* /metrics wants a token too */
};

/* `tokens` and `server` must outlive it. */
GH_MUST_CHECK enum gh_err api_open(struct server *server, struct tokens *tokens,
				   const struct api_settings *settings, struct api **out);
/* After its last request ended (all listeners that call it are closed). NULL is fine. */
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

/* Show the listener in the metrics under that name (static text), until it is unwatched, which
 * must happen before it is closed. At most 4; further ones are not shown. */
void api_watch(struct api *a, const char *name, struct http_listener *l);
void api_unwatch(struct api *a, struct http_listener *l);

#endif

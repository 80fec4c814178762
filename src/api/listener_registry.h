/* The listeners whose counters the metrics show.
 *
 * Threads: any. The lock is held while a listener is visited, so a removed one is not in use. */
#ifndef GH_API_LISTENER_REGISTRY_H
#define GH_API_LISTENER_REGISTRY_H

#include "http/http.h"

struct listener_registry;

struct listener_registry *listener_registry_new(void); /* NULL when memory is exhausted */
void listener_registry_free(struct listener_registry *w);
void listener_registry_add(struct listener_registry *w, const char *name,
			   struct http_listener *l);
void listener_registry_remove(struct listener_registry *w, struct http_listener *l);
/* The listener is there until fn returns. */
void listener_registry_each(struct listener_registry *w,
			    void (*fn)(void *ctx, const char *name, struct http_listener *l),
			    void *ctx);

#endif

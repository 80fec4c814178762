/* The listeners whose counters the metrics show. */
#ifndef GH_API_WATCHES_H
#define GH_API_WATCHES_H

#include "http/http.h"

struct watches;

struct watches *watches_new(void); /* NULL when memory is exhausted */
void watches_free(struct watches *w);
void watches_add(struct watches *w, const char *name, struct http_listener *l);
void watches_remove(struct watches *w, struct http_listener *l);
/* The listener is there until fn returns. */
void watches_each(struct watches *w,
		  void (*fn)(void *ctx, const char *name, struct http_listener *l), void *ctx);

#endif

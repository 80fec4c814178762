#include "api/watches.h"

#include <pthread.h>
#include <stdlib.h>

#define LISTENERS 4

struct watches {
	pthread_mutex_t lock;
	size_t n;
	struct {
		const char *name;
		struct http_listener *l;
	} row[LISTENERS];
};

struct watches *watches_new(void)
{
	struct watches *w = calloc(1, sizeof(*w));

	if (w)
		pthread_mutex_init(&w->lock, NULL);
	return w;
}

void watches_free(struct watches *w)
{
	if (w == NULL)
		return;
	pthread_mutex_destroy(&w->lock);
	free(w);
}

void watches_add(struct watches *w, const char *name, struct http_listener *l)
{
	pthread_mutex_lock(&w->lock);
	if (w->n < LISTENERS) {
		w->row[w->n].name = name;
		w->row[w->n++].l = l;
	}
	pthread_mutex_unlock(&w->lock);
}

void watches_remove(struct watches *w, struct http_listener *l)
{
	pthread_mutex_lock(&w->lock);
	for (size_t i = 0; i < w->n; i++) {
		if (w->row[i].l == l) {
			w->row[i] = w->row[--w->n];
			break;
		}
	}
	pthread_mutex_unlock(&w->lock);
}

void watches_each(struct watches *w,
		  void (*fn)(void *ctx, const char *name, struct http_listener *l), void *ctx)
{
	pthread_mutex_lock(&w->lock);
	for (size_t i = 0; i < w->n; i++)
		fn(ctx, w->row[i].name, w->row[i].l);
	pthread_mutex_unlock(&w->lock);
}

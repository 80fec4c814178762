#include "core/live.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <utlist.h>

struct live_listener {
	void (*wake)(void *ctx);
	void *ctx;
	struct live_listener *next, *prev;
};

struct live {
	pthread_mutex_t lock;
	struct live_listener *listeners;
	size_t count;
	_Atomic int64_t seq[STORE_STREAMS], floor[STORE_STREAMS];
};

struct live *live_new(void)
{
	struct live *l = calloc(1, sizeof(*l));

	if (l)
		pthread_mutex_init(&l->lock, NULL);
	return l;
}

void live_free(struct live *l)
{
	if (l == NULL)
		return;
	pthread_mutex_destroy(&l->lock);
	free(l);
}

struct live_listener *live_listen(struct live *l, void (*wake)(void *ctx), void *ctx)
{
	struct live_listener *listener = malloc(sizeof(*listener));

	if (listener == NULL)
		return NULL;
	*listener = (struct live_listener){ .wake = wake, .ctx = ctx };
	pthread_mutex_lock(&l->lock);
	DL_APPEND(l->listeners, listener);
	l->count++;
	pthread_mutex_unlock(&l->lock);
	return listener;
}

void live_leave(struct live *l, struct live_listener *listener)
{
	pthread_mutex_lock(&l->lock);
	DL_DELETE(l->listeners, listener);
	l->count--;
	pthread_mutex_unlock(&l->lock);
	free(listener);
}

int64_t live_seq(struct live *l, enum store_stream stream)
{
	return atomic_load(&l->seq[stream]);
}

void live_grew(struct live *l, enum store_stream stream, int64_t seq)
{
	struct live_listener *listener;

	/* Punches of a commit may be numbered before those that are made of its access events. */
	if (seq > atomic_load(&l->seq[stream]))
		atomic_store(&l->seq[stream], seq);
	pthread_mutex_lock(&l->lock);
	DL_FOREACH(l->listeners, listener)
	{
		listener->wake(listener->ctx);
	}
	pthread_mutex_unlock(&l->lock);
}

int64_t live_floor(struct live *l, enum store_stream stream)
{
	return atomic_load(&l->floor[stream]);
}

void live_floor_set(struct live *l, enum store_stream stream, int64_t seq)
{
	atomic_store(&l->floor[stream], seq);
}

size_t live_listeners(struct live *l)
{
	pthread_mutex_lock(&l->lock);
	size_t n = l->count;
	pthread_mutex_unlock(&l->lock);
	return n;
}

#include "api/events.h"

#include <stdlib.h>
#include <time.h>

#include "api/event_feed.h"
#include "base/clock.h"
#include "core/live.h"

/* Under the lock. */
static void feeds_resume(struct events *e)
{
	for (struct feed *f = e->first; f; f = f->next)
		if (f->piece.stream)
			http_stream_wake(f->piece.stream);
}

static void feeds_wake(void *ctx)
{
	struct events *e = ctx;

	pthread_mutex_lock(&e->lock);
	feeds_resume(e);
	pthread_mutex_unlock(&e->lock);
}

/* On the store thread. */
static void events_wake(void *ctx)
{
	struct events *e = ctx;

	for (enum store_stream s = 0; s < STORE_STREAMS; s++)
		event_ring_grew(e->ring[s]);
}

/* Under the lock. */
static void feeds_beat(struct events *e)
{
	for (struct feed *f = e->first; f && !e->stopping; f = f->next) {
		atomic_store(&f->beat, true);
		if (f->piece.stream)
			http_stream_wake(f->piece.stream);
	}
}

/* Each second the states are looked at, and less often a heartbeat is sent. */
static void *timer_loop(void *ctx)
{
	struct events *e = ctx;
	unsigned every = e->api->settings.heartbeat_s ? e->api->settings.heartbeat_s : 15;
	struct timespec next = ghi_clock_deadline(0);

	pthread_mutex_lock(&e->lock);
	for (unsigned second = 1; !e->stopping; second++) {
		next.tv_sec++;
		while (!e->stopping && pthread_cond_timedwait(&e->stop, &e->lock, &next) == 0)
			;
		if (e->stopping)
			break;
		pthread_mutex_unlock(&e->lock);
		state_events_tick(e->states);
		pthread_mutex_lock(&e->lock);
		if (second % every == 0)
			feeds_beat(e);
		if (atomic_exchange(&e->check, false))
			feeds_resume(e);
	}
	pthread_mutex_unlock(&e->lock);
	return NULL;
}

enum gh_err events_open(struct api *a, struct events **out)
{
	struct events *e = calloc(1, sizeof(*e));

	if (e == NULL)
		return GH_ENOMEM;
	e->api = a;
	pthread_mutex_init(&e->lock, NULL);
	ghi_clock_condition_init(&e->stop);
	bool rings = true;

	for (enum store_stream s = 0; s < STORE_STREAMS; s++) {
		e->ring[s] = event_ring_new(a->server, s, a->readers, feeds_wake, e);
		rings &= e->ring[s] != NULL;
	}
	e->states = state_events_new(a->server, feeds_wake, e);
	e->listener = rings && e->states ? live_listen(a->server->live, events_wake, e) : NULL;
	e->timing = e->listener && pthread_create(&e->timer, NULL, timer_loop, e) == 0;
	if (!e->timing) {
		events_close(e);
		return GH_ENOMEM;
	}
	*out = e;
	return GH_OK;
}

void events_close(struct events *e)
{
	if (e == NULL)
		return;
	if (e->listener)
		live_leave(e->api->server->live, e->listener);
	pthread_mutex_lock(&e->lock);
	e->stopping = true;
	pthread_cond_signal(&e->stop);
	pthread_mutex_unlock(&e->lock);
	if (e->timing)
		pthread_join(e->timer, NULL);
	for (enum store_stream s = 0; s < STORE_STREAMS; s++)
		event_ring_free(e->ring[s]);
	state_events_free(e->states);
	pthread_cond_destroy(&e->stop);
	pthread_mutex_destroy(&e->lock);
	free(e);
}

void events_end(struct events *e)
{
	atomic_store(&e->ended, true);
	feeds_wake(e);
}

/* By the timer: a listener's thread resumes no connection of its own while it works for another one. */
void events_check(struct events *e)
{
	atomic_store(&e->check, true);
}

size_t events_streams(struct events *e)
{
	size_t n;

	pthread_mutex_lock(&e->lock);
	n = e->feeds;
	pthread_mutex_unlock(&e->lock);
	return n;
}

/* --- the list of streams --- */

bool events_enter(struct events *e, struct feed *f)
{
	unsigned most = e->api->settings.streams ? e->api->settings.streams : 64;
	bool room;

	pthread_mutex_lock(&e->lock);
	room = e->feeds < most && !atomic_load(&e->ended);
	if (room) {
		e->feeds++;
		f->link = &e->first;
		f->next = e->first;
		if (f->next)
			f->next->link = &f->next;
		e->first = f;
	}
	pthread_mutex_unlock(&e->lock);
	return room;
}

void events_attach(struct events *e, struct feed *f, struct http_stream *s)
{
	pthread_mutex_lock(&e->lock);
	f->piece.stream = s;
	http_stream_wake(s);
	pthread_mutex_unlock(&e->lock);
}

void events_leave(struct events *e, struct feed *f)
{
	pthread_mutex_lock(&e->lock);
	*f->link = f->next;
	if (f->next)
		f->next->link = f->link;
	e->feeds--;
	pthread_mutex_unlock(&e->lock);
}

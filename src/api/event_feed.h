/* One event stream, and the list that it is in. Private to events.c (the list, its timer and their ends)
 * and event_feed.c (what a stream sends). */
#ifndef GH_API_EVENT_FEED_H
#define GH_API_EVENT_FEED_H

#include <pthread.h>
#include <stdatomic.h>

#include "api/event_ring.h"
#include "api/events.h"
#include "api/piece.h"
#include "api/state_events.h"
#include "core/accounts.h"

struct feed {
	struct piece piece; /* its stream is set under the events' lock */
	struct events *events;
	struct feed *next, **link;
	struct event_rows rows;
	struct feed_place place;
	struct event_filter filter;
	size_t start;		     /* of the event that is made, in the piece */
	int64_t area[ACCOUNT_AREAS]; /* of the filter */
	unsigned streams;	     /* that are followed, as bits 1 << STREAM_PUNCH ... */
	unsigned states;	     /* topics that are followed, as bits */
	bool doors_more;	     /* the snapshot of doors goes on behind this device */
	int64_t doors_after;
	uint64_t state_cursor;
	struct caller caller; /* its reader */
	int64_t got;	      /* rows of the last page */
	enum store_stream reading;
	atomic_bool beat; /* a heartbeat is due */
};

struct events {
	struct api *api;
	struct live_listener *listener;
	struct event_ring *ring[STORE_STREAMS];
	struct state_events *states;
	pthread_mutex_t lock;
	pthread_cond_t stop;
	pthread_t timer;
	bool timing, stopping;
	atomic_bool ended;
	atomic_bool
		check; /* a token or session has ended: the timer has each stream look whether it was its own */
	size_t feeds;
	struct feed *first;
};

/* Put a stream into the list; false when it is full or at its end. */
bool events_enter(struct events *e, struct feed *f);
/* From now on it is woken, and at once: what was stored meanwhile caused no wake-up. */
void events_attach(struct events *e, struct feed *f, struct http_stream *s);
/* After events_enter(). Nothing of it is touched by others once this has returned. */
void events_leave(struct events *e, struct feed *f);

#endif

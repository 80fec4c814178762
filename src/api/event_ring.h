/* Events of the live stream, made once for all who follow: the latest rows of a stream of the store,
 * read and printed when it grows. A feed whose cursor is older reads the store itself.
 *
 * Threads: event_ring_grew() runs on the store thread, the making on a reader thread, everything
 * else on those of the listener. The ring's lock is held for moments, and not while the store is
 * read; `wake` is called without it. */
#ifndef GH_API_EVENT_RING_H
#define GH_API_EVENT_RING_H

#include "api/event_rows.h"
#include "api/piece.h"

struct event_ring;

/* wake: there is something new to take; on a reader thread, or the store's. NULL: no memory. */
struct event_ring *event_ring_new(struct server *server, enum store_stream stream,
				  struct readers *readers, void (*wake)(void *ctx), void *ctx);
/* After the readers have ended. NULL is fine. */
void event_ring_free(struct event_ring *r);

/* A feed begins or ends: without any nothing is made. */
void event_ring_join(struct event_ring *r);
void event_ring_leave(struct event_ring *r);
/* The stream may have grown. Does not block. */
void event_ring_grew(struct event_ring *r);

enum event_ring_result {
	EVENT_RING_TAKEN, /* what there was behind the cursor, which was moved along */
	EVENT_RING_WAIT,  /* nothing yet; wake() will be called */
	EVENT_RING_OWN,	  /* the cursor is too old, or events could not be made: read them */
};
/* Append to the text of a piece, until it is full, the events behind the stream's cursor, with their
 * ids: those that the filter has. */
enum event_ring_result event_ring_take(struct event_ring *r, struct feed_place *place,
				       const struct event_filter *filter, struct piece *to);

#endif

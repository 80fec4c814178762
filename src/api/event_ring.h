/* Events of the live stream, made once for all who follow: the latest punches, read from the ledger
 * and printed when it grows. A stream whose cursor is older reads the ledger itself.
 *
 * Threads: event_ring_grew() runs on the store thread, the making on a reader thread, everything
 * else on those of the listener. The ring's lock is held for moments, and not while the store is
 * read; `wake` is called without it. */
#ifndef GH_API_EVENT_RING_H
#define GH_API_EVENT_RING_H

#include "api/piece.h"
#include "core/server.h"
#include "render/punch.h"

struct event_ring;

/* wake: there is something new to take; on a reader thread, or the store's. NULL: no memory. */
struct event_ring *event_ring_new(struct server *server, struct readers *readers,
				  void (*wake)(void *ctx), void *ctx);
/* After the readers have ended. NULL is fine. */
void event_ring_free(struct event_ring *r);

/* A stream begins or ends: without any nothing is made. */
void event_ring_join(struct event_ring *r);
void event_ring_leave(struct event_ring *r);
/* The ledger has grown. Does not block. */
void event_ring_grew(struct event_ring *r);

enum event_ring_result {
	EVENT_RING_TAKEN, /* what there was behind the cursor, which was moved along */
	EVENT_RING_WAIT,  /* nothing yet; wake() will be called */
	EVENT_RING_OWN,	  /* the cursor is too old, or events could not be made: read them */
};
/* Append to the text of a piece, until it is full, the events behind *cursor: of one device, or of
 * all where it is 0. */
enum event_ring_result event_ring_take(struct event_ring *r, int64_t *cursor, int64_t device,
				       struct piece *to);

/* One event: id, name and data. */
void event_punch_write(struct json *out, const struct punch_view *v);

#endif

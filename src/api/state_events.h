/* Events of the live stream about states: devices, doors, problems, contacts, commands and plans, as they are after a change. They have
 * no number and no past: who was not there, or was too slow, reads the states again.
 *
 * Threads: any. The lock is held while the states are looked at, which happens once a second while a
 * stream follows them, and while texts are copied. `wake` is called without it. */
#ifndef GH_API_STATE_EVENTS_H
#define GH_API_STATE_EVENTS_H

#include "api/event_rows.h"
#include "api/piece.h"
#include "api/state_watch.h"

struct state_events;

/* wake: there is something to take. NULL: no memory. */
struct state_events *state_events_new(struct server *server, void (*wake)(void *ctx),
				      void *ctx);
void state_events_free(struct state_events *e); /* NULL is fine */

/* A stream follows some topics (bits 1 << STATE_DEVICE …) from now on; its cursor. */
uint64_t state_events_join(struct state_events *e, unsigned topics);
void state_events_leave(struct state_events *e, unsigned topics);
/* Look what has changed: each second. */
void state_events_tick(struct state_events *e);

enum state_events_result {
	STATE_EVENTS_TAKEN, /* what there was behind the cursor, which was moved along */
	STATE_EVENTS_NONE,  /* nothing yet; wake() will be called */
	STATE_EVENTS_LOST,  /* the cursor is too old: what followed is here no more */
};
/* Append to the text of a piece, until it is full, the events of these topics behind *cursor: those that the
 * filter has. Of who is limited to areas, those of devices that are inside now. */
enum state_events_result state_events_take(struct state_events *e, uint64_t *cursor,
					   unsigned topics, const struct event_filter *filter,
					   struct piece *to);

#endif

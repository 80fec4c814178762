/* GET /api/events: punches as they are stored, and states as they change, each stream with a cursor of
 * its own.
 *
 * Threads: streams belong to the listener's threads, their pieces are made on reader threads
 * (piece.h), and the store thread wakes them. A timer thread looks at the states and sends heartbeats. The lock guards the
 * list of streams; it is held while they are woken, and never while the store is read. */
#ifndef GH_API_EVENTS_H
#define GH_API_EVENTS_H

#include "api/call.h"

GH_MUST_CHECK enum gh_err events_open(struct api *a, struct events **out);
/* After the last stream has gone. NULL is fine. */
void events_close(struct events *e);
/* Every stream ends, and no new one begins. */
void events_end(struct events *e);
/* A token was revoked: the streams that were opened with it end. */
void events_check(struct events *e);
size_t events_streams(struct events *e);

#endif

/* Which topics of the live stream a call follows. */
#ifndef GH_API_EVENT_TOPICS_H
#define GH_API_EVENT_TOPICS_H

#include "api/call.h"

/* The parameter `topics`: which streams are followed, a bit 1 << STREAM_PUNCH … each (store.h), and
 * which states, 1 << STATE_DEVICE … (state_watch.h). Absent: punches only. False: answered 400. */
bool event_topics_read(struct call *c, unsigned *streams, unsigned *states);

#endif

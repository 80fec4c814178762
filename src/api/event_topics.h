/* Which topics of the live stream a call follows. */
#ifndef GH_API_EVENT_TOPICS_H
#define GH_API_EVENT_TOPICS_H

#include "api/call.h"

/* The parameter `topics`: whether punches are followed, and which states, a bit 1 << STATE_DEVICE …
 * each (state_watch.h). Absent: punches only. False: answered 400. */
bool event_topics_read(struct call *c, bool *punches, unsigned *states);

#endif

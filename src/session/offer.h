/* The reply to a poll: the commands for the device, in the words of its dialect, or "OK". */
#ifndef GH_SESSION_OFFER_H
#define GH_SESSION_OFFER_H

#include "session/dialect.h"

void offer_serve(struct exchange *x);

#endif

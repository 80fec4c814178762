/* What the server prints when it is ready: its addresses, where clocks are pointed, where the token is. */
#ifndef GH_APP_SERVE_ANNOUNCE_H
#define GH_APP_SERVE_ANNOUNCE_H

#include "app/serve/serve.h"

void serve_announce(const struct serve *s);

#endif

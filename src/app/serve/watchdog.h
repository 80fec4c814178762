/* The watchdog of the service manager (WatchdogSec=): WATCHDOG=1 is sent only when every thread of the store
 * came round and each listener answered since the last time, so a server that hangs is restarted. What
 * cannot be tried, as a probe without a free file descriptor, counts as progress. */
#ifndef GH_APP_SERVE_WATCHDOG_H
#define GH_APP_SERVE_WATCHDOG_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

struct serve;

struct watchdog {
	uint64_t us;		     /* expected within; 0: no watchdog */
	int64_t next_us;	     /* when the next round begins; monotonic */
	bool trying;		     /* a round runs */
	uint64_t turns[STORE_LANES]; /* of the store's threads when it began */
	int probe[2]; /* a connection to each listener that did not answer yet; -1: none */
};

void watchdog_start(struct watchdog *w);
/* About once a second. */
void watchdog_tick(struct watchdog *w, const struct serve *s);
void watchdog_stop(struct watchdog *w);

#endif

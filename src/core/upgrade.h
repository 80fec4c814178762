/* At each start people whom an older version stored without the text by which they are found get it (a piece of them a
 * tick). After an upgrade what older versions could not read is read again (retry.h), once, in pieces that
 * are stored while nothing else waits for the store. A record that is not understood stays as it was.
 * The store keeps the version that has done so. What a restart interrupts is begun again by the next
 * start, UPGRADE_TRIES times at most: should it be what ends the program, the program serves
 * nevertheless, and the rest is left to a request.
 *
 * Threads: the tick is the main thread's. */
#ifndef GH_CORE_UPGRADE_H
#define GH_CORE_UPGRADE_H

#include "core/server.h"

#define UPGRADE_TRIES 3

struct upgrade;

/* `version` lives as long; `was` is what the store has. NULL: no memory. */
struct upgrade *upgrade_new(struct server *server, const char *version,
			    const struct store_upgrade *was);
/* About once a second. NULL is fine, as below. */
void upgrade_tick(struct upgrade *u);
/* After the threads that read and write the store have ended. */
void upgrade_free(struct upgrade *u);

#endif

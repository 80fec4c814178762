/* The keeper of terminals: devices on port 4370, which are called. One thread for each calls it,
 * reads its log, listens to its live events and carries out its commands. It is what
 * server.terminals points to. */
#ifndef GH_SESSION_TERMINALS_H
#define GH_SESSION_TERMINALS_H

#include "core/terminals.h"

struct terminals_keeper;

struct terminals_settings {
	size_t links;	 /* terminals that are called, at the most */
	size_t attempts; /* additions and searches at the same time, at the most */
};

/* Make it, and show it to the server. Before anybody queues a command or changes a device; the
 * server's store queue must be open. GH_ENOMEM. */
GH_MUST_CHECK enum gh_err terminals_open(struct server *server,
					 const struct terminals_settings *s,
					 struct terminals_keeper **out);
/* Begin to call the terminals the server knows. */
void terminals_start(struct terminals_keeper *k);
/* End all connections, and wait for that; whoever waits for an addition hears GH_ECANCELLED, for a
 * search GH_ECLOSED. The store's queue must still be open. NULL is fine. */
void terminals_stop(struct terminals_keeper *k);
/* After the store's queue was closed. NULL is fine. */
void terminals_close(struct terminals_keeper *k);

#endif

/* The manager of terminals: devices on port 4370, which are called. One thread for each calls it,
 * reads its log, listens to its live events and carries out its commands. It is what
 * server.terminals points to. */
#ifndef GH_SESSION_TERMINAL_MANAGER_H
#define GH_SESSION_TERMINAL_MANAGER_H

#include "core/terminals.h"

struct terminal_manager;

struct terminal_manager_settings {
	size_t links;	 /* terminals that are called, at the most */
	size_t attempts; /* additions and searches at the same time, at the most */
};

/* Make it, and show it to the server. Before anybody queues a command or changes a device; the
 * server's store queue must be open. GH_ENOMEM. */
GH_MUST_CHECK enum gh_err terminal_manager_open(struct server *server,
						const struct terminal_manager_settings *s,
						struct terminal_manager **out);
/* Begin to call the terminals the server knows. */
void terminal_manager_start(struct terminal_manager *m);
/* End all connections, and wait for that; whoever waits for an addition hears GH_ECANCELLED, for a
 * search GH_ECLOSED. The store's queue must still be open. NULL is fine. */
void terminal_manager_stop(struct terminal_manager *m);
/* After the store's queue was closed. NULL is fine. */
void terminal_manager_close(struct terminal_manager *m);

#endif

/* The manager of terminals: devices on port 4370, which the server calls. One thread per
 * terminal connects to it, reads its log, receives its live events and executes its commands;
 * worker.h has the overview. The rest of the server uses it through server->terminals. */
#ifndef GH_SESSION_TERMINAL_MANAGER_H
#define GH_SESSION_TERMINAL_MANAGER_H

#include "core/terminals.h"

struct terminal_manager;

struct terminal_manager_settings {
	size_t workers;	 /* the most terminals */
	size_t attempts; /* the most concurrent additions and searches */
};

/* Create it and set server->terminals. Must be called before any command is queued or device
 * changed; the server's store queue must be open. GH_ENOMEM. */
GH_MUST_CHECK enum gh_err terminal_manager_open(struct server *server,
						const struct terminal_manager_settings *s,
						struct terminal_manager **out);
/* Start to call the registered terminals. */
void terminal_manager_start(struct terminal_manager *m);
/* End all connections, and wait for that. An addition ends with GH_ECANCELLED, a search with
 * GH_ECLOSED. The store's queue must still be open. NULL is fine. */
void terminal_manager_stop(struct terminal_manager *m);
/* After the store's queue was closed. NULL is fine. */
void terminal_manager_close(struct terminal_manager *m);

#endif

/* Complete answers to queries are brought into the mirror of the unit's tables: their rows are put, and the rows
 * that fit the query and are not among them go, in one transaction; of a very long answer the rows are put a
 * thousand at a time, and the last transaction removes. What a restart interrupts is done after it.
 *
 * Threads: any. One set at a time: its rows are read on a reader thread, and written on the store's. */
#ifndef GH_CORE_ACCESS_QUERY_MIRROR_H
#define GH_CORE_ACCESS_QUERY_MIRROR_H

#include "core/server.h"

struct query_mirror;

/* NULL: no memory. What an earlier run left is begun with by the first tick. */
struct query_mirror *query_mirror_new(struct server *server);
/* After the readers have ended and the store's queue was closed. NULL is fine. */
void query_mirror_free(struct query_mirror *m);

/* A set became complete. NULL is fine. */
void query_mirror_wake(struct query_mirror *m);
/* Each second: what failed before is tried again. NULL is fine. */
void query_mirror_tick(struct query_mirror *m);

#endif

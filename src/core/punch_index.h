/* Keeps the index of the ledger, by which lists find the punches of a PIN, a time or a device
 * (store.h, punch_index_make), near the ledger's end: part by part, read on a reader thread and
 * stored by a job of its own, when nothing else waits for the store. While much is uploaded it
 * waits, up to a bound; what is not indexed yet is found all the same, only more slowly.
 *
 * Threads: the tick is the main thread's. */
#ifndef GH_CORE_PUNCH_INDEX_H
#define GH_CORE_PUNCH_INDEX_H

#include "core/server.h"

struct punch_index;

struct punch_index *punch_index_new(struct server *server); /* NULL: no memory */
/* About once a second. NULL is fine, as below. */
void punch_index_tick(struct punch_index *x);
/* Before the reader threads end: nothing more is begun. */
void punch_index_stop(struct punch_index *x);
/* After the store's threads have ended. */
void punch_index_free(struct punch_index *x);

#endif

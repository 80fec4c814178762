/* Notifies listeners that the ledger grew, or that a device or command changed. A notification
 * has no data: each listener reads the ledger from its own cursor, so it misses nothing. */
#ifndef GH_CORE_LIVE_H
#define GH_CORE_LIVE_H

#include "base/err.h"
#include "base/slice.h"

struct live;
struct live_listener;

struct live *live_new(void); /* NULL when memory is exhausted */
void live_free(struct live *l);

/* `wake` runs on the store thread and must not block. NULL when memory is exhausted. */
struct live_listener *live_listen(struct live *l, void (*wake)(void *ctx), void *ctx);
/* After it returns, `wake` runs no more. Not from inside `wake`. */
void live_leave(struct live *l, struct live_listener *listener);

/* The ledger's last committed sequence number. */
int64_t live_seq(struct live *l);
void live_grew(struct live *l, int64_t seq);
/* The number of the last punch that was removed for its age; 0: none. It is set before the removal is
 * committed: a reader that finds it below the rows it has read has missed none. */
int64_t live_floor(struct live *l);
void live_floor_set(struct live *l, int64_t seq);
size_t live_listeners(struct live *l);

#endif

/* Notifies listeners that a stream of the store grew. A notification has no data: each listener
 * reads the stream from its own cursor, so it misses nothing. */
#ifndef GH_CORE_LIVE_H
#define GH_CORE_LIVE_H

#include "store/store.h"

struct live;
struct live_listener;

struct live *live_new(void); /* NULL when memory is exhausted */
void live_free(struct live *l);

/* `wake` runs on the store thread and must not block. NULL when memory is exhausted. */
struct live_listener *live_listen(struct live *l, void (*wake)(void *ctx), void *ctx);
/* After it returns, `wake` runs no more. Not from inside `wake`. */
void live_leave(struct live *l, struct live_listener *listener);

/* A stream's last committed number. */
int64_t live_seq(struct live *l, enum store_stream stream);
void live_grew(struct live *l, enum store_stream stream, int64_t seq);
/* The number of the last row that was removed for its age; 0: none. It is set before the removal is
 * committed: a reader that finds it below the rows it has read has missed none. */
int64_t live_floor(struct live *l, enum store_stream stream);
void live_floor_set(struct live *l, enum store_stream stream, int64_t seq);
size_t live_listeners(struct live *l);

#endif

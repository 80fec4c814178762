/* What the store has to be kept in order by, in pieces, while nothing else waits for it: the records of
 * deleted devices are removed, and what is older than the settings keep it, once a day and when they
 * change. A piece is as large as takes some milliseconds, so it delays no upload noticeably; what a
 * restart interrupts goes on after it.
 *
 * Threads: any. There is one piece under way at a time; it and what follows it run on the store thread. */
#ifndef GH_CORE_UPKEEP_H
#define GH_CORE_UPKEEP_H

#include "core/server.h"

struct upkeep;

/* NULL: no memory. What an earlier run left is begun with by the first tick. */
struct upkeep *upkeep_new(struct server *server);
/* After the store's queue was closed. NULL is fine. */
void upkeep_free(struct upkeep *u);

/* A device was deleted. NULL is fine. */
void upkeep_device_deleted(struct upkeep *u);
/* Each second: begin with what is due, unless something is under way. */
void upkeep_tick(struct upkeep *u);

#endif

/* Whether what is known of the tables of access units is what they hold. Each unit is made to count users,
 * fingerprints, templates and photos once a day, after its firmware changed, and after it restarted
 * (Security PUSH 3.1.2, 9.1.3). Where it counts another number than is known here, the table is in doubt, and is
 * queried; where that brings no rows, a plan that trusts nothing of the unit is left, which is never begun by
 * itself, because it closes doors for a while.
 *
 * Events are counted before a unit's log is erased: it is erased only while the unit counts exactly the events
 * that are stored of it.
 *
 * Threads: any. What is known is counted on a reader thread, one after the other, and stored on the store's. */
#ifndef GH_CORE_ACCESS_UNIT_COUNTS_H
#define GH_CORE_ACCESS_UNIT_COUNTS_H

#include "core/devices.h"

#define UNIT_COUNTS_EACH_MS (INT64_C(24) * 3600 * 1000)
#define UNIT_COUNTS_AGAIN_MS (INT64_C(3600) * 1000) /* after a restart, at most once in it */
#define UNIT_COUNTS_NOW 1 /* as the time when a unit was made to count last: it is due */
#define UNIT_EVENTS_FRESH_MS 60000 /* a count of events is used for so long */
#define UNIT_EVENTS_WHY 240

struct unit_counts;

/* NULL: no memory. What an earlier run left is begun with by the first tick. */
struct unit_counts *unit_counts_new(struct server *server);
/* After the readers have ended and the store's queue was closed. NULL is fine. */
void unit_counts_free(struct unit_counts *u);

/* A unit counted, or a query of its rows ended. NULL is fine. */
void unit_counts_wake(struct unit_counts *u);
/* Each second. NULL is fine. */
void unit_counts_tick(struct unit_counts *u);

/* Whether the log of a unit may be erased now; `why` is empty where it may, and the reason why the command
 * waits otherwise: then the unit is made to count again. On the store thread. */
GH_MUST_CHECK enum gh_err unit_events_examine(struct server *server,
					      const struct store_ops *ops, struct store *s,
					      struct device *d, int64_t now_ms,
					      char why[UNIT_EVENTS_WHY]);

#endif

/* Whether what is known of the tables of access units is what they hold. Each unit is made to count users,
 * fingerprints, templates and photos once a day, after its firmware changed, and after it restarted
 * (Security PUSH 3.1.2, 9.1.3). Where it counts another number than is known here, the table is in doubt, and is
 * queried; where that brings no rows, a plan that trusts nothing of the unit is left, which is never begun by
 * itself, because it closes doors for a while.
 *
 * Threads: any. What is known is counted on a reader thread, one after the other, and stored on the store's. */
#ifndef GH_CORE_ACCESS_UNIT_COUNTS_H
#define GH_CORE_ACCESS_UNIT_COUNTS_H

#include "core/devices.h"

#define UNIT_COUNTS_EACH_MS (INT64_C(24) * 3600 * 1000)
#define UNIT_COUNTS_AGAIN_MS (INT64_C(3600) * 1000) /* after a restart, at most once in it */
#define UNIT_COUNTS_NOW 1 /* as the time when a unit was made to count last: it is due */

struct unit_counts;

/* NULL: no memory. What an earlier run left is begun with by the first tick. */
struct unit_counts *unit_counts_new(struct server *server);
/* After the readers have ended and the store's queue was closed. NULL is fine. */
void unit_counts_free(struct unit_counts *u);

/* A unit counted, or a query of its rows ended. NULL is fine. */
void unit_counts_wake(struct unit_counts *u);
/* Each second. NULL is fine. */
void unit_counts_tick(struct unit_counts *u);

#endif

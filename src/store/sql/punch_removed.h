/* Punches that were removed for their age (ledger_removed.h). A hash is that of time (8 bytes), status and
 * verify mode (4 each), the highest byte first, and the PIN. The work code is not part of it: one that comes
 * live has none, and its record of the log has. */
#ifndef GH_STORE_SQL_PUNCH_REMOVED_H
#define GH_STORE_SQL_PUNCH_REMOVED_H

#include "store/sql/ledger_removed.h"

/* Set seq to PUNCH_SEQ_REMOVED where the punch was removed, else to 0. */
enum gh_err punches_find_removed(struct sql *c, struct punch *p, size_t n);

#endif

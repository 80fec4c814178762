/* Access events that were removed for their age (ledger_removed.h). A hash is that of the natural key
 * (model/access_event.def): time, number of the record and group of the event, and where that number is 0
 * address and direction, 8 bytes each, the highest byte first; then, each behind its length in 4 bytes, unit,
 * event_text, PIN, and where the number is 0 card and verify_raw. */
#ifndef GH_STORE_SQL_ACCESS_REMOVED_H
#define GH_STORE_SQL_ACCESS_REMOVED_H

#include "store/sql/ledger_removed.h"

/* Set seq to ACCESS_SEQ_REMOVED where the event was removed. Those that are stored are passed over. */
enum gh_err access_find_removed(struct sql *c, struct access_put *a, size_t n);

#endif

/* The stored events of a unit where its packed files are not enough. */
#ifndef GH_CORE_ACCESS_ACCOUNT_H
#define GH_CORE_ACCESS_ACCOUNT_H

#include "core/devices.h"

#define ACCOUNT_QUERY_MS (INT64_C(3600) * 1000)

/* Queue a query for all events that the unit stores; once an hour at the most, whatever it sends. Not on the
 * store thread. */
void account_query(struct server *server, struct device *d);

#endif

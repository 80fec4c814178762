/* The stored events of a unit, in packed files: when they are ordered, and what follows where they are not enough.
 *
 * Where the setting access-account has hours, each unit that has the command ACCOUNT (position 11 of its functions,
 * Security PUSH 3.1.2, 9.2 and 11.12) is ordered so often to send what it stored since the last time that it did,
 * with a day more on either side for a clock or a zone that was wrong; the first time, all it stores. What came live is
 * recognised, so only what never came is new. A unit of the PULL family (MachineType 101; 11.7) is ordered to send all
 * it stores each time: its form of the command has no times (9.2.1). */
#ifndef GH_CORE_ACCESS_ACCOUNT_H
#define GH_CORE_ACCESS_ACCOUNT_H

#include "core/devices.h"

#define ACCOUNT_QUERY_MS (INT64_C(3600) * 1000)

/* Queue a query for all events that the unit stores; once an hour at the most, whatever it sends. Not on the
 * store thread. */
void account_query(struct server *server, struct device *d);

/* Order what is due, of a number of units: they do not send all at once. Those that waited longest come first. Called
 * every ten seconds, not on the store thread. */
#define ACCOUNT_TURN 8
void accounts_tick(struct server *server);

/* It has answered an order of accounts_tick() that was made then. From any thread. */
void account_answered(struct device *d, int64_t ordered_ms);

#endif

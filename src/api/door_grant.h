/* Tokens that may see and act on some doors alone, where it is not an order that they act by (those are judged where
 * they are read, command_reading.c). */
#ifndef GH_API_DOOR_GRANT_H
#define GH_API_DOOR_GRANT_H

#include "api/call.h"

/* Whether the token may make this call, as far as its doors go; by the route and the query. False: answered 403,
 * with a row of the audit. */
bool call_doors_check(struct call *c);

#endif

/* The name that a request calls the server by. A page of another site can make a name of its own lead
 * to an address that only this machine or network reaches (DNS rebinding); the request then has that
 * name as its Host. Addresses and localhost cannot be made to lead elsewhere. */
#ifndef GH_API_HOST_H
#define GH_API_HOST_H

#include "base/slice.h"

/* Whether the value of a Host header, with or without a port, is an address, localhost, or one of
 * `names`, which commas part. */
bool host_allowed(gh_slice host, gh_slice names);

#endif

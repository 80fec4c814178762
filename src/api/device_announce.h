/* Devices that are known before they call. */
#ifndef GH_API_DEVICE_ANNOUNCE_H
#define GH_API_DEVICE_ANNOUNCE_H

#include "api/call.h"

/* Answer a POST /api/devices that has no address. */
void device_announce(struct call *c);

#endif

/* The port to what brings an order to a device before its next poll would (session/wake.h): a layer above
 * the core, which the program provides. */
#ifndef GH_CORE_ORDER_WAKE_H
#define GH_CORE_ORDER_WAKE_H

#include "core/devices.h"

struct order_wake {
	/* An order for the device is on offer: its row was committed. From any thread, the store's as a rule;
	 * nothing waits in it. */
	void (*due)(struct order_wake *self, struct device *d);
};

static inline void order_wake_due(struct server *server, struct device *d)
{
	if (server->order_wake)
		server->order_wake->due(server->order_wake, d);
}

#endif

/* The rules by which access events of a device become punches: its own, and those of the server. */
#ifndef GH_CORE_ACCESS_PUNCH_RULES_H
#define GH_CORE_ACCESS_PUNCH_RULES_H

#include "core/devices.h"
#include "model/punch_rule.h"

struct punch_rules_of_device {
	struct punch_rules device, server;
};

/* As they are now. What cannot be read, although it was checked before, makes no punches. */
void punch_rules_of(struct server *server, struct device *d, struct punch_rules_of_device *out);

#endif

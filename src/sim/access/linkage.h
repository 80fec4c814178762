/* Linkages: what an event makes a device do by itself (Security PUSH 3.1.2, 9.1.1, inoutfun). */
#ifndef GH_SIM_ACCESS_LINKAGE_H
#define GH_SIM_ACCESS_LINKAGE_H

#include "sim/access/panel.h"

/* Carry out the linkages of an event, each an event of its own. Those do not trigger others. */
void panel_linkage_trigger(struct panel *p, const struct panel_event *e);

#endif

/* The floors that an elevator serves, as orders opened them (Security PUSH 3.1.2, 9.4: output of floors, and floors
 * held open). Until a first order, and where nothing is ordered, all are closed. */
#ifndef GH_SIM_ACCESS_FLOORS_H
#define GH_SIM_ACCESS_FLOORS_H

#include "base/err.h"
#include "sim/access/panel.h"

enum { PANEL_FLOORS = 256 };

/* An order: floors as 32 bytes, floor 1 the leftmost bit; for so many seconds, 0: not any more, 255: until further
 * notice. `held`: it is of those held open. The others stay as they are. GH_ENOMEM. */
GH_MUST_CHECK enum gh_err panel_floors_order(struct panel *p,
					     const uint8_t floors[PANEL_FLOORS / 8],
					     uint8_t seconds, bool held);
/* Whether floor n (from 1) can be reached now. */
bool panel_floor_open(const struct panel *p, unsigned floor);
void panel_floors_close(struct panel *p);

#endif

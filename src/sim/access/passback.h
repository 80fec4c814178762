/* Doors that depend on each other: anti-passback and interlock, by the values of the options (Security
 * PUSH 3.1.2, 11.8 and 11.9), by the settings of a door (11.10), and by lists of trigger points. */
#ifndef GH_SIM_ACCESS_PASSBACK_H
#define GH_SIM_ACCESS_PASSBACK_H

#include "sim/access/panel.h"

enum panel_passback {
	PANEL_PASSBACK_FREE,
	PANEL_PASSBACK_AGAIN, /* the same direction again */
	PANEL_PASSBACK_SOON,  /* within the door's time for entering once */
};

/* Whether a person may pass door n by its entry (0) or exit reader (1). */
enum panel_passback panel_passback_check(const struct panel *p, gh_slice pin, unsigned door,
					 int direction);
/* They passed. */
void panel_passback_record(struct panel *p, gh_slice pin, unsigned door, int direction);

/* Whether another door of a set with door n is open. */
bool panel_interlocked(const struct panel *p, unsigned door);

#endif

#include "sim/access/floors.h"

#include <stdlib.h>

enum { UNTIL_FURTHER_NOTICE = 255, ORDERS = 2 };

/* Until when, by each of the two orders; 0: closed. */
struct panel_floors {
	int64_t until_s[ORDERS][PANEL_FLOORS];
};

enum gh_err panel_floors_order(struct panel *p, const uint8_t floors[PANEL_FLOORS / 8],
			       uint8_t seconds, bool held)
{
	int64_t until = seconds == 0			  ? 0
			: seconds == UNTIL_FURTHER_NOTICE ? INT64_MAX
							  : p->now_s + seconds;

	if (p->floors == NULL)
		p->floors = calloc(1, sizeof(*p->floors));
	if (p->floors == NULL)
		return GH_ENOMEM;
	for (unsigned n = 0; n < PANEL_FLOORS; n++)
		if (floors[n / 8] >> (7 - n % 8) & 1)
			p->floors->until_s[held][n] = until;
	return GH_OK;
}

bool panel_floor_open(const struct panel *p, unsigned floor)
{
	return p->floors && floor >= 1 && floor <= PANEL_FLOORS &&
	       (p->floors->until_s[false][floor - 1] > p->now_s ||
		p->floors->until_s[true][floor - 1] > p->now_s);
}

void panel_floors_close(struct panel *p)
{
	free(p->floors);
	p->floors = NULL;
}

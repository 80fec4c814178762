/* Random sites of one unit, for what is compared with a simulated one: everything that a site can have, each
 * several times. */
#ifndef GH_TESTS_PANEL_WORLD_H
#define GH_TESTS_PANEL_WORLD_H

#include "core/access/rights/site.h"

#define PEOPLE 8
#define RULES 6
#define LEVELS 6
#define HOLIDAYS 4
#define DOORS 4
#define OBJECTS 3 /* of each kind */

extern const struct site_door world_door[DOORS];

struct world {
	struct site site;
	struct site_person person[PEOPLE];
	struct site_card card[PEOPLE][2];
	char pin[PEOPLE][8], number[PEOPLE][2][12];
	struct site_rule rule[RULES];
	struct site_level level[LEVELS];
	struct holiday_days holiday[HOLIDAYS];
	int64_t member[LEVELS][PEOPLE];
	struct site_door_setting door[DOORS];
	struct site_first_card first[OBJECTS];
	struct site_multi_card multi[OBJECTS];
	struct site_passback passback[OBJECTS];
	struct site_interlock interlock[OBJECTS];
	struct site_linkage linkage[OBJECTS];
	struct site_output output[OBJECTS];
	struct site_input input[OBJECTS];
	struct site_verify verify[OBJECTS];
	struct site_super super[OBJECTS];
	int64_t some[4][OBJECTS][2];
};

void world_make(struct world *w);
/* The same in another order. */
void world_turn(struct world *w);

#endif

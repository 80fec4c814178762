/* What the tables of a device grant: people, their validity, time rules, doors. Nothing here changes
 * the device, and nothing depends on what happened before. */
#ifndef GH_SIM_ACCESS_RIGHTS_H
#define GH_SIM_ACCESS_RIGHTS_H

#include "sim/access/panel.h"

enum panel_right {
	PANEL_RIGHT_NONE,   /* no row of userauthorize names the door */
	PANEL_RIGHT_CLOSED, /* its time rules are closed, or it is not valid now */
	PANEL_RIGHT_OPEN,
};

/* Whose the cards are, looked up again when the tables changed. */
struct panel_cards *panel_cards_open(void);
void panel_cards_close(struct panel_cards *c);

/* NULL: there is no such person. */
const struct panel_row *panel_user(const struct panel *p, gh_slice pin);
/* The person of a card, and whether that card was reported lost. NULL: there is none. */
const struct panel_row *panel_user_of_card(const struct panel *p, uint64_t card, bool *lost);
/* The user's card as the tables have it, or the first of several; 0: none. */
uint64_t panel_card_of(const struct panel *p, gh_slice pin);

/* Whether a person's own validity includes the moment. */
bool panel_user_valid(const struct panel *p, const struct panel_row *user, int64_t at_s);
/* Whether it begins after that moment. */
bool panel_user_early(const struct panel *p, const struct panel_row *user, int64_t at_s);

/* Whether time rule `id` is open; one that the device does not hold never is. */
bool panel_zone_open(const struct panel *p, uint64_t id, int64_t at_s);
/* 1 to 3: the type of the holiday that the day is; 0: none. */
unsigned panel_holiday(const struct panel *p, int64_t at_s);
/* The column of a day in rules: "Sun" to "Sat", "Hol1" to "Hol3". */
const char *panel_day_column(const struct panel *p, int64_t at_s);
/* Whether the period in a field contains the moment. */
bool panel_period_contains(const struct panel_row *row, const char *field, int64_t at_s);

enum panel_right panel_right_at(const struct panel *p, gh_slice pin, unsigned door,
				int64_t at_s);

/* Whether a row of a table of super users names person and door; without such a table the user's own
 * record has it. */
bool panel_user_is_super(const struct panel *p, const struct panel_row *user, unsigned door);

/* Whether the tables let a person pass a door at a moment: enabled door, known, not disabled, valid,
 * the door's own time zone, a right that is open. Not: what depends on doors, readers or on what
 * happened before. */
bool panel_permits(const struct panel *p, gh_slice pin, unsigned door, int64_t at_s);

#endif

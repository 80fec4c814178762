/* Openings that need a first card, or several people (Security PUSH 3.1.2, 9.1.1: firstcard,
 * multimcard; 11.10). */
#ifndef GH_SIM_ACCESS_GROUP_H
#define GH_SIM_ACCESS_GROUP_H

#include "sim/access/panel.h"

/* The moment at which a door's first-card rule of that person ends; PANEL_NEVER: there is none now. */
int64_t panel_first_card_until_s(const struct panel *p, gh_slice pin, unsigned door);

enum panel_group_step {
	PANEL_GROUP_NO,	   /* the door needs one person, or this one is of no combination */
	PANEL_GROUP_WAITS, /* more people must come */
	PANEL_GROUP_WHOLE,
	PANEL_GROUP_WRONG, /* not of a combination that was begun; it is over */
};

/* A person of a combination comes. `kind` is kept for the report of its failure. */
enum panel_group_step panel_group_add(struct panel *p, gh_slice pin, uint64_t group,
				      unsigned door, unsigned kind);

/* When a combination that was begun fails because people are missing; PANEL_HOLD: none was. */
int64_t panel_group_due_s(const struct panel *p, unsigned door);
void panel_group_expire(struct panel *p, unsigned door);

#endif

/* Which factors a door requires of a person, and how what was used is reported. */
#ifndef GH_SIM_ACCESS_VERIFICATION_H
#define GH_SIM_ACCESS_VERIFICATION_H

#include "sim/access/panel.h"

enum panel_verified {
	PANEL_VERIFIED,
	PANEL_VERIFIED_PARTLY, /* more is to be shown */
	PANEL_NOT_VERIFIED,    /* the mode does not have this factor */
};

/* The mode of a door for a person at a moment: their own schedule, that of the door, their own mode,
 * the door's (Security PUSH 3.1.2, 9.1.1 and 11.10). The text is a mode or a factor word. */
gh_slice panel_verify_mode(const struct panel *p, gh_slice pin, unsigned door, int64_t at_s);

/* Whether a set of factors is enough for a mode. */
enum panel_verified panel_verify_check(gh_slice mode, uint16_t factors);

/* The number of the mode that was used, and its factors as a word with bit 0 where all of them were
 * needed; of a failure `*word` is only the wrong factor (7.2). */
int32_t panel_verify_used(gh_slice mode, uint16_t factors, bool failed, uint16_t *word);

#endif

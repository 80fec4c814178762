/* A row of a unit's table in words. */
#ifndef GH_API_PLAN_WORDS_H
#define GH_API_PLAN_WORDS_H

#include "base/writer.h"

/* "PIN 1024, Ann Example, card 123456789, until 2026-12-31". `doors`: whether doors are numbers, as the unit has
 * them; `packed`: validity is packed seconds; `turned`:
 * hexadecimal cards have the lowest byte first, and are shown with the highest. What it has no words for is shown by its fields, secrets hidden. */
struct plan_words {
	gh_slice table;
	bool numbered_doors, packed_validity, cards_turned;
};
void plan_row_words(struct ghi_writer *w, const struct plan_words *p, gh_slice line);

#endif

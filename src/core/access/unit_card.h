/* Cards in rows of an access unit's tables: of `user`, and of `mulcarduser` where a person has several
 * (Security PUSH 3.1.2, 9.1.1). */
#ifndef GH_CORE_ACCESS_UNIT_CARD_H
#define GH_CORE_ACCESS_UNIT_CARD_H

#include "model/unit_row.h"

/* Number of the card of a row; 0: it has none, or one that is above 2^63 - 1. Hexadecimal digits of
 * mulcarduser are read with the highest byte first, which is inferred. */
int64_t unit_row_card(gh_slice table, gh_slice row);

/* PIN of the person that such a row is of, borrowed from its key. */
gh_slice unit_row_pin(const struct unit_row *row);

/* Whether it is marked as lost. */
bool unit_row_card_lost(const struct unit_row *row);

#endif

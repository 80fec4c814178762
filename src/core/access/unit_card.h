/* Cards in rows of an access unit's tables: of `user`, and of `mulcarduser` where a person has several
 * (Security PUSH 3.1.2, 9.1.1); and in its events.
 *
 * Hexadecimal digits have the highest byte first, which is inferred: the document does not state the order. The
 * setting cardsTurned of a unit turns it. Decimal numbers, and the brackets of `user`, have one form each. */
#ifndef GH_CORE_ACCESS_UNIT_CARD_H
#define GH_CORE_ACCESS_UNIT_CARD_H

#include "core/devices.h"
#include "model/access_event.h"
#include "store/store.h"

/* Number of the card of a row; 0: it has none, or one that is above 2^63 - 1. `turned`: the lowest byte is first. */
int64_t unit_row_card(gh_slice table, gh_slice row, bool turned);

/* The same by the setting as the transaction has it. On the store thread. */
GH_MUST_CHECK enum gh_err unit_row_card_read(const struct store_ops *ops, struct store *s,
					     int64_t device, gh_slice table, gh_slice row,
					     int64_t *card);

/* PIN of the person that such a row is of, borrowed from its key. */
gh_slice unit_row_pin(const struct unit_row *row);

/* Whether it is marked as lost. */
bool unit_row_card_lost(const struct unit_row *row);

/* The number of the card of an event, from its text, by the setting of the unit that it is of. */
void unit_event_card_read(const struct device *unit, struct access_event *e);

#endif

/* Numbers of cards in the mirrors of access units are read again where the order of their bytes was set to another
 * one (core/access/unit_card.h): a piece of the rows in a transaction, and at the end the device has how they were
 * read (cards_derived). Until then a card whose row was not read again is not found in what the unit holds. What a
 * stop of the server left is read again from the first row on. */
#ifndef GH_CORE_ACCESS_UNIT_CARDS_H
#define GH_CORE_ACCESS_UNIT_CARDS_H

#include "core/server.h"

struct unit_cards;

/* NULL: no memory. It is due at once. */
struct unit_cards *unit_cards_new(struct server *server);
/* Once the store's queue is closed. NULL: nothing. */
void unit_cards_free(struct unit_cards *u);

/* From time to time: where it is due, units are looked for. NULL: nothing. */
void unit_cards_tick(struct unit_cards *u);
/* The setting of a unit was changed. Any thread; NULL: nothing. */
void unit_cards_wake(struct unit_cards *u);

#endif

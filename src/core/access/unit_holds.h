/* Whether an access unit would let a person pass by what it holds, as far as its mirror has it. */
#ifndef GH_CORE_ACCESS_UNIT_HOLDS_H
#define GH_CORE_ACCESS_UNIT_HOLDS_H

#include "core/devices.h"
#include "store/store.h"
#include "wire/access/parameters.h"

struct unit_wish {
	int64_t device;
	gh_slice pin; /* empty: whose the card is */
	int64_t card; /* its number; 0 or less: none was shown */
	int64_t door;
	ghi_civil at;	      /* what the door's clock should show now */
	bool packed_validity; /* of the unit's rows: seconds, not YYYYMMDD */
	bool single_doors;    /* of them: a door's number, not a mask of doors */
	bool cards_turned;    /* hexadecimal cards of them have the lowest byte first */
};

#define UNIT_PIN_BYTES 64

struct unit_holding {
	bool holds;
	uint8_t pin[UNIT_PIN_BYTES]; /* whose it is; of no use where it does not hold it */
	size_t pin_n;
};

/* How the rows of a unit are read, by its settings and what it registered. */
void unit_wish_read(struct unit_wish *w, const struct device *d, const struct ghi_unit *u);

/* A user of that PIN is held, not disabled and valid; and where any rows of userauthorize are known, one of
 * theirs names the door. The time rules of those rows are not looked at.
 * A card has to be that user's: it is no other's, it is not marked as lost, and without a PIN it is one that the
 * unit holds. */
GH_MUST_CHECK enum gh_err unit_holds(const struct store_ops *ops, struct store_reader *reader,
				     const struct unit_wish *w, struct unit_holding *out);

#endif

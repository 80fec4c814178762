/* Whether an access unit would let a person pass by what it holds, as far as its mirror has it. */
#ifndef GH_CORE_ACCESS_UNIT_HOLDS_H
#define GH_CORE_ACCESS_UNIT_HOLDS_H

#include "store/store.h"

struct unit_wish {
	int64_t device;
	gh_slice pin; /* empty: of no person; cards are not looked up in a mirror */
	int64_t door;
	ghi_civil at;	      /* what the door's clock should show now */
	bool packed_validity; /* of the unit's rows: seconds, not YYYYMMDD */
	bool single_doors;    /* of them: a door's number, not a mask of doors */
};

/* A user of that PIN is held, not disabled and valid; and where the unit has rows of userauthorize of them,
 * one of these names the door. The time rules of those rows are not looked at. */
GH_MUST_CHECK enum gh_err unit_holds(const struct store_ops *ops, struct store_reader *reader,
				     const struct unit_wish *w, bool *holds);

#endif

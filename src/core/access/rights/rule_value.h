/* What one value of the options AntiPassback and InterLock means, for units that have one for all of their doors
 * (passback_value.def). */
#ifndef GH_CORE_ACCESS_RIGHTS_RULE_VALUE_H
#define GH_CORE_ACCESS_RIGHTS_RULE_VALUE_H

#include "base/writer.h"
#include "model/access_words.h"

#define RULE_SIDES 2 /* that one value has room for */

/* Doors against doors, and doors by their readers; or sets of doors that are interlocked, which are `a`. */
struct rule_meaning {
	struct {
		uint32_t a, b;
	} side[RULE_SIDES + 1]; /* one more in what is decided and has no value */
	size_t sides;
	uint32_t readers;
};

/* The value that means exactly this; -1: there is none. */
int64_t rule_value_of(enum access_rule_kind kind, const struct rule_meaning *m);

/* The three values of a unit with these doors that come nearest, in words: "doors 1 against 2 (1); …". */
void rule_nearest_write(struct ghi_writer *w, enum access_rule_kind kind,
			const struct rule_meaning *m, uint32_t doors);

#endif

/* How a unit decides by its rows, written from the document for the tests of the compiler (Security PUSH
 * 3.1.2, 9.1.1; order of decisions: whether there is a right at all is what counts here). */
#ifndef GH_TESTS_COMPILED_H
#define GH_TESTS_COMPILED_H

#include "core/access/rights/compile.h"

bool compiled_grants(const struct unit_rows *u, const struct unit_facts *f, gh_slice pin,
		     int64_t door, ghi_civil at);
/* Whether the door stands open for everyone: by its own rule, or by a scheduled output. */
bool compiled_stands_open(const struct unit_rows *u, const struct unit_facts *f, int64_t door,
			  ghi_civil at);
/* Each row keeps the schema of its table on the unit, is written as the schema writes it, and is there once. */
void compiled_check(const struct unit_rows *u, gh_slice parameters);
/* The same rows, refusals, slots and end. */
bool compiled_equal(const struct unit_rows *a, const struct unit_rows *b);
/* A setting of a door, "DoorValidTZ", as a row or an option; empty: the unit is not given it. */
gh_slice compiled_value_of_door(const struct unit_rows *u, int64_t door, const char *name);
/* The value of a field of a row; empty: it has none. */
gh_slice compiled_value(gh_slice text, const char *name);

#endif

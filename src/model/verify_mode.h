/* Verify modes by their numbers. */
#ifndef GH_MODEL_VERIFY_MODE_H
#define GH_MODEL_VERIFY_MODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

enum verify_generation {
	VERIFY_OLD, /* devices without pushver, or below 2.2.14 */
	VERIFY_NEW,
	VERIFY_ID_CARD, /* an identity card was verified; this is no punch */
};

/* In words, static; NULL: no table has the number. An old device's number that its own table
 * lacks is looked up among the new ones, which later firmware of that line used. */
const char *verify_mode_name(int32_t verify, enum verify_generation generation);
/* The number that has this name; false: none, or several have it. */
bool verify_mode_number(gh_slice name, enum verify_generation generation, int32_t *verify);

#endif

/* Patterns for names, as of the shell: * stands for any letters, none included, ? for one. */
#ifndef GH_BASE_PATTERN_H
#define GH_BASE_PATTERN_H

#include "base/slice.h"

/* Whether it has a * or a ?. */
bool ghi_pattern_is(gh_slice text);
/* Whether all of the text matches, byte for byte. The time is at most the product of the two
 * lengths, whatever the pattern is. */
bool ghi_pattern_matches(gh_slice pattern, gh_slice text);

#endif

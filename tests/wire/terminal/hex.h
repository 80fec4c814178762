/* Bytes written as a person reads them in a capture: "50 50 82 7d". */
#ifndef GH_TESTS_WIRE_TERMINAL_HEX_H
#define GH_TESTS_WIRE_TERMINAL_HEX_H

#include "base/slice.h"

/* Into buf, at most cap bytes; blanks are passed over. */
gh_slice hex_bytes(const char *text, uint8_t *buf, size_t cap);

/* The same numbers every time. */
static inline uint32_t random_next(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

#endif

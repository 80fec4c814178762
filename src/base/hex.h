/* Hexadecimal digits. */
#ifndef GH_BASE_HEX_H
#define GH_BASE_HEX_H

#include "base/slice.h"

/* The value of a digit of either case, 0 to 15; -1: not a digit. */
static inline int ghi_hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = gh_ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that the two digits at p stand for, 0 to 255; -1: they are not digits. */
static inline int ghi_hex_byte(const uint8_t *p)
{
	int high = ghi_hex_value(p[0]), low = ghi_hex_value(p[1]);

	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* The digit of a value from 0 to 15, in lower case. */
static inline char ghi_hex_digit(unsigned value)
{
	return "0123456789abcdef"[value & 15];
}

#endif

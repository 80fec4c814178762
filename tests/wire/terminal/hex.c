#include "hex.h"

#include <assert.h>

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)gh_ascii_lower((uint8_t)c);
	assert(c >= 'a' && c <= 'f');
	return c - 'a' + 10;
}

gh_slice hex_bytes(const char *text, uint8_t *buf, size_t cap)
{
	size_t n = 0;

	for (; *text; text++) {
		if (*text == ' ')
			continue;
		assert(n < cap && text[1]);
		buf[n++] = (uint8_t)(hex_digit(text[0]) << 4 | hex_digit(text[1]));
		text++;
	}
	return (gh_slice){ buf, n };
}

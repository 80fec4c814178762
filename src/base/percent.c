#include "base/percent.h"

#include "base/hex.h"

/* The byte that "%XX" at s.p[i] stands for; -1: it stands for none. */
static int percent_byte(gh_slice s, size_t i)
{
	return s.p[i] == '%' && s.n - i > 2 ? ghi_hex_byte(s.p + i + 1) : -1;
}

gh_slice ghi_percent_decode(gh_slice s, uint8_t *to)
{
	size_t n = 0;

	if (s.n == 0 || memchr(s.p, '%', s.n) == NULL)
		return s;
	for (size_t i = 0; i < s.n; i++) {
		int byte = percent_byte(s, i);

		to[n++] = byte < 0 ? s.p[i] : (uint8_t)byte;
		i += byte < 0 ? 0 : 2;
	}
	return (gh_slice){ to, n };
}

enum gh_err ghi_percent_decode_strict(gh_slice s, bool plus, uint8_t *to, gh_slice *out)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];

		if (c == '%') {
			int byte = percent_byte(s, i);

			if (byte < 0)
				return GH_EMALFORMED;
			c = (uint8_t)byte;
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		if (c == 0)
			return GH_EMALFORMED;
		to[n++] = c;
	}
	*out = (gh_slice){ to, n };
	return GH_OK;
}

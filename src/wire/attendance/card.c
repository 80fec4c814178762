#include "base/number.h"
#include "wire/attendance/operlog.h"

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = gh_ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum gh_err ghi_card_number(gh_slice text, uint64_t *number)
{
	uint64_t v = 0;

	text = gh_slice_trim(text);
	if (text.n < 2 || text.p[0] != '[' || text.p[text.n - 1] != ']')
		return ghi_number_parse(text, UINT64_MAX, number) ? GH_EMALFORMED : GH_OK;
	text = (gh_slice){ text.p + 1, text.n - 2 };
	if (text.n == 0 || text.n % 2 || text.n > 16)
		return GH_EMALFORMED;
	for (size_t i = text.n; i; i -= 2) {
		int high = hex_digit(text.p[i - 2]), low = hex_digit(text.p[i - 1]);

		if (high < 0 || low < 0)
			return GH_EMALFORMED;
		v = v << 8 | (uint64_t)(high << 4 | low);
	}
	*number = v;
	return GH_OK;
}

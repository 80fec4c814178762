#include "base/hex.h"
#include "base/number.h"
#include "wire/attendance/operlog.h"

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
		int byte = ghi_hex_byte(text.p + i - 2);

		if (byte < 0)
			return GH_EMALFORMED;
		v = v << 8 | (uint64_t)byte;
	}
	*number = v;
	return GH_OK;
}

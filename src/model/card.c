#include "model/card.h"

#include "base/hex.h"
#include "base/number.h"

enum gh_err card_read(gh_slice text, uint64_t *out)
{
	uint64_t n = 0;

	if (gh_slice_istarts(text, GH_LIT("0x"))) {
		gh_slice digits = gh_slice_from(text, 2);

		if (digits.n == 0 || digits.n > 16)
			return GH_EMALFORMED;
		for (size_t i = 0; i < digits.n; i++) {
			int value = ghi_hex_value(digits.p[i]);

			if (value < 0)
				return GH_EMALFORMED;
			n = n << 4 | (uint64_t)value;
		}
	} else if (ghi_number_parse(text, UINT64_MAX, &n)) {
		return GH_EMALFORMED;
	}
	if (n == 0)
		return GH_EMALFORMED;
	*out = n;
	return GH_OK;
}

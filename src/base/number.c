#include "base/number.h"

enum gh_err ghi_number_parse(gh_slice s, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;

	if (s.n == 0)
		return GH_EMALFORMED;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return GH_EMALFORMED;
	for (size_t i = 0; i < s.n; i++) {
		uint64_t digit = (uint64_t)(s.p[i] - '0');

		if (v > (UINT64_MAX - digit) / 10)
			return GH_ETOOBIG;
		v = v * 10 + digit;
	}
	if (v > max)
		return GH_ETOOBIG;
	*out = v;
	return GH_OK;
}

enum gh_err ghi_signed_parse(gh_slice s, int64_t min, int64_t max, int64_t *out)
{
	bool negative = s.n && s.p[0] == '-';
	uint64_t v;
	enum gh_err err = ghi_number_parse(negative ? gh_slice_from(s, 1) : s, INT64_MAX, &v);

	if (err)
		return err;
	int64_t value = negative ? -(int64_t)v : (int64_t)v;
	if (value < min || value > max)
		return GH_ETOOBIG;
	*out = value;
	return GH_OK;
}

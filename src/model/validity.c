#include "model/validity.h"

#define LENGTH GHI_CIVIL_TEXT

enum gh_err validity_read(gh_slice text, bool end, ghi_civil *out)
{
	static const char first[] = " 00:00:00", last[] = " 23:59:59", minute[] = ":59";
	uint8_t whole[LENGTH];
	ghi_civil t;

	if (text.n != 10 && text.n != 16 && text.n != LENGTH)
		return GH_EMALFORMED;
	memcpy(whole, text.p, text.n);
	if (text.n == 10)
		memcpy(whole + 10, end ? last : first, sizeof(first) - 1);
	else if (text.n == 16)
		memcpy(whole + 16, end ? minute : first + 6, 3);
	if (ghi_civil_parse((gh_slice){ whole, sizeof(whole) }, &t))
		return GH_EMALFORMED;
	if (!ghi_civil_valid(t))
		return GH_EINVALID;
	*out = t;
	return GH_OK;
}

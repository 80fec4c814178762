#include "wire/push/secret_option.h"

bool ghi_option_is_secret(gh_slice name)
{
	static const char *const part[] = {
#define GHI_SECRET_OPTION(text) text,
#include "wire/push/secret_option.def"
#undef GHI_SECRET_OPTION
	};

	for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++)
		for (gh_slice at = name; at.n; at = gh_slice_from(at, 1))
			if (gh_slice_istarts(at, gh_slice_of(part[i])))
				return true;
	return false;
}

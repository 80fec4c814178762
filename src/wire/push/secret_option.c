#include "wire/push/secret_option.h"

/* No part is shorter. */
#define PART_SHORTEST 6

#define GHI_SECRET_OPTION(text) _Static_assert(sizeof(text) - 1 >= PART_SHORTEST, text);
#include "wire/push/secret_option.def"
#undef GHI_SECRET_OPTION

bool ghi_option_is_secret(gh_slice name)
{
	static const gh_slice part[] = {
#define GHI_SECRET_OPTION(text) { (const uint8_t *)(text), sizeof(text) - 1 },
#include "wire/push/secret_option.def"
#undef GHI_SECRET_OPTION
	};

	/* Most names have a letter or two with which a part may begin. */
	for (gh_slice at = name; at.n >= PART_SHORTEST; at = gh_slice_from(at, 1))
		for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++)
			if ((at.p[0] | 0x20) == part[i].p[0] && gh_slice_istarts(at, part[i]))
				return true;
	return false;
}

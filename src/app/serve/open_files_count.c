#include "app/serve/open_files_count.h"

#include <stdint.h>

#define CHANGED_MOST \
	32 /* connections that may come and go; half of the least that is kept in reserve */

bool open_files_others(size_t connections_before, size_t open, size_t connections_after,
		       size_t *others)
{
	bool more = connections_after > connections_before;
	size_t fewer = more ? connections_before : connections_after,
	       changed = more ? connections_after - fewer : connections_before - fewer;

	*others = SIZE_MAX;
	if (open == 0)
		return true;
	if (changed > CHANGED_MOST)
		return false;
	/* The lower count of connections leaves them less room rather than more. */
	*others = open > fewer ? open - fewer : 0;
	return true;
}

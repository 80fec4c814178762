#include "model/punch.h"

/* Bytes of the shortest number of an identity card. */
enum { ID_NUMBER_LEAST = 8 };

bool punch_is_check(const struct punch *p)
{
	gh_slice column = { 0 }, rest = p->extra;

	for (int i = 0; i < 3; i++)
		if (!gh_slice_cut(rest, '\t', &column, &rest))
			return false;
	return column.n >= ID_NUMBER_LEAST && gh_slice_eq(rest, GH_LIT("1"));
}

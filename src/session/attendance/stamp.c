#include "session/attendance/stamp.h"

#include "base/number.h"

#define DAY_S 86400
/* The end of tomorrow, wherever the device is: no zone is further than 14 hours from UTC. */
#define AHEAD_S (2 * DAY_S + 14 * 3600)

static bool is_decimal(gh_slice stamp)
{
	for (size_t i = 0; i < stamp.n; i++)
		if (stamp.p[i] < '0' || stamp.p[i] > '9')
			return false;
	return true;
}

/* The packed form counts from 2000, so that a time is a smaller number in it than in seconds since
 * 1970: what lies beyond tomorrow in seconds does so in both. */
bool stamp_is_plausible(gh_slice stamp, int64_t now_s)
{
	uint64_t n;

	if (stamp.n == 0 || stamp.n > STAMP_MAX || gh_slice_eq(stamp, GH_LIT("0")))
		return false;
	for (size_t i = 0; i < stamp.n; i++)
		if (stamp.p[i] <= ' ' || stamp.p[i] >= 0x7F)
			return false;
	return !is_decimal(stamp) ||
	       ghi_number_parse(stamp, (uint64_t)(now_s + AHEAD_S), &n) == GH_OK;
}

#include "sim/day_times.h"

#include "base/number.h"

#define DAY_S 86400

int64_t sim_day_times_wait(gh_slice times, int64_t clock_s)
{
	int64_t first = 0;

	while (times.n) {
		gh_slice one, hour, minute;
		uint64_t h, m;
		int64_t wait_s;

		gh_slice_cut(times, ';', &one, &times);
		if (!gh_slice_cut(gh_slice_trim(one), ':', &hour, &minute) ||
		    ghi_number_parse(hour, 23, &h) || ghi_number_parse(minute, 59, &m))
			continue;
		wait_s = (int64_t)(h * 3600 + m * 60) - clock_s % DAY_S;
		if (wait_s <= 0)
			wait_s += DAY_S;
		if (first == 0 || wait_s < first)
			first = wait_s;
	}
	return first;
}

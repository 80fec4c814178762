#include "chance.h"

#include <stdio.h>

#include "base/civil_time.h"

uint64_t chance_seed;

int64_t chance_number(int64_t n)
{
	chance_seed = chance_seed * 6364136223846793005u + 1442695040888963407u;
	return (int64_t)(chance_seed >> 33) % n;
}

int64_t chance_day(void)
{
	int64_t days = ghi_civil_to_seconds(20261110000000) / 86400 + chance_number(60);

	return ghi_civil_from_seconds(days * 86400) / 1000000;
}

void chance_table(struct time_table *t, int64_t ranges, int64_t longest)
{
	char range[16];
	const char *why;

	*t = (struct time_table){ .named = 7 };
	for (int64_t n = chance_number(ranges); n > 0; n--) {
		int64_t from = chance_number(24 * 12),
			to = (from + 1 + chance_number(longest)) % (24 * 12);

		snprintf(range, sizeof(range), "%02d:%02d-%02d:%02d", (int)(from / 12),
			 (int)(from % 12 * 5), (int)(to / 12), (int)(to % 12 * 5));
		(void)!time_table_add(t, (unsigned)chance_number(128), gh_slice_of(range),
				      &why);
		enum time_column column =
			(enum time_column)(TIME_HOLIDAY1 + chance_number(TIME_HOLIDAY_TYPES));

		(void)!time_holiday_add(t, column, gh_slice_of(range), &why);
	}
}

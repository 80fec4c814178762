#include "sim/access/shift.h"

enum { HOURS = 24, HOUR_MS = 3600000, PARTS = 10 };
#define DAY_MS ((int64_t)HOURS * HOUR_MS)

/* How many come in each hour of a day, in tenths of the mean; 240 in all. */
static const uint8_t hour_weight[HOURS] = { 1,	1,  1, 1, 1,  1,  6,  25, 50, 16, 7, 8,
					    18, 20, 7, 7, 12, 30, 14, 6,  4,  2,  1, 1 };

/* Milliseconds of a day at even distances, up to a moment of it. */
static int64_t shift_even_ms(int64_t of_day_ms)
{
	int64_t even = 0, hour = of_day_ms / HOUR_MS;

	for (int64_t h = 0; h < hour; h++)
		even += (int64_t)hour_weight[h] * HOUR_MS / PARTS;
	return even + of_day_ms % HOUR_MS * hour_weight[hour] / PARTS;
}

/* The other way round. */
static int64_t shift_of_day_ms(int64_t even)
{
	int64_t h = 0;

	while (h < HOURS - 1 && even >= (int64_t)hour_weight[h] * HOUR_MS / PARTS)
		even -= (int64_t)hour_weight[h++] * HOUR_MS / PARTS;
	return h * HOUR_MS + even * PARTS / hour_weight[h];
}

int64_t sim_shift_ms(int64_t start_s, int64_t even_ms)
{
	int64_t start_ms = (start_s % (DAY_MS / 1000) + DAY_MS / 1000) % (DAY_MS / 1000) * 1000;
	int64_t at = shift_even_ms(start_ms) + even_ms;

	return at / DAY_MS * DAY_MS + shift_of_day_ms(at % DAY_MS) - start_ms;
}

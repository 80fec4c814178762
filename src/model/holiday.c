#include "model/holiday.h"

#include "base/number.h"

#define MIDNIGHT 1000000
#define DAY_SECONDS 86400
/* A leap year: it has every day there is. */
#define LEAP_YEAR 20240000

int64_t holiday_next_day(int64_t day)
{
	return ghi_civil_from_seconds(ghi_civil_to_seconds(day * MIDNIGHT) + DAY_SECONDS) /
	       MIDNIGHT;
}

enum gh_err holiday_day_read(gh_slice text, int64_t *out)
{
	uint64_t year, month, day;

	if (text.n != 10 || text.p[4] != '-' || text.p[7] != '-' ||
	    ghi_number_parse((gh_slice){ text.p, 4 }, 9999, &year) ||
	    ghi_number_parse((gh_slice){ text.p + 5, 2 }, 99, &month) ||
	    ghi_number_parse((gh_slice){ text.p + 8, 2 }, 99, &day))
		return GH_EMALFORMED;
	int64_t digits = (int64_t)(year * 10000 + month * 100 + day);

	if (!ghi_civil_valid(digits * MIDNIGHT))
		return GH_EINVALID;
	*out = digits;
	return GH_OK;
}

static int64_t day_number(int64_t day)
{
	return ghi_civil_to_seconds(day * MIDNIGHT) / DAY_SECONDS;
}

enum gh_err holiday_check(const struct holiday_days *h, const char **field, const char **why)
{
	int64_t day = h->from;

	*field = "to";
	*why = "is before date";
	if (h->to < h->from)
		return GH_EINVALID;
	*why = "is more than 366 days after date";
	if (day_number(h->to) - day_number(h->from) >= HOLIDAY_DAYS)
		return GH_EINVALID;
	*field = "date";
	*why = "is the 29th of February, which most years do not have: enter it once for each "
	       "leap "
	       "year, or take the 28th";
	for (; h->yearly && day <= h->to; day = holiday_next_day(day))
		if (day % 10000 == 229)
			return GH_EINVALID;
	return GH_OK;
}

bool holiday_on(const struct holiday_days *h, int64_t day)
{
	int64_t from = h->from % 10000, to = h->to % 10000, at = day % 10000;

	if (!h->yearly)
		return day >= h->from && day <= h->to;
	return from <= to ? at >= from && at <= to : at >= from || at <= to;
}

bool holidays_meet(const struct holiday_days *a, const struct holiday_days *b)
{
	const struct holiday_days *once = a->yearly ? b : a, *other = a->yearly ? a : b;
	int64_t from = once->from, to = once->to;

	if (once->yearly) {
		from = LEAP_YEAR + 101;
		to = LEAP_YEAR + 1231;
	}
	for (int64_t day = from; day <= to; day = holiday_next_day(day))
		if (holiday_on(once, day) && holiday_on(other, day))
			return true;
	return false;
}

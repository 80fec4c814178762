#include "wire/terminal/packed_time.h"

enum { DAY = 24 * 60 * 60 };

static bool time_is_leap_year(unsigned year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool time_is_valid(struct gh_time t)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return t.month >= 1 && t.month <= 12 && t.day >= 1 &&
	       t.day <= days[t.month - 1] + (t.month == 2 && time_is_leap_year(t.year)) &&
	       t.hour < 24 && t.minute < 60 && t.second < 60;
}

struct gh_time ghi_terminal_time_unpack(uint32_t code)
{
	uint32_t rest = code % DAY, days = code / DAY;
	struct gh_time t = {
		.year = (uint16_t)(2000 + days / 31 / 12),
		.month = (uint8_t)(days / 31 % 12 + 1),
		.day = (uint8_t)(days % 31 + 1),
		.hour = (uint8_t)(rest / 3600),
		.minute = (uint8_t)(rest / 60 % 60),
		.second = (uint8_t)(rest % 60),
	};

	t.valid = code != 0 && time_is_valid(t);
	return t;
}

void ghi_terminal_time_unpack_next(struct ghi_terminal_day *d, uint32_t code,
				   struct gh_time *out)
{
	uint32_t rest;

	if (code < d->start || code >= d->end) {
		/* The very first code and the last day of the range are left to the slow way:
		 * neither 0 nor an end past 2^32 can then slip through the comparison. */
		if (code == 0 || code / DAY == UINT32_MAX / DAY) {
			*out = ghi_terminal_time_unpack(code);
			return;
		}
		d->midnight = code / DAY * DAY;
		d->start = d->midnight + (d->midnight == 0);
		d->end = d->midnight + DAY;
		d->at = ghi_terminal_time_unpack(d->midnight);
		d->at.valid = time_is_valid(d->at);
	}
	/* Member by member: a copy of the whole day would wait for its own parts. */
	rest = code - d->midnight;
	out->year = d->at.year;
	out->month = d->at.month;
	out->day = d->at.day;
	out->valid = d->at.valid;
	out->hour = (uint8_t)(rest / 3600);
	out->minute = (uint8_t)(rest / 60 % 60);
	out->second = (uint8_t)(rest % 60);
}

uint32_t ghi_terminal_time_pack(struct gh_time t)
{
	return (((((uint32_t)t.year % 100 * 12 + t.month - 1) * 31 + t.day - 1) * 24 + t.hour) *
			60 +
		t.minute) *
		       60 +
	       t.second;
}

bool ghi_terminal_time_fits(struct gh_time t)
{
	return t.year >= 2000 && t.year <= 2099 && t.month >= 1 && t.month <= 12 &&
	       t.day >= 1 && t.day <= 31 && t.hour < 24 && t.minute < 60 && t.second < 60;
}

struct gh_time ghi_terminal_time_read6(const uint8_t b[6])
{
	struct gh_time t = { (uint16_t)(2000 + b[0]), b[1], b[2], b[3], b[4], b[5], 0 };

	t.valid = time_is_valid(t);
	return t;
}

void ghi_terminal_time_write6(struct gh_time t, uint8_t b[6])
{
	b[0] = (uint8_t)(t.year % 100);
	b[1] = t.month;
	b[2] = t.day;
	b[3] = t.hour;
	b[4] = t.minute;
	b[5] = t.second;
}

#include "base/civil_time.h"

static bool civil_is_leap_year(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int civil_days_of_month(int year, int month)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && civil_is_leap_year(year));
}

bool ghi_civil_valid(ghi_civil t)
{
	struct ghi_civil_parts p = ghi_civil_split(t);

	return t >= 0 && p.year <= 9999 && p.month >= 1 && p.month <= 12 && p.day >= 1 &&
	       p.day <= civil_days_of_month(p.year, p.month) && p.hour < 24 && p.minute < 60 &&
	       p.second < 60;
}

enum gh_err ghi_civil_parse(gh_slice s, ghi_civil *out)
{
	static const char form[] = "dddd-dd-dd dd:dd:dd";
	ghi_civil v = 0;

	if (s.n != GHI_CIVIL_TEXT)
		return GH_EMALFORMED;
	for (size_t i = 0; i < s.n; i++) {
		if (form[i] == 'd') {
			if (s.p[i] < '0' || s.p[i] > '9')
				return GH_EMALFORMED;
			v = v * 10 + (s.p[i] - '0');
		} else if (s.p[i] != (uint8_t)form[i] && !(form[i] == ' ' && s.p[i] == 'T')) {
			return GH_EMALFORMED;
		}
	}
	*out = v;
	return GH_OK;
}

/* Digits that are no moment of four-digit years. */
static void civil_put_odd(struct ghi_writer *w, ghi_civil t)
{
	struct ghi_civil_parts p = ghi_civil_split(t);
	const int part[] = { p.month, p.day, p.hour, p.minute, p.second };

	ghi_put_padded(w, (uint64_t)p.year, 4);
	for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++) {
		ghi_put_u8(w, (uint8_t) "-- ::"[i]);
		ghi_put_padded(w, (uint64_t)part[i], 2);
	}
}

void ghi_put_civil(struct ghi_writer *w, ghi_civil t)
{
	uint8_t text[] = "YYYY-MM-DD hh:mm:ss";
	/* Where the digits of seconds, minutes ... lie. */
	static const uint8_t place[] = { 17, 14, 11, 8, 5, 2, 0 };

	if (t < 0 || t > INT64_C(99999999999999)) {
		civil_put_odd(w, t);
		return;
	}
	for (size_t i = 0; i < sizeof(place); i++) {
		unsigned two = (unsigned)(t % 100);

		t /= 100;
		text[place[i]] = (uint8_t)('0' + two / 10);
		text[place[i] + 1] = (uint8_t)('0' + two % 10);
	}
	ghi_put(w, (gh_slice){ text, sizeof(text) - 1 });
}

/* Days since 1970-01-01, counted in 400-year eras that begin on 1 March, so that the leap
 * day is the last of its year. */
static int64_t days_from_civil(int year, int month, int day)
{
	int64_t y = year - (month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t day_of_era =
		year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * 146097 + day_of_era - 719468;
}

int64_t ghi_civil_to_seconds(ghi_civil t)
{
	struct ghi_civil_parts p = ghi_civil_split(t);

	return days_from_civil(p.year, p.month, p.day) * 86400 + p.hour * 3600 + p.minute * 60 +
	       p.second;
}

/* 0000-01-01 00:00:00 and 9999-12-31 23:59:59 */
#define SECONDS_MIN (-INT64_C(62167219200))
#define SECONDS_MAX INT64_C(253402300799)

ghi_civil ghi_civil_from_seconds(int64_t seconds)
{
	if (seconds < SECONDS_MIN || seconds > SECONDS_MAX)
		return GHI_CIVIL_NONE;

	int64_t days = seconds / 86400 - (seconds % 86400 < 0);
	int64_t rest = seconds - days * 86400;
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t day_of_era = z - era * 146097;
	int64_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) /
		365;
	int64_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t shifted_month = (5 * day_of_year + 2) / 153;
	int month = (int)(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
	int64_t year = year_of_era + era * 400 + (month <= 2);

	return ghi_civil_join((struct ghi_civil_parts){
		.year = (int)year,
		.month = month,
		.day = (int)(day_of_year - (153 * shifted_month + 2) / 5 + 1),
		.hour = (int)(rest / 3600),
		.minute = (int)(rest / 60 % 60),
		.second = (int)(rest % 60),
	});
}

static void civil_put_utc(struct ghi_writer *w, int64_t seconds, int ms)
{
	ghi_civil t = ghi_civil_from_seconds(seconds);
	size_t at = w->n;

	if (t == GHI_CIVIL_NONE && w->err == GH_OK)
		w->err = GH_ETOOBIG;
	if (w->err)
		return;
	ghi_put_civil(w, t);
	if (w->err == GH_OK)
		w->p[at + 10] = 'T';
	if (ms >= 0) {
		ghi_put_u8(w, '.');
		ghi_put_padded(w, (uint64_t)ms, 3);
	}
	ghi_put_u8(w, 'Z');
}

void ghi_put_utc(struct ghi_writer *w, int64_t seconds)
{
	civil_put_utc(w, seconds, -1);
}

void ghi_put_utc_ms(struct ghi_writer *w, int64_t ms)
{
	int64_t before = ms % 1000 < 0;

	civil_put_utc(w, ms / 1000 - before, (int)(ms % 1000 + before * 1000));
}

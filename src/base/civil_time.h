/* Wall-clock time as a device shows it: digits without a zone. The digits are stored even when
 * they name no real moment (30 February, hour 25); see ghi_civil_valid(). */
#ifndef GH_BASE_CIVIL_TIME_H
#define GH_BASE_CIVIL_TIME_H

#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"

/* The digits of "YYYY-MM-DD HH:MM:SS" as one decimal number, YYYYMMDDHHMMSS: sorts like
 * the text, loses nothing, and fits six bytes in a database. */
typedef int64_t ghi_civil;

#define GHI_CIVIL_NONE ((ghi_civil)-1)
#define GHI_CIVIL_TEXT 19 /* bytes of "YYYY-MM-DD HH:MM:SS" */

struct ghi_civil_parts {
	int year, month, day, hour, minute, second;
};

static inline struct ghi_civil_parts ghi_civil_split(ghi_civil t)
{
	return (struct ghi_civil_parts){
		.year = (int)(t / 10000000000),
		.month = (int)(t / 100000000 % 100),
		.day = (int)(t / 1000000 % 100),
		.hour = (int)(t / 10000 % 100),
		.minute = (int)(t / 100 % 100),
		.second = (int)(t % 100),
	};
}

static inline ghi_civil ghi_civil_join(struct ghi_civil_parts p)
{
	return ((((((ghi_civil)p.year * 100 + p.month) * 100 + p.day) * 100 + p.hour) * 100 +
		 p.minute) *
			100 +
		p.second);
}

/* Whether the digits name a moment of the proleptic Gregorian calendar (no leap seconds). */
bool ghi_civil_valid(ghi_civil t);

/* Read exactly "YYYY-MM-DD HH:MM:SS" (a 'T' may stand for the blank). Digits need not name
 * a real moment. GH_EMALFORMED otherwise; *out is written only on success. */
GH_MUST_CHECK enum gh_err ghi_civil_parse(gh_slice s, ghi_civil *out);

void ghi_put_civil(struct ghi_writer *w, ghi_civil t);

/* Moments in UTC as text: "2026-11-20T08:01:07Z" of seconds since 1970, "…07.412Z" of
 * milliseconds. Outside the years 0 to 9999 nothing is written and the writer's error is
 * GH_ETOOBIG. */
void ghi_put_utc(struct ghi_writer *w, int64_t seconds);
void ghi_put_utc_ms(struct ghi_writer *w, int64_t ms);

/* Seconds since 1970-01-01 00:00:00 on the same clock (that is, of the zone the digits are
 * in). t must be valid. */
int64_t ghi_civil_to_seconds(ghi_civil t);
/* The inverse. Outside the years 0 to 9999 the result is GHI_CIVIL_NONE. */
ghi_civil ghi_civil_from_seconds(int64_t seconds);

#endif

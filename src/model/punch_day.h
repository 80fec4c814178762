/* The punches of a person on a day, in short: for reports. The day is that of the devices' own
 * digits. No shifts: a night that ends after midnight is two days.
 *
 * A punch counts as coming or going by its status (facts/attendance_status.tsv). One without a
 * direction, as of devices that report none, may be either: first in is the earliest punch that is
 * in or without direction, last out the latest that is out or without; but one moment without
 * direction is not both.
 *
 * A counterpart is missing where a going comes before every coming (its coming was the day before),
 * where a coming comes after every going, and where one of the two is there more often. A punch without
 * direction that stands where one is missing is that one. Two of the same kind in a row, as by a person
 * who is not sure that the device took the first, are no gap while there are as many of the other. */
#ifndef GH_MODEL_PUNCH_DAY_H
#define GH_MODEL_PUNCH_DAY_H

#include "base/civil_time.h"
#include "model/attendance_status.h"

struct punch_day {
	int64_t day; /* YYYYMMDD */
	gh_slice pin;
	int64_t device; /* one of those it was on */
	/* By direction: how many, the earliest and the latest; GHI_CIVIL_NONE where n is 0. */
	int64_t n[DIRECTIONS];
	ghi_civil first[DIRECTIONS], last[DIRECTIONS];
};

enum punch_missing {
	MISSING_NONE,
	MISSING_IN,
	MISSING_OUT,
	MISSING_EITHER, /* an odd number: an in or an out, which is not known */
	MISSING_BOTH,	/* an in of one punch, and an out of another */
};

/* What a report shows of it. */
struct punch_day_sum {
	int64_t count;
	ghi_civil first_in, last_out; /* GHI_CIVIL_NONE: there is none */
	enum punch_missing missing;
};

/* Add a punch of that day. */
void punch_day_add(struct punch_day *d, ghi_civil time, int32_t status);
struct punch_day_sum punch_day_sum(const struct punch_day *d);

#endif

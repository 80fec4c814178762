/* One punch: a person was at a device at a time. The device's digits, the zone they were read
 * in, the UTC moment that follows, and the time of arrival are four separate facts. */
#ifndef GH_MODEL_PUNCH_H
#define GH_MODEL_PUNCH_H

#include "base/civil_time.h"
#include "base/slice.h"

#define PUNCH_ABSENT (-1)      /* of status and verify: the device did not send it */
#define PUNCH_NO_UTC INT64_MIN /* the digits name no moment, or the zone is unknown */

enum punch_flag {
	PUNCH_IMPOSSIBLE = 1 << 0, /* the digits name no real moment */
	PUNCH_GAP = 1 << 1,	   /* a wall time the zone's clocks skipped */
	PUNCH_OVERLAP = 1 << 2,	   /* a wall time that happened twice; the first is assumed */
	PUNCH_AHEAD = 1 << 3,	   /* at least ten minutes after its arrival: a wrong clock */
	PUNCH_EPOCH = 1 << 4,	   /* the device sent seconds since 1970, not digits */
	PUNCH_SHIFTED = 1 << 6,	   /* made live, whole or half hours off: a wrong zone */
	PUNCH_ANCIENT = 1 << 5,	   /* before 2001: a clock that lost its battery */
	PUNCH_CARD_CHECK = 1 << 7, /* as it is shown alone: punch_is_check() */
};

enum punch_source {
	PUNCH_PUSHED = 0,   /* uploaded by an attendance device */
	PUNCH_LIVE = 1,	    /* live event of a terminal on port 4370 */
	PUNCH_READ = 2,	    /* read from a terminal's log */
	PUNCH_ACCESS = 3,   /* made of an access event */
	PUNCH_IMPORTED = 4, /* brought in a file (wire/punch_file/) */
};

struct punch {
	int64_t seq;	 /* place in the ledger, from 1, without gaps; the store sets it */
	int64_t device;	 /* the store's number of the device */
	gh_slice serial; /* the device's serial number; set when read back */
	gh_slice pin;
	ghi_civil time; /* the device's digits */
	int32_t status;
	int32_t verify;
	gh_slice work_code; /* empty when absent */
	gh_slice
		extra; /* columns after the work code, tabs included, when they contain anything but blanks and zeros */
	gh_slice zone; /* name of the zone the digits were read in */
	int64_t utc;   /* seconds since 1970 */
	int64_t received_ms;
	uint32_t flags;	 /* enum punch_flag */
	uint32_t source; /* enum punch_source */
};

/* The natural key, by which a repeated upload is recognised: device, pin, time, status,
 * verify and work_code, byte for byte. */

/* Whether it has no work code, in either of the forms that devices write. Of two punches of which one was
 * imported these are the same: a device may write the one in its log and the other on a USB stick. */
static inline bool punch_is_uncoded(const struct punch *p)
{
	return p->work_code.n == 0 || gh_slice_eq(p->work_code, GH_LIT("0"));
}

/* Whether it is no punch but an identity card that was verified: two reserved columns, the card's number, and type 1
 * (Attendance PUSH 2020-03, 11.7). The device counts it in its log, so it is kept; its status and verify mode have
 * meanings of their own. Other columns of newer firmware, as of masks, are shorter or more. */
bool punch_is_check(const struct punch *p);
/* The same for values of `extra`, as LIKE has it: what a check is like, and what it is not like. */
#define PUNCH_CHECK_LIKE "%\t%\t________%\t1"
#define PUNCH_CHECK_UNLIKE "%\t%\t%\t%\t%"

#endif

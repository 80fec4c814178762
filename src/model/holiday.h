/* A holiday: a day or a range of days on which time rules have another column, of its type. The range
 * becomes a row for each day on devices. */
#ifndef GH_MODEL_HOLIDAY_H
#define GH_MODEL_HOLIDAY_H

#include "base/civil_time.h"

#define HOLIDAY_DAYS 366 /* of one range */

/* Days as YYYYMMDD. */
struct holiday_days {
	int64_t from, to; /* both included */
	int64_t type;	  /* 1 to 3 */
	bool yearly;	  /* month and day count; it may go over the end of a year */
};

/* "YYYY-MM-DD". GH_EMALFORMED: not of this form. GH_EINVALID: there is no such day. */
GH_MUST_CHECK enum gh_err holiday_day_read(gh_slice text, int64_t *out);

/* GH_EINVALID with *why, to go on after the name of the field *field: an end before the beginning, too
 * many days, the 29th of February every year. */
GH_MUST_CHECK enum gh_err holiday_check(const struct holiday_days *h, const char **field,
					const char **why);

bool holiday_on(const struct holiday_days *h, int64_t day);
/* Whether there is a day that both are on. */
bool holidays_meet(const struct holiday_days *a, const struct holiday_days *b);
/* The day after; day must be one there is. */
int64_t holiday_next_day(int64_t day);

#endif

/* When a time rule is open: ranges of each weekday and of the three types of holiday, as people
 * write them and as they are stored. A device has the same columns (Security PUSH 3.1.2, 9.1.1,
 * table timezone): three ranges each.
 *
 * A range is written HH:MM-HH:MM. Its end is included, minute and all, because it is so on devices;
 * 24:00 is the end of the day, 23:59. What is stored is JSON in one form: days in the order of the
 * week from Monday on, equal neighbours as one range of days, ranges sorted and merged. */
#ifndef GH_MODEL_TIME_RULE_H
#define GH_MODEL_TIME_RULE_H

#include "base/civil_time.h"
#include "base/writer.h"

/* The columns of a rule, in the order of the device's table. */
enum time_column {
	TIME_SUN,
	TIME_MON,
	TIME_TUE,
	TIME_WED,
	TIME_THU,
	TIME_FRI,
	TIME_SAT,
	TIME_HOLIDAY1,
	TIME_HOLIDAY2,
	TIME_HOLIDAY3,
	TIME_COLUMNS
};

#define TIME_HOLIDAY_TYPES 3
#define TIME_SPANS 24	    /* in one column, after merging */
#define TIME_DAY_LAST 1439  /* 23:59 */
#define TIME_RULE_TEXT 8192 /* bytes that the text of any rule fits */
#define TIME_WEEK 0x7fu	    /* the bits of all weekdays, 1 << TIME_SUN … */

/* Minutes of the day, both included. */
struct time_span {
	uint16_t from, to;
};

struct time_day {
	struct time_span span[TIME_SPANS]; /* sorted; no two touch */
	size_t n;
};

struct time_table {
	struct time_day day[TIME_COLUMNS];
	/* Bit n: the rule names holidays of type n + 1, if only as closed. What it does not name is
	 * closed, too. */
	unsigned named;
};

/* Bits of the weekdays of "mon-fri", "sat,sun", "fri-mon". Otherwise GH_EINVALID, and *why has what
 * was expected, to go on after the name of the field. */
GH_MUST_CHECK enum gh_err time_days_read(gh_slice text, unsigned *days, const char **why);

/* Add a range to each of the weekdays. One over midnight goes on in the column of the next day.
 * GH_EINVALID as above. */
GH_MUST_CHECK enum gh_err time_table_add(struct time_table *t, unsigned days, gh_slice range,
					 const char **why);

/* Name a type of holiday, "1" to "3": it is closed until a range is added. *column is its own. */
GH_MUST_CHECK enum gh_err time_holiday_name(struct time_table *t, gh_slice type,
					    enum time_column *column, const char **why);
/* Add a range to that column; none over midnight. */
GH_MUST_CHECK enum gh_err time_holiday_add(struct time_table *t, enum time_column column,
					   gh_slice range, const char **why);

/* What is stored: {"mon-fri":["08:00-12:00"]} and {"1":[]}. */
void time_week_write(struct ghi_writer *w, const struct time_table *t);
void time_holidays_write(struct ghi_writer *w, const struct time_table *t);
/* The inverse. GH_EMALFORMED: it is not as written there. */
GH_MUST_CHECK enum gh_err time_table_read(gh_slice week, gh_slice holidays,
					  struct time_table *t);

/* Whether a minute of the day, 0 to 1439, is in a column. */
bool time_open(const struct time_table *t, enum time_column column, int minute);

/* Whether a range reaches midnight and another begins there in the next weekday's column: the
 * second ends at once where that day is a holiday. */
bool time_over_midnight(const struct time_table *t);

/* The weekday of a moment. t must be valid. */
enum time_column time_weekday(ghi_civil t);

/* "sun", "mon" … of a weekday. */
const char *time_day_word(enum time_column day);

/* "Sun" to "Sat", "Hol1" to "Hol3": how the names of a column's fields begin at a device. */
const char *time_column_name(enum time_column column);

#endif

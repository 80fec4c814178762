/* What the value of an argument, or of a field of an order, must look like: one rule from which requests and words
 * are checked, and the API's document is written. */
#ifndef GH_MODEL_COMMAND_RULE_H
#define GH_MODEL_COMMAND_RULE_H

#include "base/civil_time.h"
#include "base/err.h"
#include "base/slice.h"

enum command_argument_type {
	ARGUMENT_TEXT,	    /* without control characters */
	ARGUMENT_LINE,	    /* tabs, too */
	ARGUMENT_INT,	    /* a whole number */
	ARGUMENT_BOOL,	    /* 1 or 0 */
	ARGUMENT_START,	    /* a moment; a date alone is its first second */
	ARGUMENT_END,	    /* the same; its last second */
	ARGUMENT_DAY,	    /* a date, or a moment */
	ARGUMENT_BASE64,    /* in one piece */
	ARGUMENT_JPEG,	    /* the same, of a JPEG picture */
	ARGUMENT_DIGITS,    /* or nothing */
	ARGUMENT_CARD,	    /* decimal, or bytes in brackets, "[15CD5B07]", or nothing */
	ARGUMENT_CLOCK,	    /* HHMM */
	ARGUMENT_CLOCKS,    /* seven HH:MM parted by ';' */
	ARGUMENT_MONTH_DAY, /* MMDD */
	ARGUMENT_PERIODS,   /* 0 or 1, and three numbers, parted by ';' */
	ARGUMENT_DATES,	    /* days as YYYYMMDD, one behind the other; or nothing */
};

struct command_rule {
	enum command_argument_type type;
	/* Of a number its range, of a text its bytes. Texts may have any length with INT32_MAX. */
	int32_t least, most;
};

#define COMMAND_WHY 160
#define COMMAND_CONTENT_MOST (1 << 20) /* bytes of a template or picture, in base64 */

/* "text", "int" …, for the API's document. */
const char *command_argument_type_name(enum command_argument_type type);

/* GH_EINVALID: the value does not fit. An empty text fits, unless the rule has a least; where it is allowed the
 * caller decides. `why` gets the requirement: "must be a whole number from 0 to 9". */
GH_MUST_CHECK enum gh_err command_value_check(const struct command_rule *rule, gh_slice value,
					      char why[COMMAND_WHY]);

/* "YYYY-MM-DD" is a moment, too: the first second of that day, or (end) the last. */
GH_MUST_CHECK enum gh_err command_value_time(gh_slice value, bool end, ghi_civil *out);

/* Whether a value has no line end and NUL, and without `tabs` no other control character. */
bool command_value_is_line(gh_slice value, bool tabs);

#endif

/* Settings of attendance devices that documents name, and the values they may have (facts/option.tsv; PUSH SDK 2013,
 * 3.2.4-5 and 3.2.5; Attendance PUSH 2020-03, 8, 9 and 12.4.1). Firmware has others besides. */
#ifndef GH_MODEL_CLOCK_OPTION_H
#define GH_MODEL_CLOCK_OPTION_H

#include "model/command_rule.h"

enum clock_option_form {
	CLOCK_OPTION_SWITCH,  /* 0 or 1 */
	CLOCK_OPTION_NUMBER,  /* from least to most */
	CLOCK_OPTION_TEXT,    /* least to most: bytes */
	CLOCK_OPTION_ADDRESS, /* four numbers up to 255, parted by dots */
	CLOCK_OPTION_MAC,     /* six bytes in hexadecimal digits, parted by colons */
	CLOCK_OPTION_TIME,    /* hour * 256 + minute */
};

struct clock_option {
	const char *name;
	enum clock_option_form form;
	int64_t least, most;
	const char *words;
};

/* Number i of the table; NULL: there is none. */
const struct clock_option *clock_option_at(size_t i);
/* By name, without regard to case and to a leading '~'; NULL: documents name none. */
const struct clock_option *clock_option_find(gh_slice name);
/* GH_EINVALID: the setting cannot have the value; `why` gets the requirement, "must be 0 or 1". */
GH_MUST_CHECK enum gh_err clock_option_check(const struct clock_option *option, gh_slice value,
					     char why[COMMAND_WHY]);

#endif

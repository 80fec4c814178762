/* A value that a rule of commands allows, for tests. */
#ifndef GH_TESTS_COMMAND_SAMPLE_H
#define GH_TESTS_COMMAND_SAMPLE_H

#include "model/command_rule.h"

static inline gh_slice command_sample(const struct command_rule *rule)
{
	switch (rule->type) {
	case ARGUMENT_INT:
		return rule->least <= 7 && rule->most >= 7 ? GH_LIT("7")
		       : rule->least <= 1		   ? GH_LIT("1")
							   : GH_LIT("253");
	case ARGUMENT_BOOL:
		return GH_LIT("1");
	case ARGUMENT_START:
	case ARGUMENT_END:
		return GH_LIT("2026-11-20 08:01:07");
	case ARGUMENT_DAY:
		return GH_LIT("2026-11-20");
	case ARGUMENT_BASE64:
		return GH_LIT("QUJD");
	case ARGUMENT_JPEG:
		return GH_LIT("/9j/");
	case ARGUMENT_DIGITS:
	case ARGUMENT_CARD:
		return GH_LIT("12");
	case ARGUMENT_CLOCK:
		return GH_LIT("0830");
	case ARGUMENT_CLOCKS:
		return GH_LIT("08:00;09:00;10:00;11:00;12:00;13:00;14:00");
	case ARGUMENT_MONTH_DAY:
		return GH_LIT("1231");
	case ARGUMENT_PERIODS:
		return GH_LIT("1;1;0;0");
	case ARGUMENT_DATES:
		return GH_LIT("20261231");
	default:
		return GH_LIT("Sample");
	}
}

#endif

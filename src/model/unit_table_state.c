#include "model/unit_table_state.h"

const char *unit_doubt_name(enum unit_doubt d)
{
	static const char *const name[] = {
		[UNIT_DOUBT_NONE] = "none",
		[UNIT_DOUBT_COUNTED] = "counted",
		[UNIT_DOUBT_QUERIED] = "queried",
		[UNIT_DOUBT_REMAINS] = "remains",
	};

	return name[d];
}

#include "model/unit_row.h"

const char *unit_row_origin_name(enum unit_row_origin o)
{
	static const char *const name[] = {
		[UNIT_ROW_WRITTEN] = "written",	       [UNIT_ROW_READ] = "read",
		[UNIT_ROW_UPLOADED] = "uploaded",      [UNIT_ROW_OURS_READ] = "read",
		[UNIT_ROW_OURS_UPLOADED] = "uploaded",
	};

	return name[o];
}

bool unit_row_is_ours(enum unit_row_origin o)
{
	return unit_row_ours(o) == o;
}

bool unit_row_is_uploaded(enum unit_row_origin o)
{
	return o == UNIT_ROW_UPLOADED || o == UNIT_ROW_OURS_UPLOADED;
}

enum unit_row_origin unit_row_ours(enum unit_row_origin o)
{
	return o == UNIT_ROW_READ	? UNIT_ROW_OURS_READ
	       : o == UNIT_ROW_UPLOADED ? UNIT_ROW_OURS_UPLOADED
					: o;
}

bool unit_value_is_known(gh_slice value)
{
	return !gh_slice_eq(value, GH_LIT(UNIT_VALUE_UNKNOWN));
}

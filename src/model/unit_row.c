#include "model/unit_row.h"

const char *unit_row_origin_name(enum unit_row_origin o)
{
	static const char *const name[] = {
		[UNIT_ROW_WRITTEN] = "written",
		[UNIT_ROW_READ] = "read",
		[UNIT_ROW_UPLOADED] = "uploaded",
	};

	return name[o];
}

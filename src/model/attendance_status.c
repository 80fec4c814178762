#include "model/attendance_status.h"

#include <stddef.h>

static const struct {
	enum attendance_status_kind kind;
	int32_t number;
	const char *words;
} row[] = {
#define ATTENDANCE_STATUS(kind, number, words) { STATUS_##kind, number, words },
#include "facts/attendance_status.def"
#undef ATTENDANCE_STATUS
};

const char *attendance_status_name(int32_t status, enum attendance_status_kind kind)
{
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		if (row[i].kind == kind && row[i].number == status)
			return row[i].words;
	return NULL;
}

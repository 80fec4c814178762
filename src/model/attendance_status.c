#include "model/attendance_status.h"

#include <stddef.h>

static const struct {
	enum attendance_status_kind kind;
	int32_t number;
	const char *words;
	enum attendance_direction direction;
} row[] = {
#define ATTENDANCE_STATUS(kind, number, words, direction) \
	{ STATUS_##kind, number, words, DIRECTION_##direction },
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

bool attendance_status_number(gh_slice name, int32_t *status)
{
	size_t n = 0;

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		if (row[i].kind != STATUS_PUNCH ||
		    !gh_slice_eq(name, gh_slice_of(row[i].words)))
			continue;
		*status = row[i].number;
		n++;
	}
	return n == 1;
}

enum attendance_direction attendance_direction(int32_t status)
{
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		if (row[i].kind == STATUS_PUNCH && row[i].number == status)
			return row[i].direction;
	return DIRECTION_NONE;
}

bool attendance_directed(size_t i, int32_t *status, enum attendance_direction *direction)
{
	for (size_t at = 0; at < sizeof(row) / sizeof(row[0]); at++) {
		if (row[at].kind != STATUS_PUNCH || row[at].direction == DIRECTION_NONE || i--)
			continue;
		*status = row[at].number;
		*direction = row[at].direction;
		return true;
	}
	return false;
}

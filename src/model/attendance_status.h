/* Attendance status by its number. */
#ifndef GH_MODEL_ATTENDANCE_STATUS_H
#define GH_MODEL_ATTENDANCE_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

enum attendance_status_kind {
	STATUS_PUNCH,
	STATUS_ID_CARD, /* of a verified identity card */
	STATUS_PHOTO,	/* photo.result: of a photo taken with an identity card */
};

/* What a person does with a punch. */
enum attendance_direction {
	DIRECTION_NONE, /* not known: the status is none of the table, or has no direction */
	DIRECTION_IN,
	DIRECTION_OUT,
	DIRECTIONS
};

enum attendance_direction attendance_direction(int32_t status);
/* Number i of the statuses of a punch with a direction; false after the last. */
bool attendance_directed(size_t i, int32_t *status, enum attendance_direction *direction);

/* In words, static; NULL: not defined. */
const char *attendance_status_name(int32_t status, enum attendance_status_kind kind);
/* Of a punch, by its name; false: none, or several have it. */
bool attendance_status_number(gh_slice name, int32_t *status);

#endif

/* Attendance status by its number. */
#ifndef GH_MODEL_ATTENDANCE_STATUS_H
#define GH_MODEL_ATTENDANCE_STATUS_H

#include <stdint.h>

enum attendance_status_kind {
	STATUS_PUNCH,
	STATUS_ID_CARD, /* of a verified identity card */
	STATUS_PHOTO,	/* photo.result: of a photo taken with an identity card */
};

/* In words, static; NULL: not defined. */
const char *attendance_status_name(int32_t status, enum attendance_status_kind kind);

#endif

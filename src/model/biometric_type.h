/* Biometric types by their numbers, and the error log's codes about them. */
#ifndef GH_MODEL_BIOMETRIC_TYPE_H
#define GH_MODEL_BIOMETRIC_TYPE_H

#include "base/slice.h"

/* The types that the server takes, templates and photos alike, as devices are sent them: a flag for each from 0 on
 * (Attendance PUSH 2020-03, 3.1 and 5). */
#define BIOMETRIC_TYPES_TAKEN "0:1:1:0:0:0:1:1:1:1"

/* In words, static; NULL: not defined. */
const char *biometric_type_name(int64_t type);

/* The meaning of a code of an error_log, static; NULL: not defined. */
const char *device_error_name(gh_slice code);

#endif

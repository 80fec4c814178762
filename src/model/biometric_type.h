/* Biometric types by their numbers, and the error log's codes about them. */
#ifndef GH_MODEL_BIOMETRIC_TYPE_H
#define GH_MODEL_BIOMETRIC_TYPE_H

#include "base/slice.h"

/* In words, static; NULL: not defined. */
const char *biometric_type_name(int64_t type);

/* The meaning of a code of an error_log, static; NULL: not defined. */
const char *device_error_name(gh_slice code);

#endif

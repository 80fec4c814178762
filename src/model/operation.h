/* Operations of the operation log by their numbers. */
#ifndef GH_MODEL_OPERATION_H
#define GH_MODEL_OPERATION_H

#include "base/slice.h"

/* In words, static; NULL: not defined. */
const char *operation_name(int64_t op);
/* The meaning of its value 1, 2 or 3, in words; NULL: none, or unknown. */
const char *operation_value_name(int64_t op, unsigned value);

#define OPERATION_ALARM 3

const char *alarm_reason_name(int64_t reason);
/* The reason of an alarm: the first of the two values that is a reason, because the documents
 * differ on which one has it. NULL: neither. */
const char *alarm_reason_of(gh_slice value1, gh_slice value2);

#endif

/* The comparison of a device's log with what is stored of it, as the API shows it. */
#ifndef GH_API_COMPARISON_VIEW_H
#define GH_API_COMPARISON_VIEW_H

#include "base/json.h"
#include "core/devices.h"

/* An object; of a device that was never compared its times and its gap are null. */
void comparison_view_write(struct json *j, struct device *d);

/* The words of its members `state` and `why`, for the OpenAPI document. */
const char *comparison_state_word(size_t i);
const char *comparison_why_word(size_t i);

#endif

/* What a plan shows in every form. */
#ifndef GH_RENDER_PLAN_H
#define GH_RENDER_PLAN_H

#include "render/field.h"

extern const struct fields device_plan_fields; /* rows: struct record_view of a device_plan */

/* "planned" …; NULL: there is no such state. */
const char *plan_state_word(size_t i);

#endif

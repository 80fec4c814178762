/* A person's day as people and programs read it. */
#ifndef GH_RENDER_PUNCH_DAY_H
#define GH_RENDER_PUNCH_DAY_H

#include "model/punch_day.h"
#include "render/field.h"

struct punch_day_view {
	struct punch_day d; /* texts are borrowed */
	struct punch_day_sum sum;
	gh_slice person_name; /* empty: there is none */
};

/* A row is a struct punch_day_view. */
extern const struct fields punch_day_fields;

#endif

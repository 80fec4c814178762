/* A problem as people and programs read it. */
#ifndef GH_RENDER_PROBLEM_H
#define GH_RENDER_PROBLEM_H

#include "model/problem.h"
#include "render/field.h"

struct problem_view {
	struct problem row;
	enum problem_state state;
	gh_slice remedies; /* problem_remedies_json() */
};

extern const struct fields problem_fields;

/* What can be done about it, as a JSON array. */
void problem_remedies_json(struct json *j, const struct problem *p);

#endif

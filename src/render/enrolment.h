/* An enrolment as people and programs read it. */
#ifndef GH_RENDER_ENROLMENT_H
#define GH_RENDER_ENROLMENT_H

#include "model/enrolment.h"
#include "render/command.h"

struct enrolment_view {
	struct command_view order;
	struct enrolment enrolment;
	int64_t person; /* 0: none of the roster */
};

extern const struct fields enrolment_fields;

#endif

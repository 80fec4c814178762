/* A label that people have: the name of a department, or of a position. */
#ifndef GH_MODEL_PEOPLE_LABEL_H
#define GH_MODEL_PEOPLE_LABEL_H

#include <stdint.h>

#include "base/slice.h"

struct people_label {
	int64_t id; /* the least of its people's: it numbers the rows */
	gh_slice name;
	int64_t people; /* how many have it */
};

#endif

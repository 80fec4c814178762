/* A department: a name that people have. */
#ifndef GH_MODEL_DEPARTMENT_H
#define GH_MODEL_DEPARTMENT_H

#include <stdint.h>

#include "base/slice.h"

struct department {
	int64_t id; /* the least of its people's: it numbers the rows */
	gh_slice name;
	int64_t people; /* how many are in it */
};

#endif

/* The problems as a list; a row is a struct problem_view. */
#ifndef GH_API_PROBLEM_LIST_H
#define GH_API_PROBLEM_LIST_H

#include "api/memory_list.h"
#include "render/problem.h"

extern const struct memory_source problem_source;

#endif

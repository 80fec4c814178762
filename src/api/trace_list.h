/* The latest raw exchanges as a list: of a device, and of those who gave no serial number. A row is
 * a struct traced. */
#ifndef GH_API_TRACE_LIST_H
#define GH_API_TRACE_LIST_H

#include "api/memory_list.h"
#include "render/traced.h"

extern const struct memory_source trace_source;

struct call;

/* See struct list_resource. */
bool trace_check(struct call *c, struct list_question *q);

#endif

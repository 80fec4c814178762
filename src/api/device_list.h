/* The devices as a list. A row is a struct device_view, without what is only in the store. */
#ifndef GH_API_DEVICE_LIST_H
#define GH_API_DEVICE_LIST_H

#include "api/memory_list.h"

extern const struct memory_source device_source;

#endif

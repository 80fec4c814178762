/* What reached a port and became no device, as a list; a row is a struct contact. */
#ifndef GH_API_CONTACT_LIST_H
#define GH_API_CONTACT_LIST_H

#include "api/memory_list.h"

extern const struct memory_source contact_source;

#endif

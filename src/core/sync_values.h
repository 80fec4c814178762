/* What a person, template, photo, work code or identity card has, as it is shown beside what a device is to hold. */
#ifndef GH_CORE_SYNC_VALUES_H
#define GH_CORE_SYNC_VALUES_H

#include "core/sync/sync.h"

/* An object of JSON, in `a`, without secrets and contents. Empty: no memory. */
gh_slice sync_values(struct arena *a, const struct sync_item *item);

#endif

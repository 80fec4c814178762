/* People that a device does not hold any more. */
#ifndef GH_CORE_PEOPLE_GONE_H
#define GH_CORE_PEOPLE_GONE_H

#include "core/devices.h"

#define PEOPLE_GONE_ROWS 1000 /* of a job */

/* All people of the device were read, and each was stored with a time of receipt from since_ms on. Those
 * stored before are not on it: remove up to PEOPLE_GONE_ROWS of them; *removed, until `done`, counts
 * them. As many as that: there may be more. Errors as those of store_put(). */
GH_MUST_CHECK enum gh_err people_gone_remove(struct server *server, struct device *d,
					     int64_t since_ms, size_t *removed,
					     core_done_fn *done, void *ctx);

#endif

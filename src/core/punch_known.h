/* How many punches are stored already, found out by reading: what a trial of an import shows. The rule is that of
 * punches_put() (store.h) for punches that are imported; what was removed for its age is not seen. */
#ifndef GH_CORE_PUNCH_KNOWN_H
#define GH_CORE_PUNCH_KNOWN_H

#include "store/store.h"

/* Of n punches of one device, which are brought into another order: those that are stored, or repeat another one
 * of them. */
GH_MUST_CHECK enum gh_err punches_known(const struct store_ops *ops,
					struct store_reader *reader, int64_t device,
					struct punch *p, size_t n, size_t *known);

#endif

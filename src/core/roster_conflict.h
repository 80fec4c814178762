/* Two sites may have given a PIN to two people. Where a device comes with a PIN whose name is another one in the roster,
 * neither is to become the other: from then on nothing is taken from the device and nothing sent to it (SYNC_CONFLICT),
 * and there is a problem. It ends when the device gets another `sync`: by auto they are the same people, and without one
 * of its own it is looked at again, which is what goes with another area whose PINs are its own.
 *
 * Threads: the store's. */
#ifndef GH_CORE_ROSTER_CONFLICT_H
#define GH_CORE_ROSTER_CONFLICT_H

#include "core/devices.h"

/* After the commit of what noted it. */
void roster_conflict_publish(struct device *d);

/* Before a change of the device is published, in its transaction: where a conflict ends by it, or its PINs are in another
 * namespace, its own people are noted as if they were new. The intake is woken afterwards. Errors of the store. */
GH_MUST_CHECK enum gh_err roster_device_changes(const struct store_ops *ops, struct store *s,
						struct device *d,
						const struct device_row *change);

#endif

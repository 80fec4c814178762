/* What a plan of core/sync/ is made of, read from the store: on a reader thread, never on the store's.
 *
 * The target: the people of the roster who belong to the device's area or to one above it, in the area's namespace,
 * valid now by the device's clock and not disabled, without lost cards. Held: what is stored of the device. Templates
 * and photos are in neither list, so they stay as they are. */
#ifndef GH_CORE_SYNC_GATHER_H
#define GH_CORE_SYNC_GATHER_H

#include "core/devices.h"
#include "core/sync/sync.h"
#include "core/sync_roster.h"

struct sync_given {
	struct arena arena; /* of all that follows; the roster's texts are borrowed */
	struct sync_input input;
	struct sync_device device;
	char charset[40];
	struct sync_item *target, *held;
	struct sync_waiting *waiting;
	const int64_t *received_ms; /* of each held item */
	const bool *placed;	    /* of each: the store has it as the roster's */
	int64_t own_waiting;	    /* waiting orders of plans */
	bool query_waits;	    /* all its people are being queried */
	bool unread; /* it reports people who are not stored, and none was put there from here */
	int64_t until_ms; /* the next moment at which a validity begins or ends; INT64_MAX: none */
};

#define SYNC_GIVEN_BYTES ((size_t)128 << 20) /* of one device */

/* *out is to be cleared also after an error. GH_EBUSY: the roster that was read does not have the device's area.
 * GH_ENOMEM, also where that is more than SYNC_GIVEN_BYTES; errors of the
 * store. */
GH_MUST_CHECK enum gh_err sync_gather(struct server *server, struct store_reader *reader,
				      const struct sync_roster *roster, struct device *d,
				      struct sync_given *out);
/* The same of what waits alone. */
GH_MUST_CHECK enum gh_err sync_gather_waiting(struct server *server,
					      struct store_reader *reader, struct device *d,
					      struct sync_given *out);
void sync_given_clear(struct sync_given *g);

#endif

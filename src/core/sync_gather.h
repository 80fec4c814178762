/* What a plan of core/sync/ is made of, read from the store: on a reader thread, never on the store's.
 *
 * The target: the people of the roster who belong to the device's area or to one above it, in the area's namespace,
 * valid now by the device's clock and not disabled, without lost cards, with their templates and photos. Held: what is stored of
 * the device. Templates and photos have hashes in place of their bytes. Those that others put on the device stay,
 * and so does a person of ours with one that the roster lacks. */
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
	const int64_t *owner;	    /* of each item of the target: the person of the roster */
	size_t waiting_bytes;	    /* of templates and photos in waiting orders */
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
#define SYNC_CONTENT_ORDERS 500
#define SYNC_CONTENT_BYTES ((size_t)4 << 20) /* that wait for a device, about */

/* Read the bytes of what orders that wait are about: before a plan, which compares them. */
GH_MUST_CHECK enum gh_err sync_contents_of_waiting(struct server *server,
						   struct store_reader *reader,
						   struct sync_given *g);
/* The same of the first orders of a plan, which is to be made again then; *loaded: there were some. */
GH_MUST_CHECK enum gh_err sync_contents_of_plan(struct server *server,
						struct store_reader *reader,
						struct sync_given *g,
						const struct sync_plan *plan, bool *loaded);
/* false: a template or photo whose bytes were not read. */
bool sync_item_is_whole(const struct sync_item *i);

void sync_given_clear(struct sync_given *g);

#endif

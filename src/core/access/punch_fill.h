/* The punches of access events that are stored already: after the rule by which they are made was changed.
 * Events are looked at in the order of their numbers, in pieces, each read on a reader thread and stored by a
 * job, so that uploads go on in between. It may be repeated: an event has at most one punch. */
#ifndef GH_CORE_ACCESS_PUNCH_FILL_H
#define GH_CORE_ACCESS_PUNCH_FILL_H

#include "core/devices.h"

struct punch_fill_result {
	int64_t events;	  /* looked at */
	int64_t punches;  /* events that got one */
	int64_t last_seq; /* number of the last event looked at */
};

/* On a reader thread or the store thread. */
typedef void punch_fill_done_fn(void *ctx, enum gh_err err,
				const struct punch_fill_result *result);

/* Of a device's events with digits from `from` to `to`, both included; GHI_CIVIL_NONE: open. After an error
 * what was done stays. An error at once: `done` is not called. */
GH_MUST_CHECK enum gh_err device_punches_fill(struct server *server, struct device *d,
					      ghi_civil from, ghi_civil to,
					      punch_fill_done_fn *done, void *ctx);

#endif

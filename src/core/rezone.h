/* A device's zone was corrected: the UTC of what it sent before is derived again from its digits.
 * Numbers and digits stay, and nothing is sent again. It is done in pieces, each read on a reader
 * thread and stored by a job, so that uploads go on in between. Punches that contain their moment
 * (seconds since 1970, an offset of their own) are left as they are. After the punches the access events
 * are derived again. */
#ifndef GH_CORE_REZONE_H
#define GH_CORE_REZONE_H

#include "core/devices.h"

struct rezone_result {
	int64_t rederived;
	int64_t unchanged; /* from that time on */
	int64_t first_seq; /* the lowest number of those that changed; 0: none did */
	/* The same of access events. */
	int64_t events_rederived, events_unchanged, events_first_seq;
	int64_t kept; /* punches of the device, that are still in another zone than its own */
};

/* On a reader thread or the store thread. */
typedef void rezone_done_fn(void *ctx, enum gh_err err, const struct rezone_result *result);

/* Derive those from the digits `since` on in the device's zone, and count those in another one;
 * GHI_CIVIL_NONE: count only. After an error what was done stays, and it can be repeated. An
 * error at once: `done` is not called. */
GH_MUST_CHECK enum gh_err device_rezone(struct server *server, struct device *d,
					ghi_civil since, rezone_done_fn *done, void *ctx);

#endif

/* A person whom an attendance device requests, or has verified: the record of that PIN that was uploaded last, of
 * the devices whose people may come to this one. Those are the devices of its own area and of the areas that
 * one is in; in one area are all devices of a site that has no others. */
#ifndef GH_SESSION_ATTENDANCE_LOOKUP_H
#define GH_SESSION_ATTENDANCE_LOOKUP_H

#include "core/readers.h"
#include "model/record.h"
#include "session/exchange.h"
#include "store/store.h"

#define LOOKUP_AREAS 32 /* that lie in each other, at most */

/* Lives in the request's arena. */
struct lookup {
	gh_slice namespace; /* of the area it is in */
	struct exchange *x;
	gh_slice pin;
	/* What was found; device 0: nothing was. */
	struct person person;
	int64_t device, received_ms;
	bool here;	/* the requesting device has a record of the person */
	bool elsewhere; /* there is one, of an area whose people may not come */
	bool failed;	/* no memory */
	int64_t area[LOOKUP_AREAS];
	size_t areas;
};

/* On a reader thread. The name is as the requesting device writes text; absent where none is known. */
GH_MUST_CHECK enum gh_err lookup_read(struct lookup *l, struct store_reader *reader);

/* Whether the device proved itself: it has a comm key, which each request was looked at for, or comes from the
 * address of its last handshake. */
bool lookup_proven(struct exchange *x);

/* The people of the site are being read: next(x) runs when they were, or after two seconds. */
struct lookup_wait {
	struct read_job job;
	struct exchange *x;
	void (*next)(struct exchange *x);
};
void lookup_site_wait(struct lookup_wait *w, struct exchange *x,
		      void (*next)(struct exchange *x));

/* What the clock at the device should show now. */
ghi_civil lookup_moment(const struct exchange *x);

#endif

/* A queue for live events that arrive during another request. */
#ifndef GH_CLIENT_EVENT_QUEUE_H
#define GH_CLIENT_EVENT_QUEUE_H

#include "client/handle.h"
#include "wire/terminal/event.h"

enum { GHI_EVENT_QUEUE_PACKETS = 32, GHI_EVENT_QUEUE_BYTES = 520 };

struct ghi_event_queue {
	struct {
		uint16_t code, n;
		uint8_t data
			[GHI_EVENT_QUEUE_BYTES]; /* of ten punches, the longest packet there is */
	} packet[GHI_EVENT_QUEUE_PACKETS];
	unsigned first, count;
	unsigned lost;			   /* packets that found no room */
	struct ghi_terminal_events events; /* of the packet taken last */
	uint8_t taken[GHI_EVENT_QUEUE_BYTES];
};

/* Put the packets of t in h, until _stop. */
void ghi_event_queue_start(struct ghi_event_queue *h, struct gh_terminal *t);
void ghi_event_queue_stop(struct gh_terminal *t);
/* false: nothing waits. */
bool ghi_event_queue_next(struct ghi_event_queue *h, struct gh_event *out);

/* GH_OK: *out is the next event. GH_ETIMEOUT: none came before `until`. Other errors are those
 * of ghi_call_wait_event(). */
GH_MUST_CHECK enum gh_err ghi_event_queue_wait(struct ghi_event_queue *h, struct gh_terminal *t,
					       gh_ms until, struct gh_event *out);

#endif

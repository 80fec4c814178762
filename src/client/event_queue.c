#include "client/event_queue.h"

static void event_queue_put(void *context, uint16_t code, gh_slice data)
{
	struct ghi_event_queue *h = context;
	unsigned at = (h->first + h->count) % GHI_EVENT_QUEUE_PACKETS;
	size_t n = data.n < GHI_EVENT_QUEUE_BYTES ? data.n : GHI_EVENT_QUEUE_BYTES;

	if (h->count == GHI_EVENT_QUEUE_PACKETS) {
		h->lost++;
		return;
	}
	h->packet[at].code = code;
	h->packet[at].n = (uint16_t)n;
	if (n)
		memcpy(h->packet[at].data, data.p, n);
	h->count++;
}

void ghi_event_queue_start(struct ghi_event_queue *h, struct gh_terminal *t)
{
	h->first = h->count = 0;
	h->events.done = true;
	t->on_event = event_queue_put;
	t->on_event_context = h;
}

void ghi_event_queue_stop(struct gh_terminal *t)
{
	t->on_event = NULL;
	t->on_event_context = NULL;
}

bool ghi_event_queue_next(struct ghi_event_queue *h, struct gh_event *out)
{
	unsigned at = h->first;

	if (ghi_terminal_events_next(&h->events, out))
		return true;
	if (h->count == 0)
		return false;
	memcpy(h->taken, h->packet[at].data, h->packet[at].n);
	h->events = ghi_terminal_events_of(h->packet[at].code,
					   (gh_slice){ h->taken, h->packet[at].n });
	h->first = (h->first + 1) % GHI_EVENT_QUEUE_PACKETS;
	h->count--;
	return ghi_terminal_events_next(&h->events, out);
}

enum gh_err ghi_event_queue_wait(struct ghi_event_queue *h, struct gh_terminal *t, gh_ms until,
				 struct gh_event *out)
{
	while (!ghi_event_queue_next(h, out)) {
		enum ghi_conversation_event event;
		struct ghi_conversation_details details;
		enum gh_err err = ghi_call_wait_event(t, &event, &details, until);

		if (err)
			return err;
	}
	return GH_OK;
}

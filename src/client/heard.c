#include "client/heard.h"

static void put(void *context, uint16_t code, gh_slice data)
{
	struct ghi_heard *h = context;
	unsigned at = (h->first + h->count) % GHI_HEARD_PACKETS;
	size_t n = data.n < GHI_HEARD_BYTES ? data.n : GHI_HEARD_BYTES;

	if (h->count == GHI_HEARD_PACKETS) {
		h->lost++;
		return;
	}
	h->packet[at].code = code;
	h->packet[at].n = (uint16_t)n;
	if (n)
		memcpy(h->packet[at].data, data.p, n);
	h->count++;
}

void ghi_heard_start(struct ghi_heard *h, struct gh_terminal *t)
{
	h->first = h->count = 0;
	h->events.done = true;
	t->heard = put;
	t->heard_context = h;
}

void ghi_heard_stop(struct gh_terminal *t)
{
	t->heard = NULL;
	t->heard_context = NULL;
}

bool ghi_heard_next(struct ghi_heard *h, struct gh_event *out)
{
	unsigned at = h->first;

	if (ghi_terminal_events_next(&h->events, out))
		return true;
	if (h->count == 0)
		return false;
	memcpy(h->taken, h->packet[at].data, h->packet[at].n);
	h->events = ghi_terminal_events_of(h->packet[at].code,
					   (gh_slice){ h->taken, h->packet[at].n });
	h->first = (h->first + 1) % GHI_HEARD_PACKETS;
	h->count--;
	return ghi_terminal_events_next(&h->events, out);
}

enum gh_err ghi_heard_wait(struct ghi_heard *h, struct gh_terminal *t, gh_ms until,
			   struct gh_event *out)
{
	while (!ghi_heard_next(h, out)) {
		enum ghi_said said;
		struct ghi_news news;
		enum gh_err err = ghi_pump(t, &said, &news, until);

		if (err)
			return err;
	}
	return GH_OK;
}

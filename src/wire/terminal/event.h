/* Live events: packets of command 500 whose session field is the event's code (terminal
 * digest 9). */
#ifndef GH_WIRE_TERMINAL_EVENT_H
#define GH_WIRE_TERMINAL_EVENT_H

#include <gatehouse/terminal_record.h>

#include "base/slice.h"
#include "base/writer.h"

/* One packet may hold several punches. */
struct ghi_terminal_events {
	gh_slice left;
	uint16_t code;
	bool done;
};

static inline struct ghi_terminal_events ghi_terminal_events_of(uint16_t code, gh_slice data)
{
	return (struct ghi_terminal_events){ .left = data, .code = code };
}

/* false: no more. At least one event comes out of every packet; what cannot be decoded keeps
 * its first bytes in `raw`. */
bool ghi_terminal_events_next(struct ghi_terminal_events *e, struct gh_event *out);

/* The data of a punch event of 10, 12, 14, 32, 36, 37 or 52 bytes, from p->time; what follows
 * the known fields is zero. The writer's error is GH_EINVALID for other sizes, or where a
 * layout needs a PIN that is a number (12). */
void ghi_terminal_event_write_punch(struct ghi_writer *w, const struct gh_punch *p,
				    size_t size);

/* The data of the other events, from the fields of their type. */
void ghi_terminal_event_write(struct ghi_writer *w, const struct gh_event *e);

#endif

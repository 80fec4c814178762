/* The events that a device keeps, the oldest overwritten by the newest when it is full. */
#ifndef GH_SIM_ACCESS_RING_H
#define GH_SIM_ACCESS_RING_H

#include "base/err.h"
#include "base/slice.h"

#include <stdint.h>

#define PANEL_VERIFY_NONE 200 /* no verification made the event (Security PUSH 3.1.2, 11.3) */

struct panel_event {
	int64_t at_s;
	uint32_t index;	 /* 0: the device gives none */
	uint32_t number; /* how many events there were before it */
	int32_t event, address;
	int32_t direction;  /* 0 in, 1 out, 2 none */
	uint64_t card;	    /* 0: none */
	uint32_t linkage;   /* id of the linkage; 0: none */
	int32_t verify;	    /* mode, or for linkages the event that triggered them */
	uint16_t word;	    /* factors used, bit 0: all of them; 0: none */
	bool trigger;	    /* verify is the code of an event */
	uint8_t alarm_type; /* of a cancelled alarm; 0: none */
	uint8_t unit;	    /* number of the sub-controller it is of; 0: of the unit itself */
	char pin[25];
};

struct panel_ring {
	struct panel_event *events; /* `cap` of them, in places number % capacity */
	uint32_t cap, capacity;
	uint32_t first, next; /* numbers: the oldest that is kept, the next to be made */
	uint32_t index;	      /* of the latest */
};

void panel_ring_open(struct panel_ring *r, uint32_t capacity);
void panel_ring_close(struct panel_ring *r);

/* Keep it: e->number is set. GH_ENOMEM. */
GH_MUST_CHECK enum gh_err panel_ring_add(struct panel_ring *r, struct panel_event *e);
/* Event `number`, from first to next - 1; otherwise NULL. */
const struct panel_event *panel_ring_at(const struct panel_ring *r, uint32_t number);
/* Drop what is older than `number`. */
void panel_ring_drop(struct panel_ring *r, uint32_t number);

#endif

/* Packets on their way out of a simulated terminal, with faults: split, joined,
 * late, lost, damaged, repeated. */
#ifndef GH_SIM_TERMINAL_OUTBOX_H
#define GH_SIM_TERMINAL_OUTBOX_H

#include "sim/prng.h"
#include "sim/terminal/fault.h"

enum {
	TERM_OUT_TCP = 320 * 1024, /* bytes that wait at most: four of the largest packets */
	TERM_OUT_UDP = 64 * 1024,
	TERM_OUT_PIECES = 512,
};

/* Bytes that are sent in one go, over UDP a datagram, so long after those before. */
struct term_piece {
	uint32_t n, wait_ms;
};

struct term_outbox {
	uint8_t *p; /* owned */
	size_t cap, start, n;
	struct term_piece piece[TERM_OUT_PIECES];
	unsigned first, pieces;
	int64_t ready_ms; /* when the first piece may be sent */
	bool tcp, cut;	  /* cut: the link ends when everything is sent */
	uint32_t pace_ms;
	const struct term_faults *faults;
	uint64_t *happened; /* counters of the faults */
	struct sim_prng chance;
};

void term_outbox_open(struct term_outbox *o, bool tcp);
void term_outbox_close(struct term_outbox *o);

/* Whether another packet of that many bytes fits, with every fault applied to it. */
bool term_outbox_fits(const struct term_outbox *o, size_t n);

/* Room for a packet of up to n bytes, to be filled; NULL: it does not fit. */
uint8_t *term_outbox_reserve(struct term_outbox *o, size_t n);
/* The packet in that room has n bytes. `data`: it is part of a transfer, which may be cut. */
void term_outbox_commit(struct term_outbox *o, size_t n, int64_t now_ms, bool data);

/* What may be sent now, borrowed until the next call. Empty: *at_ms is when to call again, or
 * TERM_OUT_EMPTY. */
#define TERM_OUT_EMPTY INT64_MAX
gh_slice term_outbox_next(struct term_outbox *o, int64_t now_ms, int64_t *at_ms);
void term_outbox_sent(struct term_outbox *o, size_t n, int64_t now_ms);

static inline bool term_outbox_empty(const struct term_outbox *o)
{
	return o->pieces == 0;
}

#endif

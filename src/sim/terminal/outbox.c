#include "sim/terminal/outbox.h"

#include <glib.h>

enum {
	TORN = 8,     /* pieces of a packet at most */
	HEADS = 24,   /* bytes where it is torn first */
	HOLD_MS = 20, /* a packet waits for the next */
	LATE_MS = 50,
	LATER_MS = 250,
	CHECKSUM_TCP = 10, /* where the checksum stands */
	CHECKSUM_UDP = 2,
};

void term_outbox_open(struct term_outbox *o, bool tcp)
{
	*o = (struct term_outbox){ .tcp = tcp, .cap = tcp ? TERM_OUT_TCP : TERM_OUT_UDP };
	o->p = g_malloc(o->cap);
}

void term_outbox_close(struct term_outbox *o)
{
	g_free(o->p);
	o->p = NULL;
}

bool term_outbox_fits(const struct term_outbox *o, size_t n)
{
	return o->cap - o->n >= 2 * n && o->pieces + 2 * TORN <= TERM_OUT_PIECES;
}

uint8_t *term_outbox_reserve(struct term_outbox *o, size_t n)
{
	if (!term_outbox_fits(o, n))
		return NULL;
	if (o->cap - o->start - o->n < 2 * n) {
		memmove(o->p, o->p + o->start, o->n);
		o->start = 0;
	}
	return o->p + o->start + o->n;
}

static bool outbox_fault(struct term_outbox *o, enum term_fault f)
{
	if (o->faults == NULL || o->faults->permille[f] == 0 ||
	    !sim_chance(&o->chance, o->faults->permille[f]))
		return false;
	o->happened[f]++;
	return true;
}

static void outbox_push(struct term_outbox *o, size_t n, uint32_t wait_ms, int64_t now_ms)
{
	struct term_piece *last =
		&o->piece[(o->first + o->pieces + TERM_OUT_PIECES - 1) % TERM_OUT_PIECES];

	o->n += n;
	if (o->tcp && o->pieces && wait_ms == 0) {
		last->n += (uint32_t)n;
		return;
	}
	o->piece[(o->first + o->pieces) % TERM_OUT_PIECES] =
		(struct term_piece){ (uint32_t)n, wait_ms };
	if (o->pieces++ == 0 && o->ready_ms < now_ms + wait_ms)
		o->ready_ms = now_ms + wait_ms;
}

/* In the head first, where readers are careless, then anywhere. */
static void outbox_torn_push(struct term_outbox *o, size_t n, int64_t now_ms)
{
	size_t left = n;

	for (int i = 0; i < TORN - 1 && left > 1; i++) {
		size_t most = i < 2 && left > HEADS ? HEADS : left - 1;
		size_t take = 1 + sim_below(&o->chance, most);

		outbox_push(o, take, i == 0 ? o->pace_ms : 1, now_ms);
		left -= take;
	}
	outbox_push(o, left, 1, now_ms);
}

/* The second copy, unless the packet goes once. */
static void outbox_packet_push(struct term_outbox *o, size_t n, int64_t now_ms)
{
	uint32_t wait_ms = o->pace_ms;

	if (outbox_fault(o, TERM_FAULT_DELAY))
		wait_ms += LATE_MS + (uint32_t)sim_below(&o->chance, LATER_MS);
	else if (o->tcp && outbox_fault(o, TERM_FAULT_COALESCE))
		wait_ms += HOLD_MS;
	if (o->tcp && n > 1 && outbox_fault(o, TERM_FAULT_FRAGMENT))
		outbox_torn_push(o, n, now_ms);
	else
		outbox_push(o, n, wait_ms, now_ms);
}

void term_outbox_commit(struct term_outbox *o, size_t n, int64_t now_ms, bool data)
{
	uint8_t *p = o->p + o->start + o->n;

	if (o->cut)
		return;
	if (outbox_fault(o, TERM_FAULT_CHECKSUM))
		p[o->tcp ? CHECKSUM_TCP : CHECKSUM_UDP] ^= 0x5A;
	if ((data || !o->tcp) && outbox_fault(o, TERM_FAULT_DROP)) {
		if (!o->tcp)
			return;
		o->cut = true;
		outbox_push(o, n / 2, o->pace_ms, now_ms);
		return;
	}
	/* What TCP carries of a transfer it carries once: only datagrams repeat themselves. */
	if ((!data || !o->tcp) && outbox_fault(o, TERM_FAULT_DUPLICATE)) {
		memcpy(p + n, p, n);
		outbox_packet_push(o, n, now_ms);
	}
	outbox_packet_push(o, n, now_ms);
}

gh_slice term_outbox_next(struct term_outbox *o, int64_t now_ms, int64_t *at_ms)
{
	if (o->pieces == 0 || now_ms < o->ready_ms) {
		*at_ms = o->pieces ? o->ready_ms : TERM_OUT_EMPTY;
		return (gh_slice){ 0 };
	}
	return (gh_slice){ o->p + o->start, o->piece[o->first].n };
}

void term_outbox_sent(struct term_outbox *o, size_t n, int64_t now_ms)
{
	struct term_piece *p = &o->piece[o->first];

	o->start += n;
	o->n -= n;
	p->n -= (uint32_t)n;
	if (o->n == 0)
		o->start = 0;
	if (p->n)
		return;
	o->first = (o->first + 1) % TERM_OUT_PIECES;
	o->pieces--;
	/* Packets keep their distance from the one before, also from the last of a burst. */
	o->ready_ms = now_ms + (o->pieces ? o->piece[o->first].wait_ms : 0);
}

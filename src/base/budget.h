/* How much memory may be in use for requests at once: one budget, charged where memory is taken
 * (request bodies, arenas, windows of unpacked bytes, parsed records) and released where it is
 * freed. When the budget is exhausted, requests are refused; nothing else fails.
 *
 * Threads: any; the counters are atomic. */
#ifndef GH_BASE_BUDGET_H
#define GH_BASE_BUDGET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct budget {
	size_t ceiling; /* bytes */
	atomic_size_t used;
	atomic_size_t refusals;
};

/* The part of a budget that one kind of request may use. */
struct budget_share {
	struct budget *budget; /* NULL: nothing is charged, and nothing refused */
	size_t reserve;	       /* bytes of the ceiling reserved for other kinds */
};

/* false: n more bytes do not fit, and nothing was charged. `share` may be NULL. */
bool ghi_budget_charge(const struct budget_share *share, size_t n);
/* The same for the small amount that every request needs. It may exceed the ceiling by a
 * quarter, so that heartbeats are served while large requests are refused. */
bool ghi_budget_charge_small(const struct budget_share *share, size_t n);
void ghi_budget_release(const struct budget_share *share, size_t n);

#endif

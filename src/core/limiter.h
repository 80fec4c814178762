/* How often an address, or what else has a name, may do something: so many times at once, and then one more each time an
 * interval has passed. Addresses are kept in memory, a bounded number of them; the one that did
 * nothing for the longest goes first. An IPv6 address counts with its /64.
 *
 * Threads: any. One lock, held for a look-up. */
#ifndef GH_CORE_LIMITER_H
#define GH_CORE_LIMITER_H

#include "base/err.h"
#include "base/slice.h"

struct limiter;

struct limiter_rule {
	int64_t burst;	     /* times at once */
	int64_t interval_ms; /* until one more */
	size_t addresses;    /* kept at the most */
};

struct limiter *limiter_new(struct limiter_rule rule); /* NULL: no memory */
void limiter_free(struct limiter *l);

/* Whether it may now; does not count it. `l` NULL: always. */
bool limiter_open(struct limiter *l, gh_slice address, int64_t now_ms);
/* Counts one time. */
void limiter_count(struct limiter *l, gh_slice address, int64_t now_ms);
/* Whether any of its times still counts. */
bool limiter_counted(struct limiter *l, gh_slice address, int64_t now_ms);

/* The same of what is no address, by its bytes; of one longer than LIMITER_NAME its beginning counts. A limiter
 * is used with addresses or with names. */
#define LIMITER_NAME 64
bool limiter_name_open(struct limiter *l, gh_slice name, int64_t now_ms);
void limiter_name_count(struct limiter *l, gh_slice name, int64_t now_ms);

#endif

/* What follows from the answer of an access unit to a command, in the transaction that stores it: the mirror
 * of its tables, its options, what it counted, what it refused, and what is known of the rows that a query brings. */
#ifndef GH_CORE_ACCESS_UNIT_ANSWER_H
#define GH_CORE_ACCESS_UNIT_ANSWER_H

#include "base/arena.h"
#include "base/err.h"
#include "store/store.h"

struct unit_answer {
	gh_slice parameters; /* what the unit registered */
	int64_t now_ms;
	int64_t events;	 /* access events up to that number were stored before */
	struct arena *a; /* lasts until done() */
	bool bare;	 /* the command ended before, and has its secrets no more */
	/* What follows after the commit. */
	size_t queued; /* commands */
	bool counted;  /* what it counted is to be compared */
};

/* The command has its new state and return code. On the store thread. */
GH_MUST_CHECK enum gh_err unit_answered(const struct store_ops *ops, struct store *s,
					struct unit_answer *u, const struct command *c);

#endif

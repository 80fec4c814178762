/* What follows from the answer of an access unit to a command, in the transaction that stores it: the mirror
 * of its tables, and what is known of the rows that a query brings. */
#ifndef GH_CORE_ACCESS_UNIT_ANSWER_H
#define GH_CORE_ACCESS_UNIT_ANSWER_H

#include "base/err.h"
#include "store/store.h"

/* The command has its new state and return code. `parameters`: what the unit registered. On the store
 * thread. */
GH_MUST_CHECK enum gh_err unit_answered(const struct store_ops *ops, struct store *s,
					gh_slice parameters, const struct command *c,
					int64_t now_ms);

#endif

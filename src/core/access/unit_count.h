/* How many rows a unit counts in a table, as it answers COUNT: by the result of the command, or by a count of its
 * own before it (Security PUSH 3.1.2, 9.1.3). What is known here is counted afterwards (unit_counts.h). */
#ifndef GH_CORE_ACCESS_UNIT_COUNT_H
#define GH_CORE_ACCESS_UNIT_COUNT_H

#include "base/err.h"
#include "store/store.h"

#define UNIT_COUNT_KEY 64

/* What a COUNT counts, as unit_table_state names it: a whole table, or one biometric type of it. false: it is no
 * COUNT, or one by other conditions. */
bool unit_count_key(const struct command *c, char key[UNIT_COUNT_KEY]);

/* The unit counted so many; `events`: those up to that number were stored before it did. On the store
 * thread. */
GH_MUST_CHECK enum gh_err unit_counted(const struct store_ops *ops, struct store *s,
				       int64_t device, gh_slice key, int64_t counted,
				       int64_t events, int64_t now_ms);

/* The COUNT was acknowledged. The count that came before it wins; without one the return code is it, but for
 * events, of which 0 means nothing. *any: there is a count. On the store thread. */
GH_MUST_CHECK enum gh_err unit_count_answered(const struct store_ops *ops, struct store *s,
					      const struct command *c, int64_t events,
					      int64_t now_ms, bool *any);

#endif

/* What access units hold in their tables, as far as the server has it: kept up to date in the transaction
 * that stores what a unit acknowledged, answered or uploaded. */
#ifndef GH_CORE_ACCESS_UNIT_MIRROR_H
#define GH_CORE_ACCESS_UNIT_MIRROR_H

#include "base/arena.h"
#include "base/err.h"
#include "store/store.h"
#include "wire/access/table.h"

#define UNIT_ROW_KEY \
	1000 /* bytes of a row's key: an index of PostgreSQL takes no more than 2700 */

/* A data command that a unit acknowledged. */
struct unit_written {
	gh_slice parameters; /* what the unit registered */
	gh_slice words;
	bool bare; /* "***" is in place of its secrets: their rows have UNIT_VALUE_UNKNOWN there */
	int64_t now_ms;
};

/* Its rows are put or removed. Words of other commands, of unknown tables, and rows without their key or with one of
 * more than UNIT_ROW_KEY bytes change nothing. On the store thread. */
GH_MUST_CHECK enum gh_err unit_mirror_written(const struct store_ops *ops, struct store *s,
					      int64_t device, const struct unit_written *of);

/* The row that a unit sent as a line of that table, made in `a`; its origin and time are the caller's. false:
 * it is none that is kept, or there is no memory (a->failed). */
bool unit_mirror_row(const struct ghi_table_unit *u, gh_slice table, gh_slice line,
		     struct arena *a, struct unit_row *out);

/* Take such a row. What comes empty, or not at all, stays as it was. One that was written since then, and
 * acknowledged, is newer (INT64_MAX: none is). On the store thread. */
GH_MUST_CHECK enum gh_err unit_mirror_take(const struct store_ops *ops, struct store *s,
					   int64_t device, const struct unit_row *row,
					   int64_t since_ms);

/* Rows that a whole answer to that query does not have are not on the unit: those that fit its conditions,
 * and came before that time. On the store thread. */
GH_MUST_CHECK enum gh_err unit_mirror_settle(const struct store_ops *ops, struct store *s,
					     int64_t device, gh_slice parameters,
					     gh_slice words, int64_t before_ms);

/* The unit was set back to its state of delivery at that time: what was known of its tables before goes. On the
 * store thread. */
GH_MUST_CHECK enum gh_err unit_mirror_emptied(const struct store_ops *ops, struct store *s,
					      int64_t device, int64_t before_ms);

/* Another unit, or one of another dialect, is there now: nothing is known of its tables, and an answer to a
 * query from before is none of its own. On the store thread. */
GH_MUST_CHECK enum gh_err unit_mirror_clear(const struct store_ops *ops, struct store *s,
					    int64_t device, int64_t now_ms);

#endif

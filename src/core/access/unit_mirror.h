/* What access units hold in their tables, as far as the server has it: kept up to date in the transaction
 * that stores what a unit acknowledged, answered or uploaded. */
#ifndef GH_CORE_ACCESS_UNIT_MIRROR_H
#define GH_CORE_ACCESS_UNIT_MIRROR_H

#include "base/err.h"
#include "store/store.h"

/* A data command that the unit acknowledged: its rows are put or removed. Words of other commands, of
 * unknown tables, and rows without their key or with one of more than 1000 bytes change nothing. `parameters`: what the unit registered. On
 * the store thread. */
GH_MUST_CHECK enum gh_err unit_mirror_written(const struct store_ops *ops, struct store *s,
					      int64_t device, gh_slice parameters,
					      gh_slice words, int64_t now_ms);

/* A line that the unit sent of that table; a line that is no row of it changes nothing. */
GH_MUST_CHECK enum gh_err unit_mirror_line(const struct store_ops *ops, struct store *s,
					   int64_t device, gh_slice parameters, gh_slice table,
					   gh_slice line, enum unit_row_origin origin,
					   int64_t now_ms);

#endif

/* The rows of the packets with which units answered queries, in the order of the packets' numbers. Packed ones
 * are unpacked, in windows. */
#ifndef GH_CORE_ACCESS_QUERY_ROWS_H
#define GH_CORE_ACCESS_QUERY_ROWS_H

#include "base/budget.h"
#include "base/err.h"
#include "store/store.h"

struct query_row {
	int64_t packet, line; /* both from 1 */
	gh_slice text;	      /* borrowed until the callback returns */
};

/* A row's number in its set: numbers rise, and lead on from where reading ended. */
static inline int64_t query_row_number(const struct query_row *row)
{
	return row->packet << 32 | row->line;
}

/* Returns whether to go on. It may not read the store. */
typedef bool query_row_fn(void *ctx, const struct query_row *row);

/* The rows behind number `after` (0: all). Memory is charged to `share`. A packet that cannot be unpacked ends
 * with what could be read of it. On a reader's thread; of large packets it takes long. */
GH_MUST_CHECK enum gh_err query_rows_read(const struct store_ops *ops, struct store_reader *r,
					  int64_t command, int64_t after,
					  const struct budget_share *share, query_row_fn *fn,
					  void *ctx);

#endif

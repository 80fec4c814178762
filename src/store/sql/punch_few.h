/* The numbers of a device's punches, or of a span of time, where they are few: the natural key begins
 * with device and digits. */
#ifndef GH_STORE_SQL_PUNCH_FEW_H
#define GH_STORE_SQL_PUNCH_FEW_H

#include "store/sql/sql_store.h"

struct punch_few {
	int64_t *seq; /* rising; the caller frees it */
	size_t n;
	bool few; /* these are all */
};

/* Of the device or the group of `rows`, or of all. from, to: digits, both included; INT64_MIN, INT64_MAX:
 * open. */
enum gh_err punch_few_read(struct store_reader *r, const struct store_rows *rows, int64_t from,
			   int64_t to, struct punch_few *out);

#endif

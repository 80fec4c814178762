/* Which parts of the ledger a question about a PIN, a span of time or a device concerns, from the
 * index beside it (punch_index.h), in the order of numbers. */
#ifndef GH_STORE_SQL_PUNCH_FIND_H
#define GH_STORE_SQL_PUNCH_FIND_H

#include "store/sql/sql_store.h"

/* Where to look: the rows numbered first..last; where `numbers` is not empty, those alone:
 * "17,23,40", in their order or not. */
struct punch_piece {
	int64_t first, last;
	gh_slice numbers;
};

/* Whether to go on; false also after an error, which is the callee's to keep. */
typedef bool punch_piece_fn(void *ctx, const struct punch_piece *piece);

/* Whether the question is one that the index answers. */
bool punch_find_can(const struct store_rows *rows);

/* Piece by piece, in the order of the question, within its bounds if `bounded`. What is in none
 * of them does not match. */
enum gh_err punch_find(struct store_reader *r, const struct store_rows *rows, bool bounded,
		       punch_piece_fn *fn, void *ctx);

#endif

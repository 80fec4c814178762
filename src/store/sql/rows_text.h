/* The text of a list's question, part by part, and its rows as structs. Names of columns are the
 * program's; what comes from outside is always a parameter. */
#ifndef GH_STORE_SQL_ROWS_TEXT_H
#define GH_STORE_SQL_ROWS_TEXT_H

#include "store/sql/list.h"
#include "store/sql/punch_find.h"

/* One row of the statement, and its place in the order. */
bool sql_row_give(const struct sql_call *q, enum store_list list, store_row_fn *fn, void *ctx,
		  const struct store_key *key);
struct store_key sql_row_key(const struct sql_call *q, const struct store_rows *rows);
/* The list's fields, and behind them the column it is sorted by, if it is. */
void rows_fields_put(struct sql_list *l, const struct store_rows *rows);
/* Whether punches are best found by their natural key; `bounded`: only a bounded number is looked
 * at. */
bool rows_by_key(const struct store_rows *rows, bool bounded);
/* by_key: punches are read by their natural key. */
void rows_from_put(struct sql_list *l, const struct sql *c, const struct store_rows *rows,
		   bool by_key);
/* Which rows, independent of the requested part. */
void rows_filter_put(struct sql_list *l, const struct sql *c, const struct store_rows *rows);
/* Which part of them. */
void rows_bounds_put(struct sql_list *l, const struct store_rows *rows);
/* Which part of them, where the index of the ledger has where to look. */
void rows_piece_put(struct sql_list *l, const struct sql *c, const struct punch_piece *piece);
void rows_order_put(struct sql_list *l, const struct store_rows *rows);

#endif

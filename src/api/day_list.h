/* The report of days: who came and went when. It is a list whose rows are made of punches, day by day;
 * its order is that of days and, in each, of PINs, and a cursor leads on. */
#ifndef GH_API_DAY_LIST_H
#define GH_API_DAY_LIST_H

#include "core/server.h"
#include "render/punch_day.h"
#include "store/store.h"

#define DAY_LIST_MOST 366 /* days in a question */

struct call;
struct list_question;

/* See struct list_resource. */
bool days_check(struct call *c, struct list_question *q);
/* Its columns, which can be filtered only. */
const struct store_column *day_columns(size_t *n);
/* What the rows are ordered by besides the day. */
const struct store_column *day_order(void);

/* As store_ops.rows_read; a row is a struct punch_day_view. */
enum gh_err day_rows_read(struct server *server, struct store_reader *reader,
			  const struct store_rows *rows, store_row_fn *fn, void *ctx);
enum gh_err day_rows_count(struct server *server, struct store_reader *reader,
			   const struct store_rows *rows, int64_t most, int64_t *n);

#endif

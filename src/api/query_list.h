/* The rows with which a unit answered the query of a command, as a list: they are read from the packets
 * (core/access/query_rows.h), in whose order they stand. */
#ifndef GH_API_QUERY_LIST_H
#define GH_API_QUERY_LIST_H

#include "core/server.h"
#include "render/query_row.h"
#include "store/store.h"

struct call;
struct json;
struct list_question;
struct list_viewer;

/* See struct list_resource. */
bool query_rows_check(struct call *c, struct list_question *q);
bool query_rows_more(struct call *c, const struct list_question *q, struct json *j);
/* It has no columns. */
const struct store_column *query_columns(size_t *n);

/* As store_ops.rows_read; a row is a struct query_row. */
enum gh_err query_list_read(struct server *server, struct store_reader *reader,
			    const struct list_question *q, const struct store_rows *rows,
			    store_row_fn *fn, void *ctx);
enum gh_err query_list_count(struct server *server, struct store_reader *reader,
			     const struct list_question *q, int64_t most, int64_t *n);
/* What is shown of a row; texts are the viewer's. NULL: no memory. */
const struct query_row_view *query_row_view_of(struct list_viewer *v, const void *row);

#endif

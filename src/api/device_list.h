/* The devices as a list: they are in memory, and asked for as what is in the store (store/rows.h).
 * A row is a struct device_view, without what only the store knows. */
#ifndef GH_API_DEVICE_LIST_H
#define GH_API_DEVICE_LIST_H

#include "core/devices.h"

const struct store_column *device_columns(size_t *n);

enum gh_err device_rows_read(struct server *server, const struct store_rows *rows,
			     store_row_fn *fn, void *ctx);
enum gh_err device_rows_count(struct server *server, const struct store_rows *rows,
			      int64_t most, int64_t *n);
enum gh_err device_rows_facet(struct server *server, const struct store_rows *rows,
			      const struct store_column *column, int64_t limit,
			      store_facet_fn *fn, void *ctx);

#endif

/* A device as the API shows it: what memory and store have of it, gathered for printing. */
#ifndef GH_API_DEVICE_VIEW_H
#define GH_API_DEVICE_VIEW_H

#include "base/arena.h"
#include "core/devices.h"
#include "render/device.h"

#define DEVICE_ACTIVE_MS (600 * 1000)

/* With what the memory holds; `a` keeps its texts. */
void device_view_init(struct device_view *v, struct server *server, struct device *d,
		      struct arena *a);
/* Templates by the record they came in; a store_count_fn with one as its ctx adds to it. */
struct template_sum {
	int64_t fp, face, biodata;
};
bool template_sum_add(void *ctx, gh_slice source, int64_t n);

/* Add what the store has of it: how many records, its model and capacity, the name of its area; `a` keeps the texts. */
GH_MUST_CHECK enum gh_err device_view_fill(struct device_view *v, const struct store_ops *ops,
					   struct store_reader *reader, struct arena *a);

#endif

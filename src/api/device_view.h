/* A device as the API shows it. */
#ifndef GH_API_DEVICE_VIEW_H
#define GH_API_DEVICE_VIEW_H

#include "api/value.h"
#include "base/arena.h"
#include "core/devices.h"

#define DEVICE_ACTIVE_MS (600 * 1000)

struct device_view {
	struct device_row row; /* texts are in the arena it was made with */
	gh_slice zone, stats;  /* stats: a JSON object, or empty */
	gh_slice link;	       /* of a terminal: a JSON object, or empty */
	uint32_t commands;
	bool active;
	struct json own; /* what `stats` points to */
};

/* A row is a struct device_view. */
extern const struct fields device_fields;
/* A row is a struct terminal_found. */
extern const struct fields found_fields;

/* With what the memory knows; `a` keeps its texts. */
void device_view_init(struct device_view *v, struct server *server, struct device *d,
		      struct arena *a);
/* Templates by the record they came in; a store_count_fn with one as its ctx adds to it. */
struct template_sum {
	int64_t fp, face, biodata;
};
bool template_sum_add(void *ctx, gh_slice source, int64_t n);

/* Add how many records the device has. */
GH_MUST_CHECK enum gh_err device_view_count(struct device_view *v, const struct store_ops *ops,
					    struct store_reader *reader);
void device_view_clear(struct device_view *v);

#endif

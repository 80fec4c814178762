#include "api/device_list.h"

#include <stdlib.h>

#include "api/device_view.h"
#include "api/list.h"

#define IS_NUMBER false
#define IS_TEXT true

static const struct store_column columns[] = {
#define COLUMN(name, type, use) { LIST_DEVICES, name, NULL, IS_##type, use },
#include "api/device_column.def"
#undef COLUMN
};

struct gathering {
	struct device **device;
	size_t n, cap;
	const struct area_limit *limit;
};

static bool device_gather(void *ctx, struct device *d)
{
	struct gathering *g = ctx;

	if (!area_limit_has_device(g->limit, d))
		return true;
	/* Devices that came since they were counted are on the next page. */
	if (g->n == g->cap)
		return false;
	g->device[g->n++] = device_ref(d);
	return true;
}

static enum gh_err device_rows_make(struct server *server, const struct list_question *q,
				    struct memory_rows *out)
{
	struct gathering g = { .cap = devices_count(server->devices) + 64, .limit = &q->limit };
	struct device_view *row = NULL;

	g.device = calloc(g.cap, sizeof(*g.device));
	if (g.device == NULL)
		return GH_ENOMEM;
	devices_each(server->devices, device_gather, &g);
	row = ghi_arena_alloc(&out->arena, (g.n + 1) * sizeof(*row));
	for (size_t i = 0; i < g.n; i++) {
		if (row)
			device_view_init(&row[i], server, g.device[i], &out->arena);
		device_unref(g.device[i]);
	}
	free(g.device);
	out->row = row;
	out->n = g.n;
	return row ? GH_OK : GH_ENOMEM;
}

static int64_t device_number(const void *row)
{
	return ((const struct device_view *)row)->row.id;
}

/* Of the only column that is a list. */
static bool device_tag(const void *row, const struct store_column *column, size_t i,
		       gh_slice *out)
{
	const struct device_view *v = row;

	(void)column;
	if (i >= v->tags_n)
		return false;
	*out = v->tag[i];
	return true;
}

const struct memory_source device_source = {
	.fields = &device_fields,
	.column = columns,
	.columns = sizeof(columns) / sizeof(columns[0]),
	.row_size = sizeof(struct device_view),
	.number = device_number,
	.item = device_tag,
	.make = device_rows_make,
};

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

/* --- areas: of all, as a list has many devices of each --- */

struct area_tree {
	struct arena *arena;
	struct area_node {
		int64_t id, parent;
		gh_slice name;
	} * node; /* by number */
	size_t n, cap;
};

static bool area_node_take(void *ctx, const void *row, const struct store_key *key)
{
	struct area_tree *t = ctx;
	const struct area *a = ((const struct record_row *)row)->record;

	if (t->n == t->cap) {
		size_t cap = t->cap ? 2 * t->cap : 64;
		struct area_node *node = ghi_arena_alloc(t->arena, cap * sizeof(*node));

		if (node == NULL)
			return false;
		if (t->n)
			memcpy(node, t->node, t->n * sizeof(*node));
		t->node = node;
		t->cap = cap;
	}
	t->node[t->n++] =
		(struct area_node){ key->number, a->parent, ghi_arena_copy(t->arena, a->name) };
	return true;
}

static int area_node_compare(const void *key, const void *node)
{
	int64_t id = *(const int64_t *)key, of = ((const struct area_node *)node)->id;

	return (id > of) - (id < of);
}

static const struct area_node *area_node_find(const struct area_tree *t, int64_t id)
{
	return t->n ? bsearch(&id, t->node, t->n, sizeof(*t->node), area_node_compare) : NULL;
}

/* Whether it is that area, or within it. */
static bool area_is_within(const struct area_tree *t, int64_t id, int64_t of)
{
	for (size_t steps = 0; id && steps <= t->n; steps++) {
		const struct area_node *node = area_node_find(t, id);

		if (id == of)
			return true;
		id = node ? node->parent : 0;
	}
	return false;
}

static enum gh_err area_tree_read(struct server *server, const struct list_question *q,
				  struct area_tree *t)
{
	struct store_rows rows = { .list = STORE_ENTITIES + ENTITY_AREA, .limit = INT64_MAX };

	return server->db.ops->rows_read(q->reader, &rows, area_node_take, t);
}

/* Those of the area that is selected, with the names of their areas. How many are left. */
static size_t device_rows_place(struct device_view *row, size_t n, const struct area_tree *t,
				int64_t of)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		const struct area_node *node = area_node_find(t, row[i].row.area);

		if (of && !area_is_within(t, row[i].row.area, of))
			continue;
		if (kept != i)
			row[kept] = row[i];
		row[kept++].area_name = node ? node->name : (gh_slice){ 0 };
	}
	return kept;
}

static enum gh_err device_rows_make(struct server *server, const struct list_question *q,
				    struct memory_rows *out)
{
	struct gathering g = { .cap = devices_count(server->devices) + 64, .limit = &q->limit };
	struct device_view *row = NULL;
	struct area_tree areas = { .arena = &out->arena };
	enum gh_err err = area_tree_read(server, q, &areas);

	if (err)
		return err;
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
	out->n = row ? device_rows_place(row, g.n, &areas, q->rows.group.area) : 0;
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

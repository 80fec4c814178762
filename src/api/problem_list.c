#include "api/problem_list.h"

#include "api/list.h"
#include "base/json.h"
#include "core/problems.h"

#define IS_NUMBER false
#define IS_TEXT true
#define REMEDIES_BYTES 2048

static const struct store_column columns[] = {
#define COLUMN(name, type, use) { LIST_PROBLEMS, name, NULL, IS_##type, use },
#include "api/problem_column.def"
#undef COLUMN
};

struct gathering {
	struct memory_rows *rows;
	struct problem_view *row;
	size_t cap;
	int64_t now_ms;
	struct server *server;
	const struct area_limit *limit;
};

/* Whether the caller sees its subject: a device; who is limited to areas sees none of the server and of addresses. */
static bool problem_seen(const struct gathering *g, gh_slice subject)
{
	struct device *d = g->limit->n ? devices_find(g->server->devices, subject) : NULL;
	bool seen = area_limit_has_device(g->limit, d);

	device_unref(d);
	return seen;
}

static gh_slice remedies_of(const struct problem *p, struct arena *a)
{
	struct json j = json_with_limit(REMEDIES_BYTES);
	gh_slice text = { 0 };

	problem_remedies_json(&j, p);
	if (j.text.err == GH_OK)
		text = ghi_arena_copy(a, json_text(&j));
	json_clear(&j);
	return text.n ? text : GH_LIT("[]");
}

static bool problem_gather(void *ctx, const struct problem *p)
{
	struct gathering *g = ctx;
	struct arena *a = &g->rows->arena;
	struct problem_view *v = &g->row[g->rows->n];

	/* Problems that began since they were counted are on the next page. */
	if (g->rows->n == g->cap)
		return false;
	*v = (struct problem_view){ *p, problem_state_at(p, g->now_ms), remedies_of(p, a) };
	v->row.subject = ghi_arena_copy(a, p->subject);
	v->row.detail = ghi_arena_copy(a, p->detail);
	g->rows->n++;
	return true;
}

static enum gh_err problem_rows_make(struct server *server, const struct list_question *q,
				     struct memory_rows *out)
{
	struct problem_counts n;
	struct gathering g = {
		.rows = out, .now_ms = server->now_ms(), .server = server, .limit = &q->limit
	};
	size_t left = 0;

	problems_count(server, &n);
	g.cap = n.snoozed + 64;
	for (size_t kind = 0; kind < PROBLEM_KINDS; kind++)
		g.cap += n.open[kind];
	g.row = ghi_arena_alloc(&out->arena, g.cap * sizeof(*g.row));
	if (g.row == NULL)
		return GH_ENOMEM;
	out->row = g.row;
	problems_read(server, problem_gather, &g);
	/* The register is not looked at under the lock of the problems. */
	for (size_t i = 0; i < out->n; i++)
		if (problem_seen(&g, g.row[i].row.subject))
			g.row[left++] = g.row[i];
	out->n = left;
	return GH_OK;
}

static int64_t problem_number(const void *row)
{
	return ((const struct problem_view *)row)->row.id;
}

const struct memory_source problem_source = {
	.fields = &problem_fields,
	.column = columns,
	.columns = sizeof(columns) / sizeof(columns[0]),
	.row_size = sizeof(struct problem_view),
	.number = problem_number,
	.make = problem_rows_make,
};

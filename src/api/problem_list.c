#include "api/problem_list.h"

#include "api/list_resource.h"
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
};

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
	struct gathering g = { .rows = out, .now_ms = server->now_ms() };

	(void)q;
	problems_count(server, &n);
	g.cap = n.snoozed + 64;
	for (size_t kind = 0; kind < PROBLEM_KINDS; kind++)
		g.cap += n.open[kind];
	g.row = ghi_arena_alloc(&out->arena, g.cap * sizeof(*g.row));
	if (g.row == NULL)
		return GH_ENOMEM;
	out->row = g.row;
	problems_read(server, problem_gather, &g);
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

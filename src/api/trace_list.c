#include "api/trace_list.h"

#include "api/list.h"
#include "core/trace.h"

#define IS_NUMBER false
#define IS_TEXT true

static const struct store_column columns[] = {
#define COLUMN(name, type, use) { LIST_TRACE, name, NULL, IS_##type, use },
#include "api/trace_column.def"
#undef COLUMN
};

bool trace_check(struct call *c, struct list_question *q)
{
	gh_slice serial = call_path(c, PATH_sn);

	/* A device that was turned away has exchanges and is unknown all the same. */
	if (serial.n && trace_count(c->server->trace, serial) == 0) {
		struct device *d = call_device(c);

		if (d == NULL)
			return false;
		device_unref(d);
	}
	q->serial = serial;
	return true;
}

static enum gh_err trace_rows_make(struct server *server, const struct list_question *q,
				   struct memory_rows *out)
{
	/* Some may come meanwhile. */
	size_t cap = trace_count(server->trace, q->serial) + 8;
	struct traced *row = ghi_arena_alloc(&out->arena, cap * sizeof(*row));
	const struct traced **held = ghi_arena_alloc(&out->arena, cap * sizeof(*held));

	if (row == NULL || held == NULL)
		return GH_ENOMEM;
	out->held = (const void **)held;
	out->holds = trace_hold(server->trace, q->serial, held, cap);
	for (size_t i = 0; i < out->holds; i++)
		row[i] = *held[i];
	out->row = row;
	out->n = out->holds;
	return GH_OK;
}

static void trace_rows_release(struct memory_rows *rows)
{
	for (size_t i = 0; i < rows->holds; i++)
		trace_release(rows->held[i]);
}

static int64_t trace_number(const void *row)
{
	return ((const struct traced *)row)->id;
}

const struct memory_source trace_source = {
	.fields = &traced_fields,
	.column = columns,
	.columns = sizeof(columns) / sizeof(columns[0]),
	.row_size = sizeof(struct traced),
	.number = trace_number,
	.make = trace_rows_make,
	.release = trace_rows_release,
};

#include "api/found_list.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "api/list.h"

#define IS_NUMBER false
#define IS_TEXT true

static const struct store_column columns[] = {
#define COLUMN(name, type, use) { LIST_FOUND, name, NULL, IS_##type, use },
#include "api/found_column.def"
#undef COLUMN
};

#define ROW struct terminal_found
static const struct field found_field[] = {
#include "api/found.def"
};
#undef ROW

const struct fields found_fields = { "FoundTerminal", found_field,
				     sizeof(found_field) / sizeof(found_field[0]), NULL };

struct found_list {
	atomic_uint refs;
	struct arena arena;
	struct terminal_found *row;
	size_t n;
};

struct found_list *found_list_ref(struct found_list *f)
{
	if (f)
		atomic_fetch_add(&f->refs, 1);
	return f;
}

void found_list_unref(struct found_list *f)
{
	if (f == NULL || atomic_fetch_sub(&f->refs, 1) != 1)
		return;
	ghi_arena_clear(&f->arena);
	free(f);
}

static bool found_copy(struct arena *a, const struct terminal_found *from,
		       struct terminal_found *to)
{
	const gh_slice text[] = { from->address, from->serial, from->name, from->firmware };
	gh_slice *copy[] = { &to->address, &to->serial, &to->name, &to->firmware };

	*to = *from;
	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		*copy[i] = ghi_arena_copy(a, text[i]);
		if (copy[i]->p == NULL && text[i].n)
			return false;
	}
	return true;
}

struct found_list *found_list_new(const struct terminal_found *row, size_t n)
{
	struct found_list *f = calloc(1, sizeof(*f));
	bool ok;

	if (f == NULL)
		return NULL;
	atomic_store(&f->refs, 1);
	f->row = ghi_arena_alloc(&f->arena, (n + 1) * sizeof(f->row[0]));
	ok = f->row != NULL;
	for (; ok && f->n < n; f->n++)
		ok = found_copy(&f->arena, &row[f->n], &f->row[f->n]);
	if (ok)
		return f;
	found_list_unref(f);
	return NULL;
}

/* --- as a list --- */

static enum gh_err found_rows_make(struct server *server, const struct list_question *q,
				   struct memory_rows *out)
{
	const struct found_list *f = q->found;
	struct terminal_found *row = ghi_arena_alloc(&out->arena, (f->n + 1) * sizeof(*row));

	(void)server;
	if (row == NULL)
		return GH_ENOMEM;
	memcpy(row, f->row, f->n * sizeof(*row));
	out->row = row;
	out->n = f->n;
	return GH_OK;
}

static int64_t found_number(const void *row)
{
	return ((const struct terminal_found *)row)->ip;
}

const struct memory_source found_source = {
	.fields = &found_fields,
	.column = columns,
	.columns = sizeof(columns) / sizeof(columns[0]),
	.row_size = sizeof(struct terminal_found),
	.number = found_number,
	.make = found_rows_make,
};

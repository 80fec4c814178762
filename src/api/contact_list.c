#include "api/contact_list.h"

#include "api/list_resource.h"
#include "core/contacts.h"
#include "render/contact.h"

#define IS_NUMBER false
#define IS_TEXT true

static const struct store_column columns[] = {
#define COLUMN(name, type, use) { LIST_CONTACTS, name, NULL, IS_##type, use },
#include "api/contact_column.def"
#undef COLUMN
};

struct contacts_copied {
	struct memory_rows *rows;
	struct contact *row;
	size_t cap;
};

static bool contact_copy(void *ctx, const struct contact *c)
{
	struct contacts_copied *to = ctx;
	struct arena *a = &to->rows->arena;

	/* Those that came since they were counted are on the next page. */
	if (to->rows->n == to->cap)
		return false;

	struct contact *copy = &to->row[to->rows->n++];

	*copy = *c;
	copy->peer = ghi_arena_copy(a, c->peer);
	copy->target = ghi_arena_copy(a, c->target);
	copy->serial = ghi_arena_copy(a, c->serial);
	copy->detail = ghi_arena_copy(a, c->detail);
	return true;
}

static enum gh_err contact_rows_make(struct server *server, const struct list_question *q,
				     struct memory_rows *out)
{
	struct contacts_copied to = { .rows = out, .cap = contacts_count(server) + 16 };

	(void)q;
	to.row = ghi_arena_alloc(&out->arena, to.cap * sizeof(*to.row));
	if (to.row == NULL)
		return GH_ENOMEM;
	out->row = to.row;
	contacts_read(server, contact_copy, &to);
	return GH_OK;
}

static int64_t contact_number(const void *row)
{
	return ((const struct contact *)row)->id;
}

const struct memory_source contact_source = {
	.fields = &contact_fields,
	.column = columns,
	.columns = sizeof(columns) / sizeof(columns[0]),
	.row_size = sizeof(struct contact),
	.number = contact_number,
	.make = contact_rows_make,
};

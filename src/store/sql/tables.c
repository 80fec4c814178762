#include "store/sql/tables.h"

#include <stdio.h>

bool sql_table_has(const struct sql_table *t, const char *column)
{
	for (size_t i = 0; i < t->columns; i++)
		if (strcmp(t->column[i].name, column) == 0)
			return true;
	return false;
}

static bool table_has_number(const struct sql_table *t, const char *column)
{
	for (size_t i = 0; i < t->columns; i++)
		if (strcmp(t->column[i].name, column) == 0)
			return t->column[i].type == COLUMN_INT;
	return false;
}

enum gh_err sql_table_describe(struct sql *c, struct sql_table *t, const char *name)
{
	struct sql_call q = sql_call_once(c, gh_slice_of(c->engine->columns));
	bool full = false;

	*t = (struct sql_table){ .key = NULL };
	snprintf(t->name, sizeof(t->name), "%s", name);
	sql_put_text(&q, gh_slice_of(name));
	while (sql_next(&q)) {
		struct sql_column *column = &t->column[t->columns];

		full |= t->columns == TABLE_COLUMNS_MAX;
		if (full)
			continue;
		t->columns++;
		snprintf(column->name, sizeof(column->name), "%.*s", GH_FMT(sql_text(&q, 0)));
		column->type = sql_int(&q, 1) == 0   ? COLUMN_INT
			       : sql_int(&q, 1) == 1 ? COLUMN_TEXT
						     : COLUMN_BLOB;
	}
	enum gh_err err = sql_end(&q);

	if (table_has_number(t, "seq"))
		t->key = "seq";
	else if (table_has_number(t, "id"))
		t->key = "id";
	if (err == GH_OK && full)
		return GH_ETOOBIG;
	return err == GH_OK && t->columns == 0 ? GH_ENOTFOUND : err;
}

/* --- all of them --- */

static bool tables_have(const struct sql_tables *t, gh_slice name)
{
	for (size_t i = 0; i < t->n; i++)
		if (gh_slice_eq(gh_slice_of(t->name[i]), name))
			return true;
	return false;
}

static void tables_add(struct sql_tables *t, gh_slice name)
{
	if (t->n < TABLES_MAX)
		snprintf(t->name[t->n++], sizeof(t->name[0]), "%.*s", GH_FMT(name));
}

static enum gh_err names_read(struct sql *c, struct sql_tables *out)
{
	struct sql_call q = sql_call_once(c, gh_slice_of(c->engine->tables));
	bool full = false;

	*out = (struct sql_tables){ 0 };
	while (sql_next(&q)) {
		full |= out->n == TABLES_MAX;
		tables_add(out, sql_text(&q, 0));
	}
	enum gh_err err = sql_end(&q);

	return err == GH_OK && full ? GH_ETOOBIG : err;
}

/* Whether all that a table refers to is there already, but for itself. */
static enum gh_err table_is_next(struct sql *c, const struct sql_tables *there,
				 const char *name, bool *next)
{
	enum gh_err err = GH_OK;

	*next = true;
	if (c->engine->references) {
		struct sql_call q = sql_call_once(c, gh_slice_of(c->engine->references));

		sql_put_text(&q, gh_slice_of(name));
		while (sql_next(&q)) {
			gh_slice to = sql_text(&q, 0);

			*next &= gh_slice_eq(to, gh_slice_of(name)) || tables_have(there, to);
		}
		err = sql_end(&q);
	}
	return err;
}

enum gh_err sql_tables_read(struct sql *c, struct sql_tables *out)
{
	struct sql_tables all;
	enum gh_err err = names_read(c, &all);
	size_t before;

	*out = (struct sql_tables){ 0 };
	tables_add(out, GH_LIT("ledger"));
	do {
		before = out->n;
		for (size_t i = 0; i < all.n && err == GH_OK; i++) {
			bool next = false;

			if (tables_have(out, gh_slice_of(all.name[i])))
				continue;
			err = table_is_next(c, out, all.name[i], &next);
			if (next)
				tables_add(out, gh_slice_of(all.name[i]));
		}
	} while (err == GH_OK && out->n > before);
	/* Tables that refer to each other in a circle have no order. */
	return err == GH_OK && out->n < all.n ? GH_EINVALID : err;
}

/* The rows and conditions of a call about a table of an access unit. */
#include "api/call.h"
#include "api/unit_table_change.h"
#include "core/access/rights/steps.h"
#include "core/published.h"
#include "model/unit_row.h"

void *unit_change_alloc(struct unit_change *g, size_t n)
{
	void *p = ghi_arena_alloc(call_arena(g->c), n);

	if (p == NULL)
		call_fail_err(g->c, GH_ENOMEM);
	return p;
}

/* 422: the row, the field and the rule. */
static void row_fail(struct unit_change *g, size_t i, const struct ghi_table_fault *f,
		     gh_slice name)
{
	char field[FAULT_FIELD], words[FAULT_MESSAGE];
	struct ghi_writer w = ghi_writer_on(words, sizeof(words) - 1),
			  at = ghi_writer_on(field, sizeof(field) - 1);

	ghi_table_fault_write(&w, f);
	ghi_put(&at, GH_LIT("rows["));
	ghi_put_decimal(&at, i);
	ghi_put_u8(&at, ']');
	if (f->field)
		name = gh_slice_of(f->field->name);
	if (name.n) {
		ghi_put_u8(&at, '.');
		ghi_put(&at, name.n > 64 ? (gh_slice){ name.p, 64 } : name);
	}
	field[at.n] = words[w.n] = '\0';
	if (f->rule == GHI_RULE_GATE || (f->rule == GHI_RULE_REFUSED && f->field == NULL))
		call_fail(g->c, ERROR_row_invalid, "Table \"%s\" %s.", f->table->name, words);
	else
		call_fail_field(g->c, ERROR_row_invalid, field, "%s (table \"%s\")", words,
				f->table->name);
}

/* A photo by its address (Security PUSH 3.1.2, 9.1.1): the name of a published file becomes the path at which the
 * unit fetches it; what has a slash in it goes as it is. False: there is no such file. */
static bool row_url_complete(struct unit_change *g, size_t i, gh_slice *value)
{
	size_t room = PUBLISHED_PATH + sizeof("/iclock/");
	const struct published *f;
	char path[PUBLISHED_PATH], field[FAULT_FIELD], *to;

	if (value->n == 0 || memchr(value->p, '/', value->n))
		return true;
	f = published_find(g->c->server->published, *value);
	if (f == NULL) {
		snprintf(field, sizeof(field), "rows[%zu].url", i);
		call_fail_field(g->c, ERROR_row_invalid, field,
				"must be the name of a published file, or an address");
		return false;
	}
	published_path_write(f, path);
	published_unref(f);
	to = unit_change_alloc(g, room);
	if (to == NULL)
		return false;
	snprintf(to, room, "/iclock/%s", path);
	*value = gh_slice_of(to);
	return true;
}

static bool row_of_body(struct unit_change *g, size_t i, const struct body *b,
			struct ghi_table_row *r)
{
	struct ghi_table_fault fault;

	*r = ghi_table_row_of(g->u.table);
	for (size_t k = 0; k < b->parts; k++) {
		gh_slice value = b->part[k].s;

		if (gh_slice_ieq(b->part[k].name, GH_LIT("url")) &&
		    !row_url_complete(g, i, &value))
			return false;
		if (!ghi_table_row_set(r, b->part[k].name, value, &fault)) {
			row_fail(g, i, &fault, fault.name);
			return false;
		}
	}
	/* What is left out silently elsewhere was written on purpose here. */
	for (size_t k = 0; k < r->table->fields; k++) {
		const struct ghi_table_field *f = &r->table->field[k];

		if (!r->has[k] || !ghi_table_refused(r->table, f, &g->u.unit))
			continue;
		fault = (struct ghi_table_fault){
			.rule = GHI_RULE_REFUSED, .table = r->table, .field = f, .doors = -1
		};
		row_fail(g, i, &fault, (gh_slice){ 0 });
		return false;
	}
	if (ghi_table_values_check(r, &g->u.unit, &fault))
		return true;
	row_fail(g, i, &fault, (gh_slice){ 0 });
	return false;
}

struct row_before {
	struct arena *arena;
	gh_slice row;
};

static bool row_before_note(void *ctx, const struct unit_row *row)
{
	struct row_before *b = ctx;

	b->row = ghi_arena_copy(b->arena, row->row);
	return true;
}

/* What is not given: as the unit has it, or what is written otherwise. */
static bool row_complete(struct unit_change *g, struct ghi_table_row *r)
{
	struct row_before before = { .arena = call_arena(g->c) };
	struct ghi_table_row was = ghi_table_row_of(r->table);
	size_t room = ghi_table_row_length(r, NULL) + GHI_TABLE_FIELDS;
	uint8_t *text = unit_change_alloc(g, room);
	enum gh_err err;

	if (text == NULL)
		return false;
	struct ghi_writer key = ghi_writer_on(text, room);

	ghi_table_key_write(&key, r);
	err = g->c->server->db.ops->unit_row_get(g->c->reader, g->u.id, GH_LIT(""),
						 gh_slice_of(r->table->name), ghi_written(&key),
						 row_before_note, &before);
	if (err && err != GH_ENOTFOUND) {
		call_fail_err(g->c, err);
		return false;
	}
	(void)ghi_table_row_read(&was, before.row, false);
	for (size_t i = 0; i < was.table->fields; i++)
		was.has[i] = was.has[i] && unit_value_is_known(was.value[i]);
	ghi_table_row_fill(r, err ? NULL : &was);
	return true;
}

bool unit_rows_of_body(struct unit_change *g)
{
	const struct body *rows = body_find(g->c->body, GH_LIT("rows"));
	struct ghi_table_row *row = unit_change_alloc(g, rows->parts * sizeof(*row));
	struct ghi_table_fault fault;

	for (size_t i = 0; row && i < rows->parts; i++) {
		if (!row_of_body(g, i, &rows->part[i], &row[i]) || !row_complete(g, &row[i]))
			return false;
		if (!ghi_table_row_check(&row[i], &g->u.unit, &fault)) {
			row_fail(g, i, &fault, (gh_slice){ 0 });
			return false;
		}
	}
	g->rows = row;
	g->n = rows->parts;
	return row != NULL;
}

/* --- what they need --- */

static bool row_seen(void *ctx, const struct unit_row *row)
{
	(void)row;
	*(bool *)ctx = true;
	return true;
}

static bool warning_add(struct unit_change *g, size_t row, gh_slice field, gh_slice key,
			enum unit_table needed)
{
	uint8_t *text = unit_change_alloc(g, FAULT_MESSAGE);
	struct ghi_writer w = ghi_writer_on(text, text ? FAULT_MESSAGE : 0);

	if (text == NULL)
		return false;
	ghi_put(&w, GH_LIT("the unit is not known to hold row "));
	ghi_put(&w, key.n > 64 ? (gh_slice){ key.p, 64 } : key);
	ghi_put(&w, GH_LIT(" of the table "));
	ghi_put(&w, gh_slice_of(unit_table_name(needed)));
	g->warning[g->warnings++] = (struct unit_warning){ row, field, ghi_written(&w) };
	return true;
}

#define NEEDS 4 /* of a row at most */

/* What one row names; last: what the row before it named, for many name the same. */
static bool row_warn(struct unit_change *g, size_t i, enum unit_table table,
		     gh_slice last[NEEDS])
{
	const struct ghi_table_row *r = &g->rows[i];
	enum unit_table needed;
	gh_slice field;

	for (size_t k = 0; k < NEEDS && g->warnings < UNIT_WARNINGS &&
			   unit_table_need(table, k, &field, &needed);
	     k++) {
		int at = ghi_table_field_find(r->table, field);
		bool held = false;
		enum gh_err err;

		/* 0 names none. */
		if (at < 0 || !r->has[at] || gh_slice_eq(r->value[at], last[k]) ||
		    gh_slice_eq(r->value[at], GH_LIT("0")))
			continue;
		last[k] = r->value[at];
		err = g->c->server->db.ops->unit_row_get(g->c->reader, g->u.id, GH_LIT(""),
							 gh_slice_of(unit_table_name(needed)),
							 last[k], row_seen, &held);
		if (err && err != GH_ENOTFOUND) {
			call_fail_err(g->c, err);
			return false;
		}
		if (!held && !warning_add(g, i, field, last[k], needed))
			return false;
	}
	return true;
}

bool unit_rows_warn(struct unit_change *g)
{
	enum unit_table table = unit_table_of(gh_slice_of(g->u.table->name));
	gh_slice last[NEEDS] = { { 0 } };

	if (table == UNIT_TABLES)
		return true;
	g->warning = unit_change_alloc(g, UNIT_WARNINGS * sizeof(*g->warning));
	for (size_t i = 0; g->warning && i < g->n; i++)
		if (!row_warn(g, i, table, last))
			return false;
	return g->warning != NULL;
}

bool unit_conditions_read(struct unit_change *g, struct ghi_table_row *r)
{
	gh_slice rest = call_param(g->c, PARAM_where)->s, part, name, value;
	struct ghi_table_fault fault;
	bool more = rest.n != 0;

	*r = ghi_table_row_of(g->u.table);
	while (more) {
		more = gh_slice_cut(rest, ',', &part, &rest);
		if (!gh_slice_cut(part, '=', &name, &value)) {
			call_fail_param(g->c, PARAM_where,
					"must be NAME=VALUE, parted by commas");
			return false;
		}
		if (!ghi_table_row_set(r, name, value, &fault)) {
			call_fail(g->c, ERROR_row_invalid,
				  "\"%.*s\" is not a field of table \"%s\".", GH_FMT(name),
				  g->u.table->name);
			return false;
		}
	}
	if (ghi_table_open(g->u.table, &g->u.unit) &&
	    ghi_table_values_check(r, &g->u.unit, &fault))
		return true;
	if (!ghi_table_open(g->u.table, &g->u.unit))
		fault = (struct ghi_table_fault){
			.rule = ghi_table_refused(g->u.table, NULL, &g->u.unit)
					? GHI_RULE_REFUSED
					: GHI_RULE_GATE,
			.table = g->u.table,
		};
	row_fail(g, 0, &fault, (gh_slice){ 0 });
	return false;
}

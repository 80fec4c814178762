#include "core/access/rights/refused.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/access/rights/steps.h"
#include "core/access/rights/steps_private.h"

static const struct ghi_access_table *written_table(enum unit_table t,
						    const struct ghi_table_unit *unit)
{
	return ghi_access_table_find(gh_slice_of(unit_table_name(t)), unit);
}

void unit_facts_refuse(struct unit_facts *f, const struct ghi_table_unit *unit)
{
	for (int t = 0; t < UNIT_TABLES && unit->refused.n; t++)
		if (ghi_table_refused(written_table((enum unit_table)t, unit), NULL, unit))
			f->refused |= UINT32_C(1) << t;
	f->verify_table = f->verify_table && !unit_refuses(f, UNIT_VERIFY_TIMES) &&
			  !unit_refuses(f, UNIT_VERIFY_DOOR) &&
			  !unit_refuses(f, UNIT_VERIFY_PERSON);
	f->super_table = f->super_table && !unit_refuses(f, UNIT_SUPER);
	f->input_rules = f->input_rules && !unit_refuses(f, UNIT_INPUTS);
	f->output_rules = f->output_rules && !unit_refuses(f, UNIT_OUTPUTS);
}

/* --- rows --- */

struct rows_refuser {
	struct unit_rows *u;
	const struct ghi_table_unit *unit;
	struct needed_row *gone; /* by table and key, as far as `sorted` */
	size_t gones, sorted;
	const char *field; /* of the table at hand, for which rows changed or went */
	bool no_memory;
};

static int gone_order(const void *a, const void *b)
{
	return needed_row_order(a, b);
}

static bool row_needs_gone(const struct rows_refuser *r, const struct needed_row *row)
{
	struct needed_row needed = { 0 };

	for (size_t i = 0;
	     r->sorted && unit_row_needs(row->table, row->text, i, &needed.table, &needed.key);
	     i++)
		if (bsearch(&needed, r->gone, r->sorted, sizeof(*r->gone), gone_order))
			return true;
	return false;
}

/* Whether a row can do without a field: it is a name, or what a unit assumes without it. */
static bool field_spared(const struct ghi_table_field *f, gh_slice value)
{
	return value.n == 0 || gh_slice_eq(gh_slice_of(f->name), GH_LIT("Name")) ||
	       (f->otherwise && gh_slice_eq(gh_slice_of(f->otherwise), value));
}

/* The row without fields that the unit does not know; false: it cannot do without one of them. */
static bool row_cut(struct rows_refuser *r, const struct ghi_access_table *t,
		    struct needed_row *row)
{
	uint8_t *text = ghi_arena_alloc(&r->u->text, row->text.n + 1);
	struct ghi_writer w = ghi_writer_on(text, text ? row->text.n : 0);
	gh_slice rest = row->text, pair, name, value;
	bool more = rest.n != 0, cut = false;

	r->no_memory = r->no_memory || text == NULL;
	while (more) {
		more = gh_slice_cut(rest, '\t', &pair, &rest);
		gh_slice_cut(pair, '=', &name, &value);
		int f = ghi_table_field_find(t, name);

		if (f >= 0 && ghi_table_refused(t, &t->field[f], r->unit)) {
			r->field = t->field[f].name;
			cut = true;
			if ((t->field[f].flags & GHI_FIELD_KEY) ||
			    !field_spared(&t->field[f], value))
				return false;
			continue;
		}
		if (w.n)
			ghi_put_u8(&w, '\t');
		ghi_put(&w, pair);
	}
	if (cut)
		row->text = ghi_written(&w);
	return true;
}

static void refusal_add(struct rows_refuser *r, const char *line)
{
	struct unit_rows *u = r->u;
	struct unit_refusal *more =
		realloc(u->refusal, (u->refusals + 1) * sizeof(*u->refusal));

	r->no_memory = r->no_memory || more == NULL;
	if (more == NULL)
		return;
	u->refusal = more;
	u->refusal[u->refusals++] =
		(struct unit_refusal){ REFUSED_UNIT, 0,
				       ghi_arena_copy(&u->text, gh_slice_of(line)) };
}

static void table_refusal_add(struct rows_refuser *r, const struct ghi_access_table *t,
			      bool whole, size_t gone)
{
	char line[320];

	if (whole)
		snprintf(line, sizeof(line),
			 "The unit answered that it does not know the table %s (-629): it is "
			 "not sent %zu rows of it until the table is reset",
			 t->name, gone);
	else if (r->field && gone)
		snprintf(line, sizeof(line),
			 "The unit answered that it does not know the field %s of the table %s "
			 "(-621): it is not sent %zu rows until the table is reset",
			 r->field, t->name, gone);
	else if (r->field)
		snprintf(line, sizeof(line),
			 "The unit answered that it does not know the field %s of the table %s "
			 "(-621): its rows are sent without it until the table is reset",
			 r->field, t->name);
	else
		snprintf(line, sizeof(line),
			 "%zu rows of the table %s need rows that the unit cannot hold", gone,
			 t->name);
	refusal_add(r, line);
}

/* Those rows of a table from number `from` on that stay, moved to number `to`; how many. */
static size_t table_refuse(struct rows_refuser *r, enum unit_table t, size_t from, size_t n,
			   size_t to)
{
	const struct ghi_access_table *w = written_table(t, r->unit);
	bool whole = ghi_table_refused(w, NULL, r->unit);
	size_t gone = r->gones, stay = 0;

	r->field = NULL;
	for (size_t i = from; i < from + n; i++) {
		struct needed_row row = r->u->row[i];

		if (whole || row_needs_gone(r, &row) || !row_cut(r, w, &row))
			r->gone[r->gones++] = row;
		else
			r->u->row[to + stay++] = row;
	}
	if (r->gones > gone || r->field)
		table_refusal_add(r, w, whole, r->gones - gone);
	/* Rows need only rows of tables before their own. */
	qsort(r->gone, r->gones, sizeof(*r->gone), gone_order);
	r->sorted = r->gones;
	return stay;
}

enum gh_err unit_rows_refuse(struct unit_rows *u, const struct ghi_table_unit *unit)
{
	struct rows_refuser r = { .u = u, .unit = unit };
	size_t to = 0;

	if (unit->refused.n == 0 || u->rows == 0)
		return GH_OK;
	r.gone = malloc(u->rows * sizeof(*r.gone));
	if (r.gone == NULL)
		return GH_ENOMEM;
	for (size_t i = 0, n; i < u->rows && !r.no_memory; i += n) {
		enum unit_table t = u->row[i].table;

		for (n = 1; i + n < u->rows && u->row[i + n].table == t;)
			n++;
		to += table_refuse(&r, t, i, n, to);
	}
	if (!r.no_memory)
		u->rows = to;
	free(r.gone);
	return r.no_memory || u->text.failed ? GH_ENOMEM : GH_OK;
}

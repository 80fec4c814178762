/* What deletions of one table remove, and what is written again behind them. */
#include <stdlib.h>

#include "base/writer.h"
#include "core/access/rights/steps_private.h"
#include "wire/access/pack.h"

/* --- conditions --- */

static const struct ghi_access_table *wire_table(const struct steps_maker *m, enum unit_table t)
{
	return ghi_access_table_find(gh_slice_of(unit_table_name(t)), m->unit);
}

/* The fields of one set of conditions; false: one of them is not of the key, or no document has the set. */
static bool conditions_of(const struct ghi_access_table *t, gh_slice set, int field[],
			  size_t *fields)
{
	gh_slice name;
	bool more = true;

	*fields = 0;
	while (more && *fields < GHI_TABLE_FIELDS) {
		more = gh_slice_cut(set, ',', &name, &set);
		int i = ghi_table_field_find(t, name);

		if (i < 0 || !(t->field[i].flags & GHI_FIELD_KEY))
			return false;
		field[(*fields)++] = i;
	}
	return true;
}

static size_t key_fields(const struct ghi_access_table *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->fields; i++)
		n += !!(t->field[i].flags & GHI_FIELD_KEY);
	return n;
}

/* The set that removes the fewest rows: with the most fields, and of equal ones the last, as those of a person
 * come behind those of a door. */
static void conditions_choose(const struct ghi_access_table *t, struct table_steps *s)
{
	gh_slice rest = gh_slice_of(t->deletes), set;
	bool more = rest.n != 0;

	s->fields = 0;
	while (more) {
		int field[GHI_TABLE_FIELDS];
		size_t fields;

		more = gh_slice_cut(rest, ';', &set, &rest);
		if (!conditions_of(t, set, field, &fields) || fields < s->fields)
			continue;
		memcpy(s->field, field, fields * sizeof(*field));
		s->fields = fields;
	}
	s->exact = s->fields == key_fields(t);
}

/* The values by which a row is deleted. Where they are the whole key, or begin it, they are there already. */
static gh_slice group_value(struct steps_maker *m, const struct ghi_access_table *t,
			    const struct table_steps *s, const struct needed_row *r)
{
	uint8_t *text;
	struct ghi_writer w;

	if (s->exact)
		return r->key;
	if (s->fields == 0)
		return (gh_slice){ 0 };
	text = ghi_arena_alloc(&m->out->text, r->text.n + 1);
	w = ghi_writer_on(text, text ? r->text.n + 1 : 0);
	for (size_t i = 0; i < s->fields; i++) {
		gh_slice value = { 0 };

		(void)unit_row_value(r->text, gh_slice_of(t->field[s->field[i]].name), &value);
		if (i)
			ghi_put_u8(&w, '\t');
		ghi_put(&w, value);
	}
	return ghi_written(&w);
}

/* --- groups --- */

static int slice_order(gh_slice a, gh_slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	return order ? order : (a.n > b.n) - (a.n < b.n);
}

static int group_order(const void *a, const void *b)
{
	return slice_order(((const struct row_group *)a)->value,
			   ((const struct row_group *)b)->value);
}

/* Its place; SIZE_MAX: no row of these values goes. */
static size_t row_group_find(const struct table_steps *s, gh_slice value)
{
	struct row_group key = { .value = value };
	const struct row_group *g =
		s->groups ? bsearch(&key, s->group, s->groups, sizeof(key), group_order) : NULL;

	return g ? (size_t)(g - s->group) : SIZE_MAX;
}

static bool difference_goes(const struct steps_maker *m, const struct row_difference *d)
{
	return d->change == ROW_REMOVED || (d->change == ROW_FOREIGN && m->wish.foreign);
}

/* A group for each row that goes; equal ones become one. */
static void groups_make(struct steps_maker *m, const struct ghi_access_table *t,
			struct table_steps *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->differences; i++) {
		const struct row_difference *d = &s->difference[i];

		if (!difference_goes(m, d))
			continue;
		if (!steps_grow(m, &s->group, &s->group_room, s->groups, sizeof(*s->group)))
			return;
		s->group[s->groups++] = (struct row_group){
			.value = group_value(m, t, s, d->before), .gone = 1, .row = d->before
		};
	}
	if (s->groups)
		qsort(s->group, s->groups, sizeof(*s->group), group_order);
	for (size_t i = 0; i < s->groups; i++)
		if (kept && group_order(&s->group[kept - 1], &s->group[i]) == 0)
			s->group[kept - 1].gone++;
		else
			s->group[kept++] = s->group[i];
	s->groups = kept;
}

/* The text of the rows that go, by group. */
static void groups_show(struct steps_maker *m, const struct ghi_access_table *t,
			struct table_steps *s)
{
	struct ghi_writer *w = calloc(s->groups + 1, sizeof(*w));
	size_t *room = calloc(s->groups + 1, sizeof(*room));

	m->no_memory = m->no_memory || w == NULL || room == NULL;
	for (int turn = 0; turn < 2 && !m->no_memory; turn++) {
		for (size_t i = 0; i < s->differences; i++) {
			const struct row_difference *d = &s->difference[i];

			if (!difference_goes(m, d))
				continue;
			size_t g = row_group_find(s, group_value(m, t, s, d->before));

			if (turn == 0) {
				room[g] += d->before->text.n + 1;
				continue;
			}
			if (w[g].n)
				ghi_put_u8(&w[g], '\n');
			ghi_put(&w[g], d->before->text);
			s->group[g].before = ghi_written(&w[g]);
		}
		for (size_t g = 0; turn == 0 && g < s->groups; g++) {
			void *p = ghi_arena_alloc(&m->out->text, room[g]);

			w[g] = ghi_writer_on(p, p ? room[g] : 0);
		}
	}
	free(w);
	free(room);
}

/* --- privileges --- */

/* Whether one privilege is part of another: the same values, and no other doors. One of the two is as it is
 * compiled: its fields count. */
static bool right_covers(const struct needed_row *whole, const struct needed_row *part,
			 const struct needed_row *compiled)
{
	gh_slice rest = compiled->text, pair, name, value, x, y, doors = { 0 }, of = { 0 };
	uint32_t mask, some;
	bool more = true;

	while (more) {
		more = gh_slice_cut(rest, '	', &pair, &rest);
		if (!gh_slice_cut(pair, '=', &name, &value) ||
		    !unit_row_value(whole->text, name, &x) ||
		    !unit_row_value(part->text, name, &y))
			return false;
		if (gh_slice_eq(name, GH_LIT("AuthorizeDoorId"))) {
			doors = x;
			of = y;
		} else if (!gh_slice_eq(x, y)) {
			return false;
		}
	}
	return ghi_doors_read(doors, false, &mask) == GH_OK &&
	       ghi_doors_read(of, false, &some) == GH_OK && (some & ~mask) == 0;
}

/* The first of rows by key that does not come before one. */
static size_t rows_from(const struct needed_row *const *row, size_t n,
			const struct needed_row *key)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t at = low + (high - low) / 2;

		if (needed_row_order(row[at], key) < 0)
			low = at + 1;
		else
			high = at;
	}
	return low;
}

/* Whether one of the rows, by key, has all that a privilege gives. What the key of a privilege is, is not
 * documented: the person and the time rule, or the doors, too. Where doors are a mask, a wider one is written
 * over a narrower one under either; where the narrower one is a row of its own, it gives nothing more. */
static bool right_is_covered(const struct steps_maker *m, const struct needed_row *right,
			     const struct needed_row *const *row, size_t n, bool compiled)
{
	gh_slice pin, rest, slot;
	struct needed_row key = *right;

	if (ghi_unit_numbers_doors(&m->unit->unit))
		return false;
	gh_slice_cut(right->key, '\t', &pin, &rest);
	gh_slice_cut(rest, '\t', &slot, &rest);
	key.key.n = pin.n + slot.n + 2;
	if (key.key.n > right->key.n)
		return false;
	for (size_t i = rows_from(row, n, &key); i < n; i++) {
		if (row[i]->table != UNIT_RIGHTS || !gh_slice_starts(row[i]->key, key.key))
			break;
		if (right_covers(row[i], right, compiled ? row[i] : right))
			return true;
	}
	return false;
}

static void covered_drop(const struct steps_maker *m, struct table_steps *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->differences; i++) {
		const struct row_difference *d = &s->difference[i];

		if (d->change != ROW_REMOVED ||
		    !right_is_covered(m, d->before, m->wanted_by_key, m->wanted->rows, true))
			s->difference[kept++] = *d;
	}
	s->differences = kept;
}

/* --- what is written again --- */

static int again_order(const void *a, const void *b)
{
	const struct again_row *x = a, *y = b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	return needed_row_order(x->row, y->row);
}

/* Whether what a row needs is there, and stays as it is. */
static bool needs_are_there(const struct steps_maker *m, const struct needed_row *r)
{
	enum unit_table t;
	gh_slice key;

	for (size_t i = 0; unit_row_needs(r->table, r->text, i, &t, &key); i++) {
		const struct needed_row *held = held_find(m, t, key), *const * wanted,
					at = { .table = t, .key = key }, *p = &at;

		wanted = bsearch(&p, m->wanted_by_key, m->wanted->rows, sizeof(p),
				 steps_pointer_order);
		if (held == NULL || (wanted && !unit_row_serves(held, *wanted, false)))
			return false;
	}
	return true;
}

/* Whether a row may be written again at once: it gives what was there before, or what is there afterwards.
 * What depends on rows that are still to be written, or is new where holidays or doors change, is not among the
 * first. */
static bool again_at_once(const struct steps_maker *m, const struct again_row *a)
{
	const struct needed_row *r = a->row;

	return !unit_table_grants(r->table) ||
	       (a->before && unit_row_serves(a->before, r, false)) ||
	       (!m->limits_change && needs_are_there(m, r)) ||
	       (r->table == UNIT_RIGHTS && right_is_covered(m, r, m->held_by_key, m->n, false));
}

/* What of a table is to be there, and is in one of the groups. */
static void again_gather(struct steps_maker *m, const struct ghi_access_table *t,
			 enum unit_table id, struct table_steps *s)
{
	size_t n = m->n + m->wanted->rows;
	struct again_row *again = s->again = calloc(n + 1, sizeof(*again));

	if (again == NULL) {
		m->no_memory = true;
		return;
	}
	for (size_t i = 0; i < n; i++) {
		bool wanted = i < m->wanted->rows;
		const struct needed_row *r =
			wanted ? &m->wanted->row[i] : &m->held[i - m->wanted->rows].row;
		size_t g;

		if (r->table != id)
			continue;
		/* A foreign row stays, unless it is to go. */
		if (!wanted && (m->wish.foreign || m->held[i - m->wanted->rows].ours ||
				bsearch(&r, m->wanted_by_key, m->wanted->rows,
					sizeof(struct needed_row *), steps_pointer_order)))
			continue;
		g = row_group_find(s, group_value(m, t, s, r));
		if (g == SIZE_MAX)
			continue;
		again[s->agains] = (struct again_row){ r, held_find(m, id, r->key), g };
		s->agains += again_at_once(m, &again[s->agains]);
	}
	if (s->agains)
		qsort(again, s->agains, sizeof(*again), again_order);
	for (size_t i = 0; i < s->agains; i++) {
		struct row_group *g = &s->group[again[i].group];

		g->first = g->rows++ ? g->first : i;
	}
}

/* What is written again behind a deletion is done; what else of its rows is to be there is added later, also
 * where it was there before. */
static void again_mark(struct steps_maker *m, const struct ghi_access_table *t,
		       struct table_steps *s)
{
	for (size_t i = 0; i < s->differences; i++) {
		struct row_difference *d = &s->difference[i];
		struct again_row a = { .row = d->after };

		if (d->after == NULL)
			continue;
		a.group = row_group_find(s, group_value(m, t, s, d->after));
		d->done = a.group != SIZE_MAX && s->agains &&
			  bsearch(&a, s->again, s->agains, sizeof(a), again_order);
	}
}

/* --- a table --- */

void table_steps_plan(struct steps_maker *m, enum unit_table id)
{
	const struct ghi_access_table *t = wire_table(m, id);
	struct table_steps *s = &m->table[id];

	conditions_choose(t, s);
	if (id == UNIT_RIGHTS)
		covered_drop(m, s);
	groups_make(m, t, s);
	if (s->groups == 0)
		return;
	groups_show(m, t, s);
	if (s->exact)
		return;
	again_gather(m, t, id, s);
	if (!m->no_memory)
		again_mark(m, t, s);
}

void table_steps_clear(struct table_steps *s)
{
	free(s->difference);
	free(s->group);
	free(s->again);
	*s = (struct table_steps){ 0 };
}

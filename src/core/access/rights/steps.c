#include "core/access/rights/steps.h"

#include <stdlib.h>

#include "base/writer.h"
#include "core/access/rights/steps_private.h"
#include "wire/access/data_command.h"

const char *step_verb_name(enum step_verb v)
{
	static const char *const name[STEP_VERBS] = { "option", "update", "delete" };

	return name[v];
}

/* --- order --- */

int needed_row_order(const struct needed_row *x, const struct needed_row *y)
{
	size_t n = x->key.n < y->key.n ? x->key.n : y->key.n;
	int order;

	if (x->table != y->table)
		return x->table < y->table ? -1 : 1;
	order = n ? memcmp(x->key.p, y->key.p, n) : 0;
	return order ? order : (x->key.n > y->key.n) - (x->key.n < y->key.n);
}

int steps_pointer_order(const void *a, const void *b)
{
	return needed_row_order(*(const struct needed_row *const *)a,
				*(const struct needed_row *const *)b);
}

const struct needed_row *held_find(const struct steps_maker *m, enum unit_table t, gh_slice key)
{
	struct needed_row row = { .table = t, .key = key };
	const struct needed_row *p = &row, *const * found;

	found = m->n ? bsearch(&p, m->held_by_key, m->n, sizeof(p), steps_pointer_order) : NULL;
	return found ? *found : NULL;
}

bool steps_grow(struct steps_maker *m, void *p, size_t *room, size_t n, size_t size)
{
	void *old, *more;

	if (n < *room)
		return true;
	memcpy(&old, p, sizeof(old));
	more = realloc(old, (*room ? *room * 2 : 64) * size);
	if (more == NULL) {
		m->no_memory = true;
		return false;
	}
	*room = *room ? *room * 2 : 64;
	memcpy(p, &more, sizeof(more));
	return true;
}

static void by_key_make(struct steps_maker *m)
{
	m->wanted_by_key = malloc((m->wanted->rows + 1) * sizeof(*m->wanted_by_key));
	m->held_by_key = malloc((m->n + 1) * sizeof(*m->held_by_key));
	if (m->wanted_by_key == NULL || m->held_by_key == NULL) {
		m->no_memory = true;
		return;
	}
	for (size_t i = 0; i < m->wanted->rows; i++)
		m->wanted_by_key[i] = &m->wanted->row[i];
	for (size_t i = 0; i < m->n; i++)
		m->held_by_key[i] = &m->held[i].row;
	qsort(m->wanted_by_key, m->wanted->rows, sizeof(*m->wanted_by_key),
	      steps_pointer_order);
	qsort(m->held_by_key, m->n, sizeof(*m->held_by_key), steps_pointer_order);
}

/* --- commands --- */

struct unit_step *steps_add(struct steps_maker *m, struct unit_step s)
{
	struct unit_steps *out = m->out;

	if (!steps_grow(m, &out->step, &out->room, out->steps, sizeof(*out->step)))
		return NULL;
	out->step[out->steps] = s;
	return &out->step[out->steps++];
}

static size_t update_rows(const struct steps_maker *m, enum unit_table t)
{
	const int64_t most[] = { m->wish.rows, m->wish.rows_of[t] };
	size_t rows = GHI_UPDATE_ROWS;

	for (size_t i = 0; i < 2; i++)
		if (most[i] > 0 && (size_t)most[i] < rows)
			rows = (size_t)most[i];
	return rows;
}

/* Rows for one update; their number. `room` of the words and of what is there before. */
static size_t update_take(const struct steps_maker *m, enum unit_table t,
			  const struct again_row *row, size_t n, size_t *room, size_t *before)
{
	size_t most = ghi_update_bytes(&m->unit->unit), taken = 0, rows = update_rows(m, t);

	*room = *before = 0;
	for (; taken < n && taken < rows; taken++) {
		if (taken && *room + row[taken].row->text.n + 1 > most)
			break;
		*room += row[taken].row->text.n + 1;
		*before += (row[taken].before ? row[taken].before->text.n : 0) + 1;
	}
	return taken;
}

/* As many commands as these rows need. */
static void update_add(struct steps_maker *m, enum unit_table t, const struct again_row *row,
		       size_t n)
{
	const char *name = unit_table_name(t);

	while (n && !m->no_memory) {
		size_t room, had, taken = update_take(m, t, row, n, &room, &had);
		uint8_t *text, *before;

		room += sizeof("DATA UPDATE ") + strlen(name);
		text = ghi_arena_alloc(&m->out->text, room);
		before = ghi_arena_alloc(&m->out->text, had);
		struct ghi_writer w = ghi_writer_on(text, text ? room : 0),
				  b = ghi_writer_on(before, before ? had : 0);

		ghi_put(&w, GH_LIT("DATA UPDATE "));
		ghi_put(&w, gh_slice_of(name));
		for (size_t i = 0; i < taken; i++) {
			ghi_put_u8(&w, i ? '\n' : ' ');
			ghi_put(&w, row[i].row->text);
			if (i)
				ghi_put_u8(&b, '\n');
			if (row[i].before)
				ghi_put(&b, row[i].before->text);
		}
		steps_add(m, (struct unit_step){ .verb = STEP_UPDATE,
						 .table = t,
						 .words = ghi_written(&w),
						 .before = ghi_written(&b),
						 .rows = taken });
		row += taken;
		n -= taken;
	}
}

static void delete_add(struct steps_maker *m, enum unit_table t, const struct row_group *g)
{
	const struct table_steps *s = &m->table[t];
	struct ghi_table_row r = ghi_table_row_of(
		ghi_access_table_find(gh_slice_of(unit_table_name(t)), m->unit));
	size_t room = 64 + strlen(r.table->name) + (g->row ? g->row->text.n : 0);
	uint8_t *text = ghi_arena_alloc(&m->out->text, room);
	struct ghi_writer w = ghi_writer_on(text, text ? room : 0);

	for (size_t i = 0; i < s->fields && g->row; i++)
		r.has[s->field[i]] = unit_row_value(
			g->row->text, gh_slice_of(r.table->field[s->field[i]].name),
			&r.value[s->field[i]]);
	ghi_data_delete_write(&w, &r);
	steps_add(m, (struct unit_step){ .verb = STEP_DELETE,
					 .table = t,
					 .words = ghi_written(&w),
					 .before = g->before,
					 .rows = g->gone,
					 .takes = unit_table_grants(t) });
}

/* A deletion, and what of its rows is to stay, directly behind it. */
static void group_add(struct steps_maker *m, enum unit_table t, const struct row_group *g)
{
	delete_add(m, t, g);
	update_add(m, t, &m->table[t].again[g->first], g->rows);
}

/* --- the order of them --- */

static void table_removals_first(struct steps_maker *m, enum unit_table t)
{
	for (size_t i = 0; unit_table_grants(t) && i < m->table[t].groups; i++)
		group_add(m, t, &m->table[t].group[i]);
}

/* Whether a setting of a door is written behind the rights: it limits the door less than before. */
static bool difference_is_late(const struct steps_maker *m, enum unit_table t,
			       const struct row_difference *d)
{
	gh_slice name = { 0 }, before = { 0 }, after = { 0 };

	if (t != UNIT_DOOR_SETTINGS || d->before == NULL)
		return false;
	(void)unit_row_value(d->after->text, GH_LIT("Name"), &name);
	(void)unit_row_value(d->before->text, GH_LIT("Value"), &before);
	(void)unit_row_value(d->after->text, GH_LIT("Value"), &after);
	return setting_loosens(m, name, before, after);
}

static void table_additions(struct steps_maker *m, enum unit_table t, bool late)
{
	const struct table_steps *s = &m->table[t];
	struct again_row *row = malloc((s->differences + 1) * sizeof(*row));
	size_t n = 0;

	if (row == NULL) {
		m->no_memory = true;
		return;
	}
	for (size_t i = 0; !unit_table_grants(t) && !late && i < s->groups; i++)
		if (s->group[i].rows)
			group_add(m, t, &s->group[i]);
	for (size_t i = 0; i < s->differences; i++)
		if (s->difference[i].after && !s->difference[i].done &&
		    difference_is_late(m, t, &s->difference[i]) == late)
			row[n++] = (struct again_row){ .row = s->difference[i].after,
						       .before = s->difference[i].before };
	update_add(m, t, row, n);
	free(row);
}

static void table_removals_last(struct steps_maker *m, enum unit_table t)
{
	for (size_t i = 0; !unit_table_grants(t) && i < m->table[t].groups; i++)
		if (m->table[t].group[i].rows == 0)
			group_add(m, t, &m->table[t].group[i]);
}

static void tables_empty(struct steps_maker *m)
{
	static const struct row_group all = { 0 };

	for (int t = UNIT_TABLES; t-- > 0;) {
		const struct ghi_access_table *w = ghi_access_table_find(
			gh_slice_of(unit_table_name((enum unit_table)t)), m->unit);

		if (ghi_table_open(w, m->unit) && !unit_table_is_settings((enum unit_table)t))
			delete_add(m, (enum unit_table)t, &all);
	}
}

/* Time rules before anything that names them, and after all of it. */
static void zones_add(struct steps_maker *m, bool end)
{
	struct again_row *row = malloc((m->zones + 1) * sizeof(*row));
	size_t n = 0;

	m->no_memory = m->no_memory || row == NULL;
	for (size_t i = 0; row && i < m->zones; i++) {
		const struct zone_change *z = &m->zone[i];

		if (end && z->after)
			row[n++] = (struct again_row){ .row = z->after, .before = &z->meet };
		if (!end && z->narrows)
			row[n++] = (struct again_row){ .row = &z->meet, .before = z->before };
	}
	update_add(m, UNIT_TIMEZONE, row, n);
	free(row);
}

static void steps_order(struct steps_maker *m)
{
	if (m->wish.resync)
		tables_empty(m);
	steps_options_add(m, OPTION_OF_FORM, false);
	for (int t = UNIT_TABLES; t-- > 0;)
		table_removals_first(m, (enum unit_table)t);
	zones_add(m, false);
	for (int t = 0; t < UNIT_TABLES; t++) {
		if (t == UNIT_DOOR_SETTINGS)
			steps_options_add(m, OPTION_OF_DOOR, false);
		table_additions(m, (enum unit_table)t, false);
	}
	steps_options_add(m, OPTION_OF_DOOR, true);
	table_additions(m, UNIT_DOOR_SETTINGS, true);
	steps_options_add(m, OPTION_OTHER, false);
	for (int t = UNIT_TABLES; t-- > 0;)
		table_removals_last(m, (enum unit_table)t);
	zones_add(m, true);
}

/* Whether a rule that is there changes: a door may be used by it. */
static bool zones_change(const struct steps_maker *m)
{
	const struct table_steps *s = &m->table[UNIT_TIMEZONE];

	for (size_t i = 0; i < s->differences; i++)
		if (s->difference[i].change == ROW_CHANGED)
			return true;
	return false;
}

static void differences_count(struct steps_maker *m)
{
	for (int t = 0; t < UNIT_TABLES; t++) {
		const struct table_steps *s = &m->table[t];

		for (size_t i = 0; i < s->differences; i++) {
			m->out->added += s->difference[i].change == ROW_ADDED;
			m->out->changed += s->difference[i].change == ROW_CHANGED;
		}
		for (size_t i = 0; i < s->groups; i++)
			m->out->removed += s->group[i].gone;
	}
}

enum gh_err unit_steps_make(const struct unit_rows *wanted, const struct held_row *held,
			    size_t n, const struct ghi_table_unit *unit, struct steps_wish wish,
			    struct unit_steps *out)
{
	struct steps_maker m = { .wanted = wanted,
				 .held = held,
				 .n = wish.resync ? 0 : n,
				 .unit = unit,
				 .wish = wish,
				 .out = out };
	bool doors;
	enum gh_err err;

	*out = (struct unit_steps){ 0 };
	by_key_make(&m);
	err = m.no_memory
		      ? GH_ENOMEM
		      : unit_rows_compare(wanted, held, m.n, wish.resync, steps_difference, &m);
	doors = err == GH_OK && steps_options_differ(&m);
	m.limits_change = doors || m.table[UNIT_HOLIDAY].differences ||
			  m.table[UNIT_DOOR_SETTINGS].differences ||
			  m.table[UNIT_FIRST_CARD].differences ||
			  m.table[UNIT_MULTI_CARD].differences || zones_change(&m);
	for (int t = 0; t < UNIT_TABLES && err == GH_OK && !m.no_memory; t++)
		table_steps_plan(&m, (enum unit_table)t);
	if (err == GH_OK && !m.no_memory)
		zone_steps_plan(&m, doors);
	if (err == GH_OK && !m.no_memory) {
		steps_order(&m);
		differences_count(&m);
	}
	for (int t = 0; t < UNIT_TABLES; t++)
		table_steps_clear(&m.table[t]);
	free(m.zone);
	free(m.wanted_by_key);
	free(m.held_by_key);
	return err ? err : m.no_memory || out->text.failed ? GH_ENOMEM : GH_OK;
}

void unit_steps_clear(struct unit_steps *s)
{
	free(s->step);
	free(s->foreign);
	free(s->adopted);
	ghi_arena_clear(&s->text);
	*s = (struct unit_steps){ 0 };
}

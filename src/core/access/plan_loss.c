#include "core/access/plan_loss.h"

#include <stdlib.h>

#include "base/writer.h"
#include "wire/access/data_command.h"

static int loss_order(const void *a, const void *b)
{
	const struct plan_loss *x = a, *y = b;
	size_t n = x->key.n < y->key.n ? x->key.n : y->key.n;
	int order;

	if (x->table != y->table)
		return x->table < y->table ? -1 : 1;
	if (x->needed != y->needed)
		return x->needed ? 1 : -1;
	order = n ? memcmp(x->key.p, y->key.p, n) : 0;
	return order ? order : (x->key.n > y->key.n) - (x->key.n < y->key.n);
}

static void loss_add(struct plan_losses *l, enum unit_table t, bool needed, gh_slice key)
{
	if (l->n == l->room) {
		size_t room = l->room ? l->room * 2 : 256;
		struct plan_loss *more = realloc(l->loss, room * sizeof(*more));

		l->no_memory = l->no_memory || more == NULL;
		if (more == NULL)
			return;
		l->loss = more;
		l->room = room;
	}
	l->loss[l->n++] = (struct plan_loss){ t, needed, key };
}

static bool loss_find(const struct plan_losses *l, enum unit_table t, bool needed, gh_slice key)
{
	struct plan_loss one = { t, needed, key };

	return l->sorted && bsearch(&one, l->loss, l->sorted, sizeof(one), loss_order);
}

/* The first value of a row's key: all of it in the tables that others refer to. */
static bool loss_row_key(enum unit_table t, gh_slice line, gh_slice *key)
{
	const struct ghi_access_table *w =
		ghi_access_table_find(gh_slice_of(unit_table_name(t)), NULL);

	for (size_t i = 0; w && i < w->fields; i++)
		if (w->field[i].flags & GHI_FIELD_KEY)
			return unit_row_value(line, gh_slice_of(w->field[i].name), key);
	return false;
}

/* What the row needs that stays, as the row that was to replace it is not there. */
static void losses_of_before(struct plan_losses *l, enum unit_table t, gh_slice before)
{
	struct plan_setting p;
	enum unit_table needed;
	gh_slice key;

	for (size_t i = 0; before.n && unit_row_needs(t, before, i, &needed, &key); i++)
		loss_add(l, needed, true, key);
	if (t == UNIT_DOOR_SETTINGS && plan_setting_of_row(before, &p) &&
	    plan_setting_rule(&p, &key))
		loss_add(l, UNIT_TIMEZONE, true, key);
}

static void losses_of_line(struct plan_losses *l, enum unit_table t, enum step_verb verb,
			   gh_slice line, gh_slice before)
{
	enum unit_table needed;
	gh_slice key;

	if (verb == STEP_UPDATE && loss_row_key(t, line, &key))
		loss_add(l, t, false, key);
	if (verb == STEP_UPDATE)
		losses_of_before(l, t, before);
	for (size_t i = 0; verb == STEP_DELETE && unit_row_needs(t, line, i, &needed, &key);
	     i++)
		loss_add(l, needed, true, key);
}

/* --- limits of doors --- */

bool plan_losses_rule(const struct plan_losses *l, gh_slice rule)
{
	return loss_find(l, UNIT_TIMEZONE, false, rule);
}

static void limit_lost(struct plan_losses *l, const struct plan_setting *p)
{
	if (plan_setting_limits(p))
		l->open |= p->door;
}

static void line_limit_lost(struct plan_losses *l, enum unit_table t, gh_slice line)
{
	struct plan_setting p;

	if (t == UNIT_DOOR_SETTINGS && plan_setting_of_row(line, &p))
		limit_lost(l, &p);
	if (t == UNIT_MULTI_CARD)
		l->open |= plan_row_opening(t, line);
	if (t == UNIT_FIRST_CARD)
		l->first |= plan_row_opening(t, line);
}

static void option_lost(struct plan_losses *l, const struct plan_step *p)
{
	struct plan_setting of;
	gh_slice rule;

	if (!plan_setting_of_option(p->words, &of))
		return;
	limit_lost(l, &of);
	of.value = p->before;
	if (plan_setting_rule(&of, &rule))
		loss_add(l, UNIT_TIMEZONE, true, rule);
}

/* Whether it names a time rule that is missing. */
static bool setting_depends(const struct plan_losses *l, const struct plan_setting *p)
{
	gh_slice rule;

	return plan_setting_rule(p, &rule) && plan_losses_rule(l, rule);
}

/* The field that names the doors of a right; NULL: it is none. */
static const char *right_field(enum unit_table t)
{
	return t == UNIT_RIGHTS ? "AuthorizeDoorId" : t == UNIT_SUPER ? "DoorID" : NULL;
}

/* The doors of a row that no person may get who may not pass them by a row that is there. */
static uint32_t line_held(const struct plan_losses *l, enum unit_table t, gh_slice line,
			  gh_slice before, uint32_t *mask)
{
	const char *field = right_field(t);
	gh_slice doors;

	return l->open && field && before.n == 0 &&
			       unit_row_value(line, gh_slice_of(field), &doors) &&
			       ghi_doors_read(doors, l->numbered, mask) == GH_OK
		       ? *mask & l->open
		       : 0;
}

/* A right with other doors. */
static void right_write(struct ghi_writer *w, enum unit_table t, gh_slice line, uint32_t doors)
{
	gh_slice pair, name, value;
	bool more = true, first = true;

	while (more) {
		more = gh_slice_cut(line, '\t', &pair, &line);
		gh_slice_cut(pair, '=', &name, &value);
		if (!first)
			ghi_put_u8(w, '\t');
		first = false;
		if (!gh_slice_eq(name, gh_slice_of(right_field(t)))) {
			ghi_put(w, pair);
			continue;
		}
		ghi_put(w, name);
		ghi_put_u8(w, '=');
		ghi_doors_write(w, doors, false);
	}
}

/* --- steps --- */

void plan_losses_add(struct plan_losses *l, const struct plan_step *p)
{
	enum unit_table t = unit_table_of(p->table);
	struct ghi_data_command c;
	gh_slice rest = p->before, had = { 0 }, line, before = { 0 };
	bool more = true;

	l->steps++;
	if (p->verb == STEP_OPTION)
		option_lost(l, p);
	if (t == UNIT_TABLES || ghi_data_command_parse(p->words, &c))
		return;
	if (p->verb == STEP_UPDATE) {
		rest = c.records;
		had = p->before;
	}
	while (more) {
		more = gh_slice_cut(rest, '\n', &line, &rest);
		gh_slice_cut(had, '\n', &before, &had);
		if (p->verb == STEP_UPDATE || t != UNIT_DOOR_SETTINGS)
			line_limit_lost(l, t, line);
		losses_of_line(l, t, (enum step_verb)p->verb, line, before);
	}
}

void plan_losses_sort(struct plan_losses *l)
{
	if (l->n)
		qsort(l->loss, l->n, sizeof(*l->loss), loss_order);
	l->sorted = l->n;
}

void plan_losses_clear(struct plan_losses *l)
{
	free(l->loss);
	*l = (struct plan_losses){ 0 };
}

static bool line_depends(const struct plan_losses *l, enum unit_table t, enum step_verb verb,
			 gh_slice line)
{
	struct plan_setting p;
	enum unit_table needed;
	gh_slice key;

	if (verb == STEP_DELETE)
		return loss_row_key(t, line, &key) && loss_find(l, t, true, key);
	if (t == UNIT_DOOR_SETTINGS && plan_setting_of_row(line, &p) && setting_depends(l, &p))
		return true;
	for (size_t i = 0; unit_row_needs(t, line, i, &needed, &key); i++)
		if (loss_find(l, needed, false, key))
			return true;
	return false;
}

static bool option_depends(const struct plan_losses *l, const struct plan_step *p)
{
	struct plan_setting of;

	return plan_setting_of_option(p->words, &of) && setting_depends(l, &of);
}

void plan_losses_left(struct plan_losses *l, const struct plan_step *p)
{
	enum unit_table t = unit_table_of(p->table);
	struct ghi_data_command c;
	gh_slice rest, had = p->before, line, before;
	bool more = true;

	if (p->verb == STEP_OPTION && option_depends(l, p))
		option_lost(l, p);
	if (p->verb != STEP_UPDATE || t == UNIT_TABLES || ghi_data_command_parse(p->words, &c))
		return;
	for (rest = c.records; more;) {
		more = gh_slice_cut(rest, '\n', &line, &rest);
		gh_slice_cut(had, '\n', &before, &had);
		if (!line_depends(l, t, STEP_UPDATE, line))
			continue;
		line_limit_lost(l, t, line);
		losses_of_before(l, t, before);
	}
}

/* The rows of an update that go; *whole: how many as they are. */
static size_t lines_apply(const struct plan_losses *l, enum unit_table t,
			  const struct plan_step *p, gh_slice rest, struct ghi_writer *w,
			  int64_t *whole)
{
	gh_slice had = p->before, line, before;
	bool more = true;
	size_t kept = 0;

	for (*whole = 0; more;) {
		uint32_t mask = 0, held;

		more = gh_slice_cut(rest, '\n', &line, &rest);
		gh_slice_cut(had, '\n', &before, &had);
		held = line_held(l, t, line, before, &mask);
		if (line_depends(l, t, STEP_UPDATE, line) || (held && held == mask))
			continue;
		ghi_put_u8(w, kept++ ? '\n' : ' ');
		if (held) {
			right_write(w, t, line, mask & ~held);
		} else {
			ghi_put(w, line);
			++*whole;
		}
	}
	return kept;
}

gh_slice plan_losses_apply(const struct plan_losses *l, const struct plan_step *p,
			   struct arena *a, int64_t *rows)
{
	enum unit_table t = unit_table_of(p->table);
	struct ghi_data_command c;
	bool none = l->sorted == 0 && l->open == 0;

	*rows = p->rows;
	if (!none && p->verb == STEP_OPTION && option_depends(l, p)) {
		*rows = 0;
		return (gh_slice){ 0 };
	}
	/* A deletion of all of a table is of no rows that are known. */
	if (none || t == UNIT_TABLES || ghi_data_command_parse(p->words, &c))
		return p->words;
	if (p->verb == STEP_DELETE) {
		*rows = line_depends(l, t, STEP_DELETE, c.records) ? 0 : p->rows;
		return *rows || p->rows == 0 ? p->words : (gh_slice){ 0 };
	}
	uint8_t *text = ghi_arena_alloc(a, p->words.n + 1);
	struct ghi_writer w = ghi_writer_on(text, text ? p->words.n + 1 : 0);

	ghi_put(&w, GH_LIT("DATA UPDATE "));
	ghi_put(&w, p->table);
	if (lines_apply(l, t, p, c.records, &w, rows) == 0)
		return (gh_slice){ 0 };
	return *rows == p->rows ? p->words : ghi_written(&w);
}

#include "core/access/plan_loss.h"

#include <stdlib.h>

#include "base/number.h"
#include "base/writer.h"
#include "wire/access/data_command.h"
#include "wire/access/pack.h"

#define OPTION_HEAD "SET OPTIONS "

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

	return l->n && bsearch(&one, l->loss, l->n, sizeof(one), loss_order);
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

static void losses_of_line(struct plan_losses *l, enum unit_table t, enum step_verb verb,
			   gh_slice line)
{
	enum unit_table needed;
	gh_slice key;

	if (verb == STEP_UPDATE && loss_row_key(t, line, &key))
		loss_add(l, t, false, key);
	for (size_t i = 0; verb == STEP_DELETE && unit_row_needs(t, line, i, &needed, &key);
	     i++)
		loss_add(l, needed, true, key);
}

/* --- limits of doors --- */

/* A setting of a door that keeps people out, "ValidTZ" of DoorValidTZ. */
static bool limit_is_set(gh_slice name, gh_slice value)
{
	static const struct {
		const char *name, *value;
		bool limits; /* that value does; otherwise all others do */
	} limit[] = { { "ValidTZ", "1", false },
		      { "Disable", "1", false }, /* 1 is enabled */
		      { "MaskFlag", "0", false },
		      { "FirstCardOpenDoor", "2", true }, /* 1 only opens it */
		      { "MultiCardOpenDoor", "0", false } };

	for (size_t i = 0; i < sizeof(limit) / sizeof(limit[0]); i++)
		if (gh_slice_eq(name, gh_slice_of(limit[i].name)))
			return gh_slice_eq(value, gh_slice_of(limit[i].value)) ==
			       limit[i].limits;
	return false;
}

static uint32_t limit_door(gh_slice number)
{
	uint64_t door;

	return ghi_number_parse(number, GHI_DOORS_MAX, &door) == GH_OK && door
		       ? UINT32_C(1) << (door - 1)
		       : 0;
}

/* "SET OPTIONS Door2ValidTZ=3": door 2. */
static uint32_t option_limits(gh_slice words)
{
	gh_slice name, value;
	size_t digits = 0;

	if (!gh_slice_starts(words, GH_LIT(OPTION_HEAD "Door")))
		return 0;
	gh_slice_cut(gh_slice_from(words, sizeof(OPTION_HEAD "Door") - 1), '=', &name, &value);
	while (digits < name.n && name.p[digits] >= '0' && name.p[digits] <= '9')
		digits++;
	return limit_is_set(gh_slice_from(name, digits), value)
		       ? limit_door((gh_slice){ name.p, digits })
		       : 0;
}

/* "ID=2	Name=DoorValidTZ	Value=3": door 2. */
static uint32_t row_limits(gh_slice line)
{
	gh_slice id, name, value;

	return unit_row_value(line, GH_LIT("ID"), &id) &&
			       unit_row_value(line, GH_LIT("Name"), &name) &&
			       unit_row_value(line, GH_LIT("Value"), &value) &&
			       gh_slice_starts(name, GH_LIT("Door")) &&
			       limit_is_set(gh_slice_from(name, 4), value)
		       ? limit_door(id)
		       : 0;
}

bool plan_step_limits(const struct plan_step *p)
{
	return p->verb == STEP_OPTION || unit_table_of(p->table) == UNIT_DOOR_SETTINGS;
}

/* Whether a row lets people pass a door that is limited less than it is to be, who may not pass it by a row that is
 * there. */
static bool line_opens(const struct plan_losses *l, enum unit_table t, gh_slice line,
		       gh_slice before)
{
	const char *field = t == UNIT_RIGHTS  ? "AuthorizeDoorId"
			    : t == UNIT_SUPER ? "DoorID"
					      : NULL;
	gh_slice doors;
	uint32_t mask;

	return l->open && field && before.n == 0 &&
	       unit_row_value(line, gh_slice_of(field), &doors) &&
	       ghi_doors_read(doors, l->numbered, &mask) == GH_OK && (mask & l->open);
}

/* --- steps --- */

void plan_losses_add(struct plan_losses *l, const struct plan_step *p)
{
	enum unit_table t = unit_table_of(p->table);
	struct ghi_data_command c;
	gh_slice rest = p->before, line;
	bool more = true;

	if (p->verb == STEP_OPTION)
		l->open |= option_limits(p->words);
	if (t == UNIT_TABLES || ghi_data_command_parse(p->words, &c))
		return;
	if (p->verb == STEP_UPDATE)
		rest = c.records;
	while (more) {
		more = gh_slice_cut(rest, '\n', &line, &rest);
		if (t == UNIT_DOOR_SETTINGS && p->verb == STEP_UPDATE)
			l->open |= row_limits(line);
		losses_of_line(l, t, (enum step_verb)p->verb, line);
	}
}

void plan_losses_sort(struct plan_losses *l)
{
	if (l->n)
		qsort(l->loss, l->n, sizeof(*l->loss), loss_order);
}

void plan_losses_clear(struct plan_losses *l)
{
	free(l->loss);
	*l = (struct plan_losses){ 0 };
}

static bool line_depends(const struct plan_losses *l, enum unit_table t, enum step_verb verb,
			 gh_slice line)
{
	enum unit_table needed;
	gh_slice key;

	if (verb == STEP_DELETE)
		return loss_row_key(t, line, &key) && loss_find(l, t, true, key);
	for (size_t i = 0; unit_row_needs(t, line, i, &needed, &key); i++)
		if (loss_find(l, needed, false, key))
			return true;
	return false;
}

gh_slice plan_losses_apply(const struct plan_losses *l, const struct plan_step *p,
			   struct arena *a, int64_t *rows)
{
	enum unit_table t = unit_table_of(p->table);
	enum step_verb verb = (enum step_verb)p->verb;
	struct ghi_data_command c;
	gh_slice rest, line, had = p->before, before;
	int64_t kept = 0;
	bool more = true;

	*rows = p->rows;
	if ((l->n == 0 && l->open == 0) || t == UNIT_TABLES ||
	    ghi_data_command_parse(p->words, &c))
		return p->words;
	if (verb == STEP_DELETE) {
		*rows = line_depends(l, t, verb, c.records) ? 0 : p->rows;
		return *rows ? p->words : (gh_slice){ 0 };
	}
	uint8_t *text = ghi_arena_alloc(a, p->words.n + 1);
	struct ghi_writer w = ghi_writer_on(text, text ? p->words.n + 1 : 0);

	ghi_put(&w, GH_LIT("DATA UPDATE "));
	ghi_put(&w, p->table);
	for (rest = c.records; more;) {
		more = gh_slice_cut(rest, '\n', &line, &rest);
		gh_slice_cut(had, '\n', &before, &had);
		if (line_depends(l, t, verb, line) || line_opens(l, t, line, before))
			continue;
		ghi_put_u8(&w, kept++ ? '\n' : ' ');
		ghi_put(&w, line);
	}
	*rows = kept;
	if (kept == p->rows)
		return p->words;
	return kept ? ghi_written(&w) : (gh_slice){ 0 };
}

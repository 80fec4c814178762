/* Time rules that change together with what names them, or with holidays. Until all of a plan is done such a rule
 * is open only when it was before and is afterwards: first it is made narrower, at the end wider. So nothing that
 * goes from one rule to another meets hours that neither of them had. */
#include <stdlib.h>

#include "core/access/rights/steps_private.h"

/* --- the plan --- */

/* Whether a rule changes with something else. A rule alone, or holidays that are only added, go by themselves:
 * each day is decided by what was before or by what is afterwards. */
static bool zones_change_together(const struct steps_maker *m, bool options)
{
	size_t zones = 0, others = options;
	bool days = m->table[UNIT_HOLIDAY].differences != 0;

	if (m->table[UNIT_HOLIDAY].groups)
		return true;
	for (size_t i = 0; i < m->table[UNIT_TIMEZONE].differences; i++)
		zones += m->table[UNIT_TIMEZONE].difference[i].change == ROW_CHANGED;
	for (int t = 0; t < UNIT_TABLES; t++)
		others += t != UNIT_TIMEZONE && t != UNIT_HOLIDAY && m->table[t].differences;
	return days ? zones + others > 0 : zones > 1 || (zones && others);
}

static void zone_done(struct table_steps *t, const struct needed_row *row)
{
	for (size_t i = 0; i < t->differences; i++)
		t->difference[i].done = t->difference[i].done || t->difference[i].after == row;
}

/* `after` NULL: it goes with the plan. */
static void zone_note(struct steps_maker *m, const struct zone_days *d,
		      const struct needed_row *before, const struct needed_row *after)
{
	struct zone_change change = { .before = before, .after = after, .meet = *before };

	change.meet.text = zone_meet(m, d, before->text, after ? after->text : before->text);
	if (unit_row_serves(after ? after : before, &change.meet, false) ||
	    !steps_grow(m, &m->zone, &m->zone_room, m->zones, sizeof(*m->zone)))
		return;
	change.narrows = !unit_row_serves(before, &change.meet, false);
	if (after)
		zone_done(&m->table[UNIT_TIMEZONE], after);
	m->zone[m->zones++] = change;
}

/* --- settings of doors --- */

static bool name_ends(gh_slice name, const char *end)
{
	gh_slice e = gh_slice_of(end);

	return name.n >= e.n && gh_slice_eq(gh_slice_from(name, name.n - e.n), e);
}

/* Whether the rule that the unit is to have in `after` is open whenever the one it has in `before` is. */
static bool zone_includes(const struct steps_maker *m, gh_slice before, gh_slice after)
{
	struct needed_row key = { .table = UNIT_TIMEZONE, .key = after };
	const struct needed_row *p = &key,
				*held = held_find(m, UNIT_TIMEZONE, before), *const * wanted;

	if (gh_slice_eq(after, GH_LIT("1")))
		return true;
	wanted = bsearch(&p, m->wanted_by_key, m->wanted->rows, sizeof(p), steps_pointer_order);
	return held && wanted && zone_hours_include((*wanted)->text, held->text);
}

bool setting_loosens(const struct steps_maker *m, gh_slice name, gh_slice before,
		     gh_slice after)
{
	if (before.n == 0)
		return false;
	if (name_ends(name, "ValidTZ"))
		return zone_includes(m, before, after);
	if (name_ends(name, "Disable"))
		return gh_slice_eq(after, GH_LIT("1"));
	return (name_ends(name, "MaskFlag") || name_ends(name, "FirstCardOpenDoor")) &&
	       gh_slice_eq(after, GH_LIT("0"));
}

/* --- doors that are used by another rule --- */

static const struct needed_row *zone_needed(const struct steps_maker *m, gh_slice key)
{
	struct needed_row row = { .table = UNIT_TIMEZONE, .key = key };
	const struct needed_row *p = &row, *const * found;

	found = m->wanted->rows ? bsearch(&p, m->wanted_by_key, m->wanted->rows, sizeof(p),
					  steps_pointer_order)
				: NULL;
	return found ? *found : NULL;
}

/* The rule `after` as it is for now. */
static struct zone_change *zone_change_of(struct steps_maker *m, const struct needed_row *after)
{
	struct zone_change *z;

	for (size_t i = 0; i < m->zones; i++)
		if (m->zone[i].after == after)
			return &m->zone[i];
	if (!steps_grow(m, &m->zone, &m->zone_room, m->zones, sizeof(*m->zone)))
		return NULL;
	z = &m->zone[m->zones++];
	*z = (struct zone_change){ .before = held_find(m, UNIT_TIMEZONE, after->key),
				   .after = after,
				   .meet = *after };
	zone_done(&m->table[UNIT_TIMEZONE], after);
	return z;
}

/* A door that could be used by the one rule is to be used by another, of which neither includes the other: until all
 * is done, the other has the hours of both. */
static void zone_limit(struct steps_maker *m, const struct zone_days *d, gh_slice before,
		       gh_slice after)
{
	const struct needed_row *was = held_find(m, UNIT_TIMEZONE, before),
				*is = zone_needed(m, after);
	struct needed_row meet;
	struct zone_change *z;

	if (was == NULL || is == NULL || gh_slice_eq(before, after) ||
	    zone_includes(m, before, after))
		return;
	meet = *is;
	meet.text = zone_meet(m, d, was->text, is->text);
	if (unit_row_serves(is, &meet, false))
		return;
	z = zone_change_of(m, is);
	if (z == NULL)
		return;
	z->meet.text = zone_meet(m, d, was->text, z->meet.text);
	z->narrows = z->before == NULL || !unit_row_serves(z->before, &z->meet, false);
}

/* With people, as otherwise each moment is decided by the one rule or by the other. */
static bool rights_change(const struct steps_maker *m)
{
	for (int t = 0; t < UNIT_TABLES; t++)
		if (unit_table_grants((enum unit_table)t) && m->table[t].differences)
			return true;
	return false;
}

static void zones_limit(struct steps_maker *m, const struct zone_days *d)
{
	const struct table_steps *doors = &m->table[UNIT_DOOR_SETTINGS];
	gh_slice name, before, after;

	if (!rights_change(m))
		return;
	for (size_t i = 0; i < m->wanted->options; i++)
		if (name_ends(m->wanted->option[i].name, "ValidTZ") &&
		    steps_option_before(m, &m->wanted->option[i], &before))
			zone_limit(m, d, before, m->wanted->option[i].value);
	for (size_t i = 0; i < doors->differences; i++) {
		const struct row_difference *one = &doors->difference[i];

		if (one->before && one->after &&
		    unit_row_value(one->after->text, GH_LIT("Name"), &name) &&
		    name_ends(name, "ValidTZ") &&
		    unit_row_value(one->before->text, GH_LIT("Value"), &before) &&
		    unit_row_value(one->after->text, GH_LIT("Value"), &after))
			zone_limit(m, d, before, after);
	}
}

/* --- all of them --- */

static void zones_note(struct steps_maker *m, const struct zone_days *d, bool options)
{
	if (!zones_change_together(m, options))
		return;
	for (size_t i = 0; i < m->n && !m->no_memory; i++) {
		const struct held_row *held = &m->held[i];
		const struct needed_row *row = &held->row, *const * wanted;

		if (row->table != UNIT_TIMEZONE)
			continue;
		wanted = bsearch(&row, m->wanted_by_key, m->wanted->rows, sizeof(row),
				 steps_pointer_order);
		zone_note(m, d, row,
			  wanted			  ? *wanted
			  : held->ours || m->wish.foreign ? NULL
							  : row);
	}
}

void zone_steps_plan(struct steps_maker *m, bool options)
{
	struct zone_days d = zone_days_of(m);

	zones_note(m, &d, options);
	zones_limit(m, &d);
}

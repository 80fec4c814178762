/* What the differences of a unit are to its plan: rows to be sent, rows that are as they are to be, and foreign
 * ones. */
#include "core/access/rights/steps_private.h"

static void foreign_note(struct steps_maker *m, const struct needed_row *row)
{
	struct unit_steps *out = m->out;

	if (steps_grow(m, &out->foreign, &out->foreign_room, out->foreigns,
		       sizeof(*out->foreign)))
		out->foreign[out->foreigns++] = row;
}

static void adopted_note(struct steps_maker *m, const struct held_row *row)
{
	struct unit_steps *out = m->out;

	if (steps_grow(m, &out->adopted, &out->adopt_room, out->adopts, sizeof(*out->adopted)))
		out->adopted[out->adopts++] = row;
}

/* What is written instead of deleting a row. */
static const struct needed_row *row_resting(struct steps_maker *m, const struct needed_row *row)
{
	struct needed_row *r = ghi_arena_alloc(&m->out->text, sizeof(*r));
	size_t room = row->text.n + 64;
	uint8_t *text = ghi_arena_alloc(&m->out->text, room);
	struct ghi_writer w = ghi_writer_on(text, text ? room : 0);

	if (r == NULL || text == NULL) {
		m->no_memory = true;
		return row;
	}
	unit_row_rest(row->table, row->text, &w);
	*r = (struct needed_row){ .table = row->table,
				  .key = row->key,
				  .text = ghi_written(&w) };
	return r;
}

/* A unit that has no room for all gets no further person or card, nor what names a person who is not there. What is
 * taken away, and what changes, goes. */
static bool row_waits_for_room(const struct steps_maker *m, const struct needed_row *row)
{
	enum unit_table needed;
	gh_slice key;

	if (m->wanted->over == NULL)
		return false;
	if (row->table == UNIT_USER || row->table == UNIT_CARDS)
		return held_find(m, row->table, row->key) == NULL;
	for (size_t i = 0; unit_row_needs(row->table, row->text, i, &needed, &key); i++)
		if (needed == UNIT_USER && held_find(m, needed, key) == NULL)
			return true;
	return false;
}

bool steps_difference(void *ctx, enum row_change change, const struct needed_row *before,
		      const struct needed_row *after)
{
	struct steps_maker *m = ctx;
	enum unit_table of = (after ? after : before)->table;
	struct table_steps *t = &m->table[of];

	/* What it holds of it from before, it could not delete either. */
	if (m->unit->refused.n &&
	    ghi_table_refused(ghi_access_table_find(gh_slice_of(unit_table_name(of)), m->unit),
			      NULL, m->unit))
		return true;

	if (change == ROW_REMOVED && unit_table_rests(before->table)) {
		after = row_resting(m, before);
		change = ROW_CHANGED;
	}
	const struct held_row *held = (const struct held_row *)(const void *)before;

	if (change == ROW_KEPT ||
	    (change == ROW_CHANGED && unit_row_serves(before, after, held->uploaded))) {
		if (!held->ours)
			adopted_note(m, held);
		return true;
	}
	if (change == ROW_ADDED && row_waits_for_room(m, after))
		return true;
	if (change == ROW_FOREIGN)
		foreign_note(m, before);
	if (steps_grow(m, &t->difference, &t->difference_room, t->differences,
		       sizeof(*t->difference)))
		t->difference[t->differences++] = (struct row_difference){ .change = change,
									   .before = before,
									   .after = after };
	return !m->no_memory;
}

/* Work codes and identity cards: one record each, which is there or is not. */
#include "base/number.h"
#include "core/sync/planner.h"
#include "model/command_field.h"

/* By the group: the commands, and the kind. */
static const struct single_row {
	enum model_kind_id record;
	enum command_kind update, delete; /* COMMAND_KINDS: there is none */
	enum command_argument_id key;
} singles[SYNC_GROUPS] = {
	[GROUP_WORK_CODES] = { KIND_WORK_CODE, COMMAND_KIND_UPDATE_WORK_CODE,
			       COMMAND_KIND_DELETE_WORK_CODE, ARGUMENT_code },
	[GROUP_ID_CARDS] = { KIND_ID_CARD, COMMAND_KIND_UPDATE_ID_CARD, COMMAND_KINDS,
			     ARGUMENT_id_number },
};

struct single {
	struct planner *planner;
	const struct single_row *row;
	struct sync_part part;
	const struct sync_item *target, *held;
	union model_record now;
	bool there, ours;
	uint64_t fields; /* that an order may have */
	gh_slice slot;	 /* that an order which waits gives to a work code */
};

static void single_expect(struct single *s)
{
	const struct planner *p = s->planner;

	if (p->clears) {
		s->there = s->ours = false;
		s->part.fixed = p->clears;
	}
	for (size_t i = 0; i < s->part.waits; i++) {
		size_t at = s->part.wait[i].at;
		const struct sync_waiting *w = &p->in->waiting[at];
		union model_record record;
		bool update = w->kind == s->row->update;

		if (update && command_record(w->kind, w->arguments, &record) != GH_OK)
			continue;
		if (update && s->row->record == KIND_WORK_CODE)
			s->slot = ((const struct work_code *)&record)->slot;
		if (!sync_wait_is_fixed(w) || at < s->part.fixed)
			continue;
		s->part.fixed = at + 1;
		s->there = update;
		if (update)
			s->now = record;
		s->ours = update && (s->ours || w->ours);
	}
}

/* What the device does not take of it goes by itself; a text that no command can have does not. */
static enum sync_reason single_fit(const struct single *s)
{
	const struct model_kind *m = &model_kinds[s->row->record];
	const struct sync_device *d = s->planner->in->device;
	const void *record = s->target->record;

	if (d->bio.terminal || d->bio.access ||
	    !(s->row->record == KIND_WORK_CODE ? d->work_codes : d->id_cards))
		return SYNC_KIND;
	for (size_t i = 0; i < m->fields; i++)
		if (model_has(record, i) && m->field[i].type != MODEL_INT &&
		    s->fields >> i & 1 &&
		    !command_value_is_line(*(const gh_slice *)model_at_const(m, record, i),
					   false))
			return SYNC_TEXT;
	return SYNC_FITS;
}

static void single_slot_give(struct single *s, struct work_code *code)
{
	struct planner *p = s->planner;
	uint8_t *digits = ghi_arena_alloc(p->arena, 24);
	struct ghi_writer w = ghi_writer_on(digits, digits ? 24 : 0);

	if (model_has(code, WORK_CODE_slot) && code->slot.n)
		return;
	if (s->slot.n) {
		code->slot = s->slot;
	} else {
		ghi_put_signed(&w, ++p->slot);
		code->slot = ghi_written(&w);
		p->err = digits ? p->err : GH_ENOMEM;
	}
	model_mark(code, WORK_CODE_slot);
}

static void single_write(struct single *s, size_t row)
{
	const struct model_kind *m = &model_kinds[s->row->record];
	union model_record whole = { .present = 0 };

	if (s->there)
		whole = s->now;
	for (size_t i = 0; i < m->fields; i++) {
		size_t size =
			m->field[i].type == MODEL_INT ? sizeof(int64_t) : sizeof(gh_slice);

		if (model_has(s->target->record, i)) {
			memcpy(model_at(m, &whole, i), model_at_const(m, s->target->record, i),
			       size);
			model_mark(&whole, i);
		}
	}
	whole.present &= s->fields;
	if (s->row->record == KIND_WORK_CODE)
		single_slot_give(s, (struct work_code *)&whole);
	(void)sync_write_add(s->planner, &s->part, s->row->update, &whole, false, s->target,
			     row);
}

static void single_bring(struct single *s)
{
	enum command_kind kind = s->row->update;
	enum sync_reason reason = single_fit(s);
	enum sync_state state = SYNC_WANTED;

	if (s->held)
		state = sync_record_is(kind, s->fields, s->target->record, s->held->record)
				? SYNC_SAME
				: SYNC_DIFFERENT;
	if (state == SYNC_SAME)
		reason = SYNC_FITS;
	if (reason)
		state = SYNC_IMPOSSIBLE;
	size_t row = sync_row_add(s->planner, state, reason, s->target, s->held);

	if (single_fit(s) == SYNC_FITS &&
	    !(s->there && sync_record_is(kind, s->fields, s->target->record, &s->now)))
		single_write(s, row);
}

static void single_leave(struct single *s)
{
	struct planner *p = s->planner;
	bool goes = s->there && s->ours, can = s->row->delete != COMMAND_KINDS;

	if (s->held)
		(void)sync_row_add(p,
				   !s->held->ours ? SYNC_EXTRA
				   : can	  ? SYNC_DIFFERENT
						  : SYNC_IMPOSSIBLE,
				   s->held->ours && !can ? SYNC_NO_REMOVAL : SYNC_FITS, NULL,
				   s->held);
	if (goes && can)
		(void)sync_removal_add(
			p, &s->part, s->row->delete,
			sync_arguments(p, s->row->key, s->part.key, NULL, NULL, 0));
}

void sync_single_plan(struct planner *p, enum sync_group group, const struct sync_part *part)
{
	struct single s = { .planner = p, .row = &singles[group], .part = *part };

	s.fields = command_field_mask(s.row->update);
	s.target = part->targets ? part->target : NULL;
	s.held = part->helds ? part->held : NULL;
	if (s.held) {
		memcpy(&s.now, s.held->record, model_kinds[s.row->record].size);
		s.there = true;
		s.ours = s.held->ours;
	}
	single_expect(&s);
	if (s.target)
		single_bring(&s);
	else
		single_leave(&s);
}

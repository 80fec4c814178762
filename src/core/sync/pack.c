/* One person with what is theirs: what is there, what is to be there, and the orders from one to the other. */
#include <stdlib.h>

#include "base/base64.h"
#include "core/sync/planner.h"

/* --- what is there --- */

static void pack_gather(struct sync_pack *k)
{
	const struct sync_part *part = &k->part;

	for (size_t i = 0; i < part->targets; i++)
		if (part->target[i].kind == KIND_PERSON)
			k->target = &part->target[i];
	for (size_t i = 0; i < part->helds; i++) {
		const struct sync_item *held = &part->held[i];
		enum credential_form f = credential_form_of(held->kind, held->record);
		int64_t type, no, at;

		if (held->kind == KIND_PERSON) {
			k->held = held;
			k->now = *(const struct person *)held->record;
			k->there = true;
			k->ours = held->ours;
			continue;
		}
		sync_credential_key(f, held->record, &type, &no, &at);
		struct sync_cell *c = sync_cell_add(k, f, type, no, at);

		c->held = held;
		c->now = held->record;
		c->digest = held->digest;
		c->ours = held->ours;
	}
}

/* --- what there is room for --- */

/* SYNC_NONE: of these there is no limit. */
static size_t cell_room(const struct sync_cell *c)
{
	if (c->type < 0 || c->type >= BIO_TYPES || c->form == FORM_USER_PHOTO)
		return SYNC_NONE;
	return (c->form == FORM_COMPARISON_PHOTO ? ROOM_PHOTOS : ROOM_TEMPLATES) +
	       (size_t)c->type;
}

/* A credential takes the same room in whatever form. */
static bool same_room(const struct sync_cell *a, const struct sync_cell *b)
{
	return credential_forms[a->form].record == credential_forms[b->form].record &&
	       cell_room(a) == cell_room(b) && a->no == b->no;
}

/* `gone`: all of the person is removed. */
static void room_count(struct sync_pack *k, size_t i, bool gone)
{
	const struct sync_cell *of = &k->cell[i];
	bool held = false, now = false, after = false;

	for (size_t j = 0; j < k->cells; j++) {
		const struct sync_cell *c = &k->cell[j];

		if (!same_room(c, of))
			continue;
		if (j < i)
			return;
		held |= c->held != NULL;
		now |= c->now != NULL;
		after |= !gone && ((c->now && !c->drop) || c->write);
	}
	struct sync_room *r = &k->planner->room[cell_room(of)];

	r->held += held;
	r->now += now;
	r->freed += now && !after;
	r->needed += after && !now;
}

static void rooms_count(struct sync_pack *k, bool gone)
{
	struct sync_room *people = &k->planner->room[ROOM_PEOPLE];

	people->held += k->held != NULL;
	people->now += k->there;
	people->freed += k->there && gone;
	people->needed += !k->there && k->comes;
	for (size_t i = 0; i < k->cells; i++)
		if (cell_room(&k->cell[i]) != SYNC_NONE)
			room_count(k, i, gone);
}

/* Whether anything of the credential is there, in whatever form. */
static bool credential_is_there(const struct sync_pack *k, const struct sync_cell *of)
{
	for (size_t i = 0; i < k->cells; i++)
		if (k->cell[i].now && same_room(&k->cell[i], of))
			return true;
	return false;
}

/* --- the person's own record --- */

static void person_row(struct sync_pack *k, const struct person *fit, enum sync_reason reason)
{
	struct planner *p = k->planner;
	enum sync_state state = SYNC_WANTED;
	struct person again;

	if (k->held) {
		const struct person *held = k->held->record;

		/* What waits may have changed what there is to compare with. */
		(void)sync_person_fit(p, k->target, held, &again);
		state = sync_person_is(p, fit ? &again : k->target->record, held)
				? SYNC_SAME
				: SYNC_DIFFERENT;
	}
	if (reason && (state == SYNC_SAME || fit == NULL))
		state = SYNC_IMPOSSIBLE;
	(void)sync_row_add(p, state, reason, k->target, k->held);
}

static void person_draft(struct sync_pack *k, const struct person *fit)
{
	struct planner *p = k->planner;
	struct person whole = k->now;
	bool own, there = k->there;

	if (there && sync_person_is(p, fit, &k->now))
		return;
	if (!there)
		whole = (struct person){ .present = 0 };
	sync_person_merge(p, &whole, fit, &own);
	k->write = p->writes;
	struct sync_draft *d = sync_write_add(p, &k->part, COMMAND_KIND_UPDATE_PERSON, &whole,
					      own, k->target, p->out->rows - 1);

	d->room = there ? SYNC_NONE : ROOM_PEOPLE;
}

static void person_plan(struct sync_pack *k)
{
	struct planner *p = k->planner;
	const struct sync_device *d = p->in->device;
	enum sync_reason reason;
	struct person fit;

	if (!k->there && d->bio.access)
		reason = SYNC_LEVELS;
	else if (!k->there && k->target->stays)
		reason = k->target->stays;
	else
		reason = k->there ? SYNC_FITS : sync_pin_fit(d, k->part.key);
	if (reason) {
		person_row(k, NULL, reason);
		return;
	}
	k->comes = true;
	reason = sync_person_fit(p, k->target, k->there ? &k->now : NULL, &fit);
	person_row(k, &fit, reason);
	if (!d->bio.access)
		person_draft(k, &fit);
}

/* --- rows --- */

static void cell_row(struct sync_pack *k, struct sync_cell *c, bool gone)
{
	enum sync_state state = SYNC_WANTED;
	enum sync_reason reason = c->reason;

	if (c->target && c->held)
		state = sync_held_is(c) ? SYNC_SAME : SYNC_DIFFERENT;
	else if (c->held)
		state = reason						 ? SYNC_IMPOSSIBLE
			: c->drop || gone || (c->ours && c->now == NULL) ? SYNC_DIFFERENT
									 : SYNC_EXTRA;
	if (!c->target && k->stays_for_now && state == SYNC_EXTRA)
		reason = SYNC_STAY;
	if (c->target && reason && state != SYNC_SAME)
		state = SYNC_IMPOSSIBLE;
	if (c->target || (c->held && !c->shadow))
		(void)sync_row_add(k->planner, state, reason, c->target, c->held);
}

/* --- templates and photos --- */

static void photo_encode(struct planner *p, struct photo *photo)
{
	char *text = ghi_arena_alloc(p->arena, BASE64_ROOM(photo->content.n));

	if (text == NULL) {
		p->err = GH_ENOMEM;
		return;
	}
	photo->content = base64_encode(photo->content, text);
	/* Size is that of the text (Attendance PUSH 2020-03, 12.1.1.7 and 12.1.1.8). */
	photo->size = (int64_t)photo->content.n;
	model_mark(photo, PHOTO_size);
}

static struct sync_draft *cell_draft(struct sync_pack *k, const struct sync_cell *c)
{
	struct planner *p = k->planner;
	enum command_kind kind = credential_forms[c->form].update;
	size_t row = p->out->rows - 1;

	if (c->target->kind == KIND_PHOTO) {
		struct photo photo = *(const struct photo *)c->target->record;
		uint64_t fields = UINT64_C(1) << PHOTO_pin | UINT64_C(1) << PHOTO_content;

		if (c->form == FORM_COMPARISON_PHOTO)
			fields |= UINT64_C(1) << PHOTO_type;
		photo.type = c->type;
		photo.present = fields;
		photo_encode(p, &photo);
		return sync_write_add(p, &k->part, kind, &photo, false, c->target, row);
	}
	struct template t = *(const struct template *)c->target->record;

	t.no = c->no;
	t.part = c->part;
	t.type = c->type;
	t.present |= UINT64_C(1) << TEMPLATE_no | UINT64_C(1) << TEMPLATE_part |
		     UINT64_C(1) << TEMPLATE_type;
	template_form_set(&t, c->form, t.major_ver);
	return sync_write_add(p, &k->part, kind, &t, false, c->target, row);
}

static void cell_write(struct sync_pack *k, struct sync_cell *c, size_t *first,
		       const struct sync_cell **before)
{
	struct sync_draft *d = cell_draft(k, c);

	d->removal = c->removal;
	d->person = k->write;
	if (!credential_is_there(k, c))
		d->room = cell_room(c);
	/* Parts of one credential stand together: they go together, or not at all. */
	if (*before == NULL || !same_room(*before, c))
		*first = k->planner->writes - 1;
	*before = c;
	d->first = *first;
}

static int cell_order(const void *a, const void *b)
{
	const struct sync_cell *x = a, *y = b;
	const struct sync_item *i = x->target ? x->target : x->held,
			       *j = y->target ? y->target : y->held;

	/* Those that are in neither list have no row. */
	if (i == NULL || j == NULL)
		return (i == NULL) - (j == NULL);
	int order = sync_item_order(i, j, true);

	return order ? order : (int)x->form - (int)y->form;
}

static void cells_put(struct sync_pack *k, bool gone)
{
	const struct sync_cell *before = NULL;
	size_t first = SYNC_NONE;

	if (k->cells > 1)
		qsort(k->cell, k->cells, sizeof(*k->cell), cell_order);
	for (size_t i = 0; i < k->cells; i++) {
		struct sync_cell *c = &k->cell[i];

		cell_row(k, c, gone);
		if (c->write && c->target && !gone)
			cell_write(k, c, &first, &before);
	}
}

/* --- a person who is in no target --- */

static void stays_keep(struct sync_pack *k)
{
	struct planner *p = k->planner;

	for (size_t i = 0; i < k->part.waits; i++)
		if (p->in->waiting[k->part.wait[i].at].kind == COMMAND_KIND_END_STAY)
			p->stays[k->part.wait[i].at] = true;
}

static void leave_row(struct sync_pack *k)
{
	bool ours = k->held->ours;
	enum sync_reason stays = k->held->stays;
	enum sync_reason reason = k->stays_for_now		       ? SYNC_STAY
				  : k->planner->in->device->bio.access ? SYNC_LEVELS
				  : ours			       ? stays
								       : SYNC_FITS;
	enum sync_state state = k->stays_for_now || !ours   ? SYNC_EXTRA
				: reason && reason == stays ? SYNC_IMPOSSIBLE
							    : SYNC_DIFFERENT;

	(void)sync_row_add(k->planner, state, reason, NULL, k->held);
}

/* Whether all of the person goes. */
static bool person_leave(struct sync_pack *k)
{
	struct planner *p = k->planner;
	bool goes = k->there && k->ours && !k->stays_for_now && !p->in->device->bio.access &&
		    !(k->held && k->held->stays);

	if (k->stays_for_now)
		stays_keep(k);
	if (k->held)
		leave_row(k);
	k->comes = k->there && !goes;
	if (goes)
		(void)sync_removal_add(
			p, &k->part, COMMAND_KIND_DELETE_PERSON,
			sync_arguments(p, ARGUMENT_pin, k->part.key, NULL, NULL, 0));
	return goes;
}

void sync_pack_plan(struct planner *p, const struct sync_part *part)
{
	struct sync_pack k = { .planner = p, .part = *part, .write = SYNC_NONE };
	bool gone = false;

	k.cell = ghi_arena_alloc(p->arena, (part->targets + part->helds + part->waits + 1) *
						   sizeof(*k.cell));
	if (k.cell == NULL) {
		p->err = GH_ENOMEM;
		return;
	}
	pack_gather(&k);
	sync_pack_expect(&k);
	if (k.target)
		person_plan(&k);
	else
		gone = person_leave(&k);
	if (!gone)
		sync_credentials_choose(&k);
	if (!gone && (k.target || !(k.stays_for_now || (k.held && k.held->stays))))
		sync_credentials_remove(&k);
	rooms_count(&k, gone);
	cells_put(&k, gone);
}

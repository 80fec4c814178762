/* A person's own record: what of it a device can have, and whether it has that. */
#include <stdlib.h>

#include "base/text.h"
#include "core/sync/planner.h"
#include "model/command_field.h"
#include "wire/push/card.h"

enum { PERSON_CARDS = 2 };

enum sync_reason sync_pin_fit(const struct sync_device *d, gh_slice pin)
{
	const struct command_field *f =
		command_field_find(COMMAND_KIND_UPDATE_PERSON, PERSON_pin);

	if (pin.n > (size_t)f->rule.most || (d->pin_most && pin.n > d->pin_most))
		return SYNC_PIN;
	for (size_t i = 0; d->pin_digits && i < pin.n; i++)
		if (pin.p[i] < '0' || pin.p[i] > '9')
			return SYNC_PIN;
	return SYNC_FITS;
}

/* --- fields --- */

/* A number, a card or a date that is none. */
static bool text_is_none(gh_slice s)
{
	return s.n == 0 || gh_slice_eq(s, GH_LIT("0"));
}

static bool person_card_is(gh_slice a, gh_slice b)
{
	uint64_t x, y;

	if (text_is_none(a) || text_is_none(b))
		return text_is_none(a) && text_is_none(b);
	return gh_slice_eq(a, b) ||
	       (ghi_card_number(a, &x) == GH_OK && ghi_card_number(b, &y) == GH_OK && x == y);
}

/* The value of a number that is absent. */
static int64_t number_usual(enum command_kind kind, size_t field)
{
	return kind == COMMAND_KIND_UPDATE_PERSON && field == PERSON_verify_mode ? -1 : 0;
}

static bool person_text_is(size_t field, gh_slice target, gh_slice there)
{
	switch (field) {
	case PERSON_card:
	case PERSON_vice_card:
		return person_card_is(target, there);
	case PERSON_group_id:
	case PERSON_time_zone:
		/* Without one the device has its own. */
		return target.n == 0 || gh_slice_eq(target, there);
	case PERSON_valid_from:
	case PERSON_valid_to:
		return gh_slice_eq(target, there) ||
		       (text_is_none(target) && text_is_none(there));
	default:
		return gh_slice_eq(target, there);
	}
}

static bool order_field_is(enum command_kind kind, size_t i, const void *target,
			   const void *there)
{
	const struct model_kind *m = &model_kinds[command_kind_row(kind)->record];
	const void *x = model_at_const(m, target, i), *y = model_at_const(m, there, i);
	bool has = model_has(there, i);

	if (m->field[i].type == MODEL_INT)
		return *(const int64_t *)x ==
		       (has ? *(const int64_t *)y : number_usual(kind, i));
	gh_slice a = *(const gh_slice *)x, b = has ? *(const gh_slice *)y : (gh_slice){ 0 };

	return kind == COMMAND_KIND_UPDATE_PERSON ? person_text_is(i, a, b) : gh_slice_eq(a, b);
}

bool sync_record_is(enum command_kind kind, uint64_t fields, const void *target,
		    const void *there)
{
	const struct model_kind *m = &model_kinds[command_kind_row(kind)->record];

	for (size_t i = 0; i < m->fields; i++)
		if (model_has(target, i) && fields >> i & 1 &&
		    !order_field_is(kind, i, target, there))
			return false;
	return true;
}

bool sync_person_is(const struct planner *p, const struct person *target,
		    const struct person *there)
{
	return sync_record_is(COMMAND_KIND_UPDATE_PERSON, p->person_fields, target, there);
}

/* --- what the device can have --- */

static void person_leave_out(struct person *p, size_t field)
{
	p->present &= ~(UINT64_C(1) << field);
}

static enum sync_reason person_cards_fit(const struct sync_device *d,
					 const struct sync_item *target, struct person *p)
{
	size_t most = d->cards ? d->cards : d->bio.terminal ? 1 : PERSON_CARDS;
	const gh_slice none = { 0 };

	if (target->card) {
		p->card = target->cards ? target->card[0] : none;
		p->vice_card = target->cards > 1 ? target->card[1] : none;
		p->present |= UINT64_C(1) << PERSON_card | UINT64_C(1) << PERSON_vice_card;
	}
	if (most >= PERSON_CARDS)
		return target->cards > PERSON_CARDS ? SYNC_CARDS : SYNC_FITS;
	bool second = model_has(p, PERSON_vice_card) && !text_is_none(p->vice_card);

	person_leave_out(p, PERSON_vice_card);
	return second ? SYNC_CARDS : SYNC_FITS;
}

/* The same two cards the other way round are left so. */
static void person_cards_turn(struct person *p, const struct person *there)
{
	gh_slice card = p->card;

	if (!model_has(p, PERSON_card) || !model_has(p, PERSON_vice_card))
		return;
	gh_slice first = model_has(there, PERSON_card) ? there->card : (gh_slice){ 0 },
		 second = model_has(there, PERSON_vice_card) ? there->vice_card
							     : (gh_slice){ 0 };

	if (person_card_is(p->card, second) && person_card_is(p->vice_card, first)) {
		p->card = p->vice_card;
		p->vice_card = card;
	}
}

static enum sync_reason card_fit(struct person *p, size_t field, gh_slice card)
{
	uint64_t number;

	if (!model_has(p, field) || text_is_none(card) ||
	    ghi_card_number(card, &number) == GH_OK)
		return SYNC_FITS;
	person_leave_out(p, field);
	return SYNC_CARD;
}

static enum sync_reason name_fit(struct planner *p, gh_slice name)
{
	const struct sync_device *d = p->in->device;
	bool ascii = true;
	size_t size = name.n;
	gh_slice converted;

	for (size_t i = 0; i < name.n; i++)
		ascii &= name.p[i] < 0x80;
	if (d->charset && !ascii) {
		enum gh_err err = ghi_text_convert(d->charset, "UTF-8", name, &converted);

		if (err == GH_ENOMEM)
			p->err = err;
		if (err)
			return SYNC_NAME_CHARSET;
		size = converted.n;
		free((void *)(uintptr_t)converted.p);
	}
	return d->name_most && size > d->name_most ? SYNC_NAME_LENGTH : SYNC_FITS;
}

static enum sync_reason person_validity_fit(const struct sync_device *d, struct person *p)
{
	bool target = model_has(p, PERSON_expires) && p->expires;

	if (!d->bio.terminal)
		return SYNC_FITS;
	person_leave_out(p, PERSON_expires);
	person_leave_out(p, PERSON_valid_from);
	person_leave_out(p, PERSON_valid_to);
	return target ? SYNC_VALIDITY : SYNC_FITS;
}

/* Why a text that is to be changed cannot go. */
static enum sync_reason person_text_fit(struct planner *p, size_t field, gh_slice text)
{
	const struct sync_device *d = p->in->device;

	if (!command_value_is_line(text, false))
		return SYNC_TEXT;
	if (field == PERSON_name)
		return name_fit(p, text);
	if (field == PERSON_password && d->password_most && text.n > d->password_most)
		return SYNC_PASSWORD_LENGTH;
	return SYNC_FITS;
}

static enum sync_reason person_texts_fit(struct planner *p, const struct person *there,
					 struct person *out)
{
	const struct model_kind *m = &model_kinds[KIND_PERSON];
	enum sync_reason first = SYNC_FITS;

	for (size_t i = 0; i < m->fields; i++) {
		if (!model_has(out, i) || m->field[i].type == MODEL_INT || i == PERSON_pin ||
		    (there && order_field_is(COMMAND_KIND_UPDATE_PERSON, i, out, there)))
			continue;
		enum sync_reason r =
			person_text_fit(p, i, *(const gh_slice *)model_at_const(m, out, i));

		if (r)
			person_leave_out(out, i);
		first = first ? first : r;
	}
	return first;
}

enum sync_reason sync_person_fit(struct planner *p, const struct sync_item *target,
				 const struct person *there, struct person *out)
{
	enum sync_reason reason[5];

	*out = *(const struct person *)target->record;
	out->present &= p->person_fields;
	reason[0] = person_cards_fit(p->in->device, target, out);
	reason[1] = card_fit(out, PERSON_card, out->card);
	reason[2] = card_fit(out, PERSON_vice_card, out->vice_card);
	if (there)
		person_cards_turn(out, there);
	reason[3] = person_validity_fit(p->in->device, out);
	reason[4] = person_texts_fit(p, there, out);
	for (size_t i = 0; i < sizeof(reason) / sizeof(reason[0]); i++)
		if (reason[i])
			return reason[i];
	return SYNC_FITS;
}

void sync_person_merge(const struct planner *p, struct person *to, const struct person *target,
		       bool *own)
{
	const struct model_kind *m = &model_kinds[KIND_PERSON];
	bool renamed = model_has(target, PERSON_name) &&
		       !order_field_is(COMMAND_KIND_UPDATE_PERSON, PERSON_name, target, to);

	*own = !renamed && model_has(to, PERSON_name_bytes) && to->name_bytes.n;
	for (size_t i = 0; i < m->fields; i++) {
		size_t size =
			m->field[i].type == MODEL_INT ? sizeof(int64_t) : sizeof(gh_slice);

		/* What is the same stays in the form in which the device has it. */
		if (model_has(target, i) &&
		    (!model_has(to, i) ||
		     !order_field_is(COMMAND_KIND_UPDATE_PERSON, i, target, to))) {
			memcpy(model_at(m, to, i), model_at_const(m, target, i), size);
			model_mark(to, i);
		}
	}
	if (*own)
		to->name = to->name_bytes;
	to->present &= p->person_fields;
}

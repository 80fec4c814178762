/* /api/people: who may be in access levels. */
#include <stdio.h>

#include "api/access/resource.h"
#include "model/card.h"
#include "render/rights.h"

#define PEOPLE_CARDS 20

/* The cards of a body, in decimal, as JSON and one by one; in the request's arena. */
struct people_cards {
	size_t n;
	gh_slice number[PEOPLE_CARDS];
};

static bool card_twice(const struct people_cards *cards, gh_slice number)
{
	for (size_t i = 0; i < cards->n; i++)
		if (gh_slice_eq(cards->number[i], number))
			return true;
	return false;
}

static void cards_read(struct resource_call *g, const struct body *b, struct people *p)
{
	const struct body *m = body_find(b, GH_LIT("cards"));
	char text[PEOPLE_CARDS * (CARD_TEXT + 3) + 2], field[FAULT_FIELD],
		digits[CARD_TEXT + 1];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	struct people_cards *cards;

	if (m == NULL && !g->whole)
		return;
	cards = ghi_arena_alloc(call_arena(g->c), sizeof(*cards));
	if (cards == NULL)
		return;
	ghi_put(&w, GH_LIT("["));
	for (size_t i = 0; m && i < m->parts; i++) {
		uint64_t number;

		snprintf(field, sizeof(field), "cards[%zu]", i);
		if (card_read(m->part[i].s, &number)) {
			resource_fault(
				g, field,
				"must be a card number in decimal, or 0x and hexadecimal "
				"digits, and not 0");
			continue;
		}
		snprintf(digits, sizeof(digits), "%llu", (unsigned long long)number);
		if (card_twice(cards, gh_slice_of(digits)))
			continue;
		ghi_put(&w, cards->n ? GH_LIT(",\"") : GH_LIT("\""));
		ghi_put(&w, gh_slice_of(digits));
		ghi_put(&w, GH_LIT("\""));
		cards->number[cards->n++] =
			ghi_arena_copy(call_arena(g->c), gh_slice_of(digits));
	}
	ghi_put(&w, GH_LIT("]"));
	p->cards = resource_written(g, &w);
	resource_present(g, PEOPLE_cards);
	g->change.more = cards;
}

static void people_read(struct resource_call *g, const struct body *b)
{
	struct people *p = (struct people *)&g->record;

	resource_text(g, b, "pin", PEOPLE_pin, &p->pin);
	resource_text(g, b, "name", PEOPLE_name, &p->name);
	resource_text(g, b, "password", PEOPLE_password, &p->password);
	resource_moment(g, b, "validFrom", PEOPLE_valid_from, false, &p->valid_from);
	resource_moment(g, b, "validTo", PEOPLE_valid_to, true, &p->valid_to);
	resource_bool(g, b, "disabled", PEOPLE_disabled, &p->disabled);
	cards_read(g, b, p);
}

static bool owner_keep(void *ctx, int64_t id, const void *record)
{
	(void)id;
	*(int64_t *)ctx = ((const struct card *)record)->people;
	return true;
}

static struct card card_of(gh_slice number, int64_t person)
{
	return (struct card){ .present = 1 << CARD_number | 1 << CARD_people,
			      .number = number,
			      .people = person };
}

static enum gh_err people_check(struct entity_change *c, const struct store_ops *ops,
				struct store *s, const void *record)
{
	const struct people *p = record;
	const struct people_cards *cards = c->more;

	if (c->remove)
		return GH_OK;
	for (size_t i = 0; cards && i < cards->n; i++) {
		struct card card = card_of(cards->number[i], 0);
		int64_t id, owner = 0;
		enum gh_err err = ops->entity_find(s, ENTITY_CARD, &card, &id);

		if (err == GH_ENOTFOUND)
			continue;
		if (err == GH_OK)
			err = ops->entity_hold(s, ENTITY_CARD, id, owner_keep, &owner);
		if (err)
			return err;
		if (owner == c->id)
			continue;
		c->refusal = (struct entity_refusal){ .field = "cards",
						      .why = "has a card of another person",
						      .other = owner };
		return GH_EEXISTS;
	}
	return resource_validity_check(c, p->valid_from, p->valid_to, "validTo");
}

static enum gh_err people_then(struct entity_change *c, const struct store_ops *ops,
			       struct store *s)
{
	const struct people_cards *cards = c->more;
	enum gh_err err = GH_OK;

	if (c->remove || (cards && c->given))
		err = ops->entities_drop(s, ENTITY_CARD, CARD_people, c->id);
	for (size_t i = 0; cards && i < cards->n && err == GH_OK; i++) {
		struct card card = card_of(cards->number[i], c->id);

		err = ops->entity_put(s, ENTITY_CARD, NULL, &card);
	}
	return err;
}

static const struct resource people_resource = {
	.kind = ENTITY_PEOPLE,
	.fields = &people_fields,
	.one = "person",
	.used_by = "something",
	.key = "pin",
	.unknown = ERROR_people_unknown,
	.in_use = ERROR_wrong_state,
	.read = people_read,
	.check = people_check,
	.then = people_then,
};

RESOURCE_HANDLERS(people)

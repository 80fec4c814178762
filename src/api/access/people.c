/* /api/people: who may be in access levels. */
#include <stdio.h>

#include "api/access/resource.h"
#include "model/card.h"
#include "model/text_list.h"
#include "render/rights.h"

#define PEOPLE_CARDS 20

/* The cards of a body, in decimal, as JSON and one by one; in the request's arena. */
struct people_cards {
	size_t n;
	gh_slice number[PEOPLE_CARDS];
	bool known[PEOPLE_CARDS]; /* they have it already, lost or not */
	size_t drops;		  /* rows of cards that they have no more */
	int64_t drop[PEOPLE_CARDS];
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
	resource_int(g, b, "group", PEOPLE_member_group, 1, &p->member_group);
	resource_text(g, b, "department", PEOPLE_department, &p->department);
	resource_quotable(g, "department", p->department);
	resource_text(g, b, "position", PEOPLE_position, &p->position);
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
	return (struct card){ .present = 1 << CARD_number | 1 << CARD_people | 1 << CARD_lost,
			      .number = number,
			      .people = person };
}

/* The cards that are stored of a person, as text; it goes with the callback. */
struct cards_before {
	char text[PEOPLE_CARDS * (CARD_TEXT + 3) + 2];
	size_t n;
};

static bool cards_keep(void *ctx, int64_t id, const void *record)
{
	struct cards_before *b = ctx;
	const struct people *p = record;

	(void)id;
	b->n = model_has(p, PEOPLE_cards) && p->cards.n <= sizeof(b->text) ? p->cards.n : 0;
	if (b->n)
		memcpy(b->text, p->cards.p, b->n);
	return true;
}

/* Which of the cards they have had are not among the new ones. */
static enum gh_err cards_compare(struct entity_change *c, const struct store_ops *ops,
				 struct store *s, struct people_cards *cards)
{
	struct cards_before before = { .n = 0 };
	gh_slice rest, number;
	bool name;
	enum gh_err err = ops->entity_hold(s, ENTITY_PEOPLE, c->id, cards_keep, &before);

	cards->drops = 0;
	rest = (gh_slice){ (const uint8_t *)before.text, before.n };
	while (err == GH_OK && text_list_next(&rest, &number, &name) &&
	       cards->drops < PEOPLE_CARDS) {
		struct card card = card_of(number, 0);

		if (card_twice(cards, number))
			continue;
		err = ops->entity_find(s, ENTITY_CARD, &card, &cards->drop[cards->drops]);
		if (err == GH_OK)
			cards->drops++;
		else if (err == GH_ENOTFOUND)
			err = GH_OK;
	}
	return err;
}

static enum gh_err people_check(struct entity_change *c, const struct store_ops *ops,
				struct store *s, const void *record)
{
	const struct people *p = record;
	struct people_cards *cards = c->more;
	enum gh_err err;

	if (c->remove)
		return GH_OK;
	for (size_t i = 0; cards && i < cards->n; i++) {
		struct card card = card_of(cards->number[i], 0);
		int64_t id, owner = 0;

		err = ops->entity_find(s, ENTITY_CARD, &card, &id);
		cards->known[i] = false;
		if (err == GH_ENOTFOUND)
			continue;
		if (err == GH_OK)
			err = ops->entity_hold(s, ENTITY_CARD, id, owner_keep, &owner);
		if (err)
			return err;
		cards->known[i] = owner == c->id;
		if (owner == c->id)
			continue;
		c->refusal = (struct entity_refusal){ .field = "cards",
						      .why = "has a card of another person",
						      .other = owner };
		return GH_EEXISTS;
	}
	err = cards && c->given ? cards_compare(c, ops, s, cards) : GH_OK;
	return err ? err : resource_validity_check(c, p->valid_from, p->valid_to, "validTo");
}

/* A card that stays keeps its number, and whether it is lost. */
static enum gh_err people_then(struct entity_change *c, const struct store_ops *ops,
			       struct store *s)
{
	const struct people_cards *cards = c->more;
	enum gh_err err = GH_OK;

	if (c->remove)
		return ops->entities_drop(s, ENTITY_CARD, CARD_people, c->id);
	for (size_t i = 0; cards && c->given && i < cards->drops && err == GH_OK; i++)
		err = ops->entity_delete(s, ENTITY_CARD, cards->drop[i]);
	for (size_t i = 0; cards && i < cards->n && err == GH_OK; i++) {
		struct card card = card_of(cards->number[i], c->id);

		if (!cards->known[i])
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

/* --- cards of a person --- */

bool credentials_check(struct call *c, struct list_question *q)
{
	int64_t id;

	if (!call_id(c, &id))
		return false;
	q->term[q->rows.terms++] =
		(struct store_term){ store_column_find(STORE_ENTITIES + ENTITY_CARD,
						       GH_LIT("person")),
				     MATCH_EQUAL,
				     { .i = id } };
	return true;
}

/* The person of the path, for the check on the store thread. */
static void credential_read(struct resource_call *g, const struct body *b)
{
	struct card *card = (struct card *)&g->record;
	int64_t *person = ghi_arena_alloc(call_arena(g->c), sizeof(*person));

	if (person == NULL || !call_id(g->c, person))
		return;
	g->change.more = person;
	resource_bool(g, b, "lost", CARD_lost, &card->lost);
	resource_int(g, b, "bits", CARD_bits, MODEL_NO_VALUE, &card->bits);
	resource_int(g, b, "siteCode", CARD_site_code, MODEL_NO_VALUE, &card->site_code);
	resource_text(g, b, "imie", CARD_imie, &card->imie);
}

static enum gh_err credential_owner_check(struct entity_change *c, const struct store_ops *ops,
					  struct store *s, const void *record)
{
	const struct card *card = record;
	const int64_t *person = c->more;

	(void)ops;
	(void)s;
	return person && card->people == *person ? GH_OK : GH_ENOTFOUND;
}

static const struct resource credential_resource = {
	.kind = ENTITY_CARD,
	.fields = &credential_fields,
	.one = "credential",
	.used_by = "something",
	.number = PATH_credential,
	.unknown = ERROR_credential_unknown,
	.in_use = ERROR_wrong_state,
	.read = credential_read,
	.check = credential_owner_check,
};

void handle_credential_patch(struct call *c)
{
	resource_patch(c, &credential_resource);
}

/* People and their cards, out of the store. */
#include <stdlib.h>

#include "core/access/site_reading.h"
#include "model/text_list.h"

static const struct site_card *site_cards_read(struct reading *r, gh_slice list, size_t *n)
{
	struct site_card *card =
		ghi_arena_alloc(r->a, (reading_texts(list) + 1) * sizeof(*card));
	gh_slice text;
	bool name;

	*n = 0;
	if (card == NULL)
		r->err = GH_ENOMEM;
	while (card && text_list_next(&list, &text, &name))
		card[(*n)++] = (struct site_card){ .number = ghi_arena_copy(r->a, text) };
	return card;
}

static bool person_see(void *ctx, const void *row, const struct store_key *key)
{
	struct reading *r = ctx;
	const struct people *p = ((const struct record_row *)row)->record;
	struct site_person *one = reading_add(r, &r->people, sizeof(*one));
	gh_slice *department = reading_add(r, &r->departments, sizeof(*department));

	(void)key;
	if (one == NULL || department == NULL)
		return false;
	*one = (struct site_person){ .id = ((const struct record_row *)row)->id,
				     .pin = ghi_arena_copy(r->a, p->pin),
				     .name = ghi_arena_copy(r->a, p->name),
				     .password = ghi_arena_copy(r->a, p->password),
				     .group = p->member_group,
				     .valid = reading_validity(p->valid_from, p->valid_to),
				     .disabled = p->disabled != 0 };
	one->card = site_cards_read(r, p->cards, &one->cards);
	*department = ghi_arena_copy(r->a, p->department);
	return r->err == GH_OK;
}

static int person_order(const void *a, const void *b)
{
	const struct site_person *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* What is known of a card besides its number. */
static bool card_see(void *ctx, const void *row, const struct store_key *key)
{
	struct reading *r = ctx;
	const struct card *c = ((const struct record_row *)row)->record;
	struct site_person of = { .id = c->people }, *p;

	(void)key;
	p = r->people.n ? bsearch(&of, r->people.item, r->people.n, sizeof(of), person_order)
			: NULL;
	for (size_t i = 0; p && i < p->cards; i++)
		if (gh_slice_eq(p->card[i].number, c->number))
			((struct site_card *)(uintptr_t)p->card)[i] = (struct site_card){
				.number = p->card[i].number,
				.lost = c->lost == 1,
				.has_bits = model_has(c, CARD_bits) && c->bits >= 0,
				.has_site_code =
					model_has(c, CARD_site_code) && c->site_code >= 0,
				.bits = c->bits,
				.site_code = c->site_code,
				.imie = ghi_arena_copy(r->a, c->imie),
			};
	return true;
}

/* Cards of which more is known than the number; most are in none of these. */
static const struct {
	const char *column;
	struct store_value least;
} card_terms[] = {
	{ "lost", { .i = 1 } },
	{ "bits", { .i = 0 } },
	{ "siteCode", { .i = 0 } },
	{ "imie", { .is_text = true, .s = { (const uint8_t *)"\1", 1 } } },
};

void reading_people(struct reading *r)
{
	const struct site_of *of = r->of;
	struct store_value id = { .i = of->id }, pin = { .is_text = true, .s = of->pin };

	if (of->id)
		reading_rows(r, ENTITY_PEOPLE, "id", id, person_see);
	else if (of->pin.n)
		reading_rows(r, ENTITY_PEOPLE, "pin", pin, person_see);
	else
		reading_rows(r, ENTITY_PEOPLE, NULL, id, person_see);
	if (r->err == GH_OK && (of->id || of->pin.n))
		r->person = r->people.n ? ((const struct site_person *)r->people.item)->id : -1;
	for (size_t i = 0; i < sizeof(card_terms) / sizeof(card_terms[0]); i++)
		reading_rows_from(r, ENTITY_CARD, card_terms[i].column, card_terms[i].least,
				  card_see);
}

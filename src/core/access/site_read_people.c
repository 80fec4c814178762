/* People and their cards, out of the store. */
#include <stdlib.h>

#include "core/access/site_reading.h"
#include "model/text_list.h"

/* Of an area with another than the default one. */
struct area_namespace {
	int64_t area;
	gh_slice namespace;
};

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
				     .disabled = p->disabled != 0,
				     .namespace = ghi_arena_copy(r->a, p->namespace) };
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

static struct store_term people_term(const char *column, gh_slice text)
{
	return (struct store_term){
		.column =
			store_column_find(STORE_ENTITIES + ENTITY_PEOPLE, gh_slice_of(column)),
		.match = MATCH_EQUAL,
		.value = { .is_text = true, .s = text },
	};
}

static void person_of_pin(struct reading *r)
{
	gh_slice ns = r->of->namespace;
	const struct store_term term[] = {
		people_term("pin", r->of->pin),
		people_term("namespace", ns.n ? ns : NAMESPACE_DEFAULT),
	};

	reading_rows_of(r, ENTITY_PEOPLE, term, 2, person_see);
}

/* --- namespaces --- */

static bool area_of_site_see(void *ctx, const void *row, const struct store_key *key)
{
	struct reading *r = ctx;
	const struct area *a = ((const struct record_row *)row)->record;
	struct area_namespace *one;

	(void)key;
	if (a->namespace.n == 0 || gh_slice_eq(a->namespace, NAMESPACE_DEFAULT))
		return true;
	one = reading_add(r, &r->areas, sizeof(*one));
	if (one)
		*one = (struct area_namespace){ ((const struct record_row *)row)->id,
						ghi_arena_copy(r->a, a->namespace) };
	return one != NULL;
}

static bool namespace_unit_see(void *ctx, struct device *d)
{
	struct reading *r = ctx;
	const struct area_namespace *of = r->areas.item;
	int64_t area = device_area(d);
	struct site_unit *one;
	size_t i = 0;

	while (i < r->areas.n && of[i].area != area)
		i++;
	if (i == r->areas.n)
		return true;
	one = reading_add(r, &r->units, sizeof(*one));
	if (one)
		*one = (struct site_unit){ ghi_arena_copy(r->a, device_sn(d)),
					   of[i].namespace };
	return one != NULL;
}

void reading_units(struct reading *r)
{
	reading_rows(r, ENTITY_AREA, NULL, (struct store_value){ 0 }, area_of_site_see);
	if (r->err == GH_OK && r->areas.n && r->of->devices)
		devices_each(r->of->devices, namespace_unit_see, r);
	if (r->units.n)
		qsort(r->units.item, r->units.n, sizeof(struct site_unit), site_unit_order);
}

/* --- people --- */

void reading_people(struct reading *r)
{
	const struct site_of *of = r->of;
	struct store_value id = { .i = of->id };

	if (of->id)
		reading_rows(r, ENTITY_PEOPLE, "id", id, person_see);
	else if (of->pin.n)
		person_of_pin(r);
	else
		reading_rows(r, ENTITY_PEOPLE, NULL, id, person_see);
	if (r->err == GH_OK && (of->id || of->pin.n))
		r->person = r->people.n ? ((const struct site_person *)r->people.item)->id : -1;
	for (size_t i = 0; i < sizeof(card_terms) / sizeof(card_terms[0]); i++)
		reading_rows_from(r, ENTITY_CARD, card_terms[i].column, card_terms[i].least,
				  card_see);
}

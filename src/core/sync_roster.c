#include "core/sync_roster.h"

#include <stdlib.h>

#include "model/card.h"
#include "model/command_rule.h"
#include "model/entity.h"
#include "model/text_list.h"

struct lost_card {
	int64_t person;
	gh_slice number;
};

struct roster_list {
	void *item;
	size_t n, room;
};

struct roster_reading {
	const struct store_ops *ops;
	struct store_reader *reader;
	struct arena *a;
	struct roster_list lost, people, areas;
	enum gh_err err;
};

static void *roster_add(struct roster_reading *r, struct roster_list *l, size_t size)
{
	if (l->n == l->room) {
		size_t room = l->room ? l->room * 2 : 64;
		void *more = ghi_arena_alloc(r->a, room * size);

		if (more == NULL) {
			r->err = GH_ENOMEM;
			return NULL;
		}
		if (l->n)
			memcpy(more, l->item, l->n * size);
		l->item = more;
		l->room = room;
	}
	return (uint8_t *)l->item + l->n++ * size;
}

static void roster_rows(struct roster_reading *r, enum model_entity_id kind,
			const struct store_term *term, store_row_fn *fn)
{
	struct store_rows rows = { .list = STORE_ENTITIES + kind,
				   .limit = INT64_MAX,
				   .term = term,
				   .terms = term != NULL };

	if (r->err == GH_OK) {
		enum gh_err err = r->ops->rows_read(r->reader, &rows, fn, r);

		r->err = r->err ? r->err : err;
	}
}

/* --- order --- */

static int roster_text_order(gh_slice a, gh_slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	return order ? order : (a.n > b.n) - (a.n < b.n);
}

static int lost_order(const void *a, const void *b)
{
	const struct lost_card *x = a, *y = b;

	if (x->person != y->person)
		return x->person < y->person ? -1 : 1;
	return roster_text_order(x->number, y->number);
}

static int area_order(const void *a, const void *b)
{
	const struct sync_area *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static int roster_person_order(const void *a, const void *b)
{
	const struct sync_person *x = a, *y = b;
	int order = roster_text_order(x->namespace, y->namespace);

	return order ? order : roster_text_order(x->record.pin, y->record.pin);
}

/* --- rows --- */

static gh_slice roster_namespace(struct roster_reading *r, gh_slice text)
{
	return text.n == 0 || gh_slice_eq(text, NAMESPACE_DEFAULT) ? NAMESPACE_DEFAULT
								   : ghi_arena_copy(r->a, text);
}

static bool lost_see(void *ctx, const void *row, const struct store_key *key)
{
	struct roster_reading *r = ctx;
	const struct card *c = ((const struct record_row *)row)->record;
	struct lost_card *one = roster_add(r, &r->lost, sizeof(*one));

	(void)key;
	if (one)
		*one = (struct lost_card){ c->people, ghi_arena_copy(r->a, c->number) };
	return one != NULL;
}

static bool area_see(void *ctx, const void *row, const struct store_key *key)
{
	struct roster_reading *r = ctx;
	const struct area *a = ((const struct record_row *)row)->record;
	struct sync_area *one = roster_add(r, &r->areas, sizeof(*one));

	(void)key;
	if (one)
		*one = (struct sync_area){ ((const struct record_row *)row)->id, a->parent,
					   roster_namespace(r, a->namespace) };
	return one != NULL;
}

static void person_cards_read(struct roster_reading *r, gh_slice list, struct sync_person *p)
{
	gh_slice rest = list, text, *card;
	size_t n = 0;
	bool name;

	while (text_list_next(&rest, &text, &name))
		n++;
	p->had_cards = n > 0;
	p->card = card = ghi_arena_alloc(r->a, (n + 1) * sizeof(*card));
	while (card && text_list_next(&list, &text, &name)) {
		struct lost_card key = { p->id, text };

		if (r->lost.n == 0 ||
		    bsearch(&key, r->lost.item, r->lost.n, sizeof(key), lost_order) == NULL)
			card[p->cards++] = ghi_arena_copy(r->a, text);
	}
}

static void person_areas_read(struct roster_reading *r, gh_slice list, struct sync_person *p)
{
	gh_slice rest = list;
	int64_t id, *area;
	size_t n = 0;
	bool first;

	while (number_list_next(&rest, &id, &first))
		n++;
	p->area = area = ghi_arena_alloc(r->a, (n + 1) * sizeof(*area));
	while (area && number_list_next(&list, &id, &first))
		area[p->areas++] = id;
}

static void person_text_set(struct roster_reading *r, struct person *p, size_t field,
			    gh_slice *to, gh_slice text)
{
	*to = ghi_arena_copy(r->a, text);
	p->present |= UINT64_C(1) << field;
}

/* What the roster leaves open stays as the device has it. */
static void person_record_set(struct roster_reading *r, const struct people *p,
			      struct person *out)
{
	person_text_set(r, out, PERSON_pin, &out->pin, p->pin);
	if (p->name.n)
		person_text_set(r, out, PERSON_name, &out->name, p->name);
	if (model_has(p, PEOPLE_password))
		person_text_set(r, out, PERSON_password, &out->password, p->password);
	if (model_has(p, PEOPLE_privilege)) {
		out->privilege = p->privilege;
		out->present |= UINT64_C(1) << PERSON_privilege;
	}
}

static bool roster_person_see(void *ctx, const void *row, const struct store_key *key)
{
	struct roster_reading *r = ctx;
	const struct people *p = ((const struct record_row *)row)->record;
	struct sync_person *one;

	(void)key;
	/* No device can have such a one, and no plan name it. */
	if (p->pin.n == 0 || !command_value_is_line(p->pin, false))
		return true;
	one = roster_add(r, &r->people, sizeof(*one));
	if (one == NULL)
		return false;
	*one = (struct sync_person){
		.id = ((const struct record_row *)row)->id,
		.valid = { p->valid_from > 0 ? p->valid_from : 0,
			   p->valid_to > 0 ? p->valid_to : 0 },
		.disabled = p->disabled > 0,
		.namespace = roster_namespace(r, p->namespace),
	};
	person_record_set(r, p, &one->record);
	person_cards_read(r, p->cards, one);
	one->areas_unknown = !model_has(p, PEOPLE_areas);
	person_areas_read(r, p->areas, one);
	return !r->a->failed;
}

/* Of one that was added between the two lists nothing is known. */
static void people_areas_check(struct sync_roster *r)
{
	for (size_t i = 0; i < r->people; i++)
		for (size_t k = 0; k < r->person[i].areas; k++)
			if (!sync_roster_has_area(r, r->person[i].area[k]))
				r->person[i].areas_unknown = true;
}

enum gh_err sync_roster_read(const struct store_ops *ops, struct store_reader *reader,
			     struct arena *a, struct sync_roster *out)
{
	struct roster_reading r = { .ops = ops, .reader = reader, .a = a };
	const struct store_term lost = {
		.column = store_column_find(STORE_ENTITIES + ENTITY_CARD, GH_LIT("lost")),
		.match = MATCH_AT_LEAST,
		.value = { .i = 1 },
	};

	*out = (struct sync_roster){ 0 };
	roster_rows(&r, ENTITY_CARD, &lost, lost_see);
	if (r.lost.n)
		qsort(r.lost.item, r.lost.n, sizeof(struct lost_card), lost_order);
	roster_rows(&r, ENTITY_AREA, NULL, area_see);
	roster_rows(&r, ENTITY_PEOPLE, NULL, roster_person_see);
	if (r.err == GH_OK && a->failed)
		r.err = GH_ENOMEM;
	if (r.err)
		return r.err;
	if (r.areas.n)
		qsort(r.areas.item, r.areas.n, sizeof(struct sync_area), area_order);
	if (r.people.n)
		qsort(r.people.item, r.people.n, sizeof(struct sync_person),
		      roster_person_order);
	*out = (struct sync_roster){ .person = r.people.item,
				     .people = r.people.n,
				     .area = r.areas.item,
				     .areas = r.areas.n };
	people_areas_check(out);
	return GH_OK;
}

/* --- questions --- */

static const struct sync_area *roster_area_find(const struct sync_roster *r, int64_t id)
{
	struct sync_area key = { .id = id };

	return r->areas ? bsearch(&key, r->area, r->areas, sizeof(key), area_order) : NULL;
}

bool sync_roster_has_area(const struct sync_roster *r, int64_t area)
{
	return roster_area_find(r, area) != NULL;
}

gh_slice sync_roster_namespace(const struct sync_roster *r, int64_t area)
{
	const struct sync_area *a = roster_area_find(r, area);

	return a ? a->namespace : NAMESPACE_DEFAULT;
}

size_t sync_roster_above(const struct sync_roster *r, int64_t area, int64_t *out)
{
	size_t n = 0;

	for (const struct sync_area *a = roster_area_find(r, area); a && n < SYNC_AREA_DEPTH;
	     a = roster_area_find(r, a->parent))
		out[n++] = a->id;
	return n;
}

const struct sync_person *sync_roster_of(const struct sync_roster *r, gh_slice namespace,
					 size_t *n)
{
	size_t low = 0, high = r->people, end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (roster_text_order(r->person[middle].namespace, namespace) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < r->people && gh_slice_eq(r->person[end].namespace, namespace);)
		end++;
	*n = end - low;
	return r->person + low;
}

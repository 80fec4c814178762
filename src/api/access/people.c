/* /api/people: the roster. */
#include <stdio.h>

#include "api/access/people.h"
#include "api/access/person_name.h"
#include "core/roster_change.h"
#include "model/text_list.h"
#include "render/rights.h"

struct area_namespace {
	uint8_t text[NAMESPACE_BYTES];
	size_t n;
};

static bool card_twice(const struct people_more *cards, gh_slice number)
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
	struct people_more *cards = g->change.more;

	if (m == NULL && !g->whole)
		return;
	cards->cards_given = true;
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
}

/* One that is not given with the whole is that of the areas. */
static void namespace_read(struct resource_call *g, const struct body *b, struct people *p)
{
	struct people_more *more = g->change.more;
	const struct body *m = body_find(b, GH_LIT("namespace"));

	more->namespace_of_areas = m == NULL && g->whole;
	if (m == NULL)
		return;
	p->namespace = m->s.n ? m->s : NAMESPACE_DEFAULT;
	resource_present(g, PEOPLE_namespace);
}

/* The pairs are as the list. */
static void areas_read(struct resource_call *g, const struct body *b, struct people *p)
{
	static const int64_t first = AREA_DEFAULT;
	struct people_more *more = g->change.more;

	more->areas_given = body_find(b, GH_LIT("areas")) != NULL;
	more->areas_usual = g->whole && !more->areas_given;
	resource_numbers(g, b, "areas", PEOPLE_areas, false, &p->areas);
	resource_link(g, b, "areas", RELATION_PEOPLE_AREA, LINK_SET);
	if (more->areas_usual)
		g->change.link[0].id = &first;
}

void people_read(struct resource_call *g, const struct body *b)
{
	struct people *p = (struct people *)&g->record;

	g->change.more = ghi_arena_alloc(call_arena(g->c), sizeof(struct people_more));
	if (g->change.more == NULL)
		return;
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
	resource_int(g, b, "privilege", PEOPLE_privilege, 0, &p->privilege);
	resource_text(g, b, "code", PEOPLE_code, &p->code);
	namespace_read(g, b, p);
	areas_read(g, b, p);
	cards_read(g, b, p);
}

static bool owner_keep(void *ctx, int64_t id, const void *record)
{
	(void)id;
	*(int64_t *)ctx = ((const struct card *)record)->people;
	return true;
}

static struct card card_of(gh_slice number, gh_slice namespace, int64_t person)
{
	return (struct card){ .present = UINT64_C(1) << CARD_number |
					 UINT64_C(1) << CARD_people | UINT64_C(1) << CARD_lost |
					 UINT64_C(1) << CARD_namespace,
			      .number = number,
			      .namespace = namespace,
			      .people = person };
}

static bool people_keep(void *ctx, int64_t id, const void *record)
{
	struct people_more *m = ctx;
	const struct people *p = record;

	(void)id;
	m->cards_n = p->cards.n <= sizeof(m->cards_text) ? p->cards.n : 0;
	if (m->cards_n)
		memcpy(m->cards_text, p->cards.p, m->cards_n);
	m->namespace_n = p->namespace.n <= sizeof(m->namespace_text) ? p->namespace.n : 0;
	if (m->namespace_n)
		memcpy(m->namespace_text, p->namespace.p, m->namespace_n);
	m->areas_n = p->areas.n <= sizeof(m->areas_text) ? p->areas.n : 0;
	if (m->areas_n)
		memcpy(m->areas_text, p->areas.p, m->areas_n);
	return true;
}

/* Which of the cards they have had go with the new ones, and which only move to another namespace. */
static enum gh_err cards_compare(struct people_more *m, const struct store_ops *ops,
				 struct store *s)
{
	gh_slice rest = { m->cards_text, m->cards_n },
		 namespace = { m->namespace_text, m->namespace_n }, number;
	enum gh_err err = GH_OK;
	bool name;

	m->drops = m->moves = 0;
	while (err == GH_OK && text_list_next(&rest, &number, &name)) {
		struct card card = card_of(number, namespace, 0);
		bool goes = m->cards_given && !card_twice(m, number);
		int64_t id;

		if (!goes && gh_slice_eq(namespace, m->namespace))
			continue;
		if (m->watch)
			m->watch->card_goes(m->watch, namespace, number);
		err = ops->entity_find(s, ENTITY_CARD, &card, &id);
		if (err == GH_OK && goes && m->drops < PEOPLE_CARDS)
			m->drop[m->drops++] = id;
		else if (err == GH_OK && !goes && m->moves < PEOPLE_CARDS)
			m->move[m->moves++] = id;
		else if (err == GH_ENOTFOUND)
			err = GH_OK;
	}
	return err;
}

/* Whether another person of the namespace has the card. *known: they have it themselves. */
static enum gh_err card_check(struct entity_change *c, const struct store_ops *ops,
			      struct store *s, gh_slice number, bool *known)
{
	const struct people_more *m = c->more;
	struct card card = card_of(number, m->namespace, 0);
	int64_t id, owner = 0;
	enum gh_err err = ops->entity_find(s, ENTITY_CARD, &card, &id);

	/* An account that is limited to areas does not see whose. */
	bool limited = ((struct resource_call *)c->ctx)->c->areas > 0;

	*known = false;
	if (err)
		return err == GH_ENOTFOUND ? GH_OK : err;
	err = ops->entity_hold(s, ENTITY_CARD, id, owner_keep, &owner);
	if (err)
		return err;
	*known = owner == c->id;
	if (*known || (m->watch && m->watch->free_card(m->watch, m->namespace, number)))
		return GH_OK;
	c->refusal = (struct entity_refusal){ .field = "cards",
					      .why = "has a card of another person",
					      .other = limited ? 0 : owner };
	return GH_EEXISTS;
}

/* Of those that are given, or that move with the person. */
static enum gh_err cards_check(struct entity_change *c, const struct store_ops *ops,
			       struct store *s)
{
	struct people_more *m = c->more;
	gh_slice rest = { m->cards_text, m->cards_n }, number;
	bool name, known;
	enum gh_err err = GH_OK;

	for (size_t i = 0; i < m->n && err == GH_OK; i++)
		err = card_check(c, ops, s, m->number[i], &m->known[i]);
	while (!m->cards_given && err == GH_OK && text_list_next(&rest, &number, &name))
		err = card_check(c, ops, s, number, &known);
	return err;
}

/* A card that moves is theirs already, under its old namespace. */
static void cards_moved_note(struct people_more *m)
{
	gh_slice rest = { m->cards_text, m->cards_n }, number;
	bool name;

	while (m->moves && text_list_next(&rest, &number, &name))
		for (size_t i = 0; i < m->n; i++)
			m->known[i] = m->known[i] || gh_slice_eq(m->number[i], number);
}

/* --- areas and the namespace --- */

static bool area_namespace_keep(void *ctx, int64_t id, const void *record)
{
	struct area_namespace *of = ctx;
	gh_slice ns = ((const struct area *)record)->namespace;

	(void)id;
	ns = ns.n ? ns : NAMESPACE_DEFAULT;
	of->n = ns.n <= sizeof(of->text) ? ns.n : 0;
	memcpy(of->text, ns.p, of->n);
	return true;
}

static void namespace_settle(struct people_more *m, const struct people *p,
			     const struct area_namespace *first)
{
	if (model_has(p, PEOPLE_namespace)) {
		m->namespace = p->namespace;
	} else if (!m->namespace_of_areas) {
		m->namespace = (gh_slice){ m->namespace_text, m->namespace_n };
	} else if (first->n) {
		memcpy(m->of_areas, first->text, first->n);
		m->namespace = (gh_slice){ m->of_areas, first->n };
	} else {
		m->namespace = NAMESPACE_DEFAULT;
	}
}

/* An area that is not there is found when they are joined. */
static enum gh_err area_fits(struct entity_change *c, const struct store_ops *ops,
			     struct store *s, int64_t id, bool *fits)
{
	const struct people_more *m = c->more;
	struct area_namespace of = { .n = 0 };
	enum gh_err err = ops->entity_hold(s, ENTITY_AREA, id, area_namespace_keep, &of);

	*fits = err == GH_ENOTFOUND || gh_slice_eq((gh_slice){ of.text, of.n }, m->namespace);
	return err == GH_ENOTFOUND ? GH_OK : err;
}

/* What of areas and namespace was not given, and whether they fit each other. */
static enum gh_err people_place(struct entity_change *c, const struct store_ops *ops,
				struct store *s)
{
	struct people *p = (struct people *)&c->merged;
	struct people_more *m = c->more;
	struct area_namespace first = { .n = 0 };
	gh_slice areas = model_has(p, PEOPLE_areas) ? p->areas
						    : (gh_slice){ m->areas_text, m->areas_n },
		 rest = areas;
	int64_t id = AREA_DEFAULT;
	enum gh_err err = GH_OK;
	bool list, fits = true;

	if (m->areas_usual || number_list_next(&rest, &id, &list))
		err = ops->entity_hold(s, ENTITY_AREA, id, area_namespace_keep, &first);
	if (err && err != GH_ENOTFOUND)
		return err;
	namespace_settle(m, p, &first);
	p->namespace = m->namespace;
	model_mark(p, PEOPLE_namespace);
	if (m->areas_usual) {
		err = area_fits(c, ops, s, AREA_DEFAULT, &fits);
		p->areas = fits ? GH_LIT("[1]") : GH_LIT("[]");
		c->link[0].n = fits;
		return err;
	}
	for (err = GH_OK; err == GH_OK && fits && number_list_next(&areas, &id, &list);)
		err = area_fits(c, ops, s, id, &fits);
	if (err || fits)
		return err;
	c->refusal = (struct entity_refusal){ .field = m->areas_given ? "areas" : "namespace",
					      .why = "is not of the namespace of the person's "
						     "area",
					      .other = id };
	return GH_ESTATE;
}

enum gh_err people_check(struct entity_change *c, const struct store_ops *ops, struct store *s,
			 const void *record)
{
	const struct people *p = record;
	struct people_more *m = c->more;
	enum gh_err err = GH_OK;

	if (c->remove)
		return GH_OK;
	m->cards_n = m->namespace_n = m->areas_n = 0;
	if (c->id)
		err = ops->entity_hold(s, ENTITY_PEOPLE, c->id, people_keep, m);
	if (err == GH_OK)
		err = people_place(c, ops, s);
	if (err == GH_OK)
		err = cards_check(c, ops, s);
	if (err == GH_OK)
		err = cards_compare(m, ops, s);
	cards_moved_note(m);
	return err ? err : resource_validity_check(c, p->valid_from, p->valid_to, "validTo");
}

/* A card that stays keeps its number, and whether it is lost. */
enum gh_err people_then(struct entity_change *c, const struct store_ops *ops, struct store *s)
{
	const struct people_more *m = c->more;
	enum gh_err err = GH_OK;

	if (c->remove)
		return roster_person_clear(ops, s, c->id, c->audit.at_ms);
	for (size_t i = 0; i < m->drops && err == GH_OK; i++)
		err = ops->entity_delete(s, ENTITY_CARD, m->drop[i]);
	for (size_t i = 0; i < m->moves && err == GH_OK; i++) {
		struct card moved = { .present = UINT64_C(1) << CARD_namespace,
				      .namespace = m->namespace };
		int64_t id = m->move[i];

		err = ops->entity_put(s, ENTITY_CARD, &id, &moved);
	}
	for (size_t i = 0; i < m->n && err == GH_OK; i++) {
		struct card card = card_of(m->number[i], m->namespace, c->id);

		if (!m->known[i])
			err = ops->entity_put(s, ENTITY_CARD, NULL, &card);
	}
	return err;
}

/* Of a caller who is limited to areas: what the person is given has to be inside. An area that is not there is outside,
 * too. */
static enum gh_err people_permit(struct entity_change *c, const struct store_ops *ops,
				 struct store *s)
{
	const struct call *call = ((struct resource_call *)c->ctx)->c;
	const struct people_more *m = c->more;
	const struct people *p = c->record;
	enum gh_err err = c->id ? person_permit(c, ops, s, c->id) : GH_OK;
	gh_slice rest = p ? p->areas : (gh_slice){ 0 };
	int64_t area = m && m->areas_usual ? AREA_DEFAULT : 0;
	size_t n = area != 0;
	bool list, inside = n == 0 || call_area_inside(call, area);

	if (err || p == NULL || !(m->areas_given || m->areas_usual))
		return err;
	while (inside && m->areas_given && number_list_next(&rest, &area, &list)) {
		inside = call_area_inside(call, area);
		n++;
	}
	if (n && inside)
		return GH_OK;
	c->refusal = (struct entity_refusal){ .field = "areas",
					      .why = "must have areas of this account, and one "
						     "at least" };
	return GH_EINVALID;
}

static const struct resource people_resource = {
	.kind = ENTITY_PEOPLE,
	.fields = &people_fields,
	.one = "person",
	.used_by = "something",
	.key = "pin",
	.by_number = true,
	.number = PATH_person,
	.named = person_named,
	.find = person_find,
	.misfit = ERROR_namespace_differs,
	.unknown = ERROR_people_unknown,
	.in_use = ERROR_wrong_state,
	.read = people_read,
	.permit = people_permit,
	.check = people_check,
	.then = people_then,
};

RESOURCE_HANDLERS(people)

#include <inttypes.h>
#include <stdio.h>

#include "core/roster_take.h"
#include "model/card.h"
#include "model/text_list.h"
#include "wire/push/card.h"

#define CARDS 20 /* of a person */
#define CARDS_TEXT (CARDS * (CARD_TEXT + 3) + 3)
#define AREAS_DEEP 64

/* --- cards --- */

struct cards {
	gh_slice number[CARDS];
	size_t n;
};

static struct cards cards_of(gh_slice list)
{
	struct cards c = { .n = 0 };
	bool name;

	while (c.n < CARDS && text_list_next(&list, &c.number[c.n], &name))
		c.n++;
	return c;
}

static gh_slice cards_text(const struct cards *c, char text[CARDS_TEXT])
{
	struct ghi_writer w = ghi_writer_on(text, CARDS_TEXT);

	ghi_put(&w, GH_LIT("["));
	for (size_t i = 0; i < c->n; i++) {
		ghi_put(&w, i ? GH_LIT(",\"") : GH_LIT("\""));
		ghi_put(&w, c->number[i]);
		ghi_put(&w, GH_LIT("\""));
	}
	ghi_put(&w, GH_LIT("]"));
	return w.err ? GH_LIT("[]") : ghi_written(&w);
}

static struct card card_key(const struct roster_take *t, gh_slice number)
{
	struct card c = { .number = number, .namespace = t->namespace, .people = t->id };

	for (size_t i = CARD_number; i <= CARD_lost; i++)
		model_mark(&c, i);
	model_mark(&c, CARD_namespace);
	return c;
}

/* A row of the card; *ours: it is the person's now, and was not another person's. */
static enum gh_err card_claim(struct roster_take *t, gh_slice number, bool *ours)
{
	struct card c = card_key(t, number);
	int64_t id;
	enum gh_err err = t->ops->entity_find(t->s, ENTITY_CARD, &c, &id);

	*ours = err == GH_ENOTFOUND;
	return *ours ? t->ops->entity_put(t->s, ENTITY_CARD, NULL, &c) : err;
}

static enum gh_err card_release(struct roster_take *t, gh_slice number)
{
	struct card c = card_key(t, number);
	int64_t id;
	enum gh_err err = t->ops->entity_find(t->s, ENTITY_CARD, &c, &id);

	if (err)
		return err == GH_ENOTFOUND ? GH_OK : err;
	return t->ops->entity_delete(t->s, ENTITY_CARD, id);
}

static size_t card_place(const struct cards *c, uint64_t number)
{
	char text[CARD_TEXT + 1];
	size_t i = 0;

	snprintf(text, sizeof(text), "%" PRIu64, number);
	while (i < c->n && !gh_slice_eq(c->number[i], gh_slice_of(text)))
		i++;
	return i;
}

static void card_insert(struct cards *c, size_t at, gh_slice number)
{
	for (size_t i = c->n++; i > at; i--)
		c->number[i] = c->number[i - 1];
	c->number[at] = number;
}

static void card_remove(struct cards *c, size_t at)
{
	for (c->n--; at < c->n; at++)
		c->number[at] = c->number[at + 1];
}

enum gh_err roster_take_card(struct roster_take *t, uint64_t number, uint64_t old)
{
	const char *field = roster_field_word(ROSTER_CARDS);
	struct cards c = cards_of(t->is.cards);
	char text[CARDS_TEXT], digits[CARD_TEXT + 1];
	size_t place = old ? card_place(&c, old) : c.n;
	struct people p = { 0 };
	bool goes = old && place < c.n, late = false, ours = false;
	enum gh_err err = GH_OK;

	if (number ? card_place(&c, number) < c.n : !goes)
		return GH_OK;
	err = roster_take_is_old(t, field, &late);
	snprintf(digits, sizeof(digits), "%" PRIu64, number);
	if (err == GH_OK && !late && number && (goes || c.n < CARDS))
		err = card_claim(t, gh_slice_of(digits), &ours);
	if (err || (number && !late && !ours) || (number && !goes && c.n == CARDS))
		return err;
	if (goes) {
		err = late ? GH_OK : card_release(t, c.number[place]);
		card_remove(&c, place);
	}
	if (number)
		card_insert(&c, goes ? place : c.n, gh_slice_of(digits));
	p.cards = cards_text(&c, text);
	model_mark(&p, PEOPLE_cards);
	if (err == GH_OK)
		err = roster_take_put(t, field, &p);
	if (!late)
		t->is.cards = ghi_arena_copy(t->arena, p.cards);
	return err;
}

/* --- one who is there --- */

enum gh_err roster_take_is_old(struct roster_take *t, const char *field, bool *old)
{
	int64_t at_ms = 0;
	enum gh_err err =
		t->ops->people_changed(t->s, t->id, gh_slice_of(field), t->now_ms, &at_ms);

	*old = at_ms > t->note.arrived_ms;
	return err;
}

enum gh_err roster_take_put(struct roster_take *t, const char *field, struct people *p)
{
	struct roster_actor by = t->by;
	int64_t id = t->id;
	enum gh_err err = roster_take_is_old(t, field, &by.late);

	if (err == GH_OK)
		err = roster_change_fields(t->ops, t->s, &by, t->id, &t->is, p);
	if (err == GH_OK && !by.late)
		err = roster_change_audit(t->ops, t->s, &by, t->id, "change_people", field);
	if (err || by.late)
		return err;
	p->version = ++t->is.version;
	model_mark(p, PEOPLE_version);
	t->changed = true;
	return t->ops->entity_put(t->s, ENTITY_PEOPLE, &id, p);
}

struct underway {
	gh_slice pin;
	bool found;
};

static bool order_see(void *ctx, const struct command *c)
{
	struct underway *u = ctx;
	gh_slice pin;

	u->found = c->kind == COMMAND_KIND_UPDATE_PERSON && c->tries > 0 &&
		   command_argument(c->arguments, ARGUMENT_pin, &pin) &&
		   gh_slice_eq(pin, u->pin);
	return !u->found;
}

/* Set the field of *p to what the device sends. */
static void roster_field_set(const struct roster_take *t, enum roster_field f, struct people *p)
{
	struct validity v = roster_sent_validity(&t->now);

	switch (f) {
	case ROSTER_NAME:
		p->name = t->now.name;
		model_mark(p, PEOPLE_name);
		break;
	case ROSTER_PASSWORD:
		p->password = t->now.password;
		model_mark(p, PEOPLE_password);
		break;
	case ROSTER_PRIVILEGE:
		p->privilege = t->now.privilege;
		model_mark(p, PEOPLE_privilege);
		break;
	case ROSTER_GROUP:
		p->member_group = roster_sent_group(&t->now);
		model_mark(p, PEOPLE_member_group);
		break;
	default:
		p->valid_from = v.from;
		p->valid_to = v.to;
		model_mark(p, PEOPLE_valid_from);
		model_mark(p, PEOPLE_valid_to);
		break;
	}
}

static enum gh_err field_take(struct roster_take *t, enum roster_field f)
{
	struct people p = { 0 };

	roster_field_set(t, f, &p);
	return roster_take_put(t, roster_field_word(f), &p);
}

static enum gh_err cards_take(struct roster_take *t)
{
	const struct person *was = &t->note.was, *now = &t->now;
	const uint64_t sent[] = { model_has(now, PERSON_card) ? roster_sent_card(now->card) : 0,
				  model_has(now, PERSON_vice_card)
					  ? roster_sent_card(now->vice_card)
					  : 0 },
		       had[] = { roster_sent_card(was->card),
				 roster_sent_card(was->vice_card) };
	enum gh_err err = GH_OK;

	for (size_t i = 0; i < 2 && err == GH_OK; i++)
		/* Two that changed places are the same. */
		if (sent[i] && sent[i] != had[0] && sent[i] != had[1])
			err = roster_take_card(t, sent[i], had[i] == sent[1 - i] ? 0 : had[i]);
	return err;
}

/* --- the area --- */

static bool roster_area_parent_keep(void *ctx, int64_t id, const void *record)
{
	(void)id;
	*(int64_t *)ctx = ((const struct area *)record)->parent;
	return true;
}

static bool area_list_has(gh_slice list, int64_t area)
{
	int64_t id;
	bool first;

	while (number_list_next(&list, &id, &first))
		if (id == area)
			return true;
	return false;
}

/* Whether they belong to the device's area, or one above it. */
static enum gh_err area_belongs(struct roster_take *t, bool *belongs)
{
	int64_t area = t->area;
	enum gh_err err = GH_OK;

	*belongs = false;
	for (size_t i = 0; i < AREAS_DEEP && area && !*belongs && err == GH_OK; i++) {
		int64_t parent = 0;

		*belongs = area_list_has(t->is.areas, area);
		if (!*belongs)
			err = t->ops->entity_hold(t->s, ENTITY_AREA, area,
						  roster_area_parent_keep, &parent);
		area = parent;
	}
	return err == GH_ENOTFOUND ? GH_OK : err;
}

/* Who is enrolled at a device of another area belongs to it, too. */
static enum gh_err roster_area_take(struct roster_take *t)
{
	struct people p = { 0 };
	gh_slice list = t->is.areas;
	size_t room = list.n + 32;
	bool belongs = false, late = false;
	char *text;
	enum gh_err err = area_belongs(t, &belongs);

	if (err == GH_OK && !belongs)
		err = roster_take_is_old(t, "areas", &late);
	if (err || belongs)
		return err;
	text = ghi_arena_alloc(t->arena, room);
	if (text == NULL)
		return GH_ENOMEM;
	if (list.n > 2)
		snprintf(text, room, "%.*s,%lld]", (int)list.n - 1, (const char *)list.p,
			 (long long)t->area);
	else
		snprintf(text, room, "[%lld]", (long long)t->area);
	p.areas = gh_slice_of(text);
	model_mark(&p, PEOPLE_areas);
	if (!late)
		err = t->ops->relation_put(t->s, RELATION_PEOPLE_AREA, t->id, t->area);
	return err ? err : roster_take_put(t, "areas", &p);
}

static enum gh_err roster_person_change(struct roster_take *t)
{
	struct underway order = { .pin = t->note.pin };
	struct roster_sent sent = { .now = &t->now,
				    .was = t->note.known ? &t->note.was : NULL,
				    .written = t->note.written,
				    .is = &t->is };
	bool renamed = roster_name_differs(t);
	enum gh_err err = t->ops->commands_open(t->s, t->note.device, order_see, &order);

	sent.underway = order.found;
	if (err == GH_OK && !order.found && roster_person_conflicts(t))
		return roster_conflict_note(t);
	if (err == GH_OK && !t->note.known && !order.found && t->enrols && !t->is.disabled)
		err = roster_area_take(t);
	for (enum roster_field f = 0; f < ROSTER_FIELDS && err == GH_OK; f++)
		if (roster_field_among(t->may_change, f) && roster_sent_changed(&sent, f))
			err = field_take(t, f);
	if (err == GH_OK && roster_field_among(t->may_change, ROSTER_CARDS))
		err = cards_take(t);
	if (err || (t->note.known && !renamed))
		return err;
	/* Those that came before it waited for it. */
	return t->ops->intake_rest(t->s, t->note.device, t->note.pin);
}

/* --- a new one --- */

static void people_of_person(const struct roster_take *t, struct people *p, char areas[32])
{
	struct validity v = roster_sent_validity(&t->now);

	snprintf(areas, 32, "[%lld]", (long long)t->area);
	*p = (struct people){ .pin = t->note.pin,
			      .name = t->now.name,
			      .cards = GH_LIT("[]"),
			      .password = t->now.password,
			      .valid_from = v.from,
			      .valid_to = v.to,
			      .version = 1,
			      .member_group = roster_sent_group(&t->now),
			      .privilege = model_has(&t->now, PERSON_privilege) &&
							   t->now.privilege > 0
						   ? t->now.privilege
						   : 0,
			      .namespace = t->namespace,
			      .areas = gh_slice_of(areas) };
	if (p->member_group == 0)
		p->member_group = 1;
	for (size_t i = PEOPLE_pin; i <= PEOPLE_areas; i++)
		model_mark(p, i);
}

enum gh_err roster_take_create(struct roster_take *t)
{
	struct people key, p;
	char areas[32];
	enum gh_err err;

	if (!t->holds || !t->enrols)
		return GH_OK;
	people_of_person(t, &p, areas);
	err = t->ops->entity_put(t->s, ENTITY_PEOPLE, NULL, &p);
	key = p;
	if (err == GH_OK)
		err = t->ops->entity_find(t->s, ENTITY_PEOPLE, &key, &t->id);
	if (err == GH_OK)
		err = t->ops->relation_put(t->s, RELATION_PEOPLE_AREA, t->id, t->area);
	if (err == GH_OK)
		err = roster_change_add(t->ops, t->s, &t->by, t->id, "person", (gh_slice){ 0 },
					t->note.pin);
	if (err == GH_OK)
		err = roster_change_audit(t->ops, t->s, &t->by, t->id, "create_people", NULL);
	t->is = p;
	t->is.areas = ghi_arena_copy(t->arena, p.areas);
	t->note.was = (struct person){ .present = 0 };
	t->changed = true;
	if (err == GH_OK)
		err = cards_take(t);
	return err ? err : t->ops->intake_rest(t->s, t->note.device, t->note.pin);
}

enum gh_err roster_take_person(struct roster_take *t)
{
	/* Deleted since. */
	if (!t->holds)
		return GH_OK;
	return t->id ? roster_person_change(t) : roster_take_create(t);
}

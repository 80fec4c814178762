/* Openings that need a first card or several people, and people who may pass locked doors. */
#include <stdlib.h>

#include "core/access/rights/compiler.h"

#define COMBINATIONS_MOST 10 /* of one door [I] */
#define ROW_TEXT 256
#define KEY_TEXT 96

void compiler_door_close(struct compiler *c, int64_t door)
{
	if (door >= 1 && door <= compiler_doors_most(c))
		c->closed |= UINT32_C(1) << (door - 1);
}

/* Settings of the door switch these on: without that table they are as good as not there. */
bool compiler_table_refused(struct compiler *c, enum unit_table t, enum refusal_of of,
			    int64_t id)
{
	bool settings = c->facts->door_table && unit_refuses(c->facts, UNIT_DOOR_SETTINGS);

	if (!settings && !unit_refuses(c->facts, t))
		return false;
	compiler_refuse(c, of, id, "The unit answered that it does not know the table %s",
			unit_table_name(settings ? UNIT_DOOR_SETTINGS : t));
	return true;
}

static int person_id_order(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* --- first card --- */

static bool people_meet(const struct site_first_card *a, const struct site_first_card *b)
{
	for (size_t i = 0; i < a->people; i++)
		for (size_t k = 0; k < b->people; k++)
			if (a->person[i] == b->person[k])
				return true;
	return false;
}

/* Whether it goes with those of its door that are held; false: refused. */
static bool first_card_joins(struct compiler *c, const struct site_first_card *f)
{
	for (size_t i = 0; i < c->firsts; i++) {
		const struct site_first_card *other = c->first[i].of;

		if (other->door.n != f->door.n)
			continue;
		if (other->mode != f->mode) {
			compiler_refuse(c, REFUSED_FIRST_CARD, f->id,
					"First-card %lld of the same door has the other mode",
					(long long)other->id);
			return false;
		}
		if (people_meet(other, f)) {
			compiler_refuse(
				c, REFUSED_FIRST_CARD, f->id,
				"First-card %lld of the same door has one of its people, "
				"and the unit takes one time rule for each",
				(long long)other->id);
			return false;
		}
	}
	return true;
}

void compiler_first_cards_settle(struct compiler *c)
{
	size_t n = c->site->first_cards;
	const void **at =
		compiler_ordered(c, c->site->first_card, n, sizeof(*c->site->first_card));

	c->first = at ? calloc(n, sizeof(*c->first)) : NULL;
	c->no_memory = c->no_memory || (at && c->first == NULL);
	for (size_t i = 0; i < n && !c->no_memory; i++) {
		const struct site_first_card *f = at[i];
		uint32_t mask;
		int64_t slot = 0;

		if (!compiler_doors(c, REFUSED_FIRST_CARD, f->id, &f->door, 1, &mask) ||
		    mask == 0)
			continue;
		if (!compiler_table_refused(c, UNIT_FIRST_CARD, REFUSED_FIRST_CARD, f->id) &&
		    first_card_joins(c, f))
			slot = compiler_rule_one(c, f->rule, REFUSED_FIRST_CARD, f->id);
		if (slot)
			c->first[c->firsts++] = (struct held_first){ f, slot };
		else if (f->mode == FIRST_CARD_ACTIVATES)
			compiler_door_close(c, f->door.n);
	}
	free(at);
}

static void first_card_write(struct compiler *c, const struct held_first *h,
			     const struct site_person *p)
{
	char text[ROW_TEXT], key[KEY_TEXT];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text)),
			  k = ghi_writer_on(key, sizeof(key));

	ghi_put_signed(&k, h->of->door.n);
	ghi_put(&k, GH_LIT("\t"));
	unit_text_write(&k, p->pin);
	ghi_put(&w, GH_LIT("DoorID="));
	ghi_put_signed(&w, h->of->door.n);
	ghi_put(&w, GH_LIT("\tTimezoneID="));
	ghi_put_signed(&w, h->slot);
	ghi_put(&w, GH_LIT("\tPin="));
	unit_text_write(&w, p->pin);
	compiler_row(c, UNIT_FIRST_CARD, &k, &w);
}

void compiler_first_cards_write(struct compiler *c)
{
	for (size_t i = 0; i < c->firsts; i++) {
		size_t n;
		const struct site_person **p = compiler_people_sent(c, c->first[i].of->person,
								    c->first[i].of->people, &n);

		for (size_t k = 0; k < n; k++)
			first_card_write(c, &c->first[i], p[k]);
		free(p);
	}
}

/* --- several people --- */

static size_t combinations_of(const struct compiler *c, int64_t door)
{
	size_t n = 0;

	for (size_t i = 0; i < c->multis; i++)
		n += c->multi[i].of->door.n == door;
	return n;
}

void compiler_multi_cards_settle(struct compiler *c)
{
	size_t n = c->site->multi_cards;
	const void **at =
		compiler_ordered(c, c->site->multi_card, n, sizeof(*c->site->multi_card));
	int64_t most = COMBINATIONS_MOST * compiler_doors_most(c);

	c->multi = at ? calloc(n, sizeof(*c->multi)) : NULL;
	c->no_memory = c->no_memory || (at && c->multi == NULL);
	for (size_t i = 0; i < n && !c->no_memory; i++) {
		const struct site_multi_card *m = at[i];
		uint32_t mask;
		int64_t slot = 0;

		if (!compiler_doors(c, REFUSED_MULTI_CARD, m->id, &m->door, 1, &mask) ||
		    mask == 0)
			continue;
		if (compiler_table_refused(c, UNIT_MULTI_CARD, REFUSED_MULTI_CARD, m->id)) {
			compiler_door_close(c, m->door.n);
			continue;
		}
		if (combinations_of(c, m->door.n) < COMBINATIONS_MOST)
			slot = compiler_slot(c, SLOT_MULTI_CARD, m->id, 0, most);
		if (slot) {
			c->multi[c->multis++] = (struct held_multi){ m, slot };
			continue;
		}
		compiler_refuse(c, REFUSED_MULTI_CARD, m->id,
				"Door %lld has %d combinations already, and the unit takes no "
				"more; no person can pass the door",
				(long long)m->door.n, COMBINATIONS_MOST);
		compiler_door_close(c, m->door.n);
	}
	free(at);
}

void compiler_multi_cards_write(struct compiler *c)
{
	for (size_t i = 0; i < c->multis; i++) {
		const struct held_multi *h = &c->multi[i];
		char text[ROW_TEXT], key[KEY_TEXT];
		struct ghi_writer w = ghi_writer_on(text, sizeof(text)),
				  k = ghi_writer_on(key, sizeof(key));

		ghi_put_signed(&k, h->slot);
		ghi_put(&w, GH_LIT("Index="));
		ghi_put_signed(&w, h->slot);
		ghi_put(&w, GH_LIT("\tDoorId="));
		ghi_put_signed(&w, h->of->door.n);
		for (size_t g = 0; g < MULTI_CARD_GROUPS; g++) {
			ghi_put(&w, GH_LIT("\tGroup"));
			ghi_put_decimal(&w, g + 1);
			ghi_put(&w, GH_LIT("="));
			ghi_put_signed(&w, g < h->of->groups ? h->of->group[g] : 0);
		}
		compiler_row(c, UNIT_MULTI_CARD, &k, &w);
	}
}

/* --- people without a right --- */

static void extra_add(struct compiler *c, const int64_t *id, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (compiler_grow(c, &c->extra, &c->extra_room, c->extras, sizeof(*c->extra)))
			c->extra[c->extras++] = id[i];
}

#define GROUP_USUAL 1 /* that of everyone who was given none */

static bool group_has_combination(const struct compiler *c, int64_t group)
{
	for (size_t i = 0; i < c->multis; i++)
		for (size_t g = 0; g < c->multi[i].of->groups; g++)
			if (c->multi[i].of->group[g] == group)
				return true;
	return false;
}

/* People of a group of one of the unit's combinations: they come with others. The usual group is that of all
 * others, and is no reason to be on a unit. */
static void groups_gather(struct compiler *c)
{
	const struct site *s = c->site;

	for (size_t i = 0; i < s->people && c->multis; i++)
		if (s->person[i].group > GROUP_USUAL &&
		    group_has_combination(c, s->person[i].group))
			extra_add(c, &s->person[i].id, 1);
}

/* Super users where the unit has a table of them. */
static bool super_doors(struct compiler *c, const struct site_super *s, uint32_t *mask)
{
	if (!compiler_doors(c, REFUSED_SUPER, s->id, s->door, s->doors, mask) || *mask == 0)
		return false;
	if (c->facts->super_table)
		return true;
	compiler_refuse(c, REFUSED_SUPER, s->id, "The unit has no table of super users");
	return false;
}

static bool super_here(const struct compiler *c, const struct site_super *s)
{
	bool here = false;

	for (size_t i = 0; i < s->doors; i++) {
		if (!gh_slice_eq(s->door[i].sn, c->facts->sn))
			continue;
		if (s->door[i].n > compiler_doors_most(c))
			return false;
		here = true;
	}
	return here;
}

void compiler_extras_gather(struct compiler *c)
{
	for (size_t i = 0; i < c->firsts; i++)
		extra_add(c, c->first[i].of->person, c->first[i].of->people);
	for (size_t i = 0; i < c->site->supers && c->facts->super_table; i++) {
		const struct site_super *s = &c->site->super[i];

		if (super_here(c, s))
			extra_add(c, s->person, s->people);
	}
	groups_gather(c);
	if (c->extras)
		qsort(c->extra, c->extras, sizeof(*c->extra), person_id_order);
}

/* --- super users --- */

struct super_right {
	const struct site_person *person;
	uint32_t doors;
};

static int super_order(const void *a, const void *b)
{
	const struct super_right *x = a, *y = b;
	const struct site_person *p = x->person, *q = y->person;
	size_t n = p->pin.n < q->pin.n ? p->pin.n : q->pin.n;
	int order = n ? memcmp(p->pin.p, q->pin.p, n) : 0;

	if (order)
		return order;
	if (p->pin.n != q->pin.n)
		return p->pin.n < q->pin.n ? -1 : 1;
	return (p->id > q->id) - (p->id < q->id);
}

static void super_write(struct compiler *c, const struct site_person *p, uint32_t doors)
{
	char text[ROW_TEXT], key[KEY_TEXT];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text)),
			  k = ghi_writer_on(key, sizeof(key));

	unit_text_write(&k, p->pin);
	ghi_put(&k, GH_LIT("\t"));
	ghi_doors_write(&k, doors, c->facts->numbered_doors);
	ghi_put(&w, GH_LIT("Pin="));
	unit_text_write(&w, p->pin);
	ghi_put(&w, GH_LIT("\tDoorID="));
	ghi_doors_write(&w, doors, c->facts->numbered_doors);
	compiler_row(c, UNIT_SUPER, &k, &w);
}

/* A mask, or a row for each door. */
static void super_rows_write(struct compiler *c, const struct super_right *r)
{
	if (!c->facts->numbered_doors)
		super_write(c, r->person, r->doors);
	for (uint32_t bit = 1; c->facts->numbered_doors && bit && bit <= r->doors; bit <<= 1)
		if (r->doors & bit)
			super_write(c, r->person, bit);
}

void compiler_supers_write(struct compiler *c)
{
	struct super_right *right = NULL;
	size_t n = 0, room = 0;

	for (size_t i = 0; i < c->site->supers; i++) {
		const struct site_super *s = &c->site->super[i];
		uint32_t mask;

		if (!super_doors(c, s, &mask))
			continue;
		for (size_t k = 0; k < s->people; k++) {
			const struct site_person *p = compiler_sent(c, s->person[k]);

			if (p && compiler_grow(c, &right, &room, n, sizeof(*right)))
				right[n++] = (struct super_right){ p, mask };
		}
	}
	if (n)
		qsort(right, n, sizeof(*right), super_order);
	for (size_t i = 0; i < n; i++) {
		if (i + 1 < n && right[i].person == right[i + 1].person)
			right[i + 1].doors |= right[i].doors;
		else
			super_rows_write(c, &right[i]);
	}
	free(right);
}

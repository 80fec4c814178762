#include "core/access/site_read.h"

#include <stdlib.h>

#include "core/access/site_reading.h"
#include "model/text_list.h"

/* What a level has besides its model: lists as they are stored. */
struct level_more {
	gh_slice groups, departments;
};

struct door_group_doors {
	int64_t id;
	const struct site_door *door;
	size_t doors;
};

/* --- the parts of a reading --- */

void *reading_add(struct reading *r, struct reading_list *l, size_t size)
{
	void *more;

	if (l->n == l->room) {
		size_t room = l->room ? l->room * 2 : 16;

		more = ghi_arena_alloc(r->a, room * size);
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

void reading_rows_of(struct reading *r, enum model_entity_id kind,
		     const struct store_term *term, size_t terms, store_row_fn *fn)
{
	struct store_rows rows = {
		.list = STORE_ENTITIES + kind, .limit = INT64_MAX, .term = term, .terms = terms
	};
	enum gh_err err;

	if (r->err)
		return;
	err = r->ops->rows_read(r->reader, &rows, fn, r);
	r->err = r->err ? r->err : err;
}

static void rows_matching(struct reading *r, enum model_entity_id kind, const char *column,
			  struct store_value value, enum store_match match, store_row_fn *fn)
{
	struct store_term term = { .match = match, .value = value };

	if (column)
		term.column = store_column_find(STORE_ENTITIES + kind, gh_slice_of(column));
	reading_rows_of(r, kind, &term, column != NULL, fn);
}

void reading_rows(struct reading *r, enum model_entity_id kind, const char *column,
		  struct store_value value, store_row_fn *fn)
{
	rows_matching(r, kind, column, value, MATCH_EQUAL, fn);
}

void reading_rows_from(struct reading *r, enum model_entity_id kind, const char *column,
		       struct store_value least, store_row_fn *fn)
{
	rows_matching(r, kind, column, least, MATCH_AT_LEAST, fn);
}

static int joined_order(const void *a, const void *b)
{
	const struct joined *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static bool pair_see(void *ctx, int64_t from, int64_t person, const void *record)
{
	struct reading *r = ctx;
	struct joined key = { .id = from }, *j;
	struct reading_list list;
	int64_t *id;

	(void)record;
	j = r->joined.n ? bsearch(&key, r->joined.item, r->joined.n, sizeof(key), joined_order)
			: NULL;
	if (j == NULL)
		return true;
	list = (struct reading_list){ j->person, j->people, j->room };
	id = reading_add(r, &list, sizeof(*id));
	if (id == NULL)
		return false;
	*id = person;
	*j = (struct joined){ from, list.item, list.n, list.room };
	return true;
}

void reading_joined(struct reading *r, enum model_relation_id relation)
{
	enum gh_err err;

	if (r->err || r->joined.n == 0)
		return;
	if (r->person == 0)
		err = r->ops->relations_read(r->reader, relation, 0, pair_see, r);
	else
		err = r->ops->relations_to(r->reader, relation, r->person, pair_see, r);
	r->err = r->err ? r->err : err;
}

size_t reading_texts(gh_slice list)
{
	gh_slice text;
	bool name;
	size_t n = 0;

	while (text_list_next(&list, &text, &name))
		n++;
	return n;
}

const struct site_door *reading_doors(struct reading *r, gh_slice list, size_t *n)
{
	struct site_door *door =
		ghi_arena_alloc(r->a, (reading_texts(list) + 1) * sizeof(*door));
	gh_slice text;
	bool name;

	*n = 0;
	if (door == NULL)
		r->err = GH_ENOMEM;
	while (door && text_list_next(&list, &text, &name)) {
		if (site_door_read(text, &door[*n]))
			continue;
		door[*n].sn = ghi_arena_copy(r->a, door[*n].sn);
		++*n;
	}
	return door;
}

struct validity reading_validity(ghi_civil from, ghi_civil to)
{
	return (struct validity){ from > 0 ? from : 0, to > 0 ? to : 0 };
}

/* --- rules, holidays, groups, levels --- */

static bool rule_see(void *ctx, const void *row, const struct store_key *key)
{
	struct reading *r = ctx;
	const struct time_rule *t = ((const struct record_row *)row)->record;
	struct site_rule *one = reading_add(r, &r->rules, sizeof(*one));

	(void)key;
	if (one == NULL)
		return false;
	*one = (struct site_rule){ .id = ((const struct record_row *)row)->id,
				   .name = ghi_arena_copy(r->a, t->name),
				   .valid = reading_validity(t->valid_from, t->valid_to) };
	if (time_table_read(t->week, t->holidays, &one->table))
		r->err = GH_ECORRUPT;
	return r->err == GH_OK;
}

static bool holiday_see(void *ctx, const void *row, const struct store_key *key)
{
	struct reading *r = ctx;
	const struct holiday *h = ((const struct record_row *)row)->record;
	struct holiday_days *one = reading_add(r, &r->holidays, sizeof(*one));

	(void)key;
	if (one)
		*one = (struct holiday_days){ h->date, h->date_to, h->type, h->yearly != 0 };
	return one != NULL;
}

static bool group_see(void *ctx, const void *row, const struct store_key *key)
{
	struct reading *r = ctx;
	const struct door_group *g = ((const struct record_row *)row)->record;
	struct door_group_doors *one = reading_add(r, &r->groups, sizeof(*one));

	(void)key;
	if (one == NULL)
		return false;
	one->id = ((const struct record_row *)row)->id;
	one->door = reading_doors(r, g->doors, &one->doors);
	return r->err == GH_OK;
}

static bool level_see(void *ctx, const void *row, const struct store_key *key)
{
	struct reading *r = ctx;
	const struct access_level *l = ((const struct record_row *)row)->record;
	struct site_level *one = reading_add(r, &r->levels, sizeof(*one));
	struct level_more *more = reading_add(r, &r->level_more, sizeof(*more));
	struct joined *j = reading_add(r, &r->joined, sizeof(*j));

	(void)key;
	if (one == NULL || more == NULL || j == NULL)
		return false;
	*one = (struct site_level){ .id = ((const struct record_row *)row)->id,
				    .name = ghi_arena_copy(r->a, l->name),
				    .rule = l->rule,
				    .valid = reading_validity(l->valid_from, l->valid_to) };
	one->door = reading_doors(r, l->doors, &one->doors);
	*more = (struct level_more){ ghi_arena_copy(r->a, l->door_groups),
				     ghi_arena_copy(r->a, l->departments) };
	*j = (struct joined){ .id = one->id };
	return r->err == GH_OK;
}

/* --- what levels are joined with --- */

static const struct door_group_doors *group_find(const struct reading *r, int64_t id)
{
	const struct door_group_doors *g = r->groups.item;

	for (size_t i = 0; i < r->groups.n; i++)
		if (g[i].id == id)
			return &g[i];
	return NULL;
}

/* The doors of its groups behind its own. */
static void groups_join(struct reading *r, struct site_level *l, gh_slice groups)
{
	gh_slice rest = groups;
	size_t n = l->doors;
	struct site_door *door;
	int64_t id;
	bool first;

	while (number_list_next(&rest, &id, &first))
		n += group_find(r, id) ? group_find(r, id)->doors : 0;
	door = ghi_arena_alloc(r->a, (n + 1) * sizeof(*door));
	if (door == NULL) {
		r->err = GH_ENOMEM;
		return;
	}
	if (l->doors)
		memcpy(door, l->door, l->doors * sizeof(*door));
	for (rest = groups; number_list_next(&rest, &id, &first);) {
		const struct door_group_doors *g = group_find(r, id);

		for (size_t i = 0; g && i < g->doors; i++)
			door[l->doors++] = g->door[i];
	}
	l->door = door;
}

/* The people of its departments behind its own. */
static void departments_join(struct reading *r, struct joined *j, gh_slice departments)
{
	const struct site_person *p = r->people.item;
	const gh_slice *of = r->departments.item;
	struct reading_list list = { j->person, j->people, j->room };
	gh_slice rest = departments, name;
	bool member;

	while (r->err == GH_OK && text_list_next(&rest, &name, &member))
		for (size_t i = 0; i < r->people.n; i++) {
			int64_t *id;

			if (!gh_slice_eq(of[i], name))
				continue;
			id = reading_add(r, &list, sizeof(*id));
			if (id == NULL)
				return;
			*id = p[i].id;
		}
	*j = (struct joined){ j->id, list.item, list.n, list.room };
}

static void levels_read(struct reading *r)
{
	struct site_level *l;
	struct joined *j;
	const struct level_more *more;

	r->joined.n = 0;
	reading_rows(r, ENTITY_ACCESS_LEVEL, NULL, (struct store_value){ 0 }, level_see);
	reading_joined(r, RELATION_LEVEL_PEOPLE);
	l = r->levels.item;
	j = r->joined.item;
	more = r->level_more.item;
	for (size_t i = 0; i < r->levels.n && r->err == GH_OK; i++) {
		groups_join(r, &l[i], more[i].groups);
		departments_join(r, &j[i], more[i].departments);
		l[i].person = j[i].person;
		l[i].people = j[i].people;
	}
}

enum gh_err site_read(const struct store_ops *ops, struct store_reader *reader,
		      const struct site_of *of, struct arena *a, struct site *out)
{
	struct reading r = { .ops = ops, .reader = reader, .of = of, .a = a };
	struct store_value any = { 0 };

	*out = (struct site){ 0 };
	reading_people(&r);
	reading_rows(&r, ENTITY_TIME_RULE, NULL, any, rule_see);
	reading_rows(&r, ENTITY_HOLIDAY, NULL, any, holiday_see);
	reading_rows(&r, ENTITY_DOOR_GROUP, NULL, any, group_see);
	levels_read(&r);
	reading_door_rules(&r);
	reading_units(&r);
	if (r.err == GH_OK && a->failed)
		r.err = GH_ENOMEM;
	if (r.err)
		return r.err;
	*out = (struct site){
		.person = r.people.item,
		.people = r.people.n,
		.rule = r.rules.item,
		.rules = r.rules.n,
		.holiday = r.holidays.item,
		.holidays = r.holidays.n,
		.level = r.levels.item,
		.levels = r.levels.n,
		.door = r.doors.item,
		.doors = r.doors.n,
		.first_card = r.first_cards.item,
		.first_cards = r.first_cards.n,
		.multi_card = r.multi_cards.item,
		.multi_cards = r.multi_cards.n,
		.passback = r.passbacks.item,
		.passbacks = r.passbacks.n,
		.interlock = r.interlocks.item,
		.interlocks = r.interlocks.n,
		.linkage = r.linkages.item,
		.linkages = r.linkages.n,
		.output = r.outputs.item,
		.outputs = r.outputs.n,
		.input = r.inputs.item,
		.inputs = r.inputs.n,
		.verify = r.verifies.item,
		.verifies = r.verifies.n,
		.super = r.supers.item,
		.supers = r.supers.n,
		.unit = r.units.item,
		.units = r.units.n,
	};
	return GH_OK;
}

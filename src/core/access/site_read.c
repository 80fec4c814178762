#include "core/access/site_read.h"

#include "model/record.h"
#include "model/text_list.h"

struct reading {
	const struct site_of *of;
	struct arena *a;
	struct site *site;
	enum gh_err err;
	/* Arrays that grow by doubling, in the arena. */
	size_t person_room, rule_room, holiday_room, level_room, group_room, groups;
	struct site_person *person;
	struct site_rule *rule;
	struct holiday_days *holiday;
	struct site_level *level;
	struct door_group_doors {
		int64_t id;
		const struct site_door *door;
		size_t doors;
	} * group;
	gh_slice *level_groups; /* of each level: the numbers of its groups, as stored */
	size_t level_groups_room;
	size_t member_room; /* of the level that is read */
};

/* The array with room for element n; NULL: no memory. */
static void *array_grow(struct reading *r, void *array, size_t *room, size_t n, size_t size)
{
	void *more;

	if (n < *room)
		return array;
	*room = *room ? *room * 2 : 16;
	more = ghi_arena_alloc(r->a, *room * size);
	if (more == NULL)
		r->err = GH_ENOMEM;
	else if (n)
		memcpy(more, array, n * size);
	return more;
}

static struct validity validity_of(ghi_civil from, ghi_civil to)
{
	return (struct validity){ from > 0 ? from : 0, to > 0 ? to : 0 };
}

/* --- lists in one column --- */

static size_t texts_count(gh_slice list)
{
	gh_slice text;
	bool name;
	size_t n = 0;

	while (text_list_next(&list, &text, &name))
		n++;
	return n;
}

static const struct site_door *doors_read(struct reading *r, gh_slice list, size_t *n)
{
	struct site_door *door = ghi_arena_alloc(r->a, (texts_count(list) + 1) * sizeof(*door));
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

static const struct site_card *site_cards_read(struct reading *r, gh_slice list, size_t *n)
{
	struct site_card *card = ghi_arena_alloc(r->a, (texts_count(list) + 1) * sizeof(*card));
	gh_slice text;
	bool name;

	*n = 0;
	if (card == NULL)
		r->err = GH_ENOMEM;
	while (card && text_list_next(&list, &text, &name))
		card[(*n)++] = (struct site_card){ .number = ghi_arena_copy(r->a, text) };
	return card;
}

/* --- rows --- */

static bool person_see(void *ctx, const void *row, const struct store_key *key)
{
	struct reading *r = ctx;
	const struct people *p = ((const struct record_row *)row)->record;
	struct site_person one = { .id = ((const struct record_row *)row)->id };

	(void)key;
	if ((r->of->id && r->of->id != one.id) ||
	    (r->of->pin.n && !gh_slice_eq(r->of->pin, p->pin)))
		return true;
	r->person = array_grow(r, r->person, &r->person_room, r->site->people, sizeof(one));
	if (r->err)
		return false;
	one.pin = ghi_arena_copy(r->a, p->pin);
	one.name = ghi_arena_copy(r->a, p->name);
	one.password = ghi_arena_copy(r->a, p->password);
	one.card = site_cards_read(r, p->cards, &one.cards);
	one.valid = validity_of(p->valid_from, p->valid_to);
	one.disabled = p->disabled != 0;
	r->person[r->site->people++] = one;
	return true;
}

static bool rule_see(void *ctx, const void *row, const struct store_key *key)
{
	struct reading *r = ctx;
	const struct time_rule *t = ((const struct record_row *)row)->record;

	(void)key;
	r->rule = array_grow(r, r->rule, &r->rule_room, r->site->rules, sizeof(*r->rule));
	if (r->err)
		return false;
	struct site_rule *one = &r->rule[r->site->rules++];

	*one = (struct site_rule){ .id = ((const struct record_row *)row)->id,
				   .name = ghi_arena_copy(r->a, t->name),
				   .valid = validity_of(t->valid_from, t->valid_to) };
	if (time_table_read(t->week, t->holidays, &one->table))
		r->err = GH_ECORRUPT;
	return r->err == GH_OK;
}

static bool holiday_see(void *ctx, const void *row, const struct store_key *key)
{
	struct reading *r = ctx;
	const struct holiday *h = ((const struct record_row *)row)->record;

	(void)key;
	r->holiday = array_grow(r, r->holiday, &r->holiday_room, r->site->holidays,
				sizeof(*r->holiday));
	if (r->err)
		return false;
	r->holiday[r->site->holidays++] =
		(struct holiday_days){ h->date, h->date_to, h->type, h->yearly != 0 };
	return true;
}

static bool group_see(void *ctx, const void *row, const struct store_key *key)
{
	struct reading *r = ctx;
	const struct door_group *g = ((const struct record_row *)row)->record;

	(void)key;
	r->group = array_grow(r, r->group, &r->group_room, r->groups, sizeof(*r->group));
	if (r->err)
		return false;
	struct door_group_doors *one = &r->group[r->groups++];

	one->id = ((const struct record_row *)row)->id;
	one->door = doors_read(r, g->doors, &one->doors);
	return r->err == GH_OK;
}

static bool level_see(void *ctx, const void *row, const struct store_key *key)
{
	struct reading *r = ctx;
	const struct access_level *l = ((const struct record_row *)row)->record;
	size_t n = r->site->levels;

	(void)key;
	r->level = array_grow(r, r->level, &r->level_room, n, sizeof(*r->level));
	r->level_groups = array_grow(r, r->level_groups, &r->level_groups_room, n,
				     sizeof(*r->level_groups));
	if (r->err)
		return false;
	r->level[n] = (struct site_level){ .id = ((const struct record_row *)row)->id,
					   .name = ghi_arena_copy(r->a, l->name),
					   .rule = l->rule,
					   .valid = validity_of(l->valid_from, l->valid_to) };
	r->level[n].door = doors_read(r, l->doors, &r->level[n].doors);
	r->level_groups[n] = ghi_arena_copy(r->a, l->door_groups);
	r->site->levels++;
	return r->err == GH_OK;
}

/* --- what levels are joined with --- */

static const struct door_group_doors *group_find(const struct reading *r, int64_t id)
{
	for (size_t i = 0; i < r->groups; i++)
		if (r->group[i].id == id)
			return &r->group[i];
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

/* Pairs come level by level, in the order of the levels. */
static bool member_see(void *ctx, int64_t level, int64_t person, const void *record)
{
	struct reading *r = ctx;
	struct site_level *l = NULL;
	int64_t *id;

	(void)record;
	if (r->of->id && r->of->id != person)
		return true;
	for (size_t i = 0; l == NULL && i < r->site->levels; i++)
		if (r->level[i].id == level)
			l = &r->level[i];
	if (l == NULL)
		return true;
	r->member_room = l->people ? r->member_room : 0;
	id = array_grow(r, (void *)(uintptr_t)l->person, &r->member_room, l->people,
			sizeof(*id));
	if (id == NULL)
		return false;
	id[l->people++] = person;
	l->person = id;
	return true;
}

static enum gh_err rows_see(struct reading *r, const struct store_ops *ops,
			    struct store_reader *reader, enum model_entity_id kind,
			    store_row_fn *fn)
{
	struct store_rows rows = { .list = STORE_ENTITIES + kind, .limit = INT64_MAX };
	enum gh_err err = ops->rows_read(reader, &rows, fn, r);

	return err ? err : r->err;
}

enum gh_err site_read(const struct store_ops *ops, struct store_reader *reader,
		      const struct site_of *of, struct arena *a, struct site *out)
{
	struct site site = { 0 };
	struct reading r = { .of = of, .a = a, .site = &site };
	enum gh_err err = rows_see(&r, ops, reader, ENTITY_PEOPLE, person_see);

	if (err == GH_OK)
		err = rows_see(&r, ops, reader, ENTITY_TIME_RULE, rule_see);
	if (err == GH_OK)
		err = rows_see(&r, ops, reader, ENTITY_HOLIDAY, holiday_see);
	if (err == GH_OK)
		err = rows_see(&r, ops, reader, ENTITY_DOOR_GROUP, group_see);
	if (err == GH_OK)
		err = rows_see(&r, ops, reader, ENTITY_ACCESS_LEVEL, level_see);
	for (size_t i = 0; i < site.levels && err == GH_OK; i++) {
		groups_join(&r, &r.level[i], r.level_groups[i]);
		err = r.err;
	}
	if (err == GH_OK)
		err = ops->relations_read(reader, RELATION_LEVEL_PEOPLE, 0, member_see, &r);
	if (err == GH_OK)
		err = r.err;
	if (err == GH_OK && a->failed)
		err = GH_ENOMEM;
	site.person = r.person;
	site.rule = r.rule;
	site.holiday = r.holiday;
	site.level = r.level;
	*out = site;
	return err;
}

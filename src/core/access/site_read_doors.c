/* What is decided about single doors, out of the store. */
#include "core/access/site_reading.h"
#include "model/text_list.h"

#define RECORD(type, row) ((const struct type *)((const struct record_row *)(row))->record)
#define NUMBER(row) (((const struct record_row *)(row))->id)

static struct joined *joined_add(struct reading *r, int64_t id)
{
	struct joined *j = reading_add(r, &r->joined, sizeof(*j));

	if (j)
		*j = (struct joined){ .id = id };
	return j;
}

static struct site_door site_door_of(struct reading *r, gh_slice text)
{
	struct site_door door;

	if (site_door_read(text, &door))
		return (struct site_door){ 0 };
	door.sn = ghi_arena_copy(r->a, door.sn);
	return door;
}

static bool first_card_see(void *ctx, const void *row, const struct store_key *key)
{
	struct reading *r = ctx;
	const struct first_card *f = RECORD(first_card, row);
	struct site_first_card *one = reading_add(r, &r->first_cards, sizeof(*one));

	(void)key;
	if (one == NULL || joined_add(r, NUMBER(row)) == NULL)
		return false;
	*one = (struct site_first_card){ .id = NUMBER(row),
					 .name = ghi_arena_copy(r->a, f->name),
					 .door = site_door_of(r, f->door),
					 .rule = f->rule,
					 .mode = (enum first_card_mode)f->mode };
	return true;
}

static bool multi_card_see(void *ctx, const void *row, const struct store_key *key)
{
	struct reading *r = ctx;
	const struct multi_card *m = RECORD(multi_card, row);
	struct site_multi_card *one = reading_add(r, &r->multi_cards, sizeof(*one));
	gh_slice rest = m->member_groups;
	int64_t group;
	bool first;

	(void)key;
	if (one == NULL)
		return false;
	*one = (struct site_multi_card){ .id = NUMBER(row),
					 .name = ghi_arena_copy(r->a, m->name),
					 .door = site_door_of(r, m->door),
					 .seconds = m->seconds };
	while (one->groups < MULTI_CARD_GROUPS && number_list_next(&rest, &group, &first))
		one->group[one->groups++] = group;
	return true;
}

static bool passback_see(void *ctx, const void *row, const struct store_key *key)
{
	struct reading *r = ctx;
	const struct anti_passback *a = RECORD(anti_passback, row);
	struct site_passback *one = reading_add(r, &r->passbacks, sizeof(*one));

	(void)key;
	if (one == NULL)
		return false;
	*one = (struct site_passback){ .id = NUMBER(row),
				       .name = ghi_arena_copy(r->a, a->name),
				       .direction = (enum passback_direction)a->direction,
				       .seconds = a->seconds };
	one->door = reading_doors(r, a->doors, &one->doors);
	one->against = reading_doors(r, a->against, &one->againsts);
	return r->err == GH_OK;
}

static bool interlock_see(void *ctx, const void *row, const struct store_key *key)
{
	struct reading *r = ctx;
	const struct interlock *l = RECORD(interlock, row);
	struct site_interlock *one = reading_add(r, &r->interlocks, sizeof(*one));

	(void)key;
	if (one == NULL)
		return false;
	*one = (struct site_interlock){ .id = NUMBER(row),
					.name = ghi_arena_copy(r->a, l->name) };
	one->door = reading_doors(r, l->doors, &one->doors);
	return r->err == GH_OK;
}

static bool linkage_see(void *ctx, const void *row, const struct store_key *key)
{
	struct reading *r = ctx;
	const struct linkage *l = RECORD(linkage, row);
	struct site_linkage *one = reading_add(r, &r->linkages, sizeof(*one));
	struct site_door at;

	(void)key;
	if (one == NULL)
		return false;
	at = site_door_of(r, l->place);
	*one = (struct site_linkage){ .id = NUMBER(row),
				      .name = ghi_arena_copy(r->a, l->name),
				      .sn = at.n ? at.sn : ghi_arena_copy(r->a, l->place),
				      .event = l->event,
				      .place = at.n,
				      .output = (enum linkage_output)l->output,
				      .number = l->number,
				      .seconds = l->seconds };
	return true;
}

static bool output_see(void *ctx, const void *row, const struct store_key *key)
{
	struct reading *r = ctx;
	const struct scheduled_output *o = RECORD(scheduled_output, row);
	struct site_output *one = reading_add(r, &r->outputs, sizeof(*one));
	struct site_door at;

	(void)key;
	if (one == NULL)
		return false;
	at = site_door_of(r, o->place);
	*one = (struct site_output){ .id = NUMBER(row),
				     .name = ghi_arena_copy(r->a, o->name),
				     .sn = at.sn,
				     .output = (enum scheduled_output_kind)o->output,
				     .n = at.n,
				     .rule = o->rule,
				     .action = (enum scheduled_action)o->action };
	return true;
}

static bool input_see(void *ctx, const void *row, const struct store_key *key)
{
	struct reading *r = ctx;
	const struct scheduled_input *i = RECORD(scheduled_input, row);
	struct site_input *one = reading_add(r, &r->inputs, sizeof(*one));
	struct site_door at;

	(void)key;
	if (one == NULL)
		return false;
	at = site_door_of(r, i->place);
	*one = (struct site_input){ .id = NUMBER(row),
				    .name = ghi_arena_copy(r->a, i->name),
				    .sn = at.sn,
				    .input = (enum scheduled_input_kind)i->input,
				    .n = at.n,
				    .rule = i->rule };
	return true;
}

static bool verify_see(void *ctx, const void *row, const struct store_key *key)
{
	struct reading *r = ctx;
	const struct verify_schedule *v = RECORD(verify_schedule, row);
	struct site_verify *one = reading_add(r, &r->verifies, sizeof(*one));

	(void)key;
	if (one == NULL || joined_add(r, NUMBER(row)) == NULL)
		return false;
	*one = (struct site_verify){ .id = NUMBER(row), .name = ghi_arena_copy(r->a, v->name) };
	one->door = reading_doors(r, v->doors, &one->doors);
	/* The modes are parts of the text. */
	if (verify_table_read(ghi_arena_copy(r->a, v->week), ghi_arena_copy(r->a, v->holidays),
			      &one->table))
		r->err = GH_ECORRUPT;
	return r->err == GH_OK;
}

static bool super_see(void *ctx, const void *row, const struct store_key *key)
{
	struct reading *r = ctx;
	const struct super_user *u = RECORD(super_user, row);
	struct site_super *one = reading_add(r, &r->supers, sizeof(*one));

	(void)key;
	if (one == NULL || joined_add(r, NUMBER(row)) == NULL)
		return false;
	*one = (struct site_super){ .id = NUMBER(row), .name = ghi_arena_copy(r->a, u->name) };
	one->door = reading_doors(r, u->doors, &one->doors);
	return r->err == GH_OK;
}

/* What a setting is where the store has none. */
static int64_t number_or_absent(const struct door_setting *d, unsigned bit, int64_t value,
				enum door_setting_kind kind)
{
	if (model_has(d, bit))
		return value;
	return kind == DOOR_SETTING_RULE ? 0 : DOOR_SETTING_ABSENT;
}

#define TAKE_NUMBER(name, KIND)        \
	one->number[DOOR_SET_##name] = \
		number_or_absent(d, DOOR_SETTING_##name, d->name, DOOR_SETTING_##KIND);
#define TAKE_SWITCH(name, KIND) TAKE_NUMBER(name, KIND)
#define TAKE_TURNED(name, KIND) TAKE_NUMBER(name, KIND)
#define TAKE_RULE(name, KIND) TAKE_NUMBER(name, KIND)
#define TAKE_TEXT(name, KIND) one->text[DOOR_SET_##name] = ghi_arena_copy(r->a, d->name);
/* One that is stored without a text was removed; one that is not stored was never decided here. */
#define TAKE_SECRET(name, KIND)                                  \
	TAKE_TEXT(name, KIND)                                    \
	if (model_has(d, DOOR_SETTING_##name) && d->name.n == 0) \
		one->erased |= UINT32_C(1) << DOOR_SET_##name;
#define TAKE_MODE(name, KIND) TAKE_TEXT(name, KIND)

static bool door_see(void *ctx, const void *row, const struct store_key *key)
{
	struct reading *r = ctx;
	const struct door_setting *d = RECORD(door_setting, row);
	struct site_door_setting *one = reading_add(r, &r->doors, sizeof(*one));

	(void)key;
	if (one == NULL)
		return false;
	*one = (struct site_door_setting){ .door = site_door_of(r, d->door),
					   .name = ghi_arena_copy(r->a, d->name) };
#define DOOR_SETTING(member, json, wire, KIND, TYPE, flags, least, most, about) \
	TAKE_##KIND(member, KIND)
#include "model/door_setting.def"
#undef DOOR_SETTING
	return true;
}

static const struct store_value any = { 0 };

static void people_joined_read(struct reading *r, enum model_entity_id kind,
			       enum model_relation_id relation, store_row_fn *fn)
{
	r->joined.n = 0;
	reading_rows(r, kind, NULL, any, fn);
	reading_joined(r, relation);
}

/* The people of each, in the order in which both were read. */
#define PEOPLE_TAKE(list, type)                                                \
	do {                                                                   \
		struct type *of_ = r->list.item;                               \
		const struct joined *with_ = r->joined.item;                   \
		for (size_t i_ = 0; i_ < r->list.n && r->err == GH_OK; i_++) { \
			of_[i_].person = with_[i_].person;                     \
			of_[i_].people = with_[i_].people;                     \
		}                                                              \
	} while (0)

void reading_door_rules(struct reading *r)
{
	int64_t person = r->person;

	people_joined_read(r, ENTITY_FIRST_CARD, RELATION_FIRST_CARD_PEOPLE, first_card_see);
	PEOPLE_TAKE(first_cards, site_first_card);
	/* Without people a schedule is for everyone, so that all of them count. */
	r->person = 0;
	people_joined_read(r, ENTITY_VERIFY_SCHEDULE, RELATION_VERIFY_SCHEDULE_PEOPLE,
			   verify_see);
	r->person = person;
	PEOPLE_TAKE(verifies, site_verify);
	people_joined_read(r, ENTITY_SUPER_USER, RELATION_SUPER_USER_PEOPLE, super_see);
	PEOPLE_TAKE(supers, site_super);
	reading_rows(r, ENTITY_MULTI_CARD, NULL, any, multi_card_see);
	reading_rows(r, ENTITY_ANTI_PASSBACK, NULL, any, passback_see);
	reading_rows(r, ENTITY_INTERLOCK, NULL, any, interlock_see);
	reading_rows(r, ENTITY_LINKAGE, NULL, any, linkage_see);
	reading_rows(r, ENTITY_SCHEDULED_OUTPUT, NULL, any, output_see);
	reading_rows(r, ENTITY_SCHEDULED_INPUT, NULL, any, input_see);
	reading_rows(r, ENTITY_DOOR_SETTING, NULL, any, door_see);
}

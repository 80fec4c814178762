/* Entities that belong to no device, what refers to them, and what joins them. */
#include "contract.h"

#include <stdio.h>

#include "model/record.h"

#define AREA(...) ((struct area){ __VA_ARGS__ })
#define NAMED(text) .present = 1 << AREA_name, .name = GH_LIT(text)

static enum gh_err area_put(struct fixture *f, int64_t *id, struct area a)
{
	return write_alone(f, f->ops->entity_put(f->s, ENTITY_AREA, id, &a));
}

static int64_t area_new(struct fixture *f, const char *name)
{
	int64_t id = 0;

	assert_ok(area_put(f, &id, AREA(.present = 1 << AREA_name, .name = gh_slice_of(name))));
	assert_true(id > AREA_DEFAULT);
	return id;
}

static enum gh_err area_delete(struct fixture *f, int64_t id)
{
	return write_alone(f, f->ops->entity_delete(f->s, ENTITY_AREA, id));
}

struct areas {
	size_t n;
	char text[8][64];
};

static bool see_area(void *ctx, int64_t id, const void *record)
{
	struct areas *as = ctx;
	const struct area *a = record;

	assert_true(as->n < 8);
	snprintf(as->text[as->n++], 64, "%d %.*s %d %.*s", (int)id, GH_FMT(a->name),
		 model_has(a, AREA_parent) ? (int)a->parent : -1, GH_FMT(a->namespace));
	return true;
}

static bool see_area_row(void *ctx, const void *row, const struct store_key *key)
{
	const struct record_row *r = row;

	assert_int_equal(r->id, key->number);
	return see_area(ctx, r->id, r->record);
}

static struct areas areas_of(struct fixture *f, struct store_page page)
{
	struct store_rows rows = { .list = STORE_ENTITIES + ENTITY_AREA,
				   .after = page.after,
				   .limit = page.limit };
	struct areas as = { 0 };

	assert_ok(f->ops->rows_read(f->r, &rows, see_area_row, &as));
	return as;
}

static void a_store_begins_with_one_area(void **state)
{
	struct fixture *f = *state;
	struct areas as = areas_of(f, ALL_ROWS);

	assert_int_equal(as.n, 1);
	assert_string_equal(as.text[0], "1 default -1 default");
}

static void an_entity_is_known_by_its_number_and_keeps_its_key_for_itself(void **state)
{
	struct fixture *f = *state;
	int64_t a = area_new(f, "Gate"), b = area_new(f, "gate"), none = 0;
	char want[64];

	assert_true(b > a);
	assert_int_equal(area_put(f, &none, AREA(NAMED("Gate"))), GH_EEXISTS);
	assert_int_equal(area_put(f, &none, AREA(.present = 0)), GH_EINVALID);
	assert_int_equal(none, 0);
	assert_int_equal(area_put(f, &b, AREA(NAMED("Gate"))), GH_EEXISTS);
	assert_ok(area_put(f, &b, AREA(NAMED("gate"))));
	none = b + 1;
	assert_int_equal(area_put(f, &none, AREA(NAMED("Yard"))), GH_ENOTFOUND);

	struct areas as = areas_of(f, ALL_ROWS);

	assert_int_equal(as.n, 3);
	snprintf(want, sizeof(want), "%d Gate -1 ", (int)a);
	assert_string_equal(as.text[1], want);
	as = areas_of(f, PAGE(.limit = 1, .after = a));
	assert_int_equal(as.n, 1);
	snprintf(want, sizeof(want), "%d gate -1 ", (int)b);
	assert_string_equal(as.text[0], want);
}

static void a_change_of_an_entity_touches_what_it_names(void **state)
{
	struct fixture *f = *state;
	int64_t a = area_new(f, "Gate"), missing = 99;
	struct areas as = { 0 };
	char want[64];

	assert_ok(area_put(f, &a,
			   AREA(.present = 1 << AREA_parent | 1 << AREA_namespace,
				.parent = AREA_DEFAULT, .namespace = GH_LIT("n"))));
	assert_ok(area_put(f, &a, AREA(NAMED("Yard"))));
	assert_ok(f->ops->entity_get(f->r, ENTITY_AREA, a, see_area, &as));
	snprintf(want, sizeof(want), "%d Yard 1 n", (int)a);
	assert_string_equal(as.text[0], want);
	/* No area: the field is absent again. */
	assert_ok(area_put(f, &a, AREA(.present = 1 << AREA_parent, .parent = 0)));
	assert_ok(f->ops->entity_get(f->r, ENTITY_AREA, a, see_area, &as));
	snprintf(want, sizeof(want), "%d Yard -1 n", (int)a);
	assert_string_equal(as.text[1], want);
	assert_int_equal(f->ops->entity_get(f->r, ENTITY_AREA, missing, see_area, &as),
			 GH_ENOTFOUND);
}

static void a_reference_is_to_what_is_there_and_never_round(void **state)
{
	struct fixture *f = *state;
	int64_t a = area_new(f, "a"), b = area_new(f, "b"), c = area_new(f, "c"), none = 0;

#define IN(id) AREA(.present = 1 << AREA_parent, .parent = (id))
	assert_int_equal(area_put(f, &a, IN(99)), GH_EINVALID);
	assert_int_equal(area_put(f, &none,
				  AREA(.present = 1 << AREA_name | 1 << AREA_parent,
				       .name = GH_LIT("d"), .parent = 99)),
			 GH_EINVALID);
	assert_int_equal(area_put(f, &a, IN(a)), GH_EINVALID);
	assert_ok(area_put(f, &b, IN(a)));
	assert_ok(area_put(f, &c, IN(b)));
	assert_int_equal(area_put(f, &a, IN(c)), GH_EINVALID);
	assert_ok(area_put(f, &c, IN(a)));
}

static void what_is_referred_to_stays(void **state)
{
	struct fixture *f = *state;
	int64_t a = area_new(f, "a"), b = area_new(f, "b"), device = device_new(f, "A1");
	struct device_row d = { .id = device,
				.present = DEVICE_FIELDS_OF(DEVICE_area),
				.area = b };

	assert_ok(area_put(f, &b, IN(a)));
	assert_int_equal(area_delete(f, a), GH_ESTATE);
	assert_ok(write_alone(f, f->ops->device_put(f->s, &d)));
	assert_int_equal(area_delete(f, b), GH_ESTATE);
	d.area = 99;
	assert_int_equal(write_alone(f, f->ops->device_put(f->s, &d)), GH_EINVALID);
	d.area = AREA_DEFAULT;
	assert_ok(write_alone(f, f->ops->device_put(f->s, &d)));
	assert_ok(area_delete(f, b));
	assert_int_equal(area_delete(f, b), GH_ENOTFOUND);
	assert_ok(area_delete(f, a));
	/* Its number is not given again. */
	assert_true(area_new(f, "c") > b);
}

static bool see_area_of_device(void *ctx, const struct device_row *d)
{
	*(int64_t *)ctx = model_has(d, DEVICE_area) ? d->area : -1;
	return true;
}

static void a_new_device_is_in_the_first_area(void **state)
{
	struct fixture *f = *state;
	int64_t other = area_new(f, "other"), device = device_new(f, "A1"), in = 0;
	struct device_row d = { .present = DEVICE_FIELDS_OF(DEVICE_sn, DEVICE_area),
				.sn = GH_LIT("B2"),
				.area = other };

	assert_ok(f->ops->device_find(f->r, GH_LIT("A1"), see_area_of_device, &in));
	assert_int_equal(in, AREA_DEFAULT);
	assert_ok(write_alone(f, f->ops->device_put(f->s, &d)));
	assert_ok(f->ops->device_find(f->r, GH_LIT("B2"), see_area_of_device, &in));
	assert_int_equal(in, other);
	/* One that is deleted holds no area, and comes back as a new one. */
	assert_ok(write_alone(f, f->ops->device_delete(f->s, d.id)));
	assert_ok(area_delete(f, other));
	device = device_new(f, "B2");
	assert_int_equal(device, d.id);
	assert_ok(f->ops->device_find(f->r, GH_LIT("B2"), see_area_of_device, &in));
	assert_int_equal(in, AREA_DEFAULT);
}

/* --- pairs --- */

static int64_t tag_new(struct fixture *f, const char *name)
{
	struct tag t = { .present = 1 << TAG_name, .name = gh_slice_of(name) };
	int64_t id = 0, again = 0;

	assert_int_equal(write_alone(f, f->ops->entity_find(f->s, ENTITY_TAG, &t, &again)),
			 GH_ENOTFOUND);
	assert_ok(write_alone(f, f->ops->entity_put(f->s, ENTITY_TAG, &id, &t)));
	assert_ok(write_alone(f, f->ops->entity_find(f->s, ENTITY_TAG, &t, &again)));
	assert_int_equal(again, id);
	return id;
}

static enum gh_err relation_join(struct fixture *f, int64_t device, int64_t tag)
{
	return write_alone(f, f->ops->relation_put(f->s, RELATION_DEVICE_TAG, device, tag));
}

static bool see_tag(void *ctx, int64_t from, int64_t to, const void *record)
{
	struct seen *seen = ctx;
	const struct tag *t = record;

	assert_true(seen->n < 8 && from > 0);
	seen->from[seen->n] = from;
	seen->id[seen->n] = to;
	snprintf(seen->text[seen->n++], 64, "%.*s", GH_FMT(t->name));
	return seen->n != seen->stop_at;
}

static struct seen tags_of(struct fixture *f, int64_t device)
{
	struct seen seen = { 0 };

	assert_ok(f->ops->relations_read(f->r, RELATION_DEVICE_TAG, device, see_tag, &seen));
	return seen;
}

static void pairs_are_joined_once_and_read_with_what_they_join(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), b = device_new(f, "B2");
	int64_t north = tag_new(f, "north"), south = tag_new(f, "south");

	assert_ok(relation_join(f, a, south));
	assert_ok(relation_join(f, a, north));
	assert_ok(relation_join(f, a, north));
	assert_ok(relation_join(f, b, south));
	assert_int_equal(relation_join(f, a, 99), GH_ENOTFOUND);
	assert_int_equal(relation_join(f, 99, north), GH_ENOTFOUND);

	struct seen seen = tags_of(f, a);

	assert_int_equal(seen.n, 2);
	assert_int_equal(seen.id[0], north);
	assert_string_equal(seen.text[0], "north");
	assert_string_equal(seen.text[1], "south");
	assert_int_equal(tags_of(f, b).n, 1);
	/* Number 0 stands for all devices, in their order. */
	seen = tags_of(f, 0);
	assert_int_equal(seen.n, 3);
	assert_int_equal(seen.from[0], a);
	assert_int_equal(seen.from[2], b);
	assert_int_equal(seen.id[2], south);
	assert_ok(write_alone(f, f->ops->relation_clear(f->s, RELATION_DEVICE_TAG, a)));
	assert_int_equal(tags_of(f, a).n, 0);
	/* A write reads what was written before it in its transaction. */
	seen = (struct seen){ 0 };
	tx_begin(f);
	assert_ok(f->ops->relation_put(f->s, RELATION_DEVICE_TAG, a, north));
	assert_ok(f->ops->relations_of(f->s, RELATION_DEVICE_TAG, a, see_tag, &seen));
	tx_commit(f);
	assert_int_equal(seen.n, 1);
	assert_string_equal(seen.text[0], "north");
	assert_ok(write_alone(f, f->ops->relation_clear(f->s, RELATION_DEVICE_TAG, a)));
	assert_int_equal(tags_of(f, b).n, 1);
}

static void a_pair_is_deleted_with_either_side(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), b = device_new(f, "B2");
	int64_t north = tag_new(f, "north"), south = tag_new(f, "south");

	assert_ok(relation_join(f, a, north));
	assert_ok(relation_join(f, a, south));
	assert_ok(relation_join(f, b, south));
	assert_ok(write_alone(f, f->ops->entity_delete(f->s, ENTITY_TAG, north)));
	assert_int_equal(tags_of(f, a).n, 1);
	assert_ok(write_alone(f, f->ops->device_delete(f->s, a)));
	assert_int_equal(tags_of(f, a).n, 0);
	assert_int_equal(tags_of(f, b).n, 1);
	/* A deleted device is joined with nothing, also when it comes back. */
	assert_int_equal(relation_join(f, a, south), GH_ENOTFOUND);
	assert_int_equal(device_new(f, "A1"), a);
	assert_int_equal(tags_of(f, a).n, 0);
}

/* --- access --- */

static int64_t level_new(struct fixture *f, const char *name, int64_t rule)
{
	struct access_level l = { .present = 1 << ACCESS_LEVEL_name | 1 << ACCESS_LEVEL_rule,
				  .name = gh_slice_of(name),
				  .rule = rule };
	int64_t id = 0;

	assert_ok(write_alone(f, f->ops->entity_put(f->s, ENTITY_ACCESS_LEVEL, &id, &l)));
	return id;
}

static int64_t group_new(struct fixture *f, const char *name)
{
	struct door_group g = { .present = 1 << DOOR_GROUP_name, .name = gh_slice_of(name) };
	int64_t id = 0;

	assert_ok(write_alone(f, f->ops->entity_put(f->s, ENTITY_DOOR_GROUP, &id, &g)));
	return id;
}

static bool see_rule(void *ctx, int64_t id, const void *record)
{
	const struct time_rule *r = record;
	char *text = ctx;

	snprintf(text, 128, "%d %.*s %.*s", (int)id, GH_FMT(r->name), GH_FMT(r->week));
	return true;
}

static void a_store_begins_with_a_rule_that_is_always_open(void **state)
{
	struct fixture *f = *state;
	char text[128] = "";

	assert_ok(f->ops->entity_get(f->r, ENTITY_TIME_RULE, TIME_RULE_ALWAYS, see_rule, text));
	assert_string_equal(text, "1 always {\"mon-sun\":[\"00:00-24:00\"]}");
	level_new(f, "Staff", TIME_RULE_ALWAYS);
	assert_int_equal(
		write_alone(f, f->ops->entity_delete(f->s, ENTITY_TIME_RULE, TIME_RULE_ALWAYS)),
		GH_ESTATE);
}

static bool count_one(void *ctx, int64_t from, int64_t to, const void *record)
{
	(void)from;
	(void)to;
	(void)record;
	++*(int *)ctx;
	return true;
}

static void a_pair_that_keeps_its_second_refuses_its_deletion(void **state)
{
	struct fixture *f = *state;
	int64_t level = level_new(f, "Staff", 0), group = group_new(f, "Gates"),
		other = group_new(f, "Yards");
	int n = 0;

	assert_ok(write_alone(
		f, f->ops->relation_put(f->s, RELATION_LEVEL_DOOR_GROUP, level, group)));
	assert_ok(write_alone(
		f, f->ops->relation_put(f->s, RELATION_LEVEL_DOOR_GROUP, level, other)));
	assert_int_equal(write_alone(f, f->ops->entity_delete(f->s, ENTITY_DOOR_GROUP, group)),
			 GH_ESTATE);
	assert_ok(write_alone(
		f, f->ops->relation_cut(f->s, RELATION_LEVEL_DOOR_GROUP, level, group)));
	assert_ok(
		f->ops->relations_read(f->r, RELATION_LEVEL_DOOR_GROUP, level, count_one, &n));
	assert_int_equal(n, 1);
	/* From the other side. */
	n = 0;
	assert_ok(f->ops->relations_to(f->r, RELATION_LEVEL_DOOR_GROUP, other, count_one, &n));
	assert_int_equal(n, 1);
	n = 0;
	assert_ok(f->ops->relations_to(f->r, RELATION_LEVEL_DOOR_GROUP, group, count_one, &n));
	assert_int_equal(n, 0);
	assert_ok(write_alone(f, f->ops->entity_delete(f->s, ENTITY_DOOR_GROUP, group)));
	assert_ok(write_alone(f, f->ops->entity_delete(f->s, ENTITY_ACCESS_LEVEL, level)));
	assert_ok(write_alone(f, f->ops->entity_delete(f->s, ENTITY_DOOR_GROUP, other)));
}

static int64_t card_new(struct fixture *f, const char *number, int64_t person)
{
	struct card c = { .present = 1 << CARD_number | 1 << CARD_people | 1 << CARD_namespace,
			  .number = gh_slice_of(number),
			  .people = person,
			  .namespace = GH_LIT("default") };
	int64_t id = 0;

	assert_ok(write_alone(f, f->ops->entity_put(f->s, ENTITY_CARD, &id, &c)));
	return id;
}

static bool see_holiday(void *ctx, int64_t id, const void *record)
{
	const struct holiday *h = record;
	char *text = ctx;
	size_t n = strlen(text);

	(void)id;
	snprintf(text + n, 128 - n, "%d ", (int)h->date);
	return true;
}

static void a_write_reads_and_drops_what_it_needs(void **state)
{
	struct fixture *f = *state;
	struct people p = { .present = 1 << PEOPLE_pin | 1 << PEOPLE_namespace,
			    .pin = GH_LIT("7"),
			    .namespace = GH_LIT("default") };
	struct holiday day = { .present = 1 << HOLIDAY_date, .date = 20261225 };
	int64_t person = 0, id = 0, again = 0;
	char text[128] = "";

	assert_ok(write_alone(f, f->ops->entity_put(f->s, ENTITY_PEOPLE, &person, &p)));
	card_new(f, "1", person);
	card_new(f, "2", person);
	assert_int_equal(write_alone(f, f->ops->entity_delete(f->s, ENTITY_PEOPLE, person)),
			 GH_ESTATE);
	assert_ok(
		write_alone(f, f->ops->entities_drop(f->s, ENTITY_CARD, CARD_people, person)));
	assert_ok(write_alone(f, f->ops->entity_delete(f->s, ENTITY_PEOPLE, person)));
	/* Two of a kind without a key may be alike. */
	assert_ok(write_alone(f, f->ops->entity_put(f->s, ENTITY_HOLIDAY, &id, &day)));
	day.date = 20270101;
	assert_ok(write_alone(f, f->ops->entity_put(f->s, ENTITY_HOLIDAY, &again, &day)));
	tx_begin(f);
	assert_ok(f->ops->entities_each(f->s, ENTITY_HOLIDAY, see_holiday, text));
	assert_ok(f->ops->entity_hold(f->s, ENTITY_HOLIDAY, id, see_holiday, text));
	assert_int_equal(
		f->ops->entity_hold(f->s, ENTITY_HOLIDAY, again + 1, see_holiday, text),
		GH_ENOTFOUND);
	tx_commit(f);
	assert_string_equal(text, "20261225 20270101 20261225 ");
}

static bool see_pin(void *ctx, int64_t id, const void *record)
{
	const struct people *p = record;
	char *text = ctx;

	(void)id;
	snprintf(text, 64, "%.*s", GH_FMT(p->pin));
	return true;
}

static void an_entity_is_held_by_its_key(void **state)
{
	struct fixture *f = *state;
	struct people p = { .present = 1 << PEOPLE_pin | 1 << PEOPLE_namespace,
			    .pin = GH_LIT("7"),
			    .namespace = GH_LIT("default") };
	int64_t person = 0, other = 0;
	char text[64] = "";

	assert_ok(write_alone(f, f->ops->entity_put(f->s, ENTITY_PEOPLE, &person, &p)));
	p.pin = GH_LIT("07");
	assert_ok(write_alone(f, f->ops->entity_put(f->s, ENTITY_PEOPLE, &other, &p)));
	tx_begin(f);
	assert_ok(f->ops->entity_of_key(f->s, ENTITY_PEOPLE, &p, see_pin, text));
	assert_string_equal(text, "07");
	p.pin = GH_LIT("8");
	assert_int_equal(f->ops->entity_of_key(f->s, ENTITY_PEOPLE, &p, see_pin, text),
			 GH_ENOTFOUND);
	tx_commit(f);
}

static void a_key_of_two_fields_is_compared_as_one(void **state)
{
	struct fixture *f = *state;
	struct people p = { .present = 1 << PEOPLE_pin | 1 << PEOPLE_namespace,
			    .pin = GH_LIT("7"),
			    .namespace = GH_LIT("here") };
	struct people pin = { .present = 1 << PEOPLE_pin, .pin = GH_LIT("7") };
	struct people namespace = { .present = 1 << PEOPLE_namespace,
				    .namespace = GH_LIT("here") };
	int64_t here = 0, there = 0, new = 0;

	assert_ok(write_alone(f, f->ops->entity_put(f->s, ENTITY_PEOPLE, &here, &p)));
	assert_int_equal(write_alone(f, f->ops->entity_put(f->s, ENTITY_PEOPLE, &new, &p)),
			 GH_EEXISTS);
	/* A new one needs both. */
	assert_int_equal(write_alone(f, f->ops->entity_put(f->s, ENTITY_PEOPLE, &new, &pin)),
			 GH_EINVALID);
	p.namespace = GH_LIT("there");
	assert_ok(write_alone(f, f->ops->entity_put(f->s, ENTITY_PEOPLE, &there, &p)));
	/* What a change does not have is that of the row. */
	assert_ok(write_alone(f, f->ops->entity_put(f->s, ENTITY_PEOPLE, &there, &pin)));
	assert_int_equal(
		write_alone(f, f->ops->entity_put(f->s, ENTITY_PEOPLE, &there, &namespace)),
		GH_EEXISTS);
	pin.pin = GH_LIT("8");
	assert_ok(write_alone(f, f->ops->entity_put(f->s, ENTITY_PEOPLE, &there, &pin)));
	assert_ok(write_alone(f, f->ops->entity_put(f->s, ENTITY_PEOPLE, &there, &namespace)));
	pin.pin = GH_LIT("7");
	assert_int_equal(write_alone(f, f->ops->entity_put(f->s, ENTITY_PEOPLE, &there, &pin)),
			 GH_EEXISTS);
}

int contract_entities(void)
{
	static const struct CMUnitTest tests[] = {
		CONTRACT(a_store_begins_with_one_area),
		CONTRACT(an_entity_is_known_by_its_number_and_keeps_its_key_for_itself),
		CONTRACT(a_change_of_an_entity_touches_what_it_names),
		CONTRACT(a_reference_is_to_what_is_there_and_never_round),
		CONTRACT(what_is_referred_to_stays),
		CONTRACT(a_new_device_is_in_the_first_area),
		CONTRACT(pairs_are_joined_once_and_read_with_what_they_join),
		CONTRACT(a_pair_is_deleted_with_either_side),
		CONTRACT(a_store_begins_with_a_rule_that_is_always_open),
		CONTRACT(a_pair_that_keeps_its_second_refuses_its_deletion),
		CONTRACT(a_write_reads_and_drops_what_it_needs),
		CONTRACT(an_entity_is_held_by_its_key),
		CONTRACT(a_key_of_two_fields_is_compared_as_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

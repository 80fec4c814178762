#include "core/access/plan_secret.h"

#include "model/record.h"
#include "wire/access/data_command.h"
#include "wire/push/secret_option.h"

#define HIDDEN GH_LIT("***")
#define SECRET_MOST 64 /* bytes; those of a door have eight */

/* Rows of a table, the first with or without the words before it. */
static gh_slice rows_hide(struct arena *a, enum unit_table table, gh_slice rows)
{
	const struct ghi_access_table *t =
		ghi_access_table_find(gh_slice_of(unit_table_name(table)), NULL);
	size_t room = 4 * rows.n;
	uint8_t *text = rows.n ? ghi_arena_alloc(a, room) : NULL;
	struct ghi_writer w = ghi_writer_on(text, text ? room : 0);

	if (text == NULL)
		return rows;
	ghi_data_rows_show(&w, t, rows);
	return gh_slice_eq(ghi_written(&w), rows) ? rows : ghi_written(&w);
}

static void option_hide(struct arena *a, struct unit_step *step)
{
	gh_slice name, value;

	gh_slice_cut(step->words, '=', &name, &value);
	if (!ghi_option_is_secret(gh_slice_from(name, sizeof("SET OPTIONS ") - 1)))
		return;
	if (step->before.n)
		step->before = HIDDEN;
	if (value.n == 0)
		return;

	size_t room = name.n + 1 + HIDDEN.n;
	uint8_t *text = ghi_arena_alloc(a, room);
	struct ghi_writer w = ghi_writer_on(text, text ? room : 0);

	ghi_put(&w, name);
	ghi_put_u8(&w, '=');
	ghi_put(&w, HIDDEN);
	step->words = ghi_written(&w);
}

void plan_secret_hide(struct arena *a, struct unit_step *step)
{
	if (step->verb == STEP_OPTION) {
		option_hide(a, step);
		return;
	}
	if (step->table != UNIT_USER && step->table != UNIT_DOOR_SETTINGS)
		return;
	step->words = rows_hide(a, step->table, step->words);
	step->before = rows_hide(a, step->table, step->before);
}

/* --- where they stand --- */

struct secret_found {
	struct arena *a;
	gh_slice wire; /* of a door: the name of the setting, "DoorForcePassWord" */
	gh_slice value;
};

static bool person_secret(void *ctx, int64_t id, const void *record)
{
	struct secret_found *f = ctx;

	(void)id;
	f->value = ghi_arena_copy(f->a, ((const struct people *)record)->password);
	return false;
}

static gh_slice door_text(const struct door_setting *r, gh_slice name)
{
#define DOOR_TEXT_NUMBER(member, wire)
#define DOOR_TEXT_SWITCH(member, wire)
#define DOOR_TEXT_TURNED(member, wire)
#define DOOR_TEXT_RULE(member, wire)
#define DOOR_TEXT_MODE(member, wire)
#define DOOR_TEXT_SECRET(member, wire)       \
	if (gh_slice_eq(name, GH_LIT(wire))) \
		return r->member;
#define DOOR_SETTING(member, json, wire, KIND, TYPE, flags, least, most, about) \
	DOOR_TEXT_##KIND(member, wire)
#include "model/door_setting.def"
#undef DOOR_SETTING
	return (gh_slice){ 0 };
}

static bool door_secret(void *ctx, int64_t id, const void *record)
{
	struct secret_found *f = ctx;

	(void)id;
	f->value = ghi_arena_copy(f->a, door_text(record, f->wire));
	return false;
}

static enum gh_err secret_find(const struct store_ops *ops, struct store *s,
			       enum model_entity_id kind, const void *key, store_entity_fn *fn,
			       struct secret_found *f)
{
	enum gh_err err = ops->entity_of_key(s, kind, key, fn, f);

	if (err == GH_OK && f->a->failed)
		err = GH_ENOMEM;
	return err == GH_ENOTFOUND ? GH_OK : err;
}

static enum gh_err secret_of_person(const struct store_ops *ops, struct store *s, gh_slice pin,
				    gh_slice namespace, struct secret_found *f)
{
	struct people key = { .present = UINT64_C(1) << PEOPLE_pin |
					 UINT64_C(1) << PEOPLE_namespace,
			      .pin = pin,
			      .namespace = namespace };

	return secret_find(ops, s, ENTITY_PEOPLE, &key, person_secret, f);
}

static enum gh_err secret_of_door(const struct store_ops *ops, struct store *s, gh_slice serial,
				  gh_slice door, struct secret_found *f)
{
	struct door_setting key = { .present = UINT64_C(1) << DOOR_SETTING_door };
	size_t room = serial.n + 1 + door.n;
	uint8_t *text = ghi_arena_alloc(f->a, room);
	struct ghi_writer w = ghi_writer_on(text, text ? room : 0);

	ghi_put(&w, serial);
	ghi_put_u8(&w, ':');
	ghi_put(&w, door);
	if (w.err)
		return GH_ENOMEM;
	key.door = ghi_written(&w);
	return secret_find(ops, s, ENTITY_DOOR_SETTING, &key, door_secret, f);
}

/* --- words --- */

struct filling {
	const struct store_ops *ops;
	struct store *s;
	gh_slice serial, table;
	int64_t area;
	gh_slice namespace; /* of the area */
	struct arena *a;
	const struct ghi_access_table *fields; /* NULL: of an option */
	const char *named; /* the field that names a parameter; NULL: none */
};

/* What stands behind a pair of a row that hides a value; empty: there is nothing. */
static enum gh_err row_secret(const struct filling *of, gh_slice row, gh_slice *value)
{
	struct secret_found f = { .a = of->a };
	gh_slice named = { 0 };
	enum gh_err err = GH_OK;

	if (unit_table_of(of->table) == UNIT_USER) {
		(void)unit_row_value(row, GH_LIT("Pin"), &named);
		err = secret_of_person(of->ops, of->s, named, of->namespace, &f);
		if (f.value.n > UNIT_PASSWORD_MOST)
			f.value.n = 0;
	} else if (unit_table_of(of->table) == UNIT_DOOR_SETTINGS) {
		(void)unit_row_value(row, GH_LIT("ID"), &named);
		(void)unit_row_value(row, GH_LIT("Name"), &f.wire);
		err = secret_of_door(of->ops, of->s, of->serial, named, &f);
	}
	*value = f.value.n > SECRET_MOST ? (gh_slice){ 0 } : f.value;
	return err;
}

/* A value of another field, as a name, may be three asterisks. */
static bool field_hides(const struct filling *of, gh_slice row, gh_slice name, gh_slice value)
{
	int i = gh_slice_eq(value, HIDDEN) ? ghi_table_field_find(of->fields, name) : -1;
	gh_slice parameter = { 0 };

	if (i >= 0 && of->named)
		(void)unit_row_value(row, gh_slice_of(of->named), &parameter);
	return i >= 0 && ghi_table_value_is_secret(of->fields, (size_t)i, parameter);
}

static enum gh_err row_fill(const struct filling *of, struct ghi_writer *w, gh_slice row)
{
	gh_slice rest = row, pair, name, value;
	enum gh_err err = GH_OK;
	bool more = true;

	while (more && err == GH_OK) {
		more = gh_slice_cut(rest, '\t', &pair, &rest);
		if (gh_slice_cut(pair, '=', &name, &value) &&
		    field_hides(of, row, name, value)) {
			err = row_secret(of, row, &value);
			ghi_put(w, name);
			ghi_put_u8(w, '=');
			unit_text_write(w, value);
		} else {
			ghi_put(w, pair);
		}
		if (more)
			ghi_put_u8(w, '\t');
	}
	return err;
}

static enum gh_err rows_fill(const struct filling *of, struct ghi_writer *w, gh_slice words)
{
	size_t head = sizeof("DATA UPDATE ") - 1 + of->table.n + 1;
	enum gh_err err = GH_OK;
	gh_slice row;
	bool more = true;

	head = head < words.n ? head : words.n;
	ghi_put(w, (gh_slice){ words.p, head });
	words = gh_slice_from(words, head);
	while (more && err == GH_OK) {
		more = gh_slice_cut(words, '\n', &row, &words);
		err = row_fill(of, w, row);
		if (more)
			ghi_put_u8(w, '\n');
	}
	return err;
}

/* "SET OPTIONS Door12ForcePassWord=***": the setting DoorForcePassWord of door 12. */
static enum gh_err setting_fill(const struct filling *of, struct ghi_writer *w, gh_slice words)
{
	struct secret_found f = { .a = of->a };
	char wire[64];
	size_t digits = 0;
	gh_slice name, value, setting;
	enum gh_err err;

	gh_slice_cut(words, '=', &name, &value);
	ghi_put(w, name);
	ghi_put_u8(w, '=');
	name = gh_slice_from(name, sizeof("SET OPTIONS ") - 1);
	if (!gh_slice_starts(name, GH_LIT("Door")))
		return GH_OK;
	setting = gh_slice_from(name, 4);
	while (digits < setting.n && setting.p[digits] >= '0' && setting.p[digits] <= '9')
		digits++;
	struct ghi_writer t = ghi_writer_on(wire, sizeof(wire));

	ghi_put(&t, GH_LIT("Door"));
	ghi_put(&t, gh_slice_from(setting, digits));
	f.wire = ghi_written(&t);
	err = secret_of_door(of->ops, of->s, of->serial, (gh_slice){ setting.p, digits }, &f);
	if (f.value.n <= SECRET_MOST)
		unit_text_write(w, f.value);
	return err;
}

static struct filling filling_of(const struct store_ops *ops, struct store *s,
				 const struct secret_unit *unit, gh_slice table,
				 struct arena *a)
{
	struct filling of = { .ops = ops,
			      .s = s,
			      .serial = unit->serial,
			      .table = table,
			      .area = unit->area,
			      .namespace = NAMESPACE_DEFAULT,
			      .a = a,
			      .fields = ghi_access_table_find(table, NULL) };
	int named = of.fields ? ghi_table_parameter_field(of.fields) : -1;

	of.named = named >= 0 ? of.fields->field[named].name : NULL;
	return of;
}

static bool area_namespace_see(void *ctx, int64_t id, const void *record)
{
	struct filling *of = ctx;

	if (id == of->area)
		of->namespace = ghi_arena_copy(of->a, ((const struct area *)record)->namespace);
	return id != of->area;
}

static size_t words_hidden(gh_slice words)
{
	size_t n = 0;

	for (; words.n >= HIDDEN.n; words = gh_slice_from(words, 1))
		n += gh_slice_starts(words, HIDDEN);
	return n;
}

enum gh_err plan_secret_fill(const struct store_ops *ops, struct store *s,
			     const struct secret_unit *unit, const struct plan_step *p,
			     gh_slice words, struct arena *a, gh_slice *out)
{
	struct filling of = filling_of(ops, s, unit, p->table, a);
	size_t room = words.n + words_hidden(words) * SECRET_MOST;
	struct ghi_writer w;
	uint8_t *text;
	enum gh_err err;

	*out = words;
	if (room == words.n || p->verb == STEP_DELETE)
		return GH_OK;
	text = ghi_arena_alloc(a, room);
	w = ghi_writer_on(text, text ? room : 0);
	err = unit_table_of(p->table) == UNIT_USER
		      ? ops->entities_each(s, ENTITY_AREA, area_namespace_see, &of)
		      : GH_OK;
	if (err == GH_OK)
		err = p->verb == STEP_OPTION ? setting_fill(&of, &w, words)
					     : rows_fill(&of, &w, words);
	*out = ghi_written(&w);
	return err ? err : w.err || a->failed ? GH_ENOMEM : GH_OK;
}

/* GET /api/search: one text looked for among people, devices, doors, areas and commands. */
#include <glib.h>
#include <string.h>

#include "api/area_grant.h"
#include "api/command_view.h"
#include "api/device_list.h"
#include "api/door_list.h"
#include "api/list.h"
#include "base/number.h"
#include "base/text_fold.h"
#include "model/command_kind.h"
#include "model/record.h"
#include "model/text_list.h"

#define USUAL_ROWS 10	   /* of each group */
#define MOST_ROWS 50	   /* likewise */
#define COMMANDS_SEEN 500  /* the newest, whose words are looked at */
#define ENTITIES_SEEN 4096 /* areas, and doors with a name, that are looked at */

struct search {
	struct call *c;
	struct json j;
	gh_slice text; /* without the blanks around it */
	char *folded;
	const char *group;
	int64_t limit, given; /* rows of the group */
	const char *cut[8];   /* groups that have further rows */
	size_t cuts;
	/* What is found in a row; field NULL: nothing. */
	const char *field;
	gh_slice value;
	GHashTable *door_names; /* by "SN:NUMBER" */
};

/* What the caller is limited to. */
static struct store_group search_limit(const struct search *s)
{
	return (struct store_group){ .account = s->c->areas ? s->c->account : 0 };
}

/* --- a row --- */

static void field_look(struct search *s, const char *field, gh_slice value)
{
	char *folded;

	if (s->field || value.n == 0)
		return;
	folded = text_fold(value);
	if (strstr(folded, s->folded)) {
		s->field = field;
		s->value = value;
	}
	g_free(folded);
}

static void hit_text(struct search *s, const char *key, gh_slice value)
{
	json_key(&s->j, key);
	json_string(&s->j, value);
}

static void hit_number(struct search *s, const char *key, int64_t value)
{
	json_key(&s->j, key);
	json_int(&s->j, value);
}

/* Whether what was found is to be written: the group has room. The caller writes further members. */
static bool hit_begin(struct search *s)
{
	if (s->field == NULL)
		return false;
	if (s->given == s->limit) {
		if (s->cuts == 0 || s->cut[s->cuts - 1] != s->group)
			s->cut[s->cuts++] = s->group;
		return false;
	}
	s->given++;
	json_object(&s->j);
	hit_text(s, "field", gh_slice_of(s->field));
	hit_text(s, "value", s->value);
	return true;
}

/* Whether to go on with the next row. */
static bool hit_next(const struct search *s)
{
	return s->cuts == 0 || s->cut[s->cuts - 1] != s->group;
}

static void group_begin(struct search *s, const char *name)
{
	s->group = name;
	s->given = 0;
	json_key(&s->j, name);
	json_array(&s->j);
}

/* --- people --- */

static void person_hit(struct search *s, int64_t id, const struct people *p)
{
	gh_slice cards = p->cards, card;
	bool name;

	s->field = NULL;
	field_look(s, "pin", p->pin);
	field_look(s, "name", p->name);
	while (text_list_next(&cards, &card, &name))
		field_look(s, "cards", card);
	field_look(s, "code", p->code);
	field_look(s, "department", p->department);
	field_look(s, "position", p->position);
	field_look(s, "namespace", p->namespace);
	if (!hit_begin(s))
		return;
	hit_number(s, "id", id);
	hit_text(s, "pin", p->pin);
	hit_text(s, "name", p->name);
	hit_text(s, "namespace", p->namespace);
	hit_text(s, "code", p->code);
	json_object_end(&s->j);
}

static bool person_pin_hit(void *ctx, const void *row, const struct store_key *key)
{
	struct search *s = ctx;
	const struct record_row *r = row;

	(void)key;
	person_hit(s, r->id, r->record);
	return hit_next(s);
}

/* Those of that PIN are there already. */
static bool person_text_hit(void *ctx, const void *row, const struct store_key *key)
{
	struct search *s = ctx;
	const struct record_row *r = row;
	const struct people *p = r->record;

	(void)key;
	if (!gh_slice_eq(p->pin, s->text))
		person_hit(s, r->id, p);
	return hit_next(s);
}

static enum gh_err search_people(struct search *s)
{
	const struct store_ops *ops = s->c->server->db.ops;
	struct store_term pin = { store_column_find(STORE_ENTITIES + ENTITY_PEOPLE,
						    GH_LIT("pin")),
				  MATCH_EQUAL,
				  { .is_text = true, .s = s->text } };
	struct store_rows rows = { .list = STORE_ENTITIES + ENTITY_PEOPLE,
				   .group = search_limit(s),
				   .limit = s->limit + 1,
				   .term = &pin,
				   .terms = 1 };
	enum gh_err err;

	group_begin(s, "people");
	err = ops->rows_read(s->c->reader, &rows, person_pin_hit, s);
	rows.terms = 0;
	rows.text = s->text;
	rows.limit = 2 * s->limit + 1;
	if (err == GH_OK && hit_next(s))
		err = ops->rows_read(s->c->reader, &rows, person_text_hit, s);
	json_array_end(&s->j);
	return err;
}

/* --- devices and doors: in memory --- */

static bool device_hit(void *ctx, const void *row, const struct store_key *key)
{
	struct search *s = ctx;
	const struct device_view *v = row;

	(void)key;
	s->field = NULL;
	field_look(s, "sn", v->row.sn);
	field_look(s, "name", v->row.name);
	field_look(s, "address", v->row.address);
	field_look(s, "terminal", v->row.terminal.call_address);
	if (hit_begin(s)) {
		hit_number(s, "id", v->row.id);
		hit_text(s, "sn", v->row.sn);
		hit_text(s, "name", v->row.name);
		hit_text(s, "address", v->row.address);
		json_object_end(&s->j);
	}
	return hit_next(s);
}

static enum gh_err search_devices(struct search *s)
{
	struct list_question q = { .rows = { .limit = INT64_MAX },
				   .reader = s->c->reader,
				   .limit = call_area_limit(s->c) };
	enum gh_err err;

	group_begin(s, "devices");
	err = memory_rows_read(&device_source, s->c->server, &q, &q.rows, device_hit, s);
	json_array_end(&s->j);
	return err;
}

static bool door_name_keep(void *ctx, const void *row, const struct store_key *key)
{
	struct search *s = ctx;
	const struct door_setting *d = ((const struct record_row *)row)->record;

	(void)key;
	if (d->name.n)
		g_hash_table_insert(s->door_names,
				    g_strndup((const char *)d->door.p, d->door.n),
				    g_strndup((const char *)d->name.p, d->name.n));
	return true;
}

static bool door_hit(void *ctx, const void *row, const struct store_key *key)
{
	struct search *s = ctx;
	const struct door_view *v = row;
	char *id = g_strndup((const char *)v->id.p, v->id.n);
	const char *known = g_hash_table_lookup(s->door_names, id);
	gh_slice name = gh_slice_of(known ? known : "");

	(void)key;
	g_free(id);
	s->field = NULL;
	field_look(s, "name", name);
	field_look(s, "id", v->id);
	field_look(s, "deviceName", v->device_name);
	if (hit_begin(s)) {
		hit_text(s, "id", v->id);
		hit_text(s, "name", name);
		hit_text(s, "deviceSerial", v->serial);
		hit_text(s, "deviceName", v->device_name);
		hit_number(s, "door", v->number);
		json_object_end(&s->j);
	}
	return hit_next(s);
}

static enum gh_err search_doors(struct search *s)
{
	struct list_question q = { .rows = { .limit = INT64_MAX },
				   .limit = call_area_limit(s->c),
				   .doors = s->c->doors };
	struct store_rows named = { .list = STORE_ENTITIES + ENTITY_DOOR_SETTING,
				    .limit = ENTITIES_SEEN };
	enum gh_err err;

	group_begin(s, "doors");
	s->door_names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	err = s->c->server->db.ops->rows_read(s->c->reader, &named, door_name_keep, s);
	if (err == GH_OK)
		err = memory_rows_read(&door_source, s->c->server, &q, &q.rows, door_hit, s);
	g_hash_table_destroy(s->door_names);
	json_array_end(&s->j);
	return err;
}

/* --- areas and commands --- */

static bool area_hit(void *ctx, const void *row, const struct store_key *key)
{
	struct search *s = ctx;
	const struct record_row *r = row;
	const struct area *a = r->record;

	(void)key;
	s->field = NULL;
	field_look(s, "name", a->name);
	if (hit_begin(s)) {
		hit_number(s, "id", r->id);
		hit_text(s, "name", a->name);
		json_object_end(&s->j);
	}
	return hit_next(s);
}

static enum gh_err search_areas(struct search *s)
{
	struct store_rows rows = { .list = STORE_ENTITIES + ENTITY_AREA,
				   .group = search_limit(s),
				   .limit = ENTITIES_SEEN };
	enum gh_err err;

	group_begin(s, "areas");
	err = s->c->server->db.ops->rows_read(s->c->reader, &rows, area_hit, s);
	json_array_end(&s->j);
	return err;
}

static bool command_hit(struct search *s, const struct command *c)
{
	struct command_view v = command_view_of(s->c->server, c, s->c->scopes);
	gh_slice type = command_kind_type(v.command.kind);

	field_look(s, "type", type);
	field_look(s, "command", v.command.shown);
	if (hit_begin(s)) {
		hit_number(s, "id", v.command.id);
		hit_text(s, "deviceSerial", v.command.serial);
		hit_text(s, "type", type);
		hit_text(s, "command", v.command.shown);
		hit_text(s, "status", gh_slice_of(command_state_name(v.command.state)));
		json_object_end(&s->j);
	}
	return hit_next(s);
}

static bool command_words_hit(void *ctx, const void *row, const struct store_key *key)
{
	struct search *s = ctx;

	(void)key;
	s->field = NULL;
	return command_hit(s, row);
}

static bool command_number_hit(void *ctx, const void *row, const struct store_key *key)
{
	struct search *s = ctx;

	(void)key;
	s->field = "commandId";
	s->value = s->text;
	return command_hit(s, row);
}

/* A number is that of a command, with or without the sign in front; other text is in its words. */
static enum gh_err search_commands(struct search *s)
{
	gh_slice text = gh_slice_from(s->text, s->text.p[0] == '#');
	struct store_term number = { store_column_find(STORE_COMMANDS, GH_LIT("id")),
				     MATCH_EQUAL,
				     { .i = 0 } };
	struct store_rows rows = { .list = STORE_COMMANDS,
				   .group = search_limit(s),
				   .limit = COMMANDS_SEEN,
				   .descending = true };
	store_row_fn *fn = command_words_hit;
	uint64_t n;
	enum gh_err err;

	if (ghi_number_parse(text, INT64_MAX, &n) == GH_OK) {
		number.value.i = (int64_t)n;
		rows.term = &number;
		rows.terms = 1;
		fn = command_number_hit;
	}
	group_begin(s, "commands");
	err = s->c->server->db.ops->rows_read(s->c->reader, &rows, fn, s);
	json_array_end(&s->j);
	return err;
}

/* --- the answer --- */

/* False: there is nothing to look for; answered. */
static bool search_read(struct search *s)
{
	const struct param_value *q = call_param(s->c, PARAM_q),
				 *limit = call_param(s->c, PARAM_limit);
	gh_slice text = q->s;

	while (text.n && text.p[0] <= ' ')
		text = gh_slice_from(text, 1);
	while (text.n && text.p[text.n - 1] <= ' ')
		text.n--;
	if (text.n == 0) {
		call_fail_param(s->c, PARAM_q, "is missing: the text to look for");
		return false;
	}
	s->text = text;
	s->folded = g_strdelimit(text_fold(text), "\n", ' ');
	s->limit = limit->present ? limit->i : USUAL_ROWS;
	s->limit = s->limit > MOST_ROWS ? MOST_ROWS : s->limit;
	if (s->folded[0])
		return true;
	call_fail_param(s->c, PARAM_q, "must have a letter, a digit or a sign");
	return false;
}

static enum gh_err groups_write(struct search *s)
{
	static enum gh_err (*const group[])(struct search * s) = {
		search_people, search_devices, search_doors, search_areas, search_commands
	};
	enum gh_err err = GH_OK;

	json_object(&s->j);
	for (size_t i = 0; i < sizeof(group) / sizeof(group[0]) && err == GH_OK; i++)
		err = group[i](s);
	json_key(&s->j, "more");
	json_array(&s->j);
	for (size_t i = 0; i < s->cuts; i++)
		json_string(&s->j, gh_slice_of(s->cut[i]));
	json_array_end(&s->j);
	json_object_end(&s->j);
	return err;
}

void handle_search(struct call *c)
{
	struct search s = { .c = c };
	enum gh_err err;

	if (call_reader(c) == NULL)
		return;
	if (!search_read(&s)) {
		g_free(s.folded);
		return;
	}
	s.j = call_data();
	err = groups_write(&s);
	g_free(s.folded);
	if (err) {
		json_clear(&s.j);
		call_fail_err(c, err);
		return;
	}
	call_data_end(c, 200, &s.j);
}

/* PUT and PATCH of /api/doors/{door}: how a door is set. */
#include "api/access/door_settings.h"

#include "api/access/resource.h"
#include "api/door_list.h"
#include "model/door_setting.h"
#include "model/record.h"
#include "model/verify_factors.h"
#include "render/door_rules.h"
#include "render/record.h"

/* --- reading a body --- */

static void mode_read(struct resource_call *g, const struct body *b, const char *name,
		      unsigned bit, gh_slice *out)
{
	int64_t value;

	resource_text(g, b, name, bit, out);
	if (out->n && verify_read(*out, &value) != VERIFY_MODE_NUMBER &&
	    verify_read(*out, &value) != VERIFY_FACTORS)
		resource_fault(g, name,
			       "must be the number of a verify mode, or 16 digits 0 and 1");
}

/* In `more` of the change: a bit for each secret that a PUT does not name. */
static void secret_read(struct resource_call *g, const struct body *b, const char *name,
			unsigned bit, gh_slice *out)
{
	uint64_t *unnamed = g->change.more;

	resource_text(g, b, name, bit, out);
	if (unnamed && g->whole && body_find(b, gh_slice_of(name)) == NULL)
		*unnamed |= UINT64_C(1) << bit;
}

#define READ_NUMBER(member, json) \
	resource_int(g, b, json, DOOR_SETTING_##member, DOOR_SETTING_ABSENT, &d->member);
#define READ_SWITCH(member, json) READ_NUMBER(member, json)
#define READ_TURNED(member, json) READ_NUMBER(member, json)
#define READ_RULE(member, json) resource_int(g, b, json, DOOR_SETTING_##member, 0, &d->member);
#define READ_SECRET(member, json) secret_read(g, b, json, DOOR_SETTING_##member, &d->member);
#define READ_MODE(member, json) mode_read(g, b, json, DOOR_SETTING_##member, &d->member);

static void door_setting_read(struct resource_call *g, const struct body *b)
{
	struct door_setting *d = (struct door_setting *)&g->record;

	g->change.more = ghi_arena_alloc(call_arena(g->c), sizeof(uint64_t));
	resource_present(g, DOOR_SETTING_door);
	d->door = call_path(g->c, PATH_door);
	resource_text(g, b, "name", DOOR_SETTING_name, &d->name);
#define DOOR_SETTING(member, json, wire, KIND, TYPE, flags, least, most, about) \
	READ_##KIND(member, json)
#include "model/door_setting.def"
#undef DOOR_SETTING
}

static bool rule_seen(void *ctx, int64_t id, const void *record)
{
	(void)ctx;
	(void)id;
	(void)record;
	return true;
}

static bool secrets_seen(void *ctx, int64_t id, const void *record)
{
	(void)id;
	*(uint64_t *)ctx = ((const struct door_setting *)record)->present;
	return true;
}

/* What a PUT does not name was removed where it was ever given. Where it was not, nothing is decided about it: what
 * the unit has was set elsewhere, and stays. */
static enum gh_err door_setting_complete(struct entity_change *c, const struct store_ops *ops,
					 struct store *s, void *merged)
{
	struct door_setting *d = merged;
	const uint64_t *unnamed = c->more;
	uint64_t stored = 0;
	enum gh_err err =
		unnamed && *unnamed && c->id
			? ops->entity_hold(s, ENTITY_DOOR_SETTING, c->id, secrets_seen, &stored)
			: GH_OK;

	if (err == GH_OK && unnamed)
		d->present &= ~(*unnamed & ~stored);
	return err;
}

/* The time rules have to be there. */
static enum gh_err door_setting_check(struct entity_change *c, const struct store_ops *ops,
				      struct store *s, const void *record)
{
	const struct door_setting *d = record;
	const struct {
		const char *field;
		int64_t rule;
	} named[] = { { "usableRule", d->usable_rule },
		      { "normalOpenRule", d->normal_open_rule } };

	for (size_t i = 0; i < 2; i++) {
		enum gh_err err = named[i].rule
					  ? ops->entity_hold(s, ENTITY_TIME_RULE, named[i].rule,
							     rule_seen, NULL)
					  : GH_OK;

		if (err == GH_ENOTFOUND) {
			c->refusal = (struct entity_refusal){ .field = named[i].field };
			return GH_EINVALID;
		}
		if (err)
			return err;
	}
	return GH_OK;
}

static const struct resource door_setting_resource = {
	.kind = ENTITY_DOOR_SETTING,
	.fields = &door_setting_fields,
	.one = "door",
	.used_by = "something",
	.by_key = true,
	.unknown = ERROR_not_found,
	.in_use = ERROR_wrong_state,
	.read = door_setting_read,
	.complete = door_setting_complete,
	.check = door_setting_check,
};

/* false: answered. */
static bool door_path_known(struct call *c)
{
	struct device *d;
	int64_t number;
	gh_slice sn;

	if (!door_path_read(c, &sn, &number))
		return false;
	d = call_device_find(c, sn);
	if (d == NULL)
		call_fail(c, ERROR_device_unknown, "There is no device \"%.*s\".", GH_FMT(sn));
	device_unref(d);
	return d != NULL;
}

void handle_door_put(struct call *c)
{
	if (door_path_known(c))
		resource_put(c, &door_setting_resource);
}

void handle_door_patch(struct call *c)
{
	if (door_path_known(c))
		resource_patch(c, &door_setting_resource);
}

/* --- showing what is stored --- */

static bool setting_show(void *ctx, const void *row, const struct store_key *key)
{
	const struct record_row *r = row;
	struct record_view view = { .id = r->id, .record = r->record };

	(void)key;
	fields_json(ctx, &door_setting_fields, &view);
	return false;
}

enum gh_err door_settings_show(const struct store_ops *ops, struct store_reader *reader,
			       gh_slice sn, int64_t number, struct json *j)
{
	char door[80];
	struct ghi_writer w = ghi_writer_on(door, sizeof(door));
	struct store_term term = { store_column_find(STORE_ENTITIES + ENTITY_DOOR_SETTING,
						     GH_LIT("door")),
				   MATCH_EQUAL,
				   { .is_text = true } };
	struct store_rows rows = { .list = STORE_ENTITIES + ENTITY_DOOR_SETTING,
				   .limit = 1,
				   .term = &term,
				   .terms = 1 };
	size_t before;
	enum gh_err err;

	ghi_put(&w, sn);
	ghi_put(&w, GH_LIT(":"));
	ghi_put_signed(&w, number);
	term.value.s = ghi_written(&w);
	json_key(j, "settings");
	before = json_text(j).n;
	err = ops->rows_read(reader, &rows, setting_show, j);
	if (err == GH_OK && json_text(j).n == before)
		json_null(j);
	return err;
}

#include "api/device_view.h"

#include "api/device_report.h"
#include "base/json.h"
#include "core/comparisons.h"
#include "core/device_options.h"
#include "core/problems.h"
#include "core/terminals.h"

/* A control character may be written as six letters. */
#define TAGS_BYTES (DEVICE_TAGS * (6 * DEVICE_TAG_BYTES + 3) + 2)

/* A terminal's connection as JSON, copied to `a`; empty for a device that calls home. */
static gh_slice device_link_json(struct server *server, struct device *d, struct arena *a)
{
	struct terminal_status s;

	if (server->terminals == NULL ||
	    !server->terminals->ops->status(server->terminals->self, d, &s))
		return (gh_slice){ 0 };
	struct json j = json_with_limit(4096);
	struct value error = value_text_if(gh_slice_of(s.error)),
		     since = value_ms_if(s.since_ms), read = value_ms_if(s.read_ms),
		     offset = s.has_clock_offset ? value_of(VALUE_INT, s.clock_offset_s)
						 : value_null();

	json_object(&j);
	json_key(&j, "state");
	json_string(&j, gh_slice_of(terminal_link_name(s.link)));
	json_key(&j, "error");
	value_json(&j, &error);
	json_key(&j, "since");
	value_json(&j, &since);
	json_key(&j, "lastRead");
	value_json(&j, &read);
	json_key(&j, "clockOffset");
	value_json(&j, &offset);
	json_key(&j, "clockMoved");
	json_bool(&j, s.clock_moved);
	json_object_end(&j);
	gh_slice text = j.text.err ? (gh_slice){ 0 } : ghi_arena_copy(a, json_text(&j));
	json_clear(&j);
	return text;
}

/* The tags, and as a JSON array; `a` keeps both. */
static void device_tags_view(struct device_view *v, struct device *d, struct arena *a)
{
	struct device_tags tags = device_tags_copy(d, a);
	struct json j = json_with_limit(TAGS_BYTES);

	v->tag = tags.name;
	v->tags_n = tags.n;
	json_array(&j);
	for (size_t i = 0; i < tags.n; i++)
		json_string(&j, tags.name[i]);
	json_array_end(&j);
	if (j.text.err == GH_OK)
		v->tags = ghi_arena_copy(a, json_text(&j));
	json_clear(&j);
	if (v->tags.n == 0)
		v->tags = GH_LIT("[]");
}

void device_view_init(struct device_view *v, struct server *server, struct device *d,
		      struct arena *a)
{
	int64_t now = server->now_ms(), seen = device_seen_ms(d);
	struct zone *z = device_zone(d);

	*v = (struct device_view){ .commands = device_commands(d) };
	device_row(d, a, &v->row);
	v->row.sn = device_sn(d);
	v->row.id = device_id(d);
	v->row.state = device_state(d);
	v->row.seen_ms = seen;
	v->contact = device_contact(d, now);
	v->active = seen > 0 && now - seen < DEVICE_ACTIVE_MS;
	if (z)
		v->zone = ghi_arena_copy(a, zone_name(z));
	zone_close(z);
	v->clock_known = device_clock_offset(d, &v->clock_offset_s);
	v->clock_wrong = v->clock_known && device_clock_wrong(v->clock_offset_s);
	v->clock_checked_ms = device_clock_checked_ms(d);
	v->contact_since_ms = device_contact_ms(d);
	v->next_contact_ms = device_next_contact_ms(server, d);
	v->problems = (int64_t)problems_open_of(server, v->row.sn);
	if (!gh_slice_eq(v->row.clock_zone, v->zone))
		v->clock_zone = v->row.clock_zone;
	device_comparison(d, &v->comparison);
	v->log_used = device_log_used(v);
	v->link = device_link_json(server, d, a);
	device_tags_view(v, d, a);
}

bool template_sum_add(void *ctx, gh_slice source, int64_t n)
{
	struct template_sum *t = ctx;

	if (gh_slice_eq(source, GH_LIT("fp")))
		t->fp += n;
	else if (gh_slice_eq(source, GH_LIT("face")))
		t->face += n;
	else if (gh_slice_eq(source, GH_LIT("biodata")))
		t->biodata += n;
	return true;
}

static enum gh_err device_view_count(struct device_view *v, const struct store_ops *ops,
				     struct store_reader *reader, struct arena *a)
{
	int64_t n[KIND_COUNT], damaged = 0;
	struct template_sum t = { 0 };
	enum gh_err err = ops->record_counts(reader, v->row.id, n);
	struct json made = json_with_limit(4096), *j = &made;

	if (err == GH_OK)
		err = ops->template_counts(reader, v->row.id, template_sum_add, &t);
	if (err == GH_OK)
		err = ops->damaged_count(reader, v->row.id, &damaged);
	if (err)
		return err;
	json_object(j);
	json_key(j, "userCount");
	json_int(j, n[KIND_PERSON]);
	json_key(j, "fingerprintCount");
	json_int(j, t.fp);
	json_key(j, "faceCount");
	json_int(j, t.face);
	json_key(j, "bioTemplateCount");
	json_int(j, t.biodata);
	json_key(j, "damaged");
	json_int(j, damaged);
	for (size_t k = 0; k < KIND_COUNT; k++) {
		json_key(j, model_kinds[k].plural);
		json_int(j, n[k]);
	}
	json_object_end(j);
	err = j->text.err;
	if (err == GH_OK)
		v->stats = ghi_arena_copy(a, json_text(j));
	if (err == GH_OK && v->stats.p == NULL)
		err = GH_ENOMEM;
	json_clear(j);
	return err;
}

struct area_name_take {
	struct device_view *v;
	struct arena *arena;
};

static bool area_name_take(void *ctx, int64_t id, const void *record)
{
	struct area_name_take *t = ctx;

	(void)id;
	t->v->area_name = ghi_arena_copy(t->arena, ((const struct area *)record)->name);
	return true;
}

enum gh_err device_view_fill(struct device_view *v, const struct store_ops *ops,
			     struct store_reader *reader, struct arena *a)
{
	struct area_name_take take = { v, a };
	enum gh_err err = device_view_count(v, ops, reader, a);

	if (err == GH_OK)
		err = device_report_read(v, ops, reader, a);
	if (err == GH_OK && v->row.area && v->area_name.n == 0)
		err = ops->entity_get(reader, ENTITY_AREA, v->row.area, area_name_take, &take);
	return err == GH_ENOTFOUND ? GH_OK : err;
}

/* GET /api/access/check: whether a person may pass a door at a moment, and why. */
#include <stdio.h>

#include "api/call.h"
#include "base/number.h"
#include "core/access/site_read.h"
#include "core/access/unit_holds.h"
#include "core/access/unit_parameters.h"
#include "model/record.h"

#define MIDNIGHT 1000000

/* What the query is about; false: answered. */
static bool person_named(struct call *c, struct site_of *of)
{
	const struct param_value *v = call_param(c, PARAM_person);
	uint64_t id;

	*of = (struct site_of){ 0 };
	if (!v->present) {
		call_fail_param(c, PARAM_person, "is missing: a number, or pin:PIN");
		return false;
	}
	if (gh_slice_starts(v->s, GH_LIT("pin:")) && v->s.n > 4) {
		/* Of the namespace of the door, which is not known yet. */
		of->pin = gh_slice_from(v->s, 4);
		return true;
	}
	if (ghi_number_parse(v->s, INT64_MAX, &id) || id == 0) {
		call_fail_param(c, PARAM_person, "must be the number of a person, or pin:PIN");
		return false;
	}
	of->id = (int64_t)id;
	return true;
}

/* The door, and what its clock shows now unless the query has a moment. */
static bool door_named(struct call *c, struct site_door *door, ghi_civil *at)
{
	const struct param_value *v = call_param(c, PARAM_door),
				 *when = call_param(c, PARAM_at);
	struct device *d;
	int64_t now = c->server->now_ms() / 1000;
	struct zone *z;

	if (!v->present || site_door_read(v->s, door)) {
		call_fail_param(c, PARAM_door, "must be a door, SN:NUMBER");
		return false;
	}
	d = devices_find(c->server->devices, door->sn);
	if (d == NULL) {
		call_fail_device(c, "door", door->sn);
		return false;
	}
	z = device_zone(d);
	*at = when->present ? when->i
			    : ghi_civil_from_seconds(now + (z ? zone_offset_at(z, now) : 0));
	zone_close(z);
	device_unref(d);
	return true;
}

static void number_or_null(struct json *j, const char *key, int64_t n)
{
	json_key(j, key);
	if (n)
		json_int(j, n);
	else
		json_null(j);
}

static void text_or_null(struct json *j, const char *key, const char *text)
{
	json_key(j, key);
	if (text)
		json_string(j, gh_slice_of(text));
	else
		json_null(j);
}

/* "mon", "holiday 1": the column of the rule that was looked at. */
static const char *column_words(const struct site_step *step, char room[24])
{
	if (step->verdict != SITE_GRANTED && step->verdict != SITE_CLOSED)
		return NULL;
	if (step->column < TIME_HOLIDAY1)
		return time_day_word(step->column);
	snprintf(room, 24, "holiday %d", (int)step->column - TIME_HOLIDAY1 + 1);
	return room;
}

static const char *span_words(const struct time_span *s, char room[16])
{
	int to = s ? s->to == TIME_DAY_LAST ? 1440 : s->to : 0;

	if (s == NULL)
		return NULL;
	snprintf(room, 16, "%02d:%02d-%02d:%02d", s->from / 60 % 100, s->from % 60,
		 to / 60 % 100, to % 60);
	return room;
}

static void step_show(struct json *j, const struct site_step *step)
{
	char column[24], range[16];

	json_object(j);
	json_key(j, "verdict");
	json_string(j, gh_slice_of(site_verdict_word(step->verdict)));
	json_key(j, "text");
	json_string(j, gh_slice_of(site_verdict_text(step->verdict)));
	number_or_null(j, "level", step->level ? step->level->id : 0);
	json_key(j, "levelName");
	if (step->level)
		json_string(j, step->level->name);
	else
		json_null(j);
	number_or_null(j, "rule", step->rule ? step->rule->id : 0);
	json_key(j, "ruleName");
	if (step->rule)
		json_string(j, step->rule->name);
	else
		json_null(j);
	json_key(j, "name");
	if (step->name.n)
		json_string(j, step->name);
	else
		json_null(j);
	text_or_null(j, "column", column_words(step, column));
	text_or_null(j, "range", span_words(step->span, range));
	json_object_end(j);
}

/* What is decided, what a unit that requests it is answered, and whether the unit itself decided. */
struct checked {
	struct site_answer a;
	struct site_identified remote;
	bool by_unit;
	bool lacks_supers; /* the unit has no table of super users */
	gh_slice pin;	   /* of the person, known here or not */
};

struct checking {
	struct json *j;
	const struct checked *k;
};

/* What a step is on the unit of that door. */
static void step_see(void *ctx, const struct site_step *step)
{
	const struct checking *x = ctx;
	struct site_step shown = *step;

	if (step->verdict == SITE_SUPER_USER && x->k->lacks_supers)
		shown.verdict = SITE_SUPER_LACKS;
	step_show(x->j, &shown);
}

/* A unit without a table of super users, as far as it registered what it has, keeps a locked door shut to them, too. */
static enum gh_err unit_supers_see(struct call *c, struct checked *k,
				   const struct site_door *door)
{
	struct device_row row = { 0 };
	struct arena a = ghi_arena_with_limit(ANSWER_BYTES);
	struct device *d = devices_find(c->server->devices, door->sn);
	struct ghi_table_unit unit;
	enum gh_err err = GH_OK;

	if (d && device_dialect(d) == DEVICE_ACCESS)
		device_row(d, &a, &row);
	if (row.access.parameters.n)
		err = unit_tables_of(c->server->db.ops, c->reader, device_id(d),
				     row.access.parameters, &a, &unit);
	if (row.access.parameters.n && err == GH_OK)
		k->lacks_supers = !ghi_table_open(
			ghi_access_table_find(GH_LIT("SuperAuthorize"), &unit), &unit);
	if (k->lacks_supers) {
		k->a.granted = false;
		k->a.why = SITE_SUPER_LACKS;
	}
	device_unref(d);
	ghi_arena_clear(&a);
	return err;
}

/* No access level names the door: what the unit holds decides, as of a request by it. */
static enum gh_err unit_decide(struct call *c, struct checked *k, const struct site_door *door,
			       ghi_civil at)
{
	struct unit_wish w = { .pin = k->pin, .door = door->n, .at = at };
	struct unit_holding holding;
	struct device_row row = { 0 };
	struct arena a = ghi_arena_with_limit(ANSWER_BYTES);
	struct device *d = devices_find(c->server->devices, door->sn);
	enum gh_err err = GH_OK;

	if (d && device_dialect(d) == DEVICE_ACCESS) {
		device_row(d, &a, &row);

		struct ghi_unit u = ghi_unit_of(row.access.parameters);

		w.device = device_id(d);
		unit_wish_read(&w, d, &u);
		err = unit_holds(c->server->db.ops, c->reader, &w, &holding);
		k->by_unit = err == GH_OK;
	}
	if (k->by_unit) {
		k->a.granted = k->remote.granted = holding.holds;
		if (holding.holds)
			k->a.why = SITE_UNIT_HOLDS;
	}
	device_unref(d);
	ghi_arena_clear(&a);
	return err;
}

static void answer_show(struct call *c, const struct site *s, const struct site_person *p,
			const struct site_door *door, ghi_civil at, const struct checked *k)
{
	uint8_t text[GHI_CIVIL_TEXT];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	struct site_answer a = k->a;
	struct json j = call_data();
	struct checking x = { &j, k };
	bool refuses = c->server->settings->remote_identification == IDENTIFY_REFUSE;

	ghi_put_civil(&w, at);
	json_object(&j);
	json_key(&j, "granted");
	json_bool(&j, a.granted);
	json_key(&j, "verdict");
	json_string(&j, gh_slice_of(site_verdict_word(a.why)));
	json_key(&j, "text");
	json_string(&j, gh_slice_of(site_verdict_text(a.why)));
	json_key(&j, "remoteGranted");
	json_bool(&j, k->remote.granted && !refuses);
	number_or_null(&j, "person", p ? p->id : 0);
	json_key(&j, "door");
	json_string(&j, call_param(c, PARAM_door)->s);
	json_key(&j, "at");
	json_string(&j, ghi_written(&w));
	json_key(&j, "steps");
	json_array(&j);
	site_decide(s, p, door, at, step_see, &x);
	if (k->by_unit)
		step_show(&j, &(struct site_step){ .verdict = k->remote.granted
								      ? SITE_UNIT_HOLDS
								      : SITE_UNIT_LACKS });
	json_array_end(&j);
	json_object_end(&j);
	call_data_end(c, 200, &j);
}

struct namespace_found {
	struct arena *a;
	gh_slice text;
};

static bool area_namespace_take(void *ctx, int64_t id, const void *record)
{
	struct namespace_found *of = ctx;

	(void)id;
	of->text = ghi_arena_copy(of->a, ((const struct area *)record)->namespace);
	return true;
}

/* The namespace of the area that a device is in. */
static enum gh_err area_namespace_of(struct call *c, gh_slice sn, gh_slice *out)
{
	struct device *d = devices_find(c->server->devices, sn);
	struct namespace_found of = { call_arena(c), NAMESPACE_DEFAULT };
	enum gh_err err =
		d ? c->server->db.ops->entity_get(c->reader, ENTITY_AREA, device_area(d),
						  area_namespace_take, &of)
		  : GH_OK;

	device_unref(d);
	*out = of.text;
	return err == GH_ENOTFOUND ? GH_OK : err;
}

void handle_access_check(struct call *c)
{
	struct store_reader *reader = call_reader(c);
	struct arena a = ghi_arena_with_limit(ANSWER_BYTES * 4);
	struct site_door door;
	struct site_of of;
	const struct site_person *p = NULL;
	struct checked k = { 0 };
	struct site site;
	ghi_civil at;
	enum gh_err err;

	if (reader == NULL || !person_named(c, &of) || !door_named(c, &door, &at))
		return;
	of.devices = c->server->devices;
	err = area_namespace_of(c, door.sn, &of.namespace);
	if (err == GH_OK)
		err = site_read(c->server->db.ops, reader, &of, &a, &site);
	if (err == GH_OK) {
		p = site.people ? site.person : NULL;
		k = (struct checked){ .a = site_decide(&site, p, &door, at, NULL, NULL),
				      .remote = site_identify(&site, p, &door, at),
				      .pin = p ? p->pin : of.pin };
	}
	if (err == GH_OK && k.a.why == SITE_SUPER_USER)
		err = unit_supers_see(c, &k, &door);
	if (err == GH_OK && k.remote.elsewhere && k.pin.n)
		err = unit_decide(c, &k, &door, at);
	if (err)
		call_fail_err(c, err);
	else
		answer_show(c, &site, p, &door, at, &k);
	ghi_arena_clear(&a);
}

#include "api/door_list.h"

#include <stdio.h>
#include <stdlib.h>

#include "api/access/door_settings.h"
#include "api/call.h"
#include "api/list.h"
#include "model/event_code.h"

#define IS_NUMBER false
#define IS_TEXT true
#define ROW_STEP 64		 /* numbers of a device: more than it has doors */
#define OBJECT_BYTES 4096	 /* of an object that is a value */
#define MEMORY ((size_t)1 << 20) /* of a device while it is looked at */

static const struct store_column columns[] = {
#define COLUMN(name, type, use) { LIST_DOORS, name, NULL, IS_##type, use },
#include "api/door_column.def"
#undef COLUMN
};

/* --- a door --- */

/* Copied, and cleared. */
static gh_slice object_take(struct json *j, struct arena *a)
{
	gh_slice text = j->text.err ? (gh_slice){ 0 } : ghi_arena_copy(a, json_text(j));

	json_clear(j);
	return text;
}

static void door_moment_write(struct json *j, const char *key, int64_t ms)
{
	struct value v = value_of(VALUE_UTC_MS, ms);

	json_key(j, key);
	value_json(j, &v);
}

static gh_slice door_alarms(const struct door_state *s, struct arena *a)
{
	struct json j = json_with_limit(OBJECT_BYTES);

	json_array(&j);
	for (int i = 0; i < DOOR_ALARMS; i++) {
		if (s->alarm_since_ms[i] == 0)
			continue;
		json_object(&j);
		json_key(&j, "alarm");
		json_string(&j, gh_slice_of(door_alarm_word((size_t)i)));
		door_moment_write(&j, "since", s->alarm_since_ms[i]);
		json_object_end(&j);
	}
	json_array_end(&j);
	return object_take(&j, a);
}

static gh_slice door_last_event(const struct door_state *s, struct arena *a)
{
	const struct event_code *code = event_code_find(s->event);
	struct json j = json_with_limit(OBJECT_BYTES);
	struct value event = value_of(VALUE_INT, s->event);

	if (s->event_seq == 0)
		return (gh_slice){ 0 };
	if (s->event < 0)
		event = value_null();
	json_object(&j);
	json_key(&j, "seq");
	json_int(&j, s->event_seq);
	json_key(&j, "event");
	value_json(&j, &event);
	json_key(&j, "eventName");
	if (code)
		json_string(&j, gh_slice_of(code->meaning));
	else
		json_null(&j);
	door_moment_write(&j, "at", s->event_ms);
	json_object_end(&j);
	return object_take(&j, a);
}

static gh_slice door_id(gh_slice sn, int number, struct arena *a)
{
	char text[80];
	int n = snprintf(text, sizeof(text), "%.*s:%d", GH_FMT(sn), number);

	return ghi_arena_copy(a, (gh_slice){ (const uint8_t *)text, (size_t)n });
}

static struct door_view door_view_of(const struct door_state *s, struct arena *a)
{
	return (struct door_view){
		.number = s->number,
		.state = { s->now.sensor, s->now.relay, s->sensor_since_ms, s->relay_since_ms },
		.alarms = door_alarms(s, a),
		.last_event = door_last_event(s, a),
		.last_pin = ghi_arena_copy(a, (gh_slice){ (const uint8_t *)s->pin, s->pin_n }),
	};
}

static bool unit_is_stale(struct server *server, struct device *d, const struct unit_state *u)
{
	return u->restarted || u->reported_ms == 0 ||
	       device_contact(d, server->now_ms()) != DEVICE_ONLINE;
}

size_t door_views(struct server *server, struct device *d, struct arena *a,
		  struct door_view out[DOORS_MAX])
{
	struct arena own = ghi_arena_with_limit(MEMORY);
	struct door_state state[DOORS_MAX];
	struct device_row row = { 0 };
	struct unit_state unit;
	size_t n = device_doors(d, state, &unit);
	gh_slice sn = ghi_arena_copy(a, device_sn(d)), name;
	bool stale = unit_is_stale(server, d, &unit);

	device_row(d, &own, &row);
	name = ghi_arena_copy(a, row.name);
	ghi_arena_clear(&own);
	for (size_t i = 0; i < n; i++) {
		out[i] = door_view_of(&state[i], a);
		out[i].row = device_id(d) * ROW_STEP + state[i].number;
		out[i].device = device_id(d);
		out[i].id = door_id(sn, state[i].number, a);
		out[i].serial = sn;
		out[i].device_name = name;
		out[i].stale = stale;
		out[i].reported_ms = unit.reported_ms;
	}
	return n;
}

/* --- all of them --- */

struct door_gathering {
	struct device **device; /* referenced */
	size_t n, cap;
	int64_t only; /* 0: all */
	const struct area_limit *limit;
};

static bool door_device_hold(void *ctx, struct device *d)
{
	struct door_gathering *g = ctx;

	if (!device_has_doors(d) || device_deleted(d) || (g->only && device_id(d) != g->only) ||
	    !area_limit_has_device(g->limit, d))
		return true;
	if (g->n == g->cap)
		return false;
	g->device[g->n++] = device_ref(d);
	return true;
}

/* The register is not held while their doors are looked at. false: no memory. */
static bool door_devices_gather(struct server *server, int64_t only,
				const struct area_limit *limit, struct arena *a,
				struct door_gathering *g)
{
	/* Some may come meanwhile. */
	*g = (struct door_gathering){ .cap = devices_count(server->devices) + 8,
				      .only = only,
				      .limit = limit };
	g->device = ghi_arena_alloc(a, g->cap * sizeof(struct device *));
	if (g->device)
		devices_each(server->devices, door_device_hold, g);
	return g->device != NULL;
}

/* Those that a token may see; how many are left. */
static size_t doors_permitted(gh_slice doors, struct door_view *row, size_t n)
{
	size_t left = 0;

	for (size_t i = 0; i < n; i++)
		if (token_doors_have(doors, row[i].serial, row[i].number))
			row[left++] = row[i];
	return left;
}

static enum gh_err door_rows_make(struct server *server, const struct list_question *q,
				  struct memory_rows *out)
{
	struct door_gathering g;
	struct door_view *row;

	if (!door_devices_gather(server, q->rows.device, &q->limit, &out->arena, &g))
		return GH_ENOMEM;
	row = ghi_arena_alloc(&out->arena, (g.n + 1) * DOORS_MAX * sizeof(*row));
	for (size_t i = 0; i < g.n; i++) {
		if (row)
			out->n += doors_permitted(
				q->doors, row + out->n,
				door_views(server, g.device[i], &out->arena, row + out->n));
		device_unref(g.device[i]);
	}
	out->row = row;
	return row && !out->arena.failed ? GH_OK : GH_ENOMEM;
}

static int64_t door_number(const void *row)
{
	return ((const struct door_view *)row)->row;
}

const struct memory_source door_source = {
	.fields = &door_fields,
	.column = columns,
	.columns = sizeof(columns) / sizeof(columns[0]),
	.row_size = sizeof(struct door_view),
	.number = door_number,
	.make = door_rows_make,
};

bool doors_check(struct call *c, struct list_question *q)
{
	struct device *d;

	q->doors = c->doors;
	if (call_path(c, PATH_sn).n == 0)
		return true;
	d = call_device(c);
	if (d == NULL)
		return false;
	q->rows.device = device_id(d);
	device_unref(d);
	return true;
}

static int door_device_order(const void *a, const void *b)
{
	int64_t x = device_id(*(struct device *const *)a),
		y = device_id(*(struct device *const *)b);

	return (x > y) - (x < y);
}

static void device_doors_write(struct server *server, struct device *d, struct json *out)
{
	struct arena own = ghi_arena_with_limit(MEMORY);
	struct door_view view[DOORS_MAX];
	size_t n = door_views(server, d, &own, view);

	for (size_t k = 0; k < n && !own.failed; k++) {
		buffer_add(&out->text, GH_LIT("event: door\ndata: "));
		json_begin(out);
		fields_json(out, &door_fields, &view[k]);
		buffer_add(&out->text, GH_LIT("\n\n"));
	}
	ghi_arena_clear(&own);
}

bool doors_snapshot_write(struct server *server, int64_t device, const struct area_limit *limit,
			  int64_t *after, struct json *out)
{
	struct arena a = { 0 }; /* a pointer for each device */
	struct door_gathering g = { 0 };
	bool more = false;

	door_devices_gather(server, device, limit, &a, &g);
	if (g.n)
		qsort(g.device, g.n, sizeof(struct device *), door_device_order);
	for (size_t i = 0; i < g.n; i++) {
		if (device_id(g.device[i]) > *after && !more) {
			more = out->text.n > SNAPSHOT_BYTES;
			if (!more) {
				device_doors_write(server, g.device[i], out);
				*after = device_id(g.device[i]);
			}
		}
		device_unref(g.device[i]);
	}
	ghi_arena_clear(&a);
	return more;
}

/* --- one of them, and its unit --- */

static void door_answer(struct call *c, const struct door_view *view, gh_slice sn)
{
	struct store_reader *reader = call_reader(c);
	struct json j;
	enum gh_err err;

	if (reader == NULL)
		return;
	j = call_data();
	json_object(&j);
	fields_json_inner(&j, &door_fields, view);
	err = door_settings_show(c->server->db.ops, reader, sn, view->number, &j);
	json_object_end(&j);
	if (err == GH_OK) {
		call_data_end(c, 200, &j);
		return;
	}
	json_clear(&j);
	call_fail_err(c, err);
}

void handle_door_get(struct call *c)
{
	struct arena *a = call_arena(c);
	struct door_view view[DOORS_MAX];
	struct device *d;
	int64_t number;
	gh_slice sn;
	size_t n;

	if (!door_path_read(c, &sn, &number))
		return;
	d = call_device_find(c, sn);
	if (d == NULL) {
		call_fail(c, ERROR_device_unknown, "There is no device \"%.*s\".", GH_FMT(sn));
		return;
	}
	n = door_views(c->server, d, a, view);
	device_unref(d);
	for (size_t i = 0; i < n; i++) {
		if (view[i].number != number ||
		    !token_doors_have(c->doors, view[i].serial, number))
			continue;
		door_answer(c, &view[i], sn);
		return;
	}
	call_fail(c, ERROR_not_found, "The device has reported no door %lld.",
		  (long long)number);
}

static void gate_number_write(struct json *j, const char *key, int64_t n)
{
	json_key(j, key);
	if (n < 0)
		json_null(j);
	else
		json_int(j, n);
}

void handle_unit_state(struct call *c)
{
	struct arena *a = call_arena(c);
	struct door_view view[DOORS_MAX];
	struct door_state state[DOORS_MAX];
	struct unit_state unit;
	struct value reported;
	struct device *d = call_device(c);
	struct json j;
	size_t n;

	if (d == NULL)
		return;
	n = doors_permitted(c->doors, view, door_views(c->server, d, a, view));
	device_doors(d, state, &unit);
	reported = unit.reported_ms ? value_of(VALUE_UTC_MS, unit.reported_ms) : value_null();
	j = call_data();
	json_object(&j);
	json_key(&j, "sn");
	json_string(&j, device_sn(d));
	json_key(&j, "reportedAt");
	value_json(&j, &reported);
	json_key(&j, "stale");
	json_bool(&j, unit_is_stale(c->server, d, &unit));
	json_key(&j, "doors");
	json_array(&j);
	for (size_t i = 0; i < n; i++)
		fields_json(&j, &door_fields, &view[i]);
	json_array_end(&j);
	json_key(&j, "gate");
	json_object(&j);
	gate_number_write(&j, "state", unit.gate_state);
	gate_number_write(&j, "in", unit.gate_in);
	gate_number_write(&j, "out", unit.gate_out);
	gate_number_write(&j, "alarms", unit.gate_alarms);
	gate_number_write(&j, "runs", unit.gate_runs);
	json_object_end(&j);
	json_object_end(&j);
	device_unref(d);
	call_data_end(c, 200, &j);
}

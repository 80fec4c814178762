/* GET /api/devices and /api/devices/{sn}. */
#include <stdlib.h>

#include "api/call.h"
#include "api/compat/zk_server/fields.h"
#include "api/device_view.h"
#include "model/record.h"
#include "wire/attendance/command.h"

/* --- the list, the newest first --- */

struct gathered {
	struct device **d;
	size_t n, cap;
	enum device_state state; /* DEVICE_STATES: any */
	int64_t before;		 /* number of the device; 0: all */
};

static bool gather(void *ctx, struct device *d)
{
	struct gathered *g = ctx;

	if (g->state != DEVICE_STATES && device_state(d) != g->state)
		return true;
	if (g->before && device_id(d) >= g->before)
		return true;
	/* Those that came since they were counted would be on no page: try again. */
	if (g->n == g->cap)
		return false;
	g->d[g->n++] = device_ref(d);
	return true;
}

static int newest_first(const void *a, const void *b)
{
	int64_t x = device_id(*(struct device *const *)a);
	int64_t y = device_id(*(struct device *const *)b);

	return (x < y) - (x > y);
}

static enum gh_err gather_all(struct server *server, struct gathered *g)
{
	g->cap = devices_count(server->devices) + 64;
	g->d = calloc(g->cap, sizeof(struct device *));
	if (g->d == NULL)
		return GH_ENOMEM;
	devices_each(server->devices, gather, g);
	qsort(g->d, g->n, sizeof(struct device *), newest_first);
	return GH_OK;
}

static enum gh_err put_rows(struct call *c, struct list *l, struct gathered *g)
{
	enum gh_err err = GH_OK;

	for (size_t i = 0; i < g->n && err == GH_OK; i++) {
		struct arena a = ghi_arena_with_limit((size_t)1 << 20);
		struct device_view v;

		if (!list_room(l, device_id(g->d[i])))
			break;
		device_view_init(&v, c->server, g->d[i], &a);
		err = device_view_count(&v, c->server->db.ops, c->reader, &a);
		if (err == GH_OK)
			fields_json(&l->j, &zk_server_device_fields, &v);
		ghi_arena_clear(&a);
	}
	return err;
}

static bool read_state(struct call *c, enum device_state *out)
{
	const struct param_value *v = call_param(c, PARAM_state);

	*out = DEVICE_STATES;
	if (!v->present)
		return true;
	for (enum device_state s = 0; s < DEVICE_STATES; s++)
		if (gh_slice_eq(v->s, gh_slice_of(device_state_name(s))))
			*out = s;
	if (*out == DEVICE_STATES)
		call_fail_param(c, PARAM_state, "must be held, approved or blocked");
	return *out != DEVICE_STATES;
}

void handle_devices_list(struct call *c)
{
	struct gathered g = { .before = call_param(c, PARAM_after)->i };
	struct list l;
	enum gh_err err;

	if (call_reader(c) == NULL || !read_state(c, &g.state))
		return;
	l = list_begin(c, 1000);
	l.newest_first = true;
	err = gather_all(c->server, &g);
	if (err == GH_OK)
		err = put_rows(c, &l, &g);
	for (size_t i = 0; i < g.n; i++)
		device_unref(g.d[i]);
	free(g.d);
	list_end(c, &l, err);
}

/* --- one device --- */

static bool put_option(void *ctx, int64_t device, gh_slice key, gh_slice value)
{
	struct json *j = ctx;
	char name[256];
	size_t n = key.n < sizeof(name) - 1 ? key.n : sizeof(name) - 1;

	(void)device;
	memcpy(name, key.p, n);
	name[n] = 0;
	json_key(j, name);
	json_string(j, ghi_option_is_secret(key) ? GH_LIT("***") : value);
	return j->text.err == GH_OK;
}

static void put_text(struct json *j, const char *key, gh_slice s)
{
	struct value v = value_text_if(s);

	json_key(j, key);
	value_json(j, &v);
}

/* What zk_server calls the capabilities of a device. */
static void put_capabilities(struct json *j, const struct device_view *v)
{
	struct value seen = value_ms_if(v->row.seen_ms);

	json_key(j, "capabilities");
	json_object(j);
	put_text(j, "serialNumber", v->row.sn);
	put_text(j, "pushVersion", v->row.attendance.push_version);
	put_text(j, "firmwareVersion", v->row.firmware);
	json_key(j, "lastSeen");
	value_json(j, &seen);
	json_object_end(j);
}

static bool put_area_name(void *ctx, int64_t id, const void *record)
{
	(void)id;
	put_text(ctx, "areaName", ((const struct area *)record)->name);
	return true;
}

static bool put_tag(void *ctx, int64_t from, int64_t to, const void *record)
{
	(void)from;
	(void)to;
	json_string(ctx, ((const struct tag *)record)->name);
	return true;
}

static enum gh_err put_area(struct call *c, struct json *j, const struct device_view *v)
{
	const struct store_ops *ops = c->server->db.ops;
	enum gh_err err =
		ops->entity_get(c->reader, ENTITY_AREA, v->row.area, put_area_name, j);

	if (err == GH_ENOTFOUND) {
		put_text(j, "areaName", (gh_slice){ 0 });
		err = GH_OK;
	}
	json_key(j, "tags");
	json_array(j);
	if (err == GH_OK)
		err = ops->relations_read(c->reader, RELATION_DEVICE_TAG, v->row.id, put_tag,
					  j);
	json_array_end(j);
	return err;
}

static enum gh_err put_detail(struct call *c, struct json *j, struct device_view *v)
{
	const struct store_ops *ops = c->server->db.ops;
	enum gh_err err = device_view_count(v, ops, c->reader, call_arena(c));

	json_object(j);
	fields_json_inner(j, &zk_server_device_fields, v);
	put_text(j, "info", v->row.attendance.info);
	if (err == GH_OK)
		err = put_area(c, j, v);
	put_capabilities(j, v);
	json_key(j, "options");
	json_object(j);
	if (err == GH_OK)
		err = ops->options_read(c->reader, v->row.id, put_option, j);
	json_object_end(j);
	json_key(j, "stamps");
	json_object(j);
	if (err == GH_OK)
		err = ops->stamps_read(c->reader, v->row.id, put_option, j);
	json_object_end(j);
	json_object_end(j);
	return err;
}

void handle_device_get(struct call *c)
{
	struct device *d = call_reader(c) ? call_device(c) : NULL;
	struct device_view v;
	struct json j;
	enum gh_err err;

	if (d == NULL)
		return;
	device_view_init(&v, c->server, d, call_arena(c));
	j = call_data();
	err = put_detail(c, &j, &v);
	if (err) {
		json_clear(&j);
		call_fail_err(c, err);
	} else {
		call_data_end(c, 200, &j);
	}
	device_unref(d);
}

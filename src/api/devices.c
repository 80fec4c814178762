/* GET /api/devices/{sn}. */
#include "api/access_view.h"
#include "api/biometric_view.h"
#include "api/call.h"
#include "api/comparison_view.h"
#include "api/compat/zk_server/fields.h"
#include "api/compat/zk_server/members.h"
#include "api/device_view.h"
#include "api/list_resource.h"
#include "model/access_option.h"
#include "model/record.h"
#include "model/unit_row.h"
#include "wire/push/secret_option.h"

static void option_key_write(struct json *j, gh_slice key)
{
	char name[256];
	size_t n = key.n < sizeof(name) - 1 ? key.n : sizeof(name) - 1;

	memcpy(name, key.p, n);
	name[n] = 0;
	json_key(j, name);
}

static bool option_write(void *ctx, int64_t device, gh_slice key, gh_slice value)
{
	struct json *j = ctx;

	(void)device;
	option_key_write(j, key);
	if (unit_value_is_known(value))
		json_string(j, ghi_option_is_secret(key) ? GH_LIT("***") : value);
	else
		json_null(j);
	return j->text.err == GH_OK;
}

static void device_text_write(struct json *j, const char *key, gh_slice s)
{
	struct value v = value_text_if(s);

	json_key(j, key);
	value_json(j, &v);
}

/* What it sent and no reader understood: exact up to the total of a list. */
static enum gh_err unread_write(struct call *c, struct json *j, const struct device_view *v)
{
	static const struct {
		const char *key;
		enum store_list list;
	} of[] = { { "records", STORE_QUARANTINE }, { "uploads", STORE_UPLOADS } };
	enum gh_err err = GH_OK;

	json_key(j, "notUnderstood");
	json_object(j);
	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]) && err == GH_OK; i++) {
		struct store_rows rows = { .list = of[i].list, .device = v->row.id };
		int64_t n = 0;

		err = c->server->db.ops->rows_count(c->reader, &rows, LIST_TOTAL, &n);
		json_key(j, of[i].key);
		json_int(j, n);
	}
	json_object_end(j);
	return err;
}

#define MEANING_TEXT 256

/* What an option of an access unit is, and what its value means, where a table has it. */
static bool option_meaning_write(void *ctx, int64_t device, gh_slice key, gh_slice value)
{
	uint8_t text[2 * MEANING_TEXT];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	struct access_option o;
	size_t before;

	(void)device;
	if (!access_option_find(key, &o))
		return true;
	ghi_put(&w, gh_slice_of(o.parameter->words));
	ghi_put(&w, GH_LIT(": "));
	before = w.n;
	access_option_words_put(&w, &o, value);
	if (w.err)
		return true;
	if (w.n == before)
		w.n -= 2;
	option_key_write(ctx, key);
	json_string(ctx, ghi_written(&w));
	return true;
}

static enum gh_err detail_write(struct call *c, struct json *j, struct device *d,
				struct device_view *v)
{
	const struct store_ops *ops = c->server->db.ops;
	enum gh_err err = device_view_fill(v, ops, c->reader, call_arena(c));

	json_object(j);
	fields_json_inner(j, &zk_server_device_fields, v);
	device_text_write(j, "info", v->row.attendance.info);
	json_key(j, "comparison");
	comparison_view_write(j, d);
	if (err == GH_OK)
		err = unread_write(c, j, v);
	access_view_write(j, &v->row);
	zk_server_capabilities_write(j, v);
	if (err == GH_OK)
		err = biometric_view_write(c, j, d);
	json_key(j, "options");
	json_object(j);
	if (err == GH_OK)
		err = ops->options_read(c->reader, v->row.id, option_write, j);
	json_object_end(j);
	json_key(j, "optionMeanings");
	json_object(j);
	if (err == GH_OK && device_dialect_of(v->row.dialect) == DEVICE_ACCESS)
		err = ops->options_read(c->reader, v->row.id, option_meaning_write, j);
	json_object_end(j);
	json_key(j, "stamps");
	json_object(j);
	if (err == GH_OK)
		err = ops->stamps_read(c->reader, v->row.id, option_write, j);
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
	err = detail_write(c, &j, d, &v);
	if (err) {
		json_clear(&j);
		call_fail_err(c, err);
	} else {
		call_data_end(c, 200, &j);
	}
	device_unref(d);
}

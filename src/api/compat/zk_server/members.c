#include "api/compat/zk_server/members.h"

static void member_text_write(struct json *j, const char *key, gh_slice s)
{
	struct value v = value_text_if(s);

	json_key(j, key);
	value_json(j, &v);
}

void zk_server_capabilities_write(struct json *j, const struct device_view *v)
{
	struct value seen = value_ms_if(v->row.seen_ms);

	json_key(j, "capabilities");
	json_object(j);
	member_text_write(j, "serialNumber", v->row.sn);
	member_text_write(j, "pushVersion", v->row.attendance.push_version);
	member_text_write(j, "firmwareVersion", v->row.firmware);
	json_key(j, "lastSeen");
	value_json(j, &seen);
	json_object_end(j);
}

/* A bound of the device's time, by either of its names. */
static void query_bound_write(const struct call *c, struct json *j, const char *name,
			      enum param_id a, enum param_id b)
{
	const struct param_value *v = call_param(c, a);
	struct value value;

	if (!v->present)
		v = call_param(c, b);
	value = v->present ? value_of(VALUE_CIVIL, v->i) : value_null();
	json_key(j, name);
	value_json(j, &value);
}

void zk_server_query_write(const struct call *c, struct json *j)
{
	const struct param_value *device = call_param(c, PARAM_device);

	json_key(j, "query");
	json_object(j);
	json_key(j, "device");
	json_string(j, device->present ? device->s : GH_LIT("all"));
	query_bound_write(c, j, "startDate", PARAM_from, PARAM_startDate);
	query_bound_write(c, j, "endDate", PARAM_to, PARAM_endDate);
	json_object_end(j);
}

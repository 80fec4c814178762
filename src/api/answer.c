/* How calls are answered, and what many of them need. */
#include "api/call.h"
#include "base/number.h"

static const char json_type[] = "application/json";

void call_json(struct call *c, unsigned status, struct json *j)
{
	if (j->text.err) {
		call_fail_err(c, j->text.err == GH_ETOOBIG ? GH_ENOMEM : j->text.err);
		json_clear(j);
		return;
	}
	http_reply_take(c->r, status, json_type, json_text(j));
	*j = json_with_limit(0);
}

struct json call_data(void)
{
	struct json j = json_with_limit(ANSWER_BYTES);

	json_object(&j);
	json_key(&j, "success");
	json_bool(&j, true);
	json_key(&j, "data");
	return j;
}

void call_data_end(struct call *c, unsigned status, struct json *j)
{
	json_object_end(j);
	call_json(c, status, j);
}

void call_done(struct call *c, const char *text)
{
	struct json j = json_with_limit(4096);

	json_object(&j);
	json_key(&j, "success");
	json_bool(&j, true);
	json_key(&j, "message");
	json_string(&j, gh_slice_of(text));
	json_object_end(&j);
	call_json(c, 200, &j);
}

struct device *call_device(struct call *c)
{
	gh_slice sn = call_path(c, PATH_sn);
	struct device *d = call_device_find(c, sn);

	if (d == NULL)
		call_fail_device(c, "sn", sn);
	return d;
}

bool call_number(struct call *c, enum path_param_id place, int64_t *out)
{
	gh_slice text = call_path(c, place);
	uint64_t n;

	if (ghi_number_parse(text, INT64_MAX, &n) || n == 0) {
		call_fail(c, ERROR_not_found, "\"%.*s\" is not a number given out here.",
			  text.n > 40 ? 40 : (int)text.n, (const char *)text.p);
		return false;
	}
	*out = (int64_t)n;
	return true;
}

bool call_id(struct call *c, int64_t *id)
{
	return call_number(c, PATH_id, id);
}

bool call_device_filter(struct call *c, int64_t *id)
{
	const struct param_value *v = call_param(c, PARAM_device);
	struct device *d;

	*id = 0;
	if (!v->present)
		return true;
	d = call_device_find(c, v->s);
	if (d == NULL) {
		call_fail_device(c, "device", v->s);
		return false;
	}
	*id = device_id(d);
	device_unref(d);
	return true;
}

/* How calls are answered, and what many of them need. */
#include <stdarg.h>
#include <stdio.h>

#include "api/body.h"
#include "api/call.h"
#include "base/number.h"

static const char json_type[] = "application/json";

void call_fail(struct call *c, unsigned status, const char *code, const char *text, ...)
{
	struct json j = json_with_limit(8192);
	char sentence[512];
	va_list ap;

	va_start(ap, text);
	vsnprintf(sentence, sizeof(sentence), text, ap);
	va_end(ap);
	json_object(&j);
	json_key(&j, "success");
	json_bool(&j, false);
	json_key(&j, "error");
	json_string(&j, gh_slice_of(sentence));
	json_key(&j, "code");
	json_string(&j, gh_slice_of(code));
	json_object_end(&j);
	http_reply(c->r, status, json_type, json_text(&j));
	json_clear(&j);
}

void call_fail_err(struct call *c, enum gh_err err)
{
	static const struct {
		enum gh_err err;
		unsigned status;
		const char *code, *text;
	} row[] = {
		{ GH_ENOTFOUND, 404, "not_found", "There is no such thing." },
		{ GH_ESTATE, 409, "wrong_state", "It is not in a state that allows this." },
		{ GH_EEXISTS, 409, "exists", "It exists already." },
		{ GH_EINVALID, 400, "invalid", "A value is not valid." },
		{ GH_EMALFORMED, 400, "malformed", "A value breaks its format." },
		{ GH_ETOOBIG, 413, "too_big", "A value is over its limit." },
		{ GH_EDENIED, 403, "denied", "The server refuses this." },
		{ GH_EBUSY, 503, "busy", "The server is busy; try again in a moment." },
		{ GH_EFULL, 503, "storage_full", "The server's storage is full." },
		{ GH_ENOMEM, 503, "no_memory", "The server is out of memory." },
		{ GH_ECLOSED, 503, "stopping", "The server is being stopped." },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		if (row[i].err != err)
			continue;
		if (row[i].status == 503)
			http_add_header(c->r, "Retry-After", "1");
		call_fail(c, row[i].status, row[i].code, "%s", row[i].text);
		return;
	}
	call_fail(c, 500, "store_failed", "The server's storage failed: %s.", gh_strerror(err));
}

void call_json(struct call *c, unsigned status, struct json *j)
{
	if (j->err) {
		call_fail_err(c, j->err == GH_ETOOBIG ? GH_ENOMEM : j->err);
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

struct list list_begin(const struct call *c, int64_t usual_limit)
{
	const struct param_value *limit = call_param(c, PARAM_limit);
	struct list l = {
		.j = call_data(),
		.limit = limit->present ? limit->i : usual_limit,
		.last = call_param(c, PARAM_after)->i,
	};

	json_array(&l.j);
	return l;
}

int64_t list_rows(const struct list *l)
{
	return l->limit + 1;
}

bool list_room(struct list *l, int64_t number)
{
	if (l->n == l->limit || l->j.n > LIST_BYTES) {
		l->more = true;
		return false;
	}
	l->n++;
	l->last = number;
	return l->j.err == GH_OK;
}

void list_close(struct list *l)
{
	json_array_end(&l->j);
	json_key(&l->j, "count");
	json_int(&l->j, l->n);
	/* A list that grows at its end goes on from where this page ended, be it empty. One
	 * with the newest first has an end. */
	json_key(&l->j, "next");
	if (l->newest_first && !l->more)
		json_null(&l->j);
	else
		json_int(&l->j, l->last);
	json_key(&l->j, "more");
	json_bool(&l->j, l->more);
}

void list_end(struct call *c, struct list *l, enum gh_err err)
{
	if (err) {
		json_clear(&l->j);
		call_fail_err(c, err);
		return;
	}
	list_close(l);
	call_data_end(c, 200, &l->j);
}

struct device *call_device(struct call *c)
{
	gh_slice sn = call_path(c, PATH_sn);
	struct device *d = devices_find(c->server->devices, sn);

	if (d == NULL)
		call_fail(c, 404, "device_unknown", "No device has the serial number \"%.*s\".",
			  sn.n > 40 ? 40 : (int)sn.n, (const char *)sn.p);
	return d;
}

bool call_id(struct call *c, int64_t *id)
{
	gh_slice text = call_path(c, PATH_id);
	uint64_t n;

	if (ghi_number_parse(text, INT64_MAX, &n) || n == 0) {
		call_fail(c, 404, "not_found", "\"%.*s\" is not a number given out here.",
			  text.n > 40 ? 40 : (int)text.n, (const char *)text.p);
		return false;
	}
	*id = (int64_t)n;
	return true;
}

bool call_device_filter(struct call *c, int64_t *id)
{
	const struct param_value *v = call_param(c, PARAM_device);
	struct device *d;

	*id = 0;
	if (!v->present)
		return true;
	d = devices_find(c->server->devices, v->s);
	if (d == NULL) {
		call_fail(c, 404, "device_unknown", "No device has the serial number \"%.*s\".",
			  GH_FMT(v->s));
		return false;
	}
	*id = device_id(d);
	device_unref(d);
	return true;
}

bool call_page(struct call *c, const struct list *l, struct store_page *page)
{
	*page = (struct store_page){
		.after = call_param(c, PARAM_after)->i,
		.limit = list_rows(l),
		.descending = l->newest_first,
		.pin = call_param(c, PARAM_pin)->s,
	};
	return call_device_filter(c, &page->device);
}

const struct body *call_body(struct call *c, const struct body_schema *schema)
{
	struct body *b = ghi_arena_alloc(call_arena(c), sizeof(*b));
	char why[200] = "";
	enum gh_err err = GH_ENOMEM;

	if (b)
		err = body_parse(http_body(c->r), call_arena(c), b, why);
	if (err == GH_OK)
		err = body_check(b, schema, why);
	if (err == GH_OK)
		return b;
	if (err == GH_ENOMEM)
		call_fail_err(c, err);
	else
		call_fail(c, 400, err == GH_EMALFORMED ? "body_malformed" : "field_invalid",
			  "%s", why);
	return NULL;
}

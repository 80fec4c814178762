/* POST /api/devices/{sn}/access-punches: punches of access events that are stored already. */
#include "api/call.h"
#include "api/query.h"
#include "core/access/punch_fill.h"

/* In the request's arena. */
struct filling {
	struct call *c;
	struct device *d;
	enum gh_err err;
	struct punch_fill_result result;
};

static void fill_answer(void *ctx)
{
	struct filling *f = ctx;
	struct json j = call_data();

	device_unref(f->d);
	if (f->err) {
		json_clear(&j);
		call_fail_err(f->c, f->err);
		return;
	}
	json_object(&j);
	json_key(&j, "events");
	json_int(&j, f->result.events);
	json_key(&j, "punches");
	json_int(&j, f->result.punches);
	json_object_end(&j);
	call_data_end(f->c, 200, &j);
}

/* On a reader thread or the store thread. */
static void fill_ended(void *ctx, enum gh_err err, const struct punch_fill_result *result)
{
	struct filling *f = ctx;

	f->err = err;
	f->result = *result;
	http_resume_with(f->c->r, fill_answer, f);
}

static bool fill_time_read(struct call *c, const char *field, bool last, ghi_civil *out)
{
	const struct body *b = body_find(c->body, gh_slice_of(field));

	if (b == NULL || query_moment(b->s, last, out) == GH_OK)
		return true;
	call_fail_field(c, ERROR_field_invalid, field,
			"must be a time of the device: YYYY-MM-DD or YYYY-MM-DD HH:MM:SS");
	return false;
}

void handle_access_punches(struct call *c)
{
	struct filling *f = ghi_arena_alloc(call_arena(c), sizeof(*f));
	ghi_civil from = GHI_CIVIL_NONE, to = GHI_CIVIL_NONE;
	struct device *d;

	if (f == NULL) {
		call_fail_err(c, GH_ENOMEM);
		return;
	}
	if (!fill_time_read(c, "from", false, &from) || !fill_time_read(c, "to", true, &to))
		return;
	d = call_device(c);
	if (d == NULL)
		return;
	*f = (struct filling){ .c = c, .d = d };
	if (!http_defer(c->r)) {
		device_unref(d);
		return;
	}
	enum gh_err err = device_punches_fill(c->server, d, from, to, fill_ended, f);

	/* Where it begins, f is the other thread's. */
	if (err) {
		f->err = err;
		http_resume_with(c->r, fill_answer, f);
	}
}

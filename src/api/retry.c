/* What was stored as it was sent, because nothing could read it, is read again, or dismissed. */
#include "core/retry.h"

#include "api/call.h"

struct retrying {
	struct call *c;
	enum retry_of of;
	int64_t id; /* 0: all */
	enum gh_err err;
	bool found; /* when it is dismissed */
	struct retry_result result;
};

static void row_unknown(const struct retrying *g)
{
	bool upload = g->of == RETRY_UPLOADS;

	call_fail(g->c, upload ? ERROR_upload_unknown : ERROR_quarantine_unknown,
		  "There is no %s %lld.", upload ? "upload" : "record in quarantine",
		  (long long)g->id);
}

static void retry_reply(void *ctx)
{
	struct retrying *g = ctx;
	const struct retry_result *r = &g->result;

	if (g->err) {
		call_fail_err(g->c, g->err);
		return;
	}
	if (g->id && !r->found) {
		row_unknown(g);
		return;
	}
	const struct {
		const char *key;
		int64_t n;
	} count[] = { { "tried", r->tried },
		      { "understood", r->left },
		      { "kept", r->tried - r->left },
		      { "records", r->records },
		      { "punches", r->punches } };
	struct json j = call_data();
	struct value reason = value_text_if(gh_slice_of(r->reason));

	json_object(&j);
	for (size_t i = 0; i < sizeof(count) / sizeof(count[0]); i++) {
		json_key(&j, count[i].key);
		json_int(&j, count[i].n);
	}
	json_key(&j, "reason");
	value_json(&j, &reason);
	json_object_end(&j);
	call_data_end(g->c, 200, &j);
}

/* On a reader thread or the store thread. */
static void retry_done(void *ctx, enum gh_err err, const struct retry_result *result)
{
	struct retrying *g = ctx;

	g->err = err;
	g->result = *result;
	http_resume_with(g->c->r, retry_reply, g);
}

static struct retrying *retrying_new(struct call *c, enum retry_of of)
{
	struct retrying *g = ghi_arena_alloc(call_arena(c), sizeof(*g));

	if (g == NULL) {
		call_fail_err(c, GH_ENOMEM);
		return NULL;
	}
	g->c = c;
	g->of = of;
	return g;
}

static void retry_start(struct call *c, enum retry_of of, int64_t id, int64_t device)
{
	struct retrying *g = retrying_new(c, of);

	if (g == NULL)
		return;
	g->id = id;
	http_defer(c->r);
	enum gh_err err = retry_begin(
		c->server, (struct retry_select){ .of = of, .id = id, .device = device },
		retry_done, g);

	if (err)
		retry_done(g, err, &(struct retry_result){ 0 });
}

static void retry_one(struct call *c, enum retry_of of)
{
	int64_t id;

	if (call_id(c, &id))
		retry_start(c, of, id, 0);
}

static void retry_all(struct call *c, enum retry_of of)
{
	int64_t device;

	if (call_device_filter(c, &device))
		retry_start(c, of, 0, device);
}

void handle_quarantine_retry(struct call *c)
{
	retry_one(c, RETRY_QUARANTINE);
}

void handle_upload_retry(struct call *c)
{
	retry_one(c, RETRY_UPLOADS);
}

void handle_quarantine_retry_all(struct call *c)
{
	retry_all(c, RETRY_QUARANTINE);
}

void handle_uploads_retry_all(struct call *c)
{
	retry_all(c, RETRY_UPLOADS);
}

static void dismiss_reply(void *ctx)
{
	struct retrying *g = ctx;

	if (g->err)
		call_fail_err(g->c, g->err);
	else if (!g->found)
		row_unknown(g);
	else
		call_done(g->c,
			  g->of == RETRY_UPLOADS ? "Upload dismissed" : "Record dismissed");
}

/* On the store thread. */
static void dismiss_done(void *ctx, enum gh_err err, bool found)
{
	struct retrying *g = ctx;

	g->err = err;
	g->found = found;
	http_resume_with(g->c->r, dismiss_reply, g);
}

static void dismiss_start(struct call *c, enum retry_of of)
{
	int64_t id;

	if (!call_id(c, &id))
		return;
	struct retrying *g = retrying_new(c, of);

	if (g == NULL)
		return;
	g->id = id;
	http_defer(c->r);
	enum gh_err err = retry_dismiss(c->server, of, id, dismiss_done, g);

	if (err)
		dismiss_done(g, err, false);
}

void handle_quarantine_dismiss(struct call *c)
{
	dismiss_start(c, RETRY_QUARANTINE);
}

void handle_upload_dismiss(struct call *c)
{
	dismiss_start(c, RETRY_UPLOADS);
}

/* /api/quarantine and /api/uploads. */
#include "api/quarantine.h"

#include "api/call.h"
#include "api/readers.h"
#include "model/upload.h"

#define BODY_SHOWN 4096
#define RAW_SHOWN 65536

struct quarantine_view {
	const struct quarantine *q;
	gh_slice raw;
};

struct upload_view {
	const struct raw_upload *u;
	gh_slice body;
};

#define FIELD(name, kind, null, about, expression) \
	FIELD_GETTER(struct quarantine_view, quarantine, name, expression)
#include "api/quarantine.def"
#undef FIELD

static const struct field quarantine_field[] = {
#define FIELD(name, kind, null, about, expression) \
	FIELD_ROW(quarantine, name, kind, null, about),
#include "api/quarantine.def"
#undef FIELD
};

#define FIELD(name, kind, null, about, expression) \
	FIELD_GETTER(struct upload_view, upload, name, expression)
#include "api/upload.def"
#undef FIELD

static const struct field upload_field[] = {
#define FIELD(name, kind, null, about, expression) FIELD_ROW(upload, name, kind, null, about),
#include "api/upload.def"
#undef FIELD
};

const struct fields quarantine_fields = {
	"Quarantined", quarantine_field, sizeof(quarantine_field) / sizeof(quarantine_field[0])
};
const struct fields upload_fields = { "Upload", upload_field,
				      sizeof(upload_field) / sizeof(upload_field[0]) };

static bool add_quarantined(void *ctx, const struct quarantine *q)
{
	struct list *l = ctx;

	struct quarantine_view v = { q, q->raw };

	if (!list_room(l, q->id))
		return false;
	if (v.raw.n > RAW_SHOWN)
		v.raw.n = RAW_SHOWN;
	fields_json(&l->j, &quarantine_fields, &v);
	return true;
}

void handle_quarantine_list(struct call *c)
{
	struct list l = list_begin(c, 100);
	struct store_reader *reader;
	struct store_page q;
	enum gh_err err;

	if (!call_page(c, &l, &q)) {
		json_clear(&l.j);
		return;
	}
	err = readers_borrow(c->api->readers, &reader);
	if (err == GH_OK) {
		err = c->server->db.ops->quarantine_read(reader, &q, add_quarantined, &l);
		readers_return(c->api->readers, reader);
	}
	list_end(c, &l, err);
}

static bool add_upload(void *ctx, const struct raw_upload *u)
{
	struct list *l = ctx;
	struct upload_view v = { u, u->body };

	if (!list_room(l, u->id))
		return false;
	if (v.body.n > BODY_SHOWN)
		v.body.n = BODY_SHOWN;
	fields_json(&l->j, &upload_fields, &v);
	return true;
}

void handle_uploads_list(struct call *c)
{
	struct list l = list_begin(c, 100);
	struct store_reader *reader;
	struct store_page q;
	enum gh_err err;

	if (!call_page(c, &l, &q)) {
		json_clear(&l.j);
		return;
	}
	err = readers_borrow(c->api->readers, &reader);
	if (err == GH_OK) {
		err = c->server->db.ops->uploads_read(reader, &q, add_upload, &l);
		readers_return(c->api->readers, reader);
	}
	list_end(c, &l, err);
}

struct wanted {
	struct json *j;
	int64_t id;
	bool found;
};

static bool put_upload(void *ctx, const struct raw_upload *u)
{
	struct wanted *w = ctx;
	struct upload_view v = { u, u->body };

	if (u->id != w->id)
		return false;
	w->found = true;
	fields_json(w->j, &upload_fields, &v);
	return false;
}

void handle_upload_get(struct call *c)
{
	struct store_page q = { .limit = 1 };
	struct json j = call_data();
	struct wanted w = { .j = &j };
	struct store_reader *reader;
	enum gh_err err;

	if (!call_id(c, &w.id)) {
		json_clear(&j);
		return;
	}
	q.after = w.id - 1;
	err = readers_borrow(c->api->readers, &reader);
	if (err == GH_OK) {
		err = c->server->db.ops->uploads_read(reader, &q, put_upload, &w);
		readers_return(c->api->readers, reader);
	}
	if (err == GH_OK && w.found) {
		call_data_end(c, 200, &j);
		return;
	}
	json_clear(&j);
	if (err)
		call_fail_err(c, err);
	else
		call_fail(c, 404, "upload_unknown", "There is no upload %lld.",
			  (long long)w.id);
}

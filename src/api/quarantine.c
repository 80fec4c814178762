/* /api/quarantine and /api/uploads. */
#include "render/quarantine.h"

#include "api/call.h"

#define BODY_SHOWN 4096
#define RAW_SHOWN 65536

static bool quarantine_row_add(void *ctx, const struct quarantine *q)
{
	struct list *l = ctx;

	struct quarantine_view v = { *q };

	if (!list_room(l, q->id))
		return false;
	if (v.q.raw.n > RAW_SHOWN)
		v.q.raw.n = RAW_SHOWN;
	fields_json(&l->j, &quarantine_fields, &v);
	return true;
}

void handle_quarantine_list(struct call *c)
{
	struct list l = list_begin(c, 100);
	struct store_reader *reader = call_reader(c);
	struct store_page q;

	if (reader == NULL || !call_page(c, &l, &q)) {
		json_clear(&l.j);
		return;
	}
	list_end(c, &l, c->server->db.ops->quarantine_read(reader, &q, quarantine_row_add, &l));
}

static bool upload_row_add(void *ctx, const struct raw_upload *u)
{
	struct list *l = ctx;
	struct upload_view v = { *u, u->body };

	if (!list_room(l, u->id))
		return false;
	if (v.shown.n > BODY_SHOWN)
		v.shown.n = BODY_SHOWN;
	fields_json(&l->j, &upload_fields, &v);
	return true;
}

void handle_uploads_list(struct call *c)
{
	struct list l = list_begin(c, 100);
	struct store_reader *reader = call_reader(c);
	struct store_page q;

	if (reader == NULL || !call_page(c, &l, &q)) {
		json_clear(&l.j);
		return;
	}
	list_end(c, &l, c->server->db.ops->uploads_read(reader, &q, upload_row_add, &l));
}

struct wanted {
	struct json *j;
	int64_t id;
	bool found;
};

static bool upload_write(void *ctx, const struct raw_upload *u)
{
	struct wanted *w = ctx;
	struct upload_view v = { *u, u->body };

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
	struct store_reader *reader = call_reader(c);
	enum gh_err err;

	if (reader == NULL || !call_id(c, &w.id)) {
		json_clear(&j);
		return;
	}
	q.after = w.id - 1;
	err = c->server->db.ops->uploads_read(reader, &q, upload_write, &w);
	if (err == GH_OK && w.found) {
		call_data_end(c, 200, &j);
		return;
	}
	json_clear(&j);
	if (err)
		call_fail_err(c, err);
	else
		call_fail(c, ERROR_upload_unknown, "There is no upload %lld.", (long long)w.id);
}

/* GET /api/uploads/{id}: an upload that is no record, in full. */
#include "render/quarantine.h"

#include "api/call.h"

struct wanted {
	struct json *j;
	int64_t id;
	bool found;
};

static bool upload_write(void *ctx, const void *row, const struct store_key *key)
{
	const struct raw_upload *u = row;
	struct wanted *w = ctx;
	struct upload_view v = { *u, u->body };

	if (key->number != w->id)
		return false;
	w->found = true;
	fields_json(w->j, &upload_fields, &v);
	return false;
}

void handle_upload_get(struct call *c)
{
	struct store_rows rows = { .list = STORE_UPLOADS, .limit = 1 };
	struct json j = call_data();
	struct wanted w = { .j = &j };
	struct store_reader *reader = call_reader(c);
	enum gh_err err;

	if (reader == NULL || !call_id(c, &w.id)) {
		json_clear(&j);
		return;
	}
	rows.after = w.id - 1;
	err = c->server->db.ops->rows_read(reader, &rows, upload_write, &w);
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

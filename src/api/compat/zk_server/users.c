/* A person by their PIN, as any device has them. */
#include "api/call.h"
#include "api/compat/zk_server/fields.h"
#include "model/record.h"
#include "render/record.h"

enum { USER_ROWS = 10000 }; /* of a person: their records and templates on all devices */

/* In the request's arena: what the store gives lives for one call of a function only. */
struct newest {
	struct json *j;
	int64_t received_ms;
	int64_t id;
};

static bool newest_see(void *ctx, const struct record_row *row)
{
	struct newest *n = ctx;

	if (row->received_ms >= n->received_ms) {
		n->received_ms = row->received_ms;
		n->id = row->id;
	}
	return true;
}

static struct record_view view_of(const struct record_row *row)
{
	return (struct record_view){ .id = row->id,
				     .serial = row->serial,
				     .received_ms = row->received_ms,
				     .record = row->record };
}

static bool user_write(void *ctx, const struct record_row *row)
{
	struct record_view v = view_of(row);

	fields_json_inner(((struct newest *)ctx)->j, &zk_server_user_fields, &v);
	return true;
}

/* Templates of one source, or of all but two. */
struct templates {
	struct json *j;
	gh_slice source;
};

static bool template_is_of(const struct templates *t, gh_slice source)
{
	if (t->source.n)
		return gh_slice_eq(source, t->source);
	return !gh_slice_eq(source, GH_LIT("fp")) && !gh_slice_eq(source, GH_LIT("face"));
}

static bool user_template_write(void *ctx, const struct record_row *row)
{
	struct templates *t = ctx;
	struct record_view v = view_of(row);

	if (template_is_of(t, ((const struct template *)row->record)->source))
		fields_json(t->j, &zk_server_template_fields, &v);
	return t->j->text.err == GH_OK;
}

static enum gh_err templates_write(struct call *c, const struct store_page *page,
				   struct json *j, const char *key, gh_slice source)
{
	struct templates t = { .j = j, .source = source };
	enum gh_err err;

	json_key(j, key);
	json_array(j);
	err = c->server->db.ops->records_read(c->reader, KIND_TEMPLATE, page,
					      user_template_write, &t);
	json_array_end(j);
	return err;
}

static enum gh_err user_read(struct call *c, const struct store_page *page, struct newest *n)
{
	const struct store_ops *ops = c->server->db.ops;
	enum gh_err err = ops->record_get(c->reader, KIND_PERSON, n->id, user_write, n);

	json_key(n->j, "biometrics");
	json_object(n->j);
	if (err == GH_OK)
		err = templates_write(c, page, n->j, "fingerprints", GH_LIT("fp"));
	if (err == GH_OK)
		err = templates_write(c, page, n->j, "faces", GH_LIT("face"));
	if (err == GH_OK)
		err = templates_write(c, page, n->j, "bioTemplates", (gh_slice){ 0 });
	json_object_end(n->j);
	return err;
}

void handle_zk_user(struct call *c)
{
	struct store_page page = { .limit = USER_ROWS, .pin = call_path(c, PATH_pin) };
	struct newest n = { .id = 0 };
	struct json j;
	enum gh_err err;

	if (call_reader(c) == NULL)
		return;
	err = c->server->db.ops->records_read(c->reader, KIND_PERSON, &page, newest_see, &n);
	if (err || n.id == 0) {
		if (err)
			call_fail_err(c, err);
		else
			call_fail(c, ERROR_person_unknown, "User not found.");
		return;
	}
	j = call_data();
	n.j = &j;
	json_object(&j);
	err = user_read(c, &page, &n);
	json_object_end(&j);
	if (err == GH_OK) {
		call_data_end(c, 200, &j);
		return;
	}
	json_clear(&j);
	call_fail_err(c, err);
}

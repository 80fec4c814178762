/* Templates of people on one device: written, replaced, removed and judged. */
#include "api/compat/zk_server/batch.h"
#include "api/compat/zk_server/body.h"
#include "api/compat/zk_server/fields.h"
#include "core/audit.h"
#include "model/record.h"
#include "render/record.h"

/* --- answers --- */

static void summary_write(const struct zk_batch *b, struct json *j, const struct zk_person *p)
{
	zk_text_write(j, "summary", "%zu/%zu operations successful",
		      zk_queued_count(b, p->first + p->removals, p->writes), p->writes);
}

/* What was removed before, in a list of its own: `results` is of what is written. */
static void person_results_write(const struct zk_batch *b, struct json *j,
				 const struct zk_person *p)
{
	zk_results_write(b, j, "results", p->first + p->removals, p->writes);
	if (b->update)
		zk_results_write(b, j, "removed", p->first, p->removals);
}

static void setup_answer(const struct zk_batch *b, struct json *j)
{
	const struct zk_person *p = &b->person[0];
	size_t person = p->first + p->removals;

	json_object(j);
	json_key(j, "pin");
	json_string(j, p->pin);
	json_key(j, "deviceSerial");
	json_string(j, b->serial);
	summary_write(b, j, p);
	json_key(j, "userCreated");
	json_bool(j, zk_queued(b, person));
	json_key(j, "biometricsAdded");
	json_int(j, (int64_t)zk_queued_count(b, person + 1, p->writes - 1));
	person_results_write(b, j, p);
	json_object_end(j);
	zk_text_write(j, "message", "User %.*s setup queued successfully", GH_FMT(p->pin));
}

static void bulk_answer(const struct zk_batch *b, struct json *j)
{
	size_t done = 0;

	for (size_t i = 0; i < b->persons; i++)
		done += zk_queued(b, b->person[i].first + b->person[i].removals);
	json_object(j);
	json_key(j, "deviceSerial");
	json_string(j, b->serial);
	json_key(j, "totalUsers");
	json_int(j, (int64_t)b->persons);
	json_key(j, "successfulUsers");
	json_int(j, (int64_t)done);
	zk_text_write(j, "summary", "%zu/%zu users processed successfully", done, b->persons);
	json_key(j, "results");
	json_array(j);
	for (size_t i = 0; i < b->persons; i++) {
		const struct zk_person *p = &b->person[i];

		json_object(j);
		json_key(j, "pin");
		json_string(j, p->pin);
		json_key(j, "success");
		json_bool(j, zk_queued(b, p->first + p->removals));
		summary_write(b, j, p);
		person_results_write(b, j, p);
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
	zk_text_write(j, "message",
		      "Bulk operation completed: %zu/%zu users processed successfully", done,
		      b->persons);
}

static void clear_answer(const struct zk_batch *b, struct json *j)
{
	size_t cleared = zk_queued_count(b, 0, b->n);

	json_object(j);
	json_key(j, "pin");
	json_string(j, call_path(b->c, PATH_pin));
	json_key(j, "deviceSerial");
	json_string(j, b->serial);
	json_key(j, "cleared");
	json_int(j, (int64_t)cleared);
	json_key(j, "total");
	json_int(j, (int64_t)b->n);
	zk_results_write(b, j, "results", 0, b->n);
	json_object_end(j);
	zk_text_write(j, "message", "Cleared %zu/%zu biometric types for user %.*s", cleared,
		      b->n, GH_FMT(call_path(b->c, PATH_pin)));
}

static void remove_answer(const struct zk_batch *b, struct json *j)
{
	const struct zk_type *type = zk_type_named(call_path(b->c, PATH_type));

	json_object(j);
	json_key(j, "pin");
	json_string(j, call_path(b->c, PATH_pin));
	json_key(j, "deviceSerial");
	json_string(j, b->serial);
	json_key(j, "biometricType");
	json_string(j, gh_slice_of(type->name));
	json_key(j, "fid");
	if (b->operation[0].fid >= 0)
		json_int(j, b->operation[0].fid);
	else
		json_null(j);
	json_key(j, "result");
	zk_result_write(b, j, 0);
	json_object_end(j);
	zk_text_write(j, "message", "%s biometric deletion queued for user %.*s", type->name,
		      GH_FMT(call_path(b->c, PATH_pin)));
}

/* --- one person, or several --- */

static gh_slice body_serial(struct call *c)
{
	return body_find(c->body, GH_LIT("deviceSerial"))->s;
}

static bool body_flag(const struct body *b, const char *name)
{
	const struct body *m = body_find(b, gh_slice_of(name));

	return m && m->kind == BODY_BOOL && m->i;
}

/* NULL: there are none. */
static const struct body *body_list(const struct body *b, const char *name)
{
	const struct body *m = body_find(b, gh_slice_of(name));

	return m && m->kind == BODY_ARRAY ? m : NULL;
}

static void setup_make(struct call *c, bool update)
{
	struct zk_batch *b = zk_batch_new(c, body_serial(c), 1);
	const struct body *biometrics = body_list(c->body, "biometrics");

	if (b == NULL)
		return;
	b->update = update;
	if (zk_batch_open(b, zk_person_orders(b, biometrics), setup_answer))
		zk_person_read(b, body_find(c->body, GH_LIT("userInfo")), biometrics);
}

static void bulk_make(struct call *c, bool update)
{
	const struct body *people = body_find(c->body, GH_LIT("usersData"));
	struct zk_batch *b = zk_batch_new(c, body_serial(c), people->parts);
	size_t orders = 0;

	if (b == NULL)
		return;
	b->update = update || body_flag(c->body, "updateMode");
	for (size_t i = 0; i < people->parts; i++)
		orders += zk_person_orders(b, body_list(&people->part[i], "biometrics"));
	if (!zk_batch_open(b, orders, bulk_answer))
		return;
	for (size_t i = 0; i < people->parts && b->q->err == GH_OK; i++)
		zk_person_read(b, body_find(&people->part[i], GH_LIT("userInfo")),
			       body_list(&people->part[i], "biometrics"));
}

void handle_zk_biometric_add(struct call *c)
{
	setup_make(c, body_flag(c->body, "updateMode"));
}

void handle_zk_biometric_update(struct call *c)
{
	setup_make(c, true);
}

void handle_zk_bulk_add(struct call *c)
{
	bulk_make(c, false);
}

void handle_zk_bulk_update(struct call *c)
{
	bulk_make(c, true);
}

/* --- removing --- */

/* Those that each device may have, and others that this one reports. */
static bool type_to_clear(const struct zk_batch *b, const struct zk_type *type)
{
	return type->type == 1 || type->type == 2 || type->type == 7 ||
	       b->bio.takes_data[type->type] == 1;
}

void handle_zk_biometrics_clear(struct call *c)
{
	struct zk_batch *b = zk_batch_new(c, body_serial(c), 0);
	size_t n = 0;

	if (b == NULL)
		return;
	for (size_t i = 0; zk_type_at(i); i++)
		n += type_to_clear(b, zk_type_at(i));
	if (!zk_batch_open(b, n, clear_answer))
		return;
	for (size_t i = 0; zk_type_at(i); i++)
		if (type_to_clear(b, zk_type_at(i)))
			zk_removal_read(b, zk_type_at(i), call_path(c, PATH_pin), -1);
}

/* NULL and answered: the path names no type. */
static const struct zk_type *zk_path_type(struct call *c)
{
	const struct zk_type *type = zk_type_named(call_path(c, PATH_type));

	if (type == NULL)
		call_fail_field(c, ERROR_field_invalid, "type", "must be %s", ZK_TYPES);
	return type;
}

void handle_zk_biometric_remove(struct call *c)
{
	const struct zk_type *type = zk_path_type(c);
	struct zk_batch *b = type ? zk_batch_new(c, body_serial(c), 0) : NULL;

	if (b && zk_batch_open(b, 1, remove_answer))
		zk_removal_read(b, type, call_path(c, PATH_pin),
				body_member_number(c->body, GH_LIT("fid"), -1));
}

/* --- judging --- */

static void template_info_write(struct json *j, gh_slice pin, gh_slice data,
				const struct body *fid)
{
	json_key(j, "templateInfo");
	json_object(j);
	json_key(j, "pin");
	json_string(j, pin);
	json_key(j, "templateLength");
	json_int(j, (int64_t)data.n);
	json_key(j, "fid");
	if (fid && fid->kind == BODY_INT)
		json_int(j, fid->i);
	else
		json_null(j);
	json_object_end(j);
}

void handle_zk_validate(struct call *c)
{
	const struct body *data = body_find(c->body, GH_LIT("templateData"));
	gh_slice name = body_find(c->body, GH_LIT("biometricType"))->s,
		 pin = body_member_scalar(c, data, GH_LIT("pin")),
		 text = body_member_scalar(c, data, GH_LIT("template"));
	const struct zk_type *type = zk_type_named(name);
	const char *why = "Unknown biometric type";
	struct json j = call_data();

	if (type)
		why = zk_template_fault(pin, text, body_member_number(data, GH_LIT("fid"), -1),
					type);
	name.n = name.n > 40 ? 40 : name.n;
	json_object(&j);
	json_key(&j, "valid");
	json_bool(&j, why == NULL);
	json_key(&j, "error");
	if (why)
		json_string(&j, gh_slice_of(why));
	else
		json_null(&j);
	json_key(&j, "biometricType");
	json_string(&j, name);
	template_info_write(&j, pin, text, body_find(data, GH_LIT("fid")));
	json_object_end(&j);
	if (why)
		zk_text_write(&j, "message", "%.*s template validation failed: %s",
			      GH_FMT(name), why);
	else
		zk_text_write(&j, "message", "%.*s template is valid", GH_FMT(name));
	call_data_end(c, 200, &j);
}

/* --- what a device has --- */

/* In the request's arena. */
struct stored {
	const struct zk_type *type;
	int64_t fid; /* -1: all */
	bool open;   /* with their data */
	struct json j;
	int64_t n;
};

static bool template_matches(const struct stored *s, const struct template *t)
{
	int64_t no = gh_slice_eq(t->source, GH_LIT("face")) ? t->part : t->no;

	return t->type == s->type->type && (s->fid < 0 || s->fid == no);
}

static bool stored_write(void *ctx, const struct record_row *row)
{
	struct stored *s = ctx;
	const struct template *t = row->record;
	struct record_view v = { .id = row->id,
				 .serial = row->serial,
				 .received_ms = row->received_ms,
				 .record = t };

	if (!template_matches(s, t))
		return true;
	s->n++;
	json_object(&s->j);
	fields_json_inner(&s->j, &zk_server_template_fields, &v);
	if (s->open) {
		json_key(&s->j, "template");
		json_string(&s->j, t->data);
	}
	json_object_end(&s->j);
	return s->j.text.err == GH_OK;
}

/* False: answered. */
static bool stored_read(struct zk_batch *b, struct stored *s)
{
	struct device *d = call_device_find(b->c, b->serial);
	struct store_page page = { .limit = 1000, .pin = call_path(b->c, PATH_pin) };
	gh_slice text;
	enum gh_err err = GH_ENOTFOUND;

	s->j = json_with_limit(LIST_BYTES);
	json_array(&s->j);
	if (d) {
		page.device = device_id(d);
		err = b->c->server->db.ops->records_read(b->c->reader, KIND_TEMPLATE, &page,
							 stored_write, s);
	}
	device_unref(d);
	json_array_end(&s->j);
	text = ghi_arena_copy(call_arena(b->c), json_text(&s->j));
	if (err == GH_OK)
		err = s->j.text.err;
	json_clear(&s->j);
	if (err == GH_OK && text.n == 0)
		err = GH_ENOMEM;
	if (err) {
		call_fail_err(b->c, err);
		return false;
	}
	b->written = text;
	return true;
}

static void query_answer(const struct zk_batch *b, struct json *j)
{
	const struct stored *s = b->of;

	json_object(j);
	json_key(j, "pin");
	json_string(j, call_path(b->c, PATH_pin));
	json_key(j, "deviceSerial");
	json_string(j, b->serial);
	json_key(j, "biometricType");
	json_string(j, gh_slice_of(s->type->name));
	json_key(j, "fid");
	if (s->fid >= 0)
		json_int(j, s->fid);
	else
		json_null(j);
	json_key(j, "queryResult");
	zk_result_write(b, j, 0);
	json_key(j, "source");
	json_string(j, GH_LIT("stored"));
	json_key(j, "templates");
	json_raw(j, b->written);
	json_object_end(j);
	zk_text_write(j, "message",
		      zk_queued(b, 0) ? "%lld stored; a query for them is queued"
				      : "%lld stored; no query for them is queued",
		      (long long)s->n);
}

static void query_order_read(struct zk_batch *b, const struct stored *s)
{
	struct made_body m = made_body(b->c);
	bool older = s->type->type == 1 && b->bio.takes_data[1] != 1;

	made_text(&m, "deviceSerial", b->serial);
	made_text(&m, "pin", call_path(b->c, PATH_pin));
	if (!older)
		made_number(&m, "biotype", s->type->type);
	if (s->fid >= 0)
		made_number(&m, older ? "finger" : "no", s->fid);
	zk_order_read(b, (struct zk_operation){ s->type->label, s->fid },
		      older ? "query_fingerprints" : "query_biodata", made_object(&m));
}

/* Who reads the bytes of templates is kept. */
static void stored_audit(struct call *c, gh_slice serial)
{
	struct audit_row row = call_audit(c, "read_templates");

	row.subject = audit_subject(call_arena(c), "device", serial);
	audit_note(c->server, &row);
}

void handle_zk_biometric_query(struct call *c)
{
	const struct zk_type *type = zk_path_type(c);
	const struct param_value *serial = call_param(c, PARAM_deviceSerial),
				 *fid = call_param(c, PARAM_fid);
	struct stored *s = ghi_arena_alloc(call_arena(c), sizeof(*s));
	struct zk_batch *b;

	if (type == NULL)
		return;
	if (!serial->present) {
		call_fail_param(c, PARAM_deviceSerial, "is missing");
		return;
	}
	b = zk_batch_new(c, serial->s, 0);
	if (b == NULL || s == NULL)
		return;
	*s = (struct stored){ .type = type,
			      .fid = fid->present ? fid->i : -1,
			      .open = token_scopes_hold(c->scopes, TOKEN_TEMPLATE) };
	b->of = s;
	b->stored_too = true;
	if (!stored_read(b, s) || !zk_batch_open(b, 1, query_answer))
		return;
	if (s->open && s->n)
		stored_audit(c, serial->s);
	query_order_read(b, s);
}

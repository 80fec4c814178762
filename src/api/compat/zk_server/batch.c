#include "api/compat/zk_server/batch.h"

#include <stdarg.h>
#include <stdio.h>

#include "api/command_queue.h"
#include "api/compat/zk_server/body.h"
#include "base/base64.h"
#include "base/number.h"
#include "core/device_bio_read.h"
#include "model/credential_form.h"

/* --- types --- */

static const struct zk_type zk_types[] = {
	{ "fingerprint", "FINGERPRINT", TYPE_FINGERPRINT },
	{ "face", "FACE", TYPE_FACE },
	{ "voiceprint", "VOICEPRINT", 3 },
	{ "iris", "IRIS", 4 },
	{ "retina", "RETINA", 5 },
	{ "palmprint", "PALMPRINT", 6 },
	{ "fingervein", "FINGERVEIN", TYPE_FINGER_VEIN },
	{ "palm", "PALM", 8 },
	{ "visible_light_face", "VISIBLE_LIGHT_FACE", TYPE_VISIBLE_FACE },
};

const struct zk_type *zk_type_at(size_t i)
{
	return i < sizeof(zk_types) / sizeof(zk_types[0]) ? &zk_types[i] : NULL;
}

const struct zk_type *zk_type_named(gh_slice name)
{
	for (size_t i = 0; zk_type_at(i); i++)
		if (gh_slice_ieq(name, gh_slice_of(zk_types[i].name)))
			return &zk_types[i];
	return NULL;
}

const struct zk_type *zk_type_numbered(int64_t type)
{
	for (size_t i = 0; zk_type_at(i); i++)
		if (zk_types[i].type == type)
			return &zk_types[i];
	return NULL;
}

/* Fingers have numbers, of the hand; other parts of the body are one. */
static bool type_of_fingers(const struct zk_type *type)
{
	return type->type == TYPE_FINGERPRINT || type->type == TYPE_FINGER_VEIN;
}

const char *zk_template_fault(gh_slice pin, gh_slice data, int64_t fid,
			      const struct zk_type *type)
{
	enum { SHORTEST = 10 }; /* characters */

	if (pin.n == 0 || data.n == 0)
		return "Missing PIN or template data";
	if (!ghi_base64_is_padded_text(data))
		return "Invalid base64 template format";
	if (type_of_fingers(type) && (fid < -1 || fid > 9))
		return type->type == TYPE_FINGERPRINT ? "Fingerprint FID must be between 0-9"
						      : "Finger vein FID must be between 0-9";
	if (type->type == TYPE_FACE && fid > 0)
		return "Face FID should be 0";
	if (fid < -1 || fid > 9)
		return "FID must be between 0-9";
	if (data.n < SHORTEST)
		return "Template data too short";
	return NULL;
}

/* --- the batch --- */

struct zk_batch *zk_batch_new(struct call *c, gh_slice serial, size_t persons)
{
	struct zk_batch *b = ghi_arena_alloc(call_arena(c), sizeof(*b));
	struct zk_person *person =
		ghi_arena_alloc(call_arena(c), (persons + 1) * sizeof(*person));
	struct device *d;
	enum gh_err err;

	if (b == NULL || person == NULL) {
		call_fail_err(c, GH_ENOMEM);
		return NULL;
	}
	*b = (struct zk_batch){ .c = c, .serial = serial, .person = person };
	if (call_reader(c) == NULL)
		return NULL;
	d = call_device_find(c, serial);
	if (d == NULL) {
		call_fail_device(c, "deviceSerial", serial);
		return NULL;
	}
	err = device_bio_read(c->server->db.ops, c->reader, d, call_arena(c), &b->bio);
	device_unref(d);
	if (err == GH_OK)
		return b;
	call_fail_err(c, err);
	return NULL;
}

/* A person that cannot be written is the call's error where it is about one alone. */
static bool batch_refused_alone(const struct zk_batch *b, const struct refusal **why)
{
	*why = b->n && b->persons <= 1 ? b->q->refused[b->persons ? b->person->removals : 0]
				       : NULL;
	if (*why == NULL && b->n == 1)
		*why = b->q->refused[0];
	return *why != NULL && !b->stored_too;
}

static void batch_answer(struct queueing *q)
{
	const struct zk_batch *b = q->answer_of;
	const struct refusal *why;
	struct json j;

	if (batch_refused_alone(b, &why)) {
		if (why->code == ERROR_scope_too_small)
			call_fail_scope_of(b->c, why->scope, &why->faults);
		else
			call_fail_faults(b->c, why->code, &why->faults);
		return;
	}
	j = call_data();
	b->answer(b, &j);
	call_data_end(b->c, 200, &j);
}

bool zk_batch_open(struct zk_batch *b, size_t orders,
		   void (*answer)(const struct zk_batch *b, struct json *j))
{
	if (orders > BATCH_ORDERS) {
		call_fail_field(b->c, ERROR_field_invalid, "usersData",
				"must be no more than %d orders together, and is %zu; send it "
				"in parts",
				BATCH_ORDERS, orders);
		return false;
	}
	b->operation = ghi_arena_alloc(call_arena(b->c), (orders + 1) * sizeof(*b->operation));
	if (b->operation == NULL) {
		call_fail_err(b->c, GH_ENOMEM);
		return false;
	}
	b->q = call_queueing_new(b->c, orders);
	if (b->q == NULL)
		return false;
	b->q->many = true;
	b->q->answer = batch_answer;
	b->q->answer_of = b;
	b->answer = answer;
	return true;
}

static void order_next(struct zk_batch *b, struct zk_operation what, struct reading *r)
{
	*r = (struct reading){ .q = b->q, .i = b->n };
	b->operation[b->n++] = what;
}

void zk_order_read(struct zk_batch *b, struct zk_operation what, const char *command,
		   const struct body *body)
{
	struct reading r;

	order_next(b, what, &r);
	r.body = body;
	if (body)
		order_read(&r, gh_slice_of(command));
	else
		b->q->err = GH_ENOMEM;
}

/* Whether the device takes templates of the type in the unified form; where it has not reported that, in the older one. */
static bool type_is_unified(const struct zk_batch *b, const struct zk_type *type)
{
	bool older = type_of_fingers(type) || type->type == TYPE_FACE;

	return !older || b->bio.takes_data[type->type] == 1;
}

void zk_removal_read(struct zk_batch *b, const struct zk_type *type, gh_slice pin, int64_t fid)
{
	struct made_body m = made_body(b->c);
	const char *command = "delete_biodata";

	made_text(&m, "deviceSerial", b->serial);
	made_text(&m, "pin", pin);
	if (type_is_unified(b, type)) {
		made_number(&m, "biotype", type->type);
		if (fid >= 0)
			made_number(&m, "no", fid);
	} else if (type_of_fingers(type)) {
		command = type->type == TYPE_FINGERPRINT ? "delete_fingerprint"
							 : "delete_finger_vein";
		if (fid >= 0)
			made_number(&m, "finger", fid);
	} else {
		command = "delete_face";
	}
	zk_order_read(b, (struct zk_operation){ type->label, fid }, command, made_object(&m));
}

/* --- a person with templates --- */

static bool type_is_before(const struct body *biometrics, size_t i)
{
	const struct zk_type *type =
		zk_type_named(body_find(&biometrics->part[i], GH_LIT("type"))->s);

	for (size_t k = 0; k < i; k++)
		if (zk_type_named(body_find(&biometrics->part[k], GH_LIT("type"))->s) == type)
			return true;
	return type == NULL;
}

size_t zk_person_orders(const struct zk_batch *b, const struct body *biometrics)
{
	size_t n = 1 + (biometrics ? biometrics->parts : 0);

	for (size_t i = 0; b->update && biometrics && i < biometrics->parts; i++)
		n += !type_is_before(biometrics, i);
	return n;
}

/* The version of the device's algorithm: a template is made for the device it is sent to. */
static int64_t template_version(const struct zk_batch *b, const struct body *one, int64_t type)
{
	const char *version = device_bio_version(&b->bio, COMMAND_KIND_UPDATE_BIODATA, type);
	uint64_t n;

	if (ghi_number_parse(gh_slice_of(version), 65535, &n))
		n = 0;
	return body_member_number(one, GH_LIT("majorVer"), (int64_t)n);
}

static const struct body *template_order_body(struct zk_batch *b, const struct body *one,
					      const struct zk_type *type, gh_slice pin,
					      const char **command)
{
	int64_t fid = body_member_number(one, GH_LIT("fid"), 0),
		index = body_member_number(one, GH_LIT("index"), 0);
	struct made_body t = made_body(b->c), order = made_body(b->c);

	made_text(&t, "pin", pin);
	made_text(&t, "data", body_member_scalar(b->c, one, GH_LIT("template")));
	made_number(&t, "valid", body_member_number(one, GH_LIT("valid"), 1));
	if (type->type == TYPE_FINGERPRINT) {
		*command = "update_fingerprint";
		made_number(&t, "no", fid);
		if (body_member_number(one, GH_LIT("majorVer"), 0))
			made_number(&t, "majorVer", template_version(b, one, type->type));
	} else if (type_is_unified(b, type)) {
		*command = "update_biodata";
		made_number(&t, "type", type->type);
		made_number(&t, "no", fid);
		made_number(&t, "index", index);
		made_number(&t, "majorVer", template_version(b, one, type->type));
		made_number(&t, "minorVer", body_member_number(one, GH_LIT("minorVer"), 0));
	} else {
		*command = type->type == TYPE_FACE ? "update_face" : "update_finger_vein";
		if (type->type == TYPE_FINGER_VEIN)
			made_number(&t, "no", fid);
		made_number(&t, "index", index);
	}
	made_text(&order, "deviceSerial", b->serial);
	made_part(&order, "template", made_object(&t));
	return made_object(&order);
}

static void template_read(struct zk_batch *b, const struct body *one, gh_slice pin)
{
	const struct zk_type *type = zk_type_named(body_find(one, GH_LIT("type"))->s);
	int64_t fid = body_member_number(one, GH_LIT("fid"), 0);
	const char *why = "Unknown biometric type";
	const char *command;
	struct zk_operation what = { type ? type->label : "UNKNOWN", fid };
	struct reading r;

	if (type)
		why = zk_template_fault(pin, body_member_scalar(b->c, one, GH_LIT("template")),
					fid, type);
	if (why == NULL) {
		const struct body *body = template_order_body(b, one, type, pin, &command);

		zk_order_read(b, what, command, body);
		return;
	}
	order_next(b, what, &r);
	r.body = one;
	order_refuse(&r, ERROR_field_invalid, "", "%s", why);
}

void zk_person_read(struct zk_batch *b, const struct body *info, const struct body *biometrics)
{
	struct zk_person *p = &b->person[b->persons++];
	size_t person;

	*p = (struct zk_person){ .pin = body_member_scalar(b->c, info, GH_LIT("pin")),
				 .first = b->n };
	for (size_t i = 0; b->update && biometrics && i < biometrics->parts; i++) {
		if (type_is_before(biometrics, i))
			continue;
		zk_removal_read(
			b, zk_type_named(body_find(&biometrics->part[i], GH_LIT("type"))->s),
			p->pin, -1);
		p->removals++;
	}
	person = b->n;
	zk_order_read(b, (struct zk_operation){ "USER", -1 }, "update_person",
		      person_order_body(b->c, b->serial, info));
	for (size_t i = 0; biometrics && i < biometrics->parts; i++)
		template_read(b, &biometrics->part[i], p->pin);
	p->writes = b->n - p->first - p->removals;
	/* Without the person nothing of them is removed or written. */
	for (size_t i = p->first; b->q->refused[person] && i < b->n; i++)
		b->q->refused[i] = b->q->refused[person];
}

/* --- answers --- */

bool zk_queued(const struct zk_batch *b, size_t order)
{
	return b->q->refused[order] == NULL;
}

size_t zk_queued_count(const struct zk_batch *b, size_t first, size_t n)
{
	size_t queued = 0;

	for (size_t i = first; i < first + n; i++)
		queued += zk_queued(b, i);
	return queued;
}

void zk_result_write(const struct zk_batch *b, struct json *j, size_t order)
{
	struct value id = value_of(VALUE_ID, b->q->order[order].stored.id);

	json_object(j);
	json_key(j, "success");
	json_bool(j, zk_queued(b, order));
	if (zk_queued(b, order)) {
		json_key(j, "commandId");
		value_json(j, &id);
	} else {
		call_fault_json(j, b->q->refused[order]->code, &b->q->refused[order]->faults);
	}
	json_object_end(j);
}

void zk_results_write(const struct zk_batch *b, struct json *j, const char *key, size_t first,
		      size_t n)
{
	json_key(j, key);
	json_array(j);
	for (size_t i = first; i < first + n; i++) {
		json_object(j);
		json_key(j, "type");
		json_string(j, gh_slice_of(b->operation[i].label));
		if (b->operation[i].fid >= 0) {
			json_key(j, "fid");
			json_int(j, b->operation[i].fid);
		}
		json_key(j, "success");
		json_bool(j, zk_queued(b, i));
		json_key(j, "result");
		zk_result_write(b, j, i);
		json_object_end(j);
	}
	json_array_end(j);
}

void zk_text_write(struct json *j, const char *key, const char *text, ...)
{
	char line[256];
	va_list ap;

	va_start(ap, text);
	vsnprintf(line, sizeof(line), text, ap);
	va_end(ap);
	json_key(j, key);
	json_string(j, gh_slice_of(line));
}

/* /api/enrolments: a person is enrolled at a device. An enrolment is an order of the device's queue; where the device
 * does not have the person, their record goes before it. */
#include "api/call.h"
#include "api/command_ability.h"
#include "api/command_queue.h"
#include "api/command_reading.h"
#include "api/enrolment_view.h"
#include "core/device_bio_read.h"
#include "model/record.h"

#define NAME_MOST 256 /* bytes of a name that is sent */

/* A request; in its arena. */
struct enrolling {
	struct call *c;
	int64_t person;
	bool found;
	gh_slice pin, name, namespace;
	struct enrolment what;
	enum command_kind kind;
	int64_t biotype; /* -1: none */
	bool there;	 /* the device has the person */
};

/* --- answering --- */

static void enrolment_answer(struct queueing *q)
{
	struct enrolling *e = q->answer_of;
	const struct command_order *o = &q->order[q->n - 1];
	struct enrolment_view v = { .order.command = o->stored,
				    .enrolment = e->what,
				    .person = e->person };
	struct json j = call_data();

	v.order.command.serial = device_sn(o->device);
	v.order.command.requested_by = o->request.requested_by;
	v.order.command.result = (gh_slice){ 0 };
	fields_json(&j, &enrolment_fields, &v);
	call_data_end(q->call, 202, &j);
}

/* --- the person --- */

static bool enrolling_person_see(void *ctx, int64_t id, const void *record)
{
	struct enrolling *e = ctx;
	const struct people *p = record;
	struct arena *a = call_arena(e->c);

	(void)id;
	e->found = true;
	e->pin = ghi_arena_copy(a, p->pin);
	e->name = ghi_arena_copy(a, p->name);
	e->namespace = ghi_arena_copy(a, p->namespace);
	return false;
}

static bool enrolling_person_read(struct enrolling *e)
{
	struct call *c = e->c;
	enum gh_err err = c->server->db.ops->entity_get(c->reader, ENTITY_PEOPLE, e->person,
							enrolling_person_see, e);

	if (err == GH_ENOTFOUND || (err == GH_OK && !e->found))
		call_fail_field(c, ERROR_people_unknown, "person",
				"is %lld, and there is no such person", (long long)e->person);
	else if (err)
		call_fail_err(c, err);
	else if (e->pin.n == 0)
		call_fail_field(c, ERROR_field_invalid, "person",
				"must have a PIN, by which devices have people");
	else
		return true;
	return false;
}

static bool enrolling_held_see(void *ctx, const struct record_row *row)
{
	(void)row;
	*(bool *)ctx = true;
	return false;
}

/* --- the orders --- */

/* Whether it reports that; of types that devices have no place for in their reports it is not known. */
static bool device_takes(const struct device_bio *bio, int type)
{
	return type < BIO_TYPES && (bio->takes_data[type] == 1 || bio->takes_photo[type] == 1);
}

/* Of hardware that reports no type it takes the newer one is assumed; the version of an algorithm for faces that has
 * no type is that of the older one. */
static int64_t enrolling_biotype(enum enrolment_type type, const int newer_older[2],
				 const struct device_bio *bio)
{
	int newer = newer_older[0], older = newer_older[1];
	bool old_face = type == ENROLMENT_FACE && bio->face[0];

	if (newer < 0)
		return -1;
	if (device_takes(bio, newer))
		return newer;
	return device_takes(bio, older) || old_face ? older : newer;
}

static void enrolling_number_put(struct ghi_writer *w, enum command_argument_id id, int64_t n)
{
	uint8_t digits[24];
	struct ghi_writer text = ghi_writer_on(digits, sizeof(digits));

	ghi_put_signed(&text, n);
	command_argument_put(w, command_arguments[id].name, ghi_written(&text));
}

static gh_slice enrolment_arguments(struct enrolling *e, struct call *c)
{
	const struct body *overwrite = body_find(c->body, GH_LIT("overwrite"));
	size_t room = e->pin.n + 256;
	uint8_t *text = ghi_arena_alloc(call_arena(c), room);
	struct ghi_writer w = ghi_writer_on(text, text ? room : 0);

	if (e->biotype >= 0)
		enrolling_number_put(&w, ARGUMENT_biotype, e->biotype);
	command_argument_put(&w, command_arguments[ARGUMENT_pin].name, e->pin);
	if (e->kind == COMMAND_KIND_ENROLL_FINGERPRINT)
		enrolling_number_put(&w, ARGUMENT_finger, e->what.no);
	enrolling_number_put(&w, ARGUMENT_retry, 3);
	if (e->kind != COMMAND_KIND_ENROLL_CARD)
		enrolling_number_put(&w, ARGUMENT_overwrite, overwrite && overwrite->i);
	return w.err ? (gh_slice){ 0 } : ghi_written(&w);
}

/* PIN and name; what the device has besides stays, and the rest of the roster is brought as to any device. */
static gh_slice record_arguments(struct enrolling *e, struct call *c)
{
	const struct person p = { .present = UINT64_C(1) << PERSON_pin | UINT64_C(1)
										 << PERSON_name,
				  .pin = e->pin,
				  .name = e->name };
	size_t room = e->pin.n + e->name.n + 256;
	uint8_t *text = ghi_arena_alloc(call_arena(c), room);
	struct ghi_writer w = ghi_writer_on(text, text ? room : 0);

	command_record_put(&w, COMMAND_KIND_UPDATE_PERSON, &p);
	command_argument_put(&w, command_arguments[ARGUMENT_merge].name, GH_LIT("1"));
	return w.err ? (gh_slice){ 0 } : ghi_written(&w);
}

static void enrolling_order_set(struct queueing *q, size_t i, struct device *d,
				enum command_kind kind, gh_slice arguments)
{
	struct reading r = { .q = q, .i = i, .body = q->call->body };

	q->order[i].request.kind = kind;
	q->order[i].request.arguments = arguments;
	if (arguments.n == 0)
		q->err = GH_ENOMEM;
	q->order[i].device = order_device(&r, device_sn(d));
	if (q->order[i].device)
		order_check(&r);
}

static void enrolling_orders_make(struct enrolling *e, struct device *d)
{
	struct call *c = e->c;
	struct queueing *q = call_queueing_new(c, e->there ? 1 : 2);
	gh_slice key;

	if (q == NULL)
		return;
	q->many = q->whole = true;
	q->answer = enrolment_answer;
	q->answer_of = e;
	if (!e->there)
		enrolling_order_set(q, 0, d, COMMAND_KIND_UPDATE_PERSON,
				    record_arguments(e, c));
	enrolling_order_set(q, q->n - 1, d, e->kind, enrolment_arguments(e, c));
	/* It has the same name when it is sent again, and the device has the person by then. */
	if (http_header(c->r, "Idempotency-Key", &key))
		q->order[q->n - 1].request.key = key;
}

/* On a reader thread. */
static void enrolling_start(struct enrolling *e, struct device *d)
{
	const struct store_ops *ops = e->c->server->db.ops;
	const struct store_page page = { .limit = 1, .device = device_id(d), .pin = e->pin };
	uint8_t room[ENROLMENT_NAMESPACE];
	struct device_bio *bio = ghi_arena_alloc(call_arena(e->c), sizeof(*bio));
	int newer_older[2];
	enum gh_err err = bio ? GH_OK : GH_ENOMEM;

	if (!gh_slice_eq(e->namespace, enrolment_namespace(ops, e->c->reader, d, room))) {
		call_fail_field(e->c, ERROR_field_invalid, "device",
				"must be in an area of the namespace of the person, \"%.*s\"",
				GH_FMT(e->namespace));
		return;
	}
	if (err == GH_OK)
		err = device_bio_read(ops, e->c->reader, d, call_arena(e->c), bio);
	if (err == GH_OK)
		err = ops->records_read(e->c->reader, KIND_PERSON, &page, enrolling_held_see,
					&e->there);
	if (err) {
		call_fail_err(e->c, err);
		return;
	}
	/* People come to access units by what they may pass, and by plans. */
	if (device_dialect(d) == DEVICE_ACCESS)
		e->there = true;
	e->kind = enrolment_kind(e->what.type, newer_older);
	e->biotype = enrolling_biotype(e->what.type, newer_older, bio);
	enrolling_orders_make(e, d);
}

static enum enrolment_type enrolment_type_of(gh_slice word)
{
	enum enrolment_type t = 0;

	while (t < ENROLMENT_TYPES && !gh_slice_eq(word, gh_slice_of(enrolment_type_word(t))))
		t++;
	return t;
}

void handle_enrolment_create(struct call *c)
{
	struct enrolling *e = ghi_arena_alloc(call_arena(c), sizeof(*e));
	const struct body *no = body_find(c->body, GH_LIT("no"));
	gh_slice sn = body_find(c->body, GH_LIT("device"))->s;
	struct device *d;

	if (e == NULL) {
		call_fail_err(c, GH_ENOMEM);
		return;
	}
	if (call_reader(c) == NULL)
		return;
	*e = (struct enrolling){ .c = c, .person = body_find(c->body, GH_LIT("person"))->i };
	e->what.type = enrolment_type_of(body_find(c->body, GH_LIT("type"))->s);
	e->what.no = no ? no->i : 0;
	if (e->what.no && e->what.type != ENROLMENT_FINGERPRINT) {
		call_fail_field(c, ERROR_field_invalid, "no",
				"goes with type fingerprint only");
		return;
	}
	if (!enrolling_person_read(e))
		return;
	e->what.pin = e->pin;
	d = devices_find(c->server->devices, sn);
	if (d == NULL) {
		call_fail_device(c, "device", sn);
		return;
	}
	enrolling_start(e, d);
	device_unref(d);
}

/* --- reading --- */

struct enrolment_reading {
	struct call *c;
	struct command command; /* its texts are in the request's arena */
};

static bool enrolment_keep(void *ctx, const struct command *from)
{
	struct enrolment_reading *r = ctx;

	enrolment_order_copy(call_arena(r->c), from, &r->command);
	return true;
}

static bool enrolment_step_write(void *ctx, const struct command_event *e)
{
	struct json *j = ctx;

	fields_json(j, &command_event_fields, e);
	return j->text.err == GH_OK;
}

void handle_enrolment_get(struct call *c)
{
	const struct store_ops *ops = c->server->db.ops;
	struct store_reader *reader = call_reader(c);
	struct enrolment_reading r = { .c = c };
	struct enrolment_view v;
	struct json j;
	enum gh_err err;
	int64_t id;

	if (reader == NULL || !call_id(c, &id))
		return;
	err = ops->command_get(reader, id, enrolment_keep, &r);
	if (err == GH_OK)
		err = enrolment_view_make(c->server, reader, &r.command, &v);
	if (err == GH_ENOTFOUND) {
		call_fail(c, ERROR_enrolment_unknown, "There is no enrolment %lld.",
			  (long long)id);
		return;
	}
	j = call_data();
	json_object(&j);
	if (err == GH_OK)
		fields_json_inner(&j, &enrolment_fields, &v);
	json_key(&j, "steps");
	json_array(&j);
	if (err == GH_OK)
		err = ops->command_events_read(reader, id, enrolment_step_write, &j);
	json_array_end(&j);
	json_object_end(&j);
	if (err == GH_OK) {
		call_data_end(c, 200, &j);
		return;
	}
	json_clear(&j);
	call_fail_err(c, err);
}

/* POST /api/persons/copy: a person of one device, with templates and photos, to others. What a device
 * cannot take is left out and named with the reason. */
#include <stdio.h>

#include "api/call.h"
#include "api/command_queue.h"
#include "api/command_reading.h"
#include "api/person_bio.h"
#include "base/base64.h"

#define COPY_TARGETS 100
#define COPY_ITEMS 200 /* templates and photos of one person */

/* A command that writes a part of the person; the same for each device. */
struct copy_item {
	enum command_kind kind;
	gh_slice arguments;
	const char *name;
	const struct template *template; /* NULL: it is none */
	const struct copy_item *next;
};

/* So many parts of a kind that a device does not get. */
struct copy_left {
	const char *name, *why;
	size_t n;
	struct copy_left *next;
};

struct copy_target {
	gh_slice sn;
	size_t first, orders;
	const struct copy_item **item; /* of each order */
	struct copy_left *left;
};

/* In the request's arena. */
struct copying {
	struct call *c;
	struct arena *arena;
	gh_slice pin;
	bool templates, photos;
	struct person_bio from;
	bool found, second_card, validity;
	struct copy_item *first, **last;
	size_t items;
	struct copy_target target[COPY_TARGETS];
	size_t targets;
	enum gh_err err;
};

/* --- what the device has of the person --- */

static void item_add(struct copying *k, enum command_kind kind, const void *record,
		     const char *name, const struct template *template)
{
	struct copy_item *item = ghi_arena_alloc(k->arena, sizeof(*item));
	const struct model_kind *m = &model_kinds[command_kind_row(kind)->record];
	size_t room = 64;
	uint8_t *text;

	for (size_t i = 0; i < m->fields; i++) {
		room += strlen(m->field[i].column) + 24;
		if (model_has(record, i) && m->field[i].type != MODEL_INT)
			room += ((const gh_slice *)model_at_const(m, record, i))->n;
	}
	text = ghi_arena_alloc(k->arena, room);
	if (item == NULL || text == NULL) {
		k->err = GH_ENOMEM;
		return;
	}
	struct ghi_writer w = ghi_writer_on(text, room);

	command_record_put(&w, kind, record);
	/* What the device it goes to has besides stays. */
	if (kind == COMMAND_KIND_UPDATE_PERSON)
		command_argument_put(&w, command_arguments[ARGUMENT_merge].name, GH_LIT("1"));
	*item = (struct copy_item){
		.kind = kind, .arguments = ghi_written(&w), .name = name, .template = template
	};
	k->err = w.err ? w.err : k->err;
	*k->last = item;
	k->last = (struct copy_item **)&item->next;
	k->items++;
}

static bool copy_see_person(void *ctx, const struct record_row *row)
{
	struct copying *k = ctx;
	struct person p = *(const struct person *)row->record;

	/* The bytes are those of the device's own character set; the text is written in the one of
	 * each device it goes to. */
	p.present &= ~(UINT64_C(1) << PERSON_name_bytes | UINT64_C(1) << PERSON_extra);
	k->found = true;
	k->second_card = model_has(&p, PERSON_vice_card) && gh_slice_trim(p.vice_card).n &&
			 !gh_slice_eq(p.vice_card, GH_LIT("0"));
	k->validity = model_has(&p, PERSON_expires) && p.expires;
	item_add(k, COMMAND_KIND_UPDATE_PERSON, &p, "person", NULL);
	return false;
}

static bool copy_see_template(void *ctx, const struct record_row *row)
{
	struct copying *k = ctx;
	struct template *t = ghi_arena_alloc(k->arena, sizeof(*t));
	const struct template *from = row->record;
	uint8_t *text = ghi_arena_alloc(k->arena, from->data.n + 1);

	if (t == NULL || text == NULL) {
		k->err = GH_ENOMEM;
		return false;
	}
	*t = *from;
	t->present &= ~(UINT64_C(1) << TEMPLATE_extra);
	if (model_has(from, TEMPLATE_data))
		t->data = ghi_base64_squeeze(from->data, text);
	t->source = ghi_arena_copy(k->arena, from->source);
	item_add(k, person_bio_command(t), t, person_bio_name(t), t);
	return k->err == GH_OK && k->items < COPY_ITEMS;
}

static bool copy_see_photo(void *ctx, const struct record_row *row)
{
	struct copying *k = ctx;
	struct photo p = *(const struct photo *)row->record;
	bool user = gh_slice_eq(p.kind, GH_LIT("user"));
	char *text;

	if ((!user && !gh_slice_eq(p.kind, GH_LIT("comparison"))) || p.content.n == 0)
		return true;
	text = ghi_arena_alloc(k->arena, BASE64_ROOM(p.content.n));
	if (text == NULL) {
		k->err = GH_ENOMEM;
		return false;
	}
	p.content = base64_encode(p.content, text);
	/* Size is that of the text (Attendance PUSH 2020-03, 12.1.1.7 and 12.1.1.8). */
	p.size = (int64_t)p.content.n;
	p.present |= UINT64_C(1) << PHOTO_size;
	p.present &= ~(UINT64_C(1) << PHOTO_extra);
	item_add(k, user ? COMMAND_KIND_UPDATE_PHOTO : COMMAND_KIND_UPDATE_COMPARISON_PHOTO, &p,
		 user ? "photo" : "comparison photo", NULL);
	return k->err == GH_OK && k->items < COPY_ITEMS;
}

static enum gh_err copy_source_read(struct copying *k, struct device *d)
{
	const struct store_ops *ops = k->c->server->db.ops;
	struct store_reader *r = k->c->reader;
	struct store_page page = { .limit = 1, .device = device_id(d), .pin = k->pin };
	enum gh_err err = person_bio_read(ops, r, d, k->arena, &k->from);

	if (err == GH_OK)
		err = ops->records_read(r, KIND_PERSON, &page, copy_see_person, k);
	page.limit = COPY_ITEMS;
	if (err == GH_OK && k->found && k->templates)
		err = ops->records_read(r, KIND_TEMPLATE, &page, copy_see_template, k);
	if (err == GH_OK && k->found && k->photos)
		err = ops->records_read(r, KIND_PHOTO, &page, copy_see_photo, k);
	return err ? err : k->err;
}

/* --- what each device gets --- */

static void left_add(struct copying *k, struct copy_target *t, const char *name,
		     const char *why)
{
	struct copy_left *left;
	gh_slice text;

	for (left = t->left; left; left = left->next) {
		if (strcmp(left->name, name) == 0 && strcmp(left->why, why) == 0) {
			left->n++;
			return;
		}
	}
	left = ghi_arena_alloc(k->arena, sizeof(*left));
	text = ghi_arena_copy(k->arena, (gh_slice){ (const uint8_t *)why, strlen(why) + 1 });
	if (left == NULL || text.n == 0) {
		k->err = GH_ENOMEM;
		return;
	}
	*left = (struct copy_left){
		.name = name, .why = (const char *)text.p, .n = 1, .next = t->left
	};
	t->left = left;
}

/* Records of terminals have no place for these. */
static void left_of_person(struct copying *k, struct copy_target *t)
{
	if (k->second_card)
		left_add(k, t, "second card", "terminals have one card a person");
	if (k->validity)
		left_add(k, t, "validity", "terminals have none");
}

static void copy_target_plan(struct copying *k, struct copy_target *t,
			     const struct person_bio *to)
{
	char why[BIO_WHY];

	if (to->terminal)
		left_of_person(k, t);
	for (const struct copy_item *item = k->first; item; item = item->next) {
		const char *reason = NULL;

		if (item->template)
			reason =
				person_bio_fits(item->template, &k->from, to, why) ? NULL : why;
		else if (item->kind != COMMAND_KIND_UPDATE_PERSON)
			reason = person_bio_photo_refusal(item->kind, to);
		if (reason)
			left_add(k, t, item->name, reason);
		else
			t->item[t->orders++] = item;
	}
}

/* Whether part i of the list names a device that one before it does. */
static bool target_again(const struct body *to, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (gh_slice_eq(to->part[k].s, to->part[i].s))
			return true;
	return false;
}

/* A device that is not known, or blocked, gets one order, which is refused with the reason; one that is
 * named twice gets its orders once. */
static enum gh_err copy_targets_plan(struct copying *k, const struct body *to)
{
	for (size_t i = 0; i < to->parts && k->err == GH_OK; i++) {
		if (target_again(to, i))
			continue;
		struct copy_target *t = &k->target[k->targets++];
		struct device *d = devices_find(k->c->server->devices, to->part[i].s);
		struct person_bio bio;

		*t = (struct copy_target){ .sn = to->part[i].s };
		t->item = ghi_arena_alloc(k->arena, k->items * sizeof(*t->item));
		if (t->item == NULL)
			k->err = GH_ENOMEM;
		else if (d == NULL)
			t->item[t->orders++] = k->first;
		else
			k->err = person_bio_read(k->c->server->db.ops, k->c->reader, d,
						 k->arena, &bio);
		if (d && k->err == GH_OK)
			copy_target_plan(k, t, &bio);
		device_unref(d);
	}
	return k->err;
}

/* --- the answer --- */

static void target_left_write(struct json *j, const struct copy_target *t)
{
	json_key(j, "left");
	json_array(j);
	for (const struct copy_left *left = t->left; left; left = left->next) {
		json_object(j);
		json_key(j, "what");
		json_string(j, gh_slice_of(left->name));
		json_key(j, "count");
		json_int(j, (int64_t)left->n);
		json_key(j, "reason");
		json_string(j, gh_slice_of(left->why));
		json_object_end(j);
	}
	json_array_end(j);
}

static void target_orders_write(struct json *j, const struct queueing *q,
				const struct copy_target *t)
{
	json_key(j, "orders");
	json_array(j);
	for (size_t i = 0; i < t->orders; i++) {
		const struct command_order *o = &q->order[t->first + i];
		struct value id = value_of(VALUE_ID, o->stored.id);

		json_object(j);
		json_key(j, "what");
		json_string(j, gh_slice_of(t->item[i]->name));
		if (q->refused[t->first + i]) {
			call_fault_json(j, q->refused[t->first + i]->code,
					&q->refused[t->first + i]->faults);
		} else {
			json_key(j, "commandId");
			value_json(j, &id);
		}
		json_object_end(j);
	}
	json_array_end(j);
}

static void copy_answer(struct queueing *q)
{
	struct copying *k = q->answer_of;
	struct json j = call_data();

	json_object(&j);
	json_key(&j, "pin");
	json_string(&j, k->pin);
	json_key(&j, "devices");
	json_array(&j);
	for (size_t i = 0; i < k->targets; i++) {
		json_object(&j);
		json_key(&j, "deviceSerial");
		json_string(&j, k->target[i].sn);
		target_orders_write(&j, q, &k->target[i]);
		target_left_write(&j, &k->target[i]);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
	call_data_end(q->call, 200, &j);
}

/* --- the call --- */

/* Without the person nothing of them is written. */
static void copy_orders_make(struct copying *k)
{
	struct queueing *q;
	size_t n = 0;

	for (size_t i = 0; i < k->targets; i++)
		n += k->target[i].orders;
	q = call_queueing_new(k->c, n);
	if (q == NULL)
		return;
	q->many = true;
	q->answer = copy_answer;
	q->answer_of = k;
	n = 0;
	for (size_t i = 0; i < k->targets; i++) {
		struct copy_target *t = &k->target[i];

		t->first = n;
		for (size_t o = 0; o < t->orders; o++, n++) {
			struct reading r = { .q = q, .i = n, .body = k->c->body };

			q->order[n].request.kind = t->item[o]->kind;
			q->order[n].request.arguments = t->item[o]->arguments;
			q->order[n].device = order_device(&r, t->sn);
			if (q->order[n].device)
				order_check(&r);
			if (q->refused[t->first] && o)
				q->refused[n] = q->refused[t->first];
		}
	}
}

static bool copy_body_flag(const struct call *c, const char *name)
{
	const struct body *b = body_find(c->body, gh_slice_of(name));

	return b == NULL || b->i != 0;
}

void handle_person_copy(struct call *c)
{
	struct copying *k = ghi_arena_alloc(call_arena(c), sizeof(*k));
	gh_slice from = body_find(c->body, GH_LIT("from"))->s;
	const struct body *to = body_find(c->body, GH_LIT("to"));
	struct device *d;
	enum gh_err err;

	for (size_t i = 0; i < to->parts; i++) {
		if (gh_slice_eq(to->part[i].s, from)) {
			call_fail_field(c, ERROR_field_invalid, "to",
					"must not have the device the person is copied from");
			return;
		}
	}
	if (k == NULL) {
		call_fail_err(c, GH_ENOMEM);
		return;
	}
	if (call_reader(c) == NULL)
		return;
	memset(k, 0, sizeof(*k));
	k->c = c;
	k->arena = call_arena(c);
	k->pin = body_find(c->body, GH_LIT("pin"))->s;
	k->templates = copy_body_flag(c, "templates");
	k->photos = copy_body_flag(c, "photos");
	k->last = &k->first;
	d = devices_find(c->server->devices, from);
	if (d == NULL) {
		call_fail_device(c, "from", from);
		return;
	}
	err = copy_source_read(k, d);
	device_unref(d);
	if (err == GH_OK && !k->found) {
		call_fail_field(c, ERROR_person_unknown, "pin",
				"must be the PIN of a person of that device, as far as the "
				"server has them");
		return;
	}
	if (err == GH_OK)
		err = copy_targets_plan(k, to);
	if (err)
		call_fail_err(c, err);
	else
		copy_orders_make(k);
}

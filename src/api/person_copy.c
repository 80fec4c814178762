/* POST /api/persons/copy: a person of one device, with templates and photos, to others. What a device
 * cannot take is left out and named with the reason. */
#include "api/command_queue.h"
#include "api/command_reading.h"
#include "api/person_copy_plan.h"

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

void copy_orders_make(struct copying *k, void (*answer)(struct queueing *q))
{
	struct queueing *q;
	size_t n = 0;

	for (size_t i = 0; i < k->targets; i++)
		n += k->target[i].orders;
	q = call_queueing_new(k->c, n);
	if (q == NULL)
		return;
	q->many = true;
	q->answer = answer;
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
	d = call_device_find(c, from);
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
		copy_orders_make(k, copy_answer);
}

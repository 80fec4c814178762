/* POST /api/users/biometric-sync: a person of one device to another one. It is a copy (api/person_copy.c) that is
 * answered in the predecessor's words. */
#include "api/command_queue.h"
#include "api/command_reading.h"
#include "api/compat/zk_server/batch.h"
#include "api/compat/zk_server/body.h"
#include "api/person_copy_plan.h"

/* Its place among those that the device gets; t->orders: it gets none. */
static size_t item_place(const struct copy_target *t, const struct copy_item *item)
{
	size_t i = 0;

	while (i < t->orders && t->item[i] != item)
		i++;
	return i;
}

static const char *item_left_why(const struct copy_target *t, const struct copy_item *item)
{
	for (const struct copy_left *left = t->left; left; left = left->next)
		if (strcmp(left->name, item->name) == 0)
			return left->why;
	return "the device does not take it";
}

static void item_result_write(const struct queueing *q, struct json *j,
			      const struct copy_target *t, const struct copy_item *item)
{
	size_t place = item_place(t, item), order = t->first + place;
	bool queued = place < t->orders && q->refused[order] == NULL;

	json_key(j, "success");
	json_bool(j, queued);
	json_key(j, "result");
	json_object(j);
	json_key(j, "success");
	json_bool(j, queued);
	if (queued) {
		struct value id = value_of(VALUE_ID, q->order[order].stored.id);

		json_key(j, "commandId");
		value_json(j, &id);
	} else if (place < t->orders) {
		call_fault_json(j, q->refused[order]->code, &q->refused[order]->faults);
	} else {
		json_key(j, "error");
		json_string(j, gh_slice_of(item_left_why(t, item)));
	}
	json_object_end(j);
}

static void copied_item_write(const struct queueing *q, struct json *j,
			      const struct copy_target *t, const struct copy_item *item)
{
	const struct zk_type *type =
		item->template ? zk_type_numbered(item->template->type) : NULL;

	json_object(j);
	json_key(j, "type");
	json_string(j, item->template == NULL ? GH_LIT("USER")
		       : type		      ? gh_slice_of(type->label)
					      : GH_LIT("UNKNOWN"));
	if (item->template) {
		json_key(j, "fid");
		json_int(j, item->template->no);
	}
	item_result_write(q, j, t, item);
	json_object_end(j);
}

static void trial_answer(struct queueing *q)
{
	struct copying *k = q->answer_of;
	const struct copy_target *t = &k->target[0];
	gh_slice source = body_find(k->c->body, GH_LIT("sourceDevice"))->s;
	struct json j = call_data();
	size_t queued = 0;

	for (size_t i = 0; i < t->orders; i++)
		queued += q->refused[t->first + i] == NULL;
	json_object(&j);
	json_key(&j, "pin");
	json_string(&j, k->pin);
	json_key(&j, "sourceDevice");
	json_string(&j, source);
	json_key(&j, "targetDevice");
	json_string(&j, t->sn);
	zk_text_write(&j, "summary", "%zu/%zu operations successful", queued, k->items);
	json_key(&j, "biometricsFound");
	json_int(&j, (int64_t)k->items - 1);
	json_key(&j, "userCreated");
	json_bool(&j, queued > 0);
	json_key(&j, "biometricsAdded");
	json_int(&j, queued ? (int64_t)queued - 1 : 0);
	json_key(&j, "results");
	json_array(&j);
	for (const struct copy_item *item = k->first; item; item = item->next)
		copied_item_write(q, &j, t, item);
	json_array_end(&j);
	json_object_end(&j);
	zk_text_write(&j, "message", "User %.*s sync queued successfully", GH_FMT(k->pin));
	call_data_end(k->c, 200, &j);
}

/* A target that is unknown or blocked is the call's error, and so is a person who may not be written. */
static void trial_judge(struct queueing *q)
{
	struct copying *k = q->answer_of;
	const struct refusal *why = q->refused[k->target[0].first];

	if (why == NULL)
		trial_answer(q);
	else if (why->code == ERROR_scope_too_small)
		call_fail_scope_of(k->c, why->scope, &why->faults);
	else
		call_fail_faults(k->c, why->code, &why->faults);
}

static bool trial_source_read(struct copying *k, gh_slice source)
{
	struct device *d = call_device_find(k->c, source);
	enum gh_err err;

	if (d == NULL) {
		call_fail_device(k->c, "sourceDevice", source);
		return false;
	}
	err = copy_source_read(k, d);
	device_unref(d);
	if (err)
		call_fail_err(k->c, err);
	else if (!k->found)
		call_fail(k->c, ERROR_person_unknown, "User not found on source device.");
	return err == GH_OK && k->found;
}

void handle_zk_biometric_sync(struct call *c)
{
	struct copying *k = ghi_arena_alloc(call_arena(c), sizeof(*k));
	gh_slice source = body_find(c->body, GH_LIT("sourceDevice"))->s;
	const struct body *target = body_find(c->body, GH_LIT("targetDevice"));
	const struct body to = { .kind = BODY_ARRAY, .part = target, .parts = 1 };
	enum gh_err err;

	if (k == NULL) {
		call_fail_err(c, GH_ENOMEM);
		return;
	}
	if (gh_slice_eq(source, target->s)) {
		call_fail_field(c, ERROR_field_invalid, "targetDevice",
				"must be another device than sourceDevice");
		return;
	}
	if (call_reader(c) == NULL)
		return;
	k->c = c;
	k->arena = call_arena(c);
	k->pin = body_member_scalar(c, c->body, GH_LIT("pin"));
	k->templates = true;
	k->last = &k->first;
	if (!trial_source_read(k, source))
		return;
	err = copy_targets_plan(k, &to);
	if (err)
		call_fail_err(c, err);
	else
		copy_orders_make(k, trial_judge);
}

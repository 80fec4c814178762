/* GET /api/plans/{id}/items: the people of a plan. */
#include "api/plan_call.h"

#define ITEMS_USUAL 100
#define ITEMS_MOST 1000

struct items_writing {
	struct json *j;
	int64_t n, limit, next;
	bool more;
};

static void item_text_show(struct json *j, const char *key, gh_slice s, bool json)
{
	json_key(j, key);
	if (s.n == 0)
		json_null(j);
	else if (json)
		json_raw(j, s);
	else
		json_string(j, s);
}

static bool plan_item_show(void *ctx, const struct plan_item *item)
{
	struct items_writing *w = ctx;
	struct json *j = w->j;

	w->more = w->n == w->limit || j->text.n >= LIST_BYTES;
	if (w->more)
		return false;
	json_object(j);
	json_key(j, "item");
	json_int(j, item->item);
	json_key(j, "personId");
	json_int(j, item->people);
	json_key(j, "pin");
	json_string(j, item->pin);
	json_key(j, "state");
	json_string(j, gh_slice_of(plan_step_state_name(item->state)));
	item_text_show(j, "before", item->before, true);
	item_text_show(j, "after", item->after, true);
	item_text_show(j, "note", item->note, false);
	json_object_end(j);
	w->n++;
	w->next = item->item;
	return j->text.err == GH_OK;
}

static bool plan_is_there(void *ctx, int64_t id, const void *record)
{
	(void)ctx;
	(void)id;
	(void)record;
	return true;
}

void handle_plan_items(struct call *c)
{
	const struct param_value *limit = call_param(c, PARAM_limit),
				 *after = call_param(c, PARAM_after);
	struct items_writing w = { .limit = limit->present ? limit->i : ITEMS_USUAL };
	struct plan_items_of of = { .after = after->present ? after->i : 0 };
	const struct store_ops *ops = c->server->db.ops;
	struct json j;
	enum gh_err err;

	if (!call_id(c, &of.plan) || call_reader(c) == NULL)
		return;
	w.limit = w.limit > ITEMS_MOST ? ITEMS_MOST : w.limit;
	of.limit = w.limit + 1;
	err = ops->entity_get(c->reader, ENTITY_DEVICE_PLAN, of.plan, plan_is_there, NULL);
	j = call_data();
	w.j = &j;
	json_object(&j);
	json_key(&j, "items");
	json_array(&j);
	if (err == GH_OK)
		err = ops->plan_items_read(c->reader, &of, plan_item_show, &w);
	json_array_end(&j);
	json_key(&j, "next");
	if (w.more)
		json_int(&j, w.next);
	else
		json_null(&j);
	json_object_end(&j);
	if (err == GH_OK) {
		call_data_end(c, 200, &j);
		return;
	}
	json_clear(&j);
	if (err == GH_ENOTFOUND)
		call_fail(c, ERROR_plan_unknown, "There is no plan %lld.", (long long)of.plan);
	else
		call_fail_err(c, err);
}

#include "contract.h"

struct seen_text {
	size_t n;
	char text[12][96];
};

static void text_note(struct seen_text *t, const char *text)
{
	assert_true(t->n < 12);
	snprintf(t->text[t->n++], sizeof(t->text[0]), "%s", text);
}

/* --- numbers on units --- */

static bool slot_note(void *ctx, const struct device_slot *slot)
{
	char text[96];

	snprintf(text, sizeof(text), "%lld: %lld/%lld %d %lld", (long long)slot->slot,
		 (long long)slot->owner, (long long)slot->part, (int)slot->state,
		 (long long)slot->freed);
	text_note(ctx, text);
	return true;
}

static enum gh_err slot_store(struct fixture *f, int64_t device, struct device_slot slot)
{
	slot.kind = GH_LIT("timezone");
	return write_alone(f, f->ops->slot_put(f->s, device, &slot));
}

static void a_number_of_a_unit_stays_with_its_owner_until_it_is_free(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "SL1"), b = device_new(f, "SL2");
	struct seen_text t = { 0 };

	assert_ok(slot_store(f, a, (struct device_slot){ .slot = 2, .owner = 7 }));
	assert_ok(slot_store(f, a, (struct device_slot){ .slot = 1, .owner = 1 }));
	assert_ok(slot_store(f, b, (struct device_slot){ .slot = 2, .owner = 8 }));
	assert_int_equal(slot_store(f, a, (struct device_slot){ .slot = 2, .owner = 9 }),
			 GH_ENOTFOUND);
	assert_ok(slot_store(
		f, a,
		(struct device_slot){ .slot = 2, .owner = 7, .state = DEVICE_SLOT_HELD }));
	assert_ok(f->ops->slots_read(f->r, a, GH_LIT("timezone"), slot_note, &t));
	assert_int_equal(t.n, 2);
	assert_string_equal(t.text[0], "1: 1/0 0 0");
	assert_string_equal(t.text[1], "2: 7/0 1 0");
	assert_ok(slot_store(
		f, a,
		(struct device_slot){
			.slot = 2, .owner = 7, .state = DEVICE_SLOT_FREE, .freed = 3 }));
	assert_ok(slot_store(f, a, (struct device_slot){ .slot = 2, .owner = 9, .part = 1 }));
	t.n = 0;
	assert_ok(f->ops->slots_read(f->r, a, GH_LIT("timezone"), slot_note, &t));
	assert_string_equal(t.text[1], "2: 9/1 0 0");
	assert_int_equal(slot_store(f, 999999, (struct device_slot){ .slot = 1 }),
			 GH_ENOTFOUND);
}

/* --- units and steps --- */

static bool plan_unit_note(void *ctx, const struct plan_unit *u)
{
	char text[96];

	snprintf(text, sizeof(text), "%lld %.*s %s %lld/%lld/%lld %.*s", (long long)u->plan,
		 GH_FMT(u->serial), plan_state_name(u->state), (long long)u->row_count,
		 (long long)u->acknowledged, (long long)u->failed, GH_FMT(u->digest));
	text_note(ctx, text);
	return true;
}

static void units_of_a_plan_are_found_by_plan_and_by_state(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "PL1"), b = device_new(f, "PL2");
	struct plan_unit u = { .plan = 71,
			       .device = a,
			       .state = PLAN_PLANNED,
			       .row_count = 5,
			       .digest = GH_LIT("d"),
			       .refusal = GH_LIT("[]") };
	struct plan_units_of of = { .plan = 71 };
	struct seen_text t = { 0 };

	assert_ok(write_alone(f, f->ops->plan_unit_put(f->s, &u)));
	u.device = b;
	assert_ok(write_alone(f, f->ops->plan_unit_put(f->s, &u)));
	u.state = PLAN_RUNNING;
	u.acknowledged = 3;
	u.failed = 1;
	assert_ok(write_alone(f, f->ops->plan_unit_put(f->s, &u)));
	assert_ok(f->ops->plan_units_read(f->r, &of, plan_unit_note, &t));
	assert_int_equal(t.n, 2);
	assert_string_equal(t.text[0], "71 PL1 planned 5/0/0 d");
	assert_string_equal(t.text[1], "71 PL2 running 5/3/1 d");
	of = (struct plan_units_of){ .state = PLAN_RUNNING, .limit = 10 };
	t.n = 0;
	assert_ok(f->ops->plan_units_read(f->r, &of, plan_unit_note, &t));
	assert_int_equal(t.n, 1);
	of.device = a;
	t.n = 0;
	assert_ok(f->ops->plan_units_read(f->r, &of, plan_unit_note, &t));
	assert_int_equal(t.n, 0);
	tx_begin(f);
	of = (struct plan_units_of){ .plan = 71, .device = b };
	assert_ok(f->ops->plan_units_scan(f->s, &of, plan_unit_note, &t));
	assert_int_equal(t.n, 1);
	tx_commit(f);
}

static bool plan_step_note(void *ctx, const struct plan_step *p)
{
	char text[96];

	snprintf(text, sizeof(text), "%lld %s %lld %lld/%lld %lld %.*s", (long long)p->step,
		 plan_step_state_name(p->state), (long long)p->rows, (long long)p->command,
		 p->has_return ? (long long)p->return_code : 0, (long long)p->left_out,
		 GH_FMT(p->words));
	text_note(ctx, text);
	return true;
}

static void steps_of_a_plan_are_read_in_order_and_go_in_pieces(void **state)
{
	struct fixture *f = *state;
	int64_t a = device_new(f, "PS1"), b = device_new(f, "PS2");
	struct plan_step step[4] = { 0 };
	struct plan_steps_of of = { .plan = 72, .device = a, .after = INT64_MIN, .limit = 10 };
	struct seen_text t = { 0 };
	size_t removed = 0;

	for (size_t i = 0; i < 4; i++)
		step[i] = (struct plan_step){ .plan = 72,
					      .device = i == 3 ? b : a,
					      .step = (int64_t)(i + 1) * PLAN_STEP_ROOM,
					      .table = GH_LIT("user"),
					      .rows = 2,
					      .words = GH_LIT("DATA UPDATE user Pin=1") };
	assert_ok(write_alone(f, f->ops->plan_steps_add(f->s, step, 4)));
	step[0].state = PLAN_STEP_FAILED;
	step[0].command = 17;
	step[0].has_return = true;
	step[0].return_code = -629;
	assert_ok(write_alone(f, f->ops->plan_step_put(f->s, &step[0])));
	step[1].state = PLAN_STEP_DONE;
	step[1].left_out = 1;
	assert_ok(write_alone(f, f->ops->plan_step_put(f->s, &step[1])));
	assert_ok(f->ops->plan_steps_read(f->r, &of, plan_step_note, &t));
	assert_int_equal(t.n, 3);
	assert_string_equal(t.text[0], "1048576 failed 2 17/-629 0 DATA UPDATE user Pin=1");
	assert_string_equal(t.text[1], "2097152 done 2 0/0 1 DATA UPDATE user Pin=1");
	assert_string_equal(t.text[2], "3145728 waiting 2 0/0 0 DATA UPDATE user Pin=1");
	of.which = PLAN_STEPS_OPEN;
	t.n = 0;
	tx_begin(f);
	assert_ok(f->ops->plan_steps_scan(f->s, &of, plan_step_note, &t));
	tx_commit(f);
	assert_int_equal(t.n, 1);
	of.which = PLAN_STEPS_FAILED;
	t.n = 0;
	assert_ok(f->ops->plan_steps_read(f->r, &of, plan_step_note, &t));
	assert_int_equal(t.n, 1);
	of.which = PLAN_STEPS_PARTLY;
	t.n = 0;
	assert_ok(f->ops->plan_steps_read(f->r, &of, plan_step_note, &t));
	assert_int_equal(t.n, 1);
	assert_string_equal(t.text[0], "2097152 done 2 0/0 1 DATA UPDATE user Pin=1");
	step[0].step = 5;
	assert_int_equal(write_alone(f, f->ops->plan_step_put(f->s, &step[0])), GH_ENOTFOUND);
	assert_ok(write_alone(f, f->ops->plan_clear(f->s, 72, 0, 3, &removed)));
	assert_int_equal(removed, 3);
	assert_ok(write_alone(f, f->ops->plan_clear(f->s, 72, 0, 3, &removed)));
	assert_int_equal(removed, 1);
	of.device = b;
	of.which = PLAN_STEPS_ALL;
	t.n = 0;
	assert_ok(f->ops->plan_steps_read(f->r, &of, plan_step_note, &t));
	assert_int_equal(t.n, 0);
}

static bool plan_item_note(void *ctx, const struct plan_item *p)
{
	char text[96];

	snprintf(text, sizeof(text), "%lld %lld v%lld %s %.*s %.*s>%.*s %.*s",
		 (long long)p->item, (long long)p->people, (long long)p->version,
		 plan_step_state_name(p->state), GH_FMT(p->pin), GH_FMT(p->before),
		 GH_FMT(p->after), GH_FMT(p->note));
	text_note(ctx, text);
	return true;
}

static void items_of_a_plan_are_read_in_order_and_go_with_it(void **state)
{
	struct fixture *f = *state;
	struct plan_item item[5] = { 0 };
	struct plan_items_of of = { .plan = 73, .limit = 10 };
	struct seen_text t = { 0 };
	size_t removed = 0;

	for (size_t i = 0; i < 5; i++)
		item[i] = (struct plan_item){ .plan = i == 4 ? 74 : 73,
					      .item = (int64_t)i + 1,
					      .people = 40 + (int64_t)i,
					      .version = 3,
					      .pin = GH_LIT("7"),
					      .before = GH_LIT("{}"),
					      .after = GH_LIT("{\"group\":2}") };
	assert_ok(write_alone(f, f->ops->plan_items_add(f->s, item, 5)));
	item[1].state = PLAN_STEP_FAILED;
	item[1].note = GH_LIT("is not there");
	assert_ok(write_alone(f, f->ops->plan_item_put(f->s, &item[1])));
	assert_ok(f->ops->plan_items_read(f->r, &of, plan_item_note, &t));
	assert_int_equal(t.n, 4);
	assert_string_equal(t.text[0], "1 40 v3 waiting 7 {}>{\"group\":2} ");
	assert_string_equal(t.text[1], "2 41 v3 failed 7 {}>{\"group\":2} is not there");
	of.open = true;
	of.after = 1;
	of.limit = 1;
	t.n = 0;
	tx_begin(f);
	assert_ok(f->ops->plan_items_scan(f->s, &of, plan_item_note, &t));
	tx_commit(f);
	assert_int_equal(t.n, 1);
	assert_string_equal(t.text[0], "3 42 v3 waiting 7 {}>{\"group\":2} ");
	item[1].item = 99;
	assert_int_equal(write_alone(f, f->ops->plan_item_put(f->s, &item[1])), GH_ENOTFOUND);
	assert_ok(write_alone(f, f->ops->plan_clear(f->s, 73, 0, 3, &removed)));
	assert_int_equal(removed, 3);
	assert_ok(write_alone(f, f->ops->plan_clear(f->s, 73, 0, 3, &removed)));
	assert_int_equal(removed, 1);
	of = (struct plan_items_of){ .plan = 74, .limit = 10 };
	t.n = 0;
	assert_ok(f->ops->plan_items_read(f->r, &of, plan_item_note, &t));
	assert_int_equal(t.n, 1);
}

int contract_plans(void)
{
	const struct CMUnitTest tests[] = {
		CONTRACT(a_number_of_a_unit_stays_with_its_owner_until_it_is_free),
		CONTRACT(units_of_a_plan_are_found_by_plan_and_by_state),
		CONTRACT(steps_of_a_plan_are_read_in_order_and_go_in_pieces),
		CONTRACT(items_of_a_plan_are_read_in_order_and_go_with_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Single decisions of the planner about people and work codes: what cannot go and why, what waits, what is refused. */
#include "planned.h"

#include <stdio.h>

/* --- people --- */

static void an_update_has_what_the_device_has_besides(void **state)
{
	(void)state;
	(void)target_person(&w, "7", "Bob");
	there_put(&w, "USERINFO",
		  "PIN=7\tName=Ann\tPri=14\tPasswd=12\tCard=[7B00000000]\tGrp=2", false);
	plan_made();
	assert_int_equal(plan.orders, 1);
	order_is(0, COMMAND_KIND_UPDATE_PERSON,
		 "pin=7\nname=Bob\nprivilege=14\npassword=12\ncard=[7B00000000]\ngroup_id=2\n");
	row_is(0, SYNC_DIFFERENT, SYNC_FITS);
}

static void a_name_that_stays_goes_back_in_its_own_bytes(void **state)
{
	struct person *p = target_person(&w, "7", "\xd0\x90\xd0\xbd\xd0\xbd\xd0\xb0");
	struct person held = { .pin = GH_LIT("7"),
			       .name = p->name,
			       .name_bytes = GH_LIT("\xc0\xed\xed\xe0"),
			       .present = UINT64_C(1) << PERSON_pin |
					  UINT64_C(1) << PERSON_name |
					  UINT64_C(1) << PERSON_name_bytes };
	struct sync_item item = { .kind = KIND_PERSON, .record = &held };
	struct sync_input in = {
		.device = &w.device, .target = w.target, .targets = 1, .held = &item, .helds = 1
	};

	(void)state;
	w.device.charset = "CP1251";
	p->privilege = 14;
	model_mark(p, PERSON_privilege);
	assert_int_equal(sync_plan_make(&in, &w.arena, &plan), GH_OK);
	order_is(0, COMMAND_KIND_UPDATE_PERSON,
		 "pin=7\nname=\xc0\xed\xed\xe0\nprivilege=14\nown_name=1\n");
}

static void what_a_device_cannot_hold_of_a_person_is_left_out_with_its_reason(void **state)
{
	const gh_slice cards[] = { GH_LIT("1"), GH_LIT("2"), GH_LIT("3") };
	struct person *p;

	(void)state;
	w.device.charset = "CP1251";
	w.device.name_most = 8;
	w.device.password_most = 4;
	(void)target_person(&w, "1", "\xe6\x9d\x8e");
	(void)target_person(&w, "2", "Alexandra");
	p = target_person(&w, "3", "C");
	p->password = GH_LIT("12345");
	model_mark(p, PERSON_password);
	(void)target_person(&w, "4", "D");
	w.target[3].card = cards;
	w.target[3].cards = 3;
	p = target_person(&w, "5", "E");
	p->card = GH_LIT("no number");
	model_mark(p, PERSON_card);
	(void)target_person(&w, "6", "a\tb");
	plan_made();
	row_is(0, SYNC_WANTED, SYNC_NAME_CHARSET);
	row_is(1, SYNC_WANTED, SYNC_NAME_LENGTH);
	row_is(2, SYNC_WANTED, SYNC_PASSWORD_LENGTH);
	row_is(3, SYNC_WANTED, SYNC_CARDS);
	row_is(4, SYNC_WANTED, SYNC_CARD);
	row_is(5, SYNC_WANTED, SYNC_TEXT);
	order_is(0, COMMAND_KIND_UPDATE_PERSON, "pin=1\n");
	order_is(2, COMMAND_KIND_UPDATE_PERSON, "pin=3\nname=C\n");
	order_is(3, COMMAND_KIND_UPDATE_PERSON, "pin=4\nname=D\ncard=1\nvice_card=2\n");
	world_queue(&w, &plan);
	while (w.queued)
		world_carry_out(&w, true);
	plan_made();
	assert_int_equal(plan.orders, 0);
	assert_int_equal(plan.count[SYNC_IMPOSSIBLE], 6);
}

static void cards_are_compared_as_numbers_in_either_order(void **state)
{
	const gh_slice cards[] = { GH_LIT("123"), GH_LIT("456") };

	(void)state;
	(void)target_person(&w, "7", "Ann");
	w.target[0].card = cards;
	w.target[0].cards = 2;
	there_put(&w, "USERINFO", "PIN=7\tName=Ann\tCard=456\tViceCard=[7B00000000]", true);
	plan_made();
	assert_int_equal(plan.orders, 0);
	row_is(0, SYNC_SAME, SYNC_FITS);
}

static void a_terminal_has_one_card_and_no_validity(void **state)
{
	const gh_slice cards[] = { GH_LIT("1"), GH_LIT("2") };
	struct person *p = target_person(&w, "7", "Ann");

	(void)state;
	w.device.bio.terminal = true;
	w.device.pin_digits = true;
	w.target[0].card = cards;
	w.target[0].cards = 2;
	(void)target_person(&w, "7x", "Bob");
	p = target_person(&w, "8", "Cid");
	p->expires = 1;
	model_mark(p, PERSON_expires);
	plan_made();
	row_is(0, SYNC_WANTED, SYNC_CARDS);
	row_is(1, SYNC_IMPOSSIBLE, SYNC_PIN);
	row_is(2, SYNC_WANTED, SYNC_VALIDITY);
	assert_int_equal(plan.orders, 2);
	order_is(0, COMMAND_KIND_UPDATE_PERSON, "pin=7\nname=Ann\ncard=1\n");
}

static void another_pin_is_a_deletion_and_a_new_person(void **state)
{
	(void)state;
	(void)target_person(&w, "8", "Ann");
	(void)target_template(&w, "8", 1, 3, 0, "QUJDRA==", 10);
	there_put(&w, "USERINFO", "PIN=7\tName=Ann", true);
	there_put(&w, "FINGERTMP", "PIN=7\tFID=3\tSize=8\tValid=1\tTMP=QUJDRA==", true);
	there_put(&w, "USERPIC", "PIN=7\tSize=4\tContent=Qm9i", true);
	plan_made();
	assert_int_equal(plan.orders, 3);
	order_is(0, COMMAND_KIND_DELETE_PERSON, "pin=7\n");
	order_is(1, COMMAND_KIND_UPDATE_PERSON, "pin=8\nname=Ann\n");
	assert_int_equal(plan.order[2].kind, COMMAND_KIND_UPDATE_FINGERPRINT);
}

static void what_others_put_there_stays(void **state)
{
	(void)state;
	(void)target_person(&w, "7", "Ann");
	there_put(&w, "USERINFO", "PIN=7\tName=Ann", true);
	there_put(&w, "FINGERTMP", "PIN=7\tFID=3\tSize=8\tValid=1\tTMP=QUJDRA==", false);
	there_put(&w, "USERINFO", "PIN=9\tName=Eve", false);
	plan_made();
	assert_int_equal(plan.orders, 0);
	assert_int_equal(plan.count[SYNC_EXTRA], 2);
}

static void who_is_there_for_a_while_is_left_to_the_order_that_ends_it(void **state)
{
	(void)state;
	there_put(&w, "USERINFO", "PIN=7\tName=Ann", true);
	world_wait(&w, COMMAND_KIND_END_STAY, "pin=7\nnot_before=99\n", false, false);
	plan_made();
	assert_int_equal(plan.orders + plan.withdrawals, 0);
	row_is(0, SYNC_EXTRA, SYNC_STAY);
	(void)target_person(&w, "7", "Ann");
	plan_made();
	assert_int_equal(plan.orders, 0);
	assert_int_equal(plan.withdrawals, 1);
	row_is(0, SYNC_SAME, SYNC_FITS);
}

static void of_a_full_device_deletions_come_first_and_the_rest_is_refused(void **state)
{
	(void)state;
	w.device.people_most = 2;
	w.device.people = 2;
	there_put(&w, "USERINFO", "PIN=5\tName=Old", true);
	there_put(&w, "USERINFO", "PIN=9\tName=Eve", false);
	(void)target_person(&w, "1", "Ann");
	(void)target_person(&w, "2", "Bob");
	(void)target_template(&w, "2", 1, 0, 0, "QUJDRA==", 10);
	plan_made();
	assert_int_equal(plan.orders, 2);
	order_is(0, COMMAND_KIND_DELETE_PERSON, "pin=5\n");
	order_is(1, COMMAND_KIND_UPDATE_PERSON, "pin=1\nname=Ann\n");
	row_is(1, SYNC_IMPOSSIBLE, SYNC_CAPACITY);
	row_is(2, SYNC_IMPOSSIBLE, SYNC_PERSON);
	/* Where the deletion waits and the addition too, both stay as they are. */
	world_queue(&w, &plan);
	plan_made();
	assert_int_equal(plan.orders + plan.withdrawals, 0);
	assert_int_equal(plan.kept, 2);
}

/* --- work codes and identity cards --- */

static void work_codes_get_numbers_that_are_free(void **state)
{
	struct work_code codes[2] = { { .code = GH_LIT("a"), .name = GH_LIT("x") },
				      { .code = GH_LIT("b"), .name = GH_LIT("y") } };
	struct id_card card = { .id_number = GH_LIT("9"),
				.present = UINT64_C(1) << ID_CARD_id_number };

	(void)state;
	w.device.work_codes = true;
	there_put(&w, "WORKCODE", "PIN=4\tCODE=b\tNAME=z", false);
	there_put(&w, "WORKCODE", "PIN=7\tCODE=c\tNAME=z", true);
	for (size_t i = 0; i < 2; i++) {
		codes[i].present = UINT64_C(1) << WORK_CODE_code | UINT64_C(1)
									   << WORK_CODE_name;
		w.target[w.targets++] =
			(struct sync_item){ .kind = KIND_WORK_CODE, .record = &codes[i] };
	}
	w.target[w.targets++] = (struct sync_item){ .kind = KIND_ID_CARD, .record = &card };
	plan_made();
	assert_int_equal(plan.orders, 3);
	order_is(0, COMMAND_KIND_DELETE_WORK_CODE, "code=c\n");
	order_is(1, COMMAND_KIND_UPDATE_WORK_CODE, "code=a\nslot=8\nname=x\n");
	order_is(2, COMMAND_KIND_UPDATE_WORK_CODE, "code=b\nslot=4\nname=y\n");
	row_is(3, SYNC_IMPOSSIBLE, SYNC_KIND);
	w.device.id_cards = true;
	plan_made();
	order_is(3, COMMAND_KIND_UPDATE_ID_CARD, "id_number=9\n");
}

static void code_of_others_stays_after(enum command_kind kind, const char *arguments)
{
	w.device.work_codes = true;
	there_put(&w, "WORKCODE", "PIN=4\tCODE=b\tNAME=z", true);
	world_wait(&w, kind, arguments, false, true);
	world_wait(&w, COMMAND_KIND_UPDATE_WORK_CODE, "code=b\nslot=4\nname=q\n", false, true);
	plan_made();
	assert_int_equal(plan.orders, 0);
}

static void a_work_code_of_others_stays_after_one_from_here_is_deleted(void **state)
{
	(void)state;
	code_of_others_stays_after(COMMAND_KIND_DELETE_WORK_CODE, "code=b\n");
}

static void a_work_code_of_others_stays_after_all_is_erased(void **state)
{
	(void)state;
	code_of_others_stays_after(COMMAND_KIND_CLEAR_DATA, "");
}

/* --- what waits --- */

static void what_waits_and_is_overtaken_is_withdrawn(void **state)
{
	(void)state;
	(void)target_person(&w, "7", "Ann");
	world_wait(&w, COMMAND_KIND_UPDATE_PERSON, "pin=7\nname=Bob\n", true, false);
	world_wait(&w, COMMAND_KIND_UPDATE_PERSON, "pin=8\nname=Cid\n", true, false);
	world_wait(&w, COMMAND_KIND_UPDATE_PERSON, "pin=7\nname=Ann\n", true, false);
	world_wait(&w, COMMAND_KIND_UPDATE_PERSON, "pin=7\nname=Ann\n", true, false);
	plan_made();
	assert_int_equal(plan.orders, 0);
	assert_int_equal(plan.kept, 1);
	assert_int_equal(plan.withdrawals, 3);
}

static void what_was_given_is_taken_as_done(void **state)
{
	(void)state;
	(void)target_person(&w, "7", "Ann");
	world_wait(&w, COMMAND_KIND_UPDATE_PERSON, "pin=7\nname=Ann\n", true, true);
	world_wait(&w, COMMAND_KIND_UPDATE_PERSON, "pin=8\nname=Bob\n", true, true);
	plan_made();
	assert_int_equal(plan.withdrawals, 0);
	assert_int_equal(plan.orders, 1);
	order_is(0, COMMAND_KIND_DELETE_PERSON, "pin=8\n");
}

static void orders_of_others_are_carried_out_first(void **state)
{
	(void)state;
	(void)target_person(&w, "7", "Ann");
	there_put(&w, "USERINFO", "PIN=7\tName=Ann\tPri=14", true);
	world_wait(&w, COMMAND_KIND_UPDATE_PERSON, "pin=7\nname=Bob\nmerge=1\n", false, false);
	plan_made();
	assert_int_equal(plan.withdrawals, 0);
	order_is(0, COMMAND_KIND_UPDATE_PERSON, "pin=7\nname=Ann\nprivilege=14\n");
	world_wait(&w, COMMAND_KIND_CLEAR_DATA, "", false, false);
	plan_made();
	order_is(0, COMMAND_KIND_UPDATE_PERSON, "pin=7\nname=Ann\n");
}

static void what_waits_before_what_it_needs_is_queued_again(void **state)
{
	(void)state;
	(void)target_person(&w, "7", "Ann");
	(void)target_template(&w, "7", 1, 3, 0, "QUJDRA==", 10);
	world_wait(&w, COMMAND_KIND_UPDATE_FINGERPRINT,
		   "pin=7\nno=3\nvalid=1\nmajor_ver=10\nsize=8\ndata=QUJDRA==\n", true, false);
	plan_made();
	assert_int_equal(plan.withdrawals, 1);
	assert_int_equal(plan.orders, 2);
	assert_int_equal(plan.order[0].kind, COMMAND_KIND_UPDATE_PERSON);
	/* The person's order waits behind it. */
	world_wait(&w, COMMAND_KIND_UPDATE_PERSON, "pin=7\nname=Ann\n", true, false);
	plan_made();
	assert_int_equal(plan.kept, 1);
	assert_int_equal(plan.withdrawals, 1);
	assert_int_equal(plan.orders, 1);
	assert_int_equal(plan.order[0].kind, COMMAND_KIND_UPDATE_FINGERPRINT);
}

static void what_waits_before_an_order_of_others_is_queued_again(void **state)
{
	(void)state;
	(void)target_person(&w, "7", "Ann");
	world_wait(&w, COMMAND_KIND_UPDATE_PERSON, "pin=7\nname=Ann\n", true, false);
	world_wait(&w, COMMAND_KIND_DELETE_PERSON, "pin=7\n", false, false);
	plan_made();
	assert_int_equal(plan.withdrawals, 1);
	assert_int_equal(plan.orders, 1);
	order_is(0, COMMAND_KIND_UPDATE_PERSON, "pin=7\nname=Ann\n");
}

/* --- what is refused --- */

static void lists_that_are_not_in_their_order_are_refused(void **state)
{
	struct sync_input in = { .device = &w.device };
	struct photo photo = { .pin = GH_LIT("7"),
			       .kind = GH_LIT("attendance"),
			       .present = UINT64_C(1) << PHOTO_pin | UINT64_C(1)
									     << PHOTO_kind };
	struct sync_item odd = { .kind = KIND_PHOTO, .record = &photo };

	(void)state;
	(void)target_person(&w, "7", "Ann");
	(void)target_person(&w, "5", "Bob");
	in.target = w.target;
	in.targets = 2;
	assert_int_equal(sync_plan_make(&in, &w.arena, &plan), GH_EINVALID);
	assert_string_equal(plan.fault, "it is not in its order");
	assert_int_equal(plan.fault_at, 1);
	assert_false(plan.fault_held);
	w.target[1] = w.target[0];
	assert_int_equal(sync_plan_make(&in, &w.arena, &plan), GH_EINVALID);
	assert_string_equal(plan.fault, "it is there twice");
	in = (struct sync_input){ .device = &w.device, .held = &odd, .helds = 1 };
	assert_int_equal(sync_plan_make(&in, &w.arena, &plan), GH_EINVALID);
	assert_true(plan.fault_held);
	photo.pin = GH_LIT("7\n8");
	photo.kind = GH_LIT("user");
	assert_int_equal(sync_plan_make(&in, &w.arena, &plan), GH_EINVALID);
	photo.pin = GH_LIT("");
	assert_int_equal(sync_plan_make(&in, &w.arena, &plan), GH_EINVALID);
	in = (struct sync_input){ .device = &w.device };
	assert_int_equal(sync_plan_make(&in, &w.arena, &plan), GH_OK);
	assert_int_equal(plan.rows, 0);
}

/* In any order, with any kind of thing twice: a plan or an error, and nothing else. */
static void shuffled_lists_are_planned_or_refused(void **state)
{
	static struct world chance;

	(void)state;
	for (uint64_t seed = 1; seed <= 300; seed++) {
		struct sync_item held[WORLD_ITEMS];

		world_begin(&chance, seed);
		world_device_choose(&chance);
		world_contents_choose(&chance);
		world_targets_choose(&chance);
		world_plan(&chance, &plan);
		memcpy(held, chance.held, sizeof(held));
		for (size_t i = 0; i < chance.helds && chance.targets; i++) {
			size_t from = sim_below(&chance.chance, chance.targets);

			held[sim_below(&chance.chance, chance.helds)] =
				sim_chance(&chance.chance, 300) ? chance.target[from]
								: chance.held[i];
		}
		struct sync_input in = { .device = &chance.device,
					 .target = chance.target,
					 .targets = chance.targets,
					 .held = held,
					 .helds = chance.helds };
		enum gh_err err = sync_plan_make(&in, &chance.arena, &plan);

		world_claim(&chance, err == GH_OK || (err == GH_EINVALID && plan.fault),
			    "a plan, or a reason");
		world_end(&chance);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CLAIM(an_update_has_what_the_device_has_besides),
		CLAIM(a_name_that_stays_goes_back_in_its_own_bytes),
		CLAIM(what_a_device_cannot_hold_of_a_person_is_left_out_with_its_reason),
		CLAIM(cards_are_compared_as_numbers_in_either_order),
		CLAIM(a_terminal_has_one_card_and_no_validity),
		CLAIM(another_pin_is_a_deletion_and_a_new_person),
		CLAIM(what_others_put_there_stays),
		CLAIM(who_is_there_for_a_while_is_left_to_the_order_that_ends_it),
		CLAIM(of_a_full_device_deletions_come_first_and_the_rest_is_refused),
		CLAIM(work_codes_get_numbers_that_are_free),
		CLAIM(a_work_code_of_others_stays_after_one_from_here_is_deleted),
		CLAIM(a_work_code_of_others_stays_after_all_is_erased),
		CLAIM(what_waits_and_is_overtaken_is_withdrawn),
		CLAIM(what_was_given_is_taken_as_done),
		CLAIM(orders_of_others_are_carried_out_first),
		CLAIM(what_waits_before_what_it_needs_is_queued_again),
		CLAIM(what_waits_before_an_order_of_others_is_queued_again),
		CLAIM(lists_that_are_not_in_their_order_are_refused),
		CLAIM(shuffled_lists_are_planned_or_refused),
	};

	return cmocka_run_group_tests_name("sync", tests, NULL, NULL);
}

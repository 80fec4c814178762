/* Single decisions of the planner about templates and photos: which version and form a device gets, and why one cannot go. */
#include "planned.h"

#include <stdio.h>

static void a_template_goes_in_the_form_that_the_device_takes(void **state)
{
	(void)state;
	(void)target_person(&w, "7", "Ann");
	there_put(&w, "USERINFO", "PIN=7\tName=Ann", true);
	struct template *t = target_template(&w, "7", 1, 3, 0, "QUJDRA==", 10);

	t->duress = 1;
	model_mark(t, TEMPLATE_duress);
	(void)target_template(&w, "7", 2, 0, 4, "RUZHSElK", 12);
	plan_made();
	assert_int_equal(plan.orders, 2);
	order_is(0, COMMAND_KIND_UPDATE_FINGERPRINT,
		 "pin=7\nno=3\nvalid=3\nmajor_ver=10\nsize=8\ndata=QUJDRA==\n");
	order_is(1, COMMAND_KIND_UPDATE_FACE,
		 "pin=7\npart=4\nvalid=1\nsize=8\ndata=RUZHSElK\n");
	types_unify("0:1:1:0:0:0:0:0:0:0");
	plan_made();
	order_is(0, COMMAND_KIND_UPDATE_BIODATA,
		 "pin=7\ntype=1\nno=3\npart=0\nvalid=1\nduress=1\nmajor_ver=10\nminor_ver=0\n"
		 "format=0\ndata=QUJDRA==\n");
	order_is(1, COMMAND_KIND_UPDATE_BIODATA,
		 "pin=7\ntype=2\nno=0\npart=4\nvalid=1\nduress=0\nmajor_ver=12\nminor_ver=0\n"
		 "format=0\ndata=RUZHSElK\n");
}

static void the_same_template_in_another_form_is_the_same(void **state)
{
	(void)state;
	types_unify("0:1:0:0:0:0:0:0:0:0");
	(void)target_person(&w, "7", "Ann");
	(void)target_template(&w, "7", 1, 3, 0, "QUJDRA==", 10);
	there_put(&w, "USERINFO", "PIN=7\tName=Ann", true);
	there_put(&w, "FINGERTMP", "PIN=7\tFID=3\tSize=8\tValid=1\tTMP=QUJDRA==", true);
	plan_made();
	assert_int_equal(plan.orders, 0);
	assert_int_equal(plan.count[SYNC_SAME], 2);
}

static void of_several_versions_the_device_gets_its_own(void **state)
{
	(void)state;
	types_unify("0:1:0:0:0:0:0:0:0:0");
	(void)target_person(&w, "7", "Ann");
	(void)target_template(&w, "7", 1, 3, 0, "QUJDRA==", 10);
	(void)target_template(&w, "7", 1, 3, 0, "RUZHSElK", 13);
	plan_made();
	assert_int_equal(plan.orders, 2);
	assert_int_equal(plan.order[1].target, 1);
	row_is(1, SYNC_WANTED, SYNC_FITS);
}

static void a_template_that_cannot_go_has_its_reason(void **state)
{
	static const struct {
		const char *data;
		int64_t type, no, version;
		enum sync_reason reason;
	} cases[] = {
		{ "QUJDRA==", 1, 3, 13, SYNC_VERSION },
		{ "QUJDRA==", 1, 3, 0, SYNC_VERSION_UNKNOWN },
		{ "QUJDRA==", 1, 12, 10, SYNC_NUMBER },
		{ "QUJDRA==", 7, 1, 3, SYNC_DEVICE_VERSION },
		{ "QUJDRA==", 8, 1, 5, SYNC_TYPE },
		{ "QUJDR", 1, 3, 10, SYNC_DAMAGED },
		{ "", 1, 3, 10, SYNC_EMPTY },
	};

	(void)state;
	device_bio_option_see(&w.device.bio, GH_LIT("BioDataFun"), GH_LIT("0"));
	there_put(&w, "USERINFO", "PIN=7\tName=Ann", true);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		w.targets = 0;
		(void)target_person(&w, "7", "Ann");
		(void)target_template(&w, "7", cases[i].type, cases[i].no, 0, cases[i].data,
				      cases[i].version);
		plan_made();
		assert_int_equal(plan.orders, 0);
		row_is(1, SYNC_IMPOSSIBLE, cases[i].reason);
	}
}

static void what_is_there_stays_while_the_device_has_not_reported_its_version(void **state)
{
	(void)state;
	w.device.bio.fingerprint[0] = 0;
	(void)target_person(&w, "7", "Ann");
	(void)target_template(&w, "7", 1, 3, 0, "RUZHSElK", 10);
	there_put(&w, "USERINFO", "PIN=7\tName=Ann", true);
	there_put(&w, "FINGERTMP", "PIN=7\tFID=3\tSize=8\tValid=1\tTMP=QUJDRA==", true);
	plan_made();
	assert_int_equal(plan.orders, 0);
	row_is(1, SYNC_IMPOSSIBLE, SYNC_DEVICE_VERSION);
}

static void what_is_there_in_place_of_what_cannot_go_is_removed_in_each_form(void **state)
{
	(void)state;
	(void)target_person(&w, "7", "Ann");
	(void)target_template(&w, "7", 1, 3, 0, "RUZHSElK", 13);
	there_put(&w, "USERINFO", "PIN=7\tName=Ann", true);
	there_put(&w, "FINGERTMP", "PIN=7\tFID=3\tSize=8\tValid=1\tTMP=QUJDRA==", true);
	there_put(&w, "BIODATA",
		  "Pin=7\tNo=3\tIndex=0\tType=1\tMajorVer=10\tTmp=QUJDRA==", true);
	plan_made();
	assert_int_equal(plan.orders, 2);
	order_is(0, COMMAND_KIND_DELETE_FINGERPRINT, "pin=7\nfinger=3\n");
	order_is(1, COMMAND_KIND_DELETE_BIODATA, "pin=7\nbiotype=1\nno=3\n");
}

static void a_face_of_fewer_parts_takes_the_place_of_all(void **state)
{
	(void)state;
	(void)target_person(&w, "7", "Ann");
	there_put(&w, "USERINFO", "PIN=7\tName=Ann", true);
	for (int i = 0; i < 3; i++) {
		char pairs[80];

		snprintf(pairs, sizeof(pairs),
			 "PIN=7\tFID=%d\tValid=1\tSize=8\tTMP=QUJDRA==", i);
		there_put(&w, "FACE", pairs, false);
	}
	(void)target_template(&w, "7", 2, 0, 0, "QUJDRA==", 12);
	(void)target_template(&w, "7", 2, 0, 1, "QUJDRA==", 12);
	plan_made();
	assert_int_equal(plan.orders, 3);
	order_is(0, COMMAND_KIND_DELETE_FACE, "pin=7\n");
	assert_int_equal(plan.order[1].kind, COMMAND_KIND_UPDATE_FACE);
}

static void all_fingers_of_a_person_go_by_one_order(void **state)
{
	(void)state;
	(void)target_person(&w, "7", "Ann");
	there_put(&w, "USERINFO", "PIN=7\tName=Ann", true);
	there_put(&w, "FINGERTMP", "PIN=7\tFID=1\tSize=8\tValid=1\tTMP=QUJDRA==", true);
	there_put(&w, "FINGERTMP", "PIN=7\tFID=2\tSize=8\tValid=1\tTMP=QUJDRA==", true);
	plan_made();
	assert_int_equal(plan.orders, 1);
	order_is(0, COMMAND_KIND_DELETE_FINGERPRINT, "pin=7\n");
	(void)target_template(&w, "7", 1, 2, 0, "QUJDRA==", 10);
	plan_made();
	assert_int_equal(plan.orders, 1);
	order_is(0, COMMAND_KIND_DELETE_FINGERPRINT, "pin=7\nfinger=1\n");
}

static void a_photo_does_not_go_where_the_template_goes(void **state)
{
	(void)state;
	types_unify("0:0:0:0:0:0:0:0:0:1");
	(void)target_person(&w, "7", "Ann");
	(void)target_template(&w, "7", 9, 0, 0, "QUJDRA==", 40);
	(void)target_photo(&w, "7", "comparison", 9, "face");
	plan_made();
	assert_int_equal(plan.orders, 2);
	row_is(2, SYNC_IMPOSSIBLE, SYNC_TEMPLATE);
	w.targets = 0;
	(void)target_person(&w, "7", "Ann");
	(void)target_photo(&w, "7", "comparison", 9, "face");
	plan_made();
	order_is(1, COMMAND_KIND_UPDATE_COMPARISON_PHOTO,
		 "pin=7\ntype=9\nsize=8\ncontent=ZmFjZQ==\n");
}

static void contents_are_compared_by_their_digests(void **state)
{
	struct template held = { .pin = GH_LIT("7"), .source = GH_LIT("fp"), .no = 3 };
	struct person person = { .pin = GH_LIT("7"), .present = UINT64_C(1) << PERSON_pin };
	struct sync_item items[] = {
		{ .kind = KIND_PERSON, .record = &person },
		{ .kind = KIND_TEMPLATE, .record = &held, .digest = GH_LIT("abc") },
	};
	struct sync_input in = { .device = &w.device, .held = items, .helds = 2 };

	(void)state;
	held.present = UINT64_C(1) << TEMPLATE_pin | UINT64_C(1) << TEMPLATE_no |
		       UINT64_C(1) << TEMPLATE_source;
	(void)target_person(&w, "7", "");
	(void)target_template(&w, "7", 1, 3, 0, "QUJDRA==", 10);
	w.target[1].digest = GH_LIT("abc");
	in.target = w.target;
	in.targets = 2;
	assert_int_equal(sync_plan_make(&in, &w.arena, &plan), GH_OK);
	assert_int_equal(plan.orders, 0);
	w.target[1].digest = GH_LIT("xyz");
	assert_int_equal(sync_plan_make(&in, &w.arena, &plan), GH_OK);
	assert_int_equal(plan.orders, 1);
}

static void on_an_access_unit_levels_decide_about_people(void **state)
{
	(void)state;
	w.device.bio.access = true;
	(void)target_person(&w, "7", "Ann");
	(void)target_template(&w, "7", 1, 3, 0, "QUJDRA==", 10);
	(void)target_person(&w, "8", "Bob");
	(void)target_template(&w, "8", 1, 3, 0, "QUJDRA==", 10);
	there_put(&w, "USERINFO", "PIN=8\tName=Bob", true);
	there_put(&w, "USERINFO", "PIN=9\tName=Cid", true);
	plan_made();
	assert_int_equal(plan.orders, 1);
	assert_int_equal(plan.order[0].kind, COMMAND_KIND_UPDATE_FINGERPRINT);
	row_is(0, SYNC_IMPOSSIBLE, SYNC_LEVELS);
	row_is(1, SYNC_IMPOSSIBLE, SYNC_LEVELS);
	row_is(4, SYNC_DIFFERENT, SYNC_LEVELS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CLAIM(a_template_goes_in_the_form_that_the_device_takes),
		CLAIM(the_same_template_in_another_form_is_the_same),
		CLAIM(of_several_versions_the_device_gets_its_own),
		CLAIM(a_template_that_cannot_go_has_its_reason),
		CLAIM(what_is_there_stays_while_the_device_has_not_reported_its_version),
		CLAIM(what_is_there_in_place_of_what_cannot_go_is_removed_in_each_form),
		CLAIM(a_face_of_fewer_parts_takes_the_place_of_all),
		CLAIM(all_fingers_of_a_person_go_by_one_order),
		CLAIM(a_photo_does_not_go_where_the_template_goes),
		CLAIM(contents_are_compared_by_their_digests),
		CLAIM(on_an_access_unit_levels_decide_about_people),
	};

	return cmocka_run_group_tests_name("sync templates", tests, NULL, NULL);
}

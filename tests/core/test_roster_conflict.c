/* Devices whose PINs are other people than those of the roster. */
#include "roster_world.h"

#include "core/roster_intake.h"
#include "core/syncs.h"

static const char *sync_of(struct device *d)
{
	static char word[16];
	struct arena a = { 0 };
	struct device_row row;

	device_row(d, &a, &row);
	snprintf(word, sizeof(word), "%.*s", GH_FMT(row.access.sync));
	ghi_arena_clear(&a);
	return word;
}

static int64_t area_add(struct server_fixture *f, const char *name, const char *namespace)
{
	struct upload u = UPLOAD;
	struct area a = { .name = gh_slice_of(name),
			  .parent = 1,
			  .namespace = gh_slice_of(namespace),
			  .device_may_change = GH_LIT("[]"),
			  .spread_enrolments = 1 };
	struct entity_change c = {
		.kind = ENTITY_AREA, .record = &a, .done = change_done, .ctx = &u
	};

	for (size_t i = AREA_name; i <= AREA_spread_deletions; i++)
		model_mark(&a, i);
	assert_int_equal(entity_change_put(&f->server, &c), GH_OK);
	upload_wait(&u);
	return c.id;
}

static void area_of_device_set(struct server_fixture *f, struct device *d, int64_t area)
{
	struct device_row row = { .area = area };

	model_mark(&row, DEVICE_area);
	server_change(f, d, &row);
}

static void another_name_for_a_pin_makes_neither_the_other(void **state)
{
	struct server_fixture *f = *state;
	struct device *a = clock_new(f, "A1"), *b = clock_new(f, "B1");
	static const char *const of_b =
		"FP PIN=7\tFID=1\tSize=4\tValid=1\tTMP=QUFB\n"
		"USER PIN=7\tName=Bob\tPri=14\tCard=[16CD5B07]\n"
		"FP PIN=7\tFID=2\tSize=4\tValid=1\tTMP=QUFB\n"
		"USER PIN=8\tName=Dan\nFP PIN=8\tFID=2\tSize=4\tValid=1\tTMP=QUFB\n";

	lines_upload(f, a,
		     "USER PIN=7\tName=Ann\nFP PIN=7\tFID=3\tSize=4\tValid=1\tTMP=TWFu\n");
	intake_wait(f, a);
	lines_upload(f, b, of_b);
	intake_wait(f, a);
	ASSERT_ROSTER(f, ENTITY_PEOPLE, "7|Ann|g1|p0|[]|[1]\n");
	ASSERT_ROSTER(f, ENTITY_CREDENTIAL, "7 fp 1 3 v0 TWFu\n");
	assert_string_equal(sync_of(b), "conflict");
	assert_string_equal(sync_of(a), "");
	assert_true(sync_only_shown(&f->server, b));
	/* It stays, whatever comes, and over a restart. */
	lines_upload(f, b, "USER PIN=8\tName=Dan\tGrp=3\nUSER PIN=9\tName=Eve\n");
	intake_wait(f, a);
	ASSERT_ROSTER(f, ENTITY_PEOPLE, "7|Ann|g1|p0|[]|[1]\n");

	/* Looked at again, it is the same. */
	sync_set(f, b, "");
	intake_wait(f, a);
	assert_string_equal(sync_of(b), "conflict");
	ASSERT_ROSTER(f, ENTITY_PEOPLE, "7|Ann|g1|p0|[]|[1]\n");

	/* They are other people: a namespace of their own. */
	area_of_device_set(f, b, area_add(f, "South", "south"));
	sync_set(f, b, "");
	intake_wait(f, a);
	assert_string_equal(sync_of(b), "");
	ASSERT_ROSTER(f, ENTITY_PEOPLE,
		      "7|Ann|g1|p0|[]|[1]\n7|Bob|g1|p14|[\"123456790\"]|[2]\n"
		      "8|Dan|g3|p0|[]|[2]\n9|Eve|g1|p0|[]|[2]\n");
	ASSERT_ROSTER(f, ENTITY_CREDENTIAL, "7 fp 1 3 v0 TWFu\n");
	device_unref(a);
	device_unref(b);
}

static void people_who_are_declared_the_same_are(void **state)
{
	struct server_fixture *f = *state;
	struct device *a = clock_new(f, "A1"), *b = clock_new(f, "B1");

	lines_upload(f, a, "USER PIN=7\tName=Ann\n");
	intake_wait(f, a);
	lines_upload(f, b,
		     "USER PIN=7\tName=Bob\nFP PIN=7\tFID=2\tSize=4\tValid=1\tTMP=QUFB\n");
	intake_wait(f, a);
	assert_string_equal(sync_of(b), "conflict");
	sync_set(f, b, "auto");
	intake_wait(f, a);
	assert_string_equal(sync_of(b), "auto");
	/* The newest by arrival. */
	ASSERT_ROSTER(f, ENTITY_PEOPLE, "7|Bob|g1|p0|[]|[1]\n");
	ASSERT_ROSTER(f, ENTITY_CREDENTIAL, "7 fp 1 2 v0 QUFB\n");
	device_unref(a);
	device_unref(b);
}

static void the_same_name_in_another_spelling_is_no_conflict(void **state)
{
	struct server_fixture *f = *state;
	struct device *a = clock_new(f, "A1"), *b = clock_new(f, "B1");

	lines_upload(f, a,
		     "USER PIN=1\tName=José Ann\nUSER PIN=2\tName=Wilhelmina Anna\n"
		     "USER PIN=3\nUSER PIN=4\tName=Eve\nUSER PIN=5\tName=Max\n");
	intake_wait(f, a);
	lines_upload(f, b,
		     "USER PIN=1\tName=JOSE ANN\nUSER PIN=2\tName=Wilhelmina\n"
		     "USER PIN=3\tName=Carl\nUSER PIN=4\n");
	/* One who was there and is renamed is the same. */
	lines_upload(f, a, "USER PIN=5\tName=Moritz\n");
	intake_wait(f, a);
	assert_string_equal(sync_of(b), "");
	assert_string_equal(sync_of(a), "");
	roster_until(f, "3|Carl|");
	roster_until(f, "5|Moritz|");
	device_unref(a);
	device_unref(b);
}

int main(void)
{
#define WORLD(name) \
	cmocka_unit_test_setup_teardown(name, roster_world_setup, roster_world_teardown)
	static const struct CMUnitTest tests[] = {
		WORLD(another_name_for_a_pin_makes_neither_the_other),
		WORLD(people_who_are_declared_the_same_are),
		WORLD(the_same_name_in_another_spelling_is_no_conflict),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

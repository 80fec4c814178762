/* People, templates and operations that devices upload, and what becomes of them in the roster. */
#include "roster_world.h"

#include <stdio.h>
#include <time.h>

#include "core/roster_change.h"
#include "core/roster_intake.h"
#include "model/card.h"
#include "model/credential.h"

static enum gh_err people_clear(struct entity_change *c, const struct store_ops *ops,
				struct store *s)
{
	return roster_person_clear(ops, s, c->id, c->audit.at_ms);
}

static void who_is_enrolled_at_a_device_is_in_the_roster(void **state)
{
	struct server_fixture *f = *state;
	struct device *a = clock_new(f, "A1"), *b = clock_new(f, "B1");

	/* A template may come before its person. */
	lines_upload(f, a, "FP PIN=1\tFID=3\tSize=4\tValid=1\tTMP=TWFu\n");
	lines_upload(f, a,
		     "USER PIN=1\tName=Ann\tPri=14\tPasswd=77\tCard=[15CD5B07]\tGrp=2\n"
		     "USER PIN=02\tName=\tPri=0\n"
		     "FP PIN=1\tFID=4\tSize=4\tValid=1\tTMP=QUFB\n"
		     "FP PIN=9\tFID=4\tSize=4\tValid=1\tTMP=QUFB\n");
	intake_wait(f, b);
	ASSERT_ROSTER(f, ENTITY_PEOPLE, "1|Ann|g2|p14|[\"123456789\"]|[1]\n02||g1|p0|[]|[1]\n");
	ASSERT_ROSTER(f, ENTITY_CREDENTIAL, "1 fp 1 3 v0 TWFu\n1 fp 1 4 v0 QUFB\n");
	/* It sends the same again, and less. */
	lines_upload(
		f, a,
		"USER PIN=1\tName=Ann\tPri=14\tCard=123456789\tGrp=2\nUSER PIN=1\tCard=0\n");
	/* And a change, which another device sends, too. */
	lines_upload(f, a, "USER PIN=1\tName=Anne\n");
	intake_wait(f, b);
	sync_set(f, b, "auto");
	lines_upload(f, b, "USER PIN=1\tName=Anna\tPri=14\tCard=[16CD5B07]\n");
	intake_wait(f, b);
	ASSERT_ROSTER(f, ENTITY_PEOPLE,
		      "1|Anna|g2|p14|[\"123456789\",\"123456790\"]|[1]\n02||g1|p0|[]|[1]\n");
	struct seen x = roster_see(f, ENTITY_PEOPLE_CHANGE);

	assert_non_null(strstr(x.text, "A1 name: Ann > Anne\n"));
	assert_non_null(strstr(x.text, "B1 name: Anne > Anna\n"));
	assert_null(strstr(x.text, "77"));
	device_unref(a);
	device_unref(b);
}

static void an_area_that_spreads_nothing_takes_nothing(void **state)
{
	struct server_fixture *f = *state;
	struct device *a = clock_new(f, "A1"), *b = clock_new(f, "B1");

	lines_upload(f, a, "USER PIN=1\tName=Ann\tGrp=1\nUSER PIN=3\tName=Cem\tGrp=1\n");
	intake_wait(f, b);
	area_set(f, "[\"group\"]", false, false);
	lines_upload(
		f, a,
		"USER PIN=1\tName=Eve\tPri=14\tPasswd=1\tCard=5\tGrp=7\nUSER PIN=2\tName=Bob\n"
		"FP PIN=1\tFID=3\tSize=4\tValid=1\tTMP=TWFu\n"
		"OPLOG 9\t0\t2031-01-01 00:00:00\t1\t0\t0\t0\n"
		"USER PIN=3\tGrp=5\n");
	/* The last of it. */
	roster_until(f, "3|Cem|g5|");
	ASSERT_ROSTER(f, ENTITY_PEOPLE, "1|Ann|g7|p0|[]|[1]\n3|Cem|g5|p0|[]|[1]\n");
	ASSERT_ROSTER(f, ENTITY_CREDENTIAL, "");
	/* Nor is it taken later, when the area is another one. */
	area_set(f, ALL, true, true);
	intake_wait(f, b);
	ASSERT_ROSTER(f, ENTITY_PEOPLE, "1|Ann|g7|p0|[]|[1]\n3|Cem|g5|p0|[]|[1]\n");
	device_unref(a);
	device_unref(b);
}

static void deletions_at_the_menu_spread_where_the_area_spreads_them(void **state)
{
	struct server_fixture *f = *state;
	struct device *a = clock_new(f, "A1"), *b = clock_new(f, "B1");

	lines_upload(f, a, "USER PIN=1\tName=Ann\tPasswd=5\tCard=7\nUSER PIN=2\tName=Bob\n");
	intake_wait(f, b);
	/* 2024-08-01 02:30 at the device is half an hour after the upload. */
	lines_upload(f, a, "OPLOG 9\t0\t2024-08-01 02:30:00\t1\t0\t0\t0\n");
	intake_wait(f, b);
	ASSERT_ROSTER(f, ENTITY_PEOPLE, "1|Ann|g1|p0|[\"7\"]|[1]\n2|Bob|g1|p0|[]|[1]\n");
	area_set(f, ALL, true, true);
	/* The line is not a new one, and one from before the person was uploaded means nothing. */
	lines_upload(f, a,
		     "OPLOG 9\t0\t2024-08-01 02:30:00\t1\t0\t0\t0\n"
		     "OPLOG 9\t0\t2024-07-31 23:59:00\t2\t0\t0\t0\n");
	/* A device that never had them deletes no person. */
	lines_upload(f, b, "OPLOG 9\t0\t2024-08-01 02:31:00\t2\t0\t0\t0\n");
	lines_upload(f, a, "OPLOG 12\t0\t2024-08-01 02:31:00\t1\t0\t0\t0\n");
	intake_wait(f, b);
	ASSERT_ROSTER(f, ENTITY_PEOPLE, "1|Ann|g1|p0|[]|[1]\n2|Bob|g1|p0|[]|[1]\n");
	lines_upload(f, a, "OPLOG 9\t0\t2024-08-01 02:40:00\t1\t0\t0\t0\n");
	intake_wait(f, b);
	ASSERT_ROSTER(f, ENTITY_PEOPLE, "2|Bob|g1|p0|[]|[1]\n");
	device_unref(a);
	device_unref(b);
}

/* Between the commit of an upload and the taking the program ends. */
static void what_was_uploaded_before_the_end_is_taken_after_it(void **state)
{
	struct server_fixture *f = *state;
	struct roster_intake_work *w = f->server.intake;
	struct device *a = clock_new(f, "A1"), *b = clock_new(f, "B1");

	f->server.intake = NULL;
	lines_upload(f, a,
		     "USER PIN=1\tName=Ann\nFP PIN=1\tFID=3\tSize=4\tValid=1\tTMP=TWFu\n");
	ASSERT_ROSTER(f, ENTITY_PEOPLE, "");
	device_unref(a);
	device_unref(b);
	server_fixture_restart(f);
	roster_intake_free(w);
	f->server.intake = roster_intake_new(&f->server);
	b = devices_find(f->server.devices, GH_LIT("B1"));
	intake_wait(f, b);
	ASSERT_ROSTER(f, ENTITY_PEOPLE, "1|Ann|g1|p0|[]|[1]\n");
	ASSERT_ROSTER(f, ENTITY_CREDENTIAL, "1 fp 1 3 v0 TWFu\n");
	device_unref(b);
}

struct number {
	int64_t id;
};

static bool number_see(void *ctx, const void *row, const struct store_key *key)
{
	(void)row;
	((struct number *)ctx)->id = key->number;
	return false;
}

/* Of the first person. */
static int64_t people_first(struct server_fixture *f)
{
	const struct store_ops *ops = f->server.db.ops;
	struct store_rows rows = { .list = STORE_ENTITIES + ENTITY_PEOPLE, .limit = 1 };
	struct number n = { .id = 0 };
	struct store_reader *r;

	assert_int_equal(ops->reader_open(f->server.db.store, &r), GH_OK);
	assert_int_equal(ops->rows_read(r, &rows, number_see, &n), GH_OK);
	ops->reader_close(r);
	return n.id;
}

static void request_put(struct server_fixture *f, struct entity_change *c, int64_t at_ms)
{
	struct upload u = UPLOAD;

	c->kind = ENTITY_PEOPLE;
	c->audit = (struct audit_row){
		.actor = AUDIT_TOKEN, .actor_id = 3, .by = GH_LIT("desk"), .at_ms = at_ms
	};
	c->done = change_done;
	c->ctx = &u;
	assert_int_equal(entity_change_put(&f->server, c), GH_OK);
	upload_wait(&u);
}

/* Each as a request that came at_ms does. */
static void ann_make(struct server_fixture *f, int64_t at_ms)
{
	static const int64_t area = 1;
	struct people p = { .pin = GH_LIT("1"),
			    .name = GH_LIT("Ann"),
			    .cards = GH_LIT("[]"),
			    .namespace = GH_LIT("default"),
			    .areas = GH_LIT("[1]") };
	struct entity_change c = { .record = &p,
				   .link = { { .relation = RELATION_PEOPLE_AREA,
					       .how = LINK_SET,
					       .id = &area,
					       .n = 1 } },
				   .links = 1 };

	for (size_t i = PEOPLE_pin; i <= PEOPLE_areas; i++)
		model_mark(&p, i);
	request_put(f, &c, at_ms);
}

static void people_rename(struct server_fixture *f, const char *name, int64_t at_ms)
{
	struct people p = { .name = gh_slice_of(name) };
	struct entity_change c = { .given = people_first(f), .record = &p };

	model_mark(&p, PEOPLE_name);
	request_put(f, &c, at_ms);
}

static void people_delete(struct server_fixture *f, int64_t at_ms)
{
	struct entity_change c = { .given = people_first(f),
				   .remove = true,
				   .then = people_clear };

	request_put(f, &c, at_ms);
}

static void the_newest_by_arrival_wins_and_the_other_is_kept(void **state)
{
	struct server_fixture *f = *state;
	struct device *a = clock_new(f, "A1"), *b = clock_new(f, "B1");
	int64_t begun = server_fixture_now;
	struct roster_intake_work *w = f->server.intake;
	struct seen x;

	f->server.intake = NULL;
	/* It is the same person under another name. */
	sync_set(f, a, "auto");
	ann_make(f, begun);
	/* It came before the request, and is taken after it. */
	server_fixture_now = begun + 1000;
	lines_upload(f, a, "USER PIN=1\tName=Device\tGrp=5\n");
	people_rename(f, "Desk", begun + 2000);
	f->server.intake = w;
	server_fixture_now = begun + 3000;
	intake_wait(f, b);
	ASSERT_ROSTER(f, ENTITY_PEOPLE, "1|Desk|g5|p0|[]|[1]\n");
	x = roster_see(f, ENTITY_PEOPLE_CHANGE);
	assert_non_null(strstr(x.text, "desk name: Ann > Desk\n"));
	assert_non_null(strstr(x.text, "A1 name: Desk > Device (lost)\n"));
	assert_non_null(strstr(x.text, "A1 group: 1 > 5\n"));
	/* It comes after the request. */
	lines_upload(f, a, "USER PIN=1\tName=Again\n");
	intake_wait(f, b);
	ASSERT_ROSTER(f, ENTITY_PEOPLE, "1|Again|g5|p0|[]|[1]\n");
	x = roster_see(f, ENTITY_PEOPLE_CHANGE);
	assert_non_null(strstr(x.text, "A1 name: Desk > Again\n"));
	/* The clock of the server is set back: what came before that is not newer than what comes now. */
	server_fixture_now = begun;
	lines_upload(f, a, "USER PIN=1\tName=Earlier\n");
	intake_wait(f, b);
	ASSERT_ROSTER(f, ENTITY_PEOPLE, "1|Earlier|g5|p0|[]|[1]\n");
	device_unref(a);
	device_unref(b);
}

static void who_is_deleted_is_not_made_again_by_what_came_before(void **state)
{
	struct server_fixture *f = *state;
	struct device *a = clock_new(f, "A1"), *b = clock_new(f, "B1");
	int64_t begun = server_fixture_now;
	struct roster_intake_work *w = f->server.intake;

	f->server.intake = NULL;
	ann_make(f, begun);
	server_fixture_now = begun + 1000;
	lines_upload(f, a,
		     "USER PIN=1\tName=Anne\nFP PIN=1\tFID=3\tSize=4\tValid=1\tTMP=TWFu\n");
	people_delete(f, begun + 2000);
	f->server.intake = w;
	intake_wait(f, b);
	ASSERT_ROSTER(f, ENTITY_PEOPLE, "");
	/* Who is enrolled later is there again. */
	server_fixture_now = begun + 3000;
	lines_upload(f, a, "USER PIN=1\tName=New\n");
	intake_wait(f, b);
	ASSERT_ROSTER(f, ENTITY_PEOPLE, "1|New|g1|p0|[]|[1]\n");
	device_unref(a);
	device_unref(b);
}

int main(void)
{
#define WORLD(name) \
	cmocka_unit_test_setup_teardown(name, roster_world_setup, roster_world_teardown)
	static const struct CMUnitTest tests[] = {
		WORLD(who_is_enrolled_at_a_device_is_in_the_roster),
		WORLD(an_area_that_spreads_nothing_takes_nothing),
		WORLD(deletions_at_the_menu_spread_where_the_area_spreads_them),
		WORLD(what_was_uploaded_before_the_end_is_taken_after_it),
		WORLD(the_newest_by_arrival_wins_and_the_other_is_kept),
		WORLD(who_is_deleted_is_not_made_again_by_what_came_before),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

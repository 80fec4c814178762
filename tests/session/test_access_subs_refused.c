/* Sub-controllers that call themselves, that are too many, or whose main controller is not what it was. */
#include "session_fixture.h"

#include "core/access/subs.h"
#include "core/commands.h"
#include "core/problems.h"

#define LIST       \
	"/iclock/" \
	"cdata?SN=MAIN1&type=registry&table=tabledata&tablename=DeviceAuthorize&count=1"

static struct device *parent, *sub;

static void list_send(const char *rows)
{
	session_post(LIST, rows);
	assert_reply(200, "DeviceAuthorize=1");
	server_settle(&fixture);
}

static int subs_open(void **state)
{
	session_open(state);
	fixture.settings.devices_max = 200;
	session_get("/iclock/cdata?SN=MAIN1&options=all&pushver=3.1.2&DeviceType=acc");
	parent = devices_find(fixture.server.devices, GH_LIT("MAIN1"));
	assert_non_null(parent);
	server_approve(&fixture, parent);
	session_post("/iclock/registry?SN=MAIN1",
		     "DeviceType=acc,LockCount=4,MultiStageControlFunOn=1,MasterControlOn=1,"
		     "SubControlOn=0");
	session_post("/iclock/push?SN=MAIN1", "");
	assert_int_equal(reply.status, 200);
	list_send("DeviceAuthorize SN=SUB1\tOnline=0\tIsAuthorize=0");
	sub = devices_find(fixture.server.devices, GH_LIT("SUB1"));
	assert_non_null(sub);
	return 0;
}

static int subs_close(void **state)
{
	device_unref(parent);
	device_unref(sub);
	return session_close(state);
}

static void sub_authorised(void)
{
	server_approve(&fixture, sub);
	list_send("DeviceAuthorize SN=SUB1\tOnline=1\tIsAuthorize=2\tAuthorizeInfo=\t"
		  "RegisterInfo=DeviceType=acc,LockCount=2");
}

static size_t problems_of(enum problem_kind kind)
{
	struct problem_counts n;

	problems_count(&fixture.server, &n);
	return n.open[kind];
}

static void states_of_it_take_no_memory_for_each_line(void **state)
{
	enum { LINES = 2000 };
	static const char line[] = "sensor=0200\trelay=01\talarm=00000000\tsn=SUB1\n";
	char *body = malloc(LINES * sizeof(line)), *at = body;

	(void)state;
	assert_non_null(body);
	sub_authorised();
	for (int i = 0; i < LINES; i++)
		at += sprintf(at, "%s", line);
	session_post("/iclock/cdata?SN=MAIN1&table=rtstate", body);
	assert_reply(200, "OK");
	assert_true(reply.memory < 65536);
	free(body);
}

static bool audit_count(void *ctx, const void *row, const struct store_key *key)
{
	(void)row;
	(void)key;
	++*(size_t *)ctx;
	return true;
}

static size_t audit_rows(void)
{
	struct store_reader *r = fixture_reader();
	struct store_rows rows = { .list = STORE_AUDIT, .limit = 100 };
	size_t n = 0;

	assert_int_equal(fixture.server.db.ops->rows_read(r, &rows, audit_count, &n), GH_OK);
	fixture.server.db.ops->reader_close(r);
	return n;
}

/* What a main controller lists brings orders; the audit is never pruned. */
static void orders_that_follow_from_a_list_are_not_audited(void **state)
{
	size_t before = audit_rows();
	bool ordered = false;

	(void)state;
	server_approve(&fixture, sub);
	for (int i = 0; i < 2; i++) {
		session_get("/iclock/getrequest?SN=MAIN1");
		server_settle(&fixture);
		ordered |= strstr(reply.body, "DATA UPDATE DeviceAuthorize SN=SUB1") != NULL;
	}
	assert_true(ordered);
	assert_int_equal(audit_rows(), before);
	/* One of a person is. */
	(void)queue_kind(&fixture, parent, COMMAND_KIND_UPDATE_TABLE,
			 GH_LIT("table=DeviceAuthorize\npairs=SN=SUB1\tIsAuthorize=1\n"));
	assert_int_equal(audit_rows(), before + 1);
}

/* The words of the other dialect do not name the unit: the door would be one of the main controller. */
static void its_commands_leave_in_words_that_name_it_alone(void **state)
{
	struct device_row change = { .present = DEVICE_FIELDS_OF(DEVICE_dialect),
				     .dialect = GH_LIT("attendance") };
	int64_t id;

	(void)state;
	sub_authorised();
	id = queue_kind(&fixture, sub, COMMAND_KIND_OPEN_DOOR, GH_LIT("door=1\n"));
	assert_int_equal(device_change(&fixture.server, parent, &change, NULL, NULL), GH_OK);
	server_settle(&fixture);
	session_get("/iclock/getrequest?SN=MAIN1");
	assert_reply(200, "OK");
	server_settle(&fixture);
	assert_int_equal(state_of(&fixture, id), COMMAND_QUEUED);
}

/* Its serial number proves nothing. */
static void it_is_not_seen_where_it_calls_itself(void **state)
{
	int64_t seen = device_seen_ms(sub);

	(void)state;
	for (int i = 0; i < 4; i++) {
		server_fixture_now += 1000;
		carrier_request(
			&fixture.server, "GET", "/iclock/cdata?SN=SUB1&options=all",
			(gh_slice){ 0 },
			(struct carrier_peer){ .address = i % 2 ? "192.0.2.8" : "192.0.2.9" },
			&reply);
		assert_int_equal(reply.status, 403);
	}
	assert_int_equal(device_seen_ms(sub), seen);
	assert_int_equal(problems_of(PROBLEM_SERIAL_TWICE), 0);
	/* But that it calls is: it may be a device of its own. */
	assert_int_equal(problems_of(PROBLEM_SUB_CALLS), 1);
}

static void sub_admitted(void *ctx, struct device *d, enum gh_err err)
{
	(void)ctx;
	(void)err;
	device_unref(d);
}

static void sub_deleted(void *ctx, enum gh_err err)
{
	(void)ctx;
	assert_int_equal(err, GH_OK);
}

/* Several lists may be stored at once: the register has none of them yet. */
static void there_are_64_of_them_also_of_lists_at_once(void **state)
{
	struct device_row first = {
		.present = DEVICE_FIELDS_OF(DEVICE_sn, DEVICE_parent),
		.access.parent = GH_LIT("MAIN1"),
	};
	size_t before = devices_count(fixture.server.devices);
	char sn[16];

	(void)state;
	fixture.settings.held_max = 200;
	for (int i = 0; i < 2 * SUBS_MAX; i++) {
		snprintf(sn, sizeof(sn), "S%d", i / 2);
		first.sn = gh_slice_of(sn);
		assert_int_equal(devices_admit(&fixture.server, &first, sub_admitted, NULL),
				 GH_OK);
	}
	server_settle(&fixture);
	/* SUB1 is one of them. */
	assert_int_equal(devices_count(fixture.server.devices) - before, SUBS_MAX - 1);
	/* Room is made by one that is deleted. */
	assert_int_equal(device_delete(&fixture.server, sub, NULL, sub_deleted, NULL), GH_OK);
	server_settle(&fixture);
	first.sn = GH_LIT("S100");
	assert_int_equal(devices_admit(&fixture.server, &first, sub_admitted, NULL), GH_OK);
	server_settle(&fixture);
	assert_int_equal(devices_count(fixture.server.devices) - before, SUBS_MAX - 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, subs_open, subs_close)
	static const struct CMUnitTest tests[] = {
		TEST(states_of_it_take_no_memory_for_each_line),
		TEST(orders_that_follow_from_a_list_are_not_audited),
		TEST(its_commands_leave_in_words_that_name_it_alone),
		TEST(it_is_not_seen_where_it_calls_itself),
		TEST(there_are_64_of_them_also_of_lists_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

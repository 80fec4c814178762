/* Sub-controllers behind a main controller: listed, approved, authorised in two steps, and served through
 * it (Security PUSH 3.1.2, 5, 7.4 and 11.15). */
#include "session_fixture.h"

#include "base/arena.h"
#include "core/access/doors.h"
#include "core/access/subs.h"
#include "core/problems.h"

#define MAIN_PARAMETERS                                                             \
	"DeviceType=acc,~DeviceName=inBio680,LockCount=4,MultiStageControlFunOn=1," \
	"MasterControlOn=1,SubControlOn=0"
#define SUB_PARAMETERS "DeviceType=acc,~DeviceName=inBio260,FirmVer=AC 5.7,LockCount=2"
#define LIST       \
	"/iclock/" \
	"cdata?SN=MAIN1&type=registry&table=tabledata&tablename=DeviceAuthorize&count="

static struct device *parent, *sub;

static void parent_register(const char *parameters)
{
	session_post("/iclock/registry?SN=MAIN1", parameters);
	assert_int_equal(reply.status, 200);
	session_post("/iclock/push?SN=MAIN1", "");
	assert_int_equal(reply.status, 200);
}

static int subs_open(void **state)
{
	session_open(state);
	fixture.settings.devices_max = 200;
	session_get("/iclock/cdata?SN=MAIN1&options=all&pushver=3.1.2&DeviceType=acc");
	parent = devices_find(fixture.server.devices, GH_LIT("MAIN1"));
	assert_non_null(parent);
	server_approve(&fixture, parent);
	parent_register(MAIN_PARAMETERS);
	return 0;
}

static void devices_release(void)
{
	device_unref(parent);
	device_unref(sub);
	parent = sub = NULL;
}

static int subs_close(void **state)
{
	devices_release();
	return session_close(state);
}

/* The main controller uploads its list. */
static void list_send(size_t n, const char *rows)
{
	char target[128], counted[48];

	snprintf(target, sizeof(target), LIST "%zu", n);
	snprintf(counted, sizeof(counted), "DeviceAuthorize=%zu", n);
	session_post(target, rows);
	assert_reply(200, counted);
	server_settle(&fixture);
}

static struct device *sub_find(const char *sn)
{
	return devices_find(fixture.server.devices, gh_slice_of(sn));
}

static struct device_row sub_row(struct arena *a)
{
	struct device_row row;

	device_row(sub, a, &row);
	return row;
}

static const char *parent_poll(void)
{
	session_get("/iclock/getrequest?SN=MAIN1");
	assert_int_equal(reply.status, 200);
	server_settle(&fixture); /* an order that is repeated is looked up first */
	server_settle(&fixture);
	return reply.body;
}

/* The words of the command that a poll brings, and its id. */
static int64_t poll_id;
static const char *poll_words(void)
{
	const char *body = parent_poll(), *at = strstr(body, "C:");

	if (strcmp(body, "OK") == 0) /* what is ordered with a poll goes out with the next */
		at = strstr(parent_poll(), "C:");
	if (at == NULL)
		return "OK";
	poll_id = strtoll(at + 2, NULL, 10);
	reply.body[strcspn(reply.body, "\n")] = 0;
	return strchr(at + 2, ':') + 1;
}

static void parent_answer(const char *rest)
{
	char body[256];

	snprintf(body, sizeof(body), "ID=%lld&%s", (long long)poll_id, rest);
	session_post("/iclock/devicecmd?SN=MAIN1", body);
	assert_reply(200, "OK");
	server_settle(&fixture);
}

/* SUB1, authorised. */
static void sub_bring(void)
{
	list_send(1, "DeviceAuthorize "
		     "SN=SUB1\tOnline=1\tIsAuthorize=0\tAuthorizeInfo=\tRegisterInfo=");
	sub = sub_find("SUB1");
	assert_non_null(sub);
	server_approve(&fixture, sub);
	assert_string_equal(poll_words(), "DATA UPDATE DeviceAuthorize SN=SUB1\tIsAuthorize=1");
	parent_answer("Return=0&CMD=DATA UPDATE");
	list_send(1, "DeviceAuthorize SN=SUB1\tOnline=1\tIsAuthorize=1\tAuthorizeInfo=\t"
		     "RegisterInfo=" SUB_PARAMETERS);
	assert_string_equal(poll_words(), "DATA UPDATE DeviceAuthorize SN=SUB1\tIsAuthorize=2");
	parent_answer("Return=0&CMD=DATA UPDATE");
	list_send(1, "DeviceAuthorize SN=SUB1\tOnline=1\tIsAuthorize=2\tAuthorizeInfo=\t"
		     "RegisterInfo=" SUB_PARAMETERS);
}

static size_t problems_refused(void)
{
	struct problem_counts n;

	problems_count(&fixture.server, &n);
	return n.open[PROBLEM_SUBS_REFUSED];
}

/* --- authorising --- */

static void those_that_are_listed_wait_for_approval(void **state)
{
	struct arena a = { 0 };

	(void)state;
	/* The name of the table may be glued to the first key. */
	list_send(2, "DeviceAuthorizeSN=SUB1\tOnline=1\tIsAuthorize=0\tAuthorizeInfo="
		     "DeviceType=acc,~DeviceName=inBio260\tRegisterInfo=\t\r\n"
		     "DeviceAuthorize SN=SUB2\tOnline=0\tIsAuthorize=2\tAuthorizeInfo=\t"
		     "RegisterInfo=\t\r\n");
	sub = sub_find("SUB1");
	assert_non_null(sub);
	assert_int_equal(device_state(sub), DEVICE_HELD);
	assert_int_equal(device_dialect(sub), DEVICE_ACCESS);
	assert_true(gh_slice_eq(device_parent(sub), GH_LIT("MAIN1")));
	assert_true(gh_slice_eq(sub_row(&a).access.parameters,
				GH_LIT("DeviceType=acc,~DeviceName=inBio260")));
	device_unref(sub);
	/* One that another server authorised waits, too, and nothing is ordered of it. */
	sub = sub_find("SUB2");
	assert_int_equal(device_state(sub), DEVICE_HELD);
	assert_string_equal(poll_words(), "OK");
	ghi_arena_clear(&a);
}

static void an_approved_one_is_authorised_in_two_steps(void **state)
{
	struct arena a = { 0 };

	(void)state;
	sub_bring();
	assert_int_equal(device_registration(sub), DEVICE_CONFIGURED);
	struct device_row row = sub_row(&a);

	assert_true(gh_slice_eq(row.access.parameters, gh_slice_of(SUB_PARAMETERS)));
	assert_true(gh_slice_eq(row.firmware, GH_LIT("AC 5.7")));
	assert_true(gh_slice_eq(row.device_type, GH_LIT("acc")));
	assert_int_equal(row.access.sub_step, DEVICE_SUB_AUTHORISED);
	assert_string_equal(poll_words(), "OK");
	/* After a restart it is as before. */
	devices_release();
	session_restart();
	sub = sub_find("SUB1");
	parent = sub_find("MAIN1");
	assert_true(device_is_sub_of(sub, parent));
	assert_true(device_has_subs(parent));
	assert_string_equal(poll_words(), "OK");
	ghi_arena_clear(&a);
}

/* The list comes with every change, and the same step is not ordered each time. */
static void a_step_is_ordered_once_and_again_after_a_while(void **state)
{
	static const char row[] = "DeviceAuthorize SN=SUB1\tOnline=1\tIsAuthorize=0";
	static const char order[] = "DATA UPDATE DeviceAuthorize SN=SUB1\tIsAuthorize=1";

	(void)state;
	list_send(1, row);
	sub = sub_find("SUB1");
	server_approve(&fixture, sub);
	assert_string_equal(poll_words(), order);
	parent_answer("Return=0&CMD=DATA UPDATE");
	for (int i = 0; i < 3; i++) {
		list_send(1, row);
		assert_string_equal(poll_words(), "OK");
	}
	server_fixture_now += 300001;
	assert_string_equal(poll_words(), order);
}

static void a_list_that_alternates_brings_one_order_of_each_step(void **state)
{
	int64_t order = 0;

	(void)state;
	sub_bring();
	for (int i = 0; i < 20; i++) {
		static const char *const row[] = {
			"DeviceAuthorize SN=SUB1\tOnline=1\tIsAuthorize=0\tAuthorizeInfo=\t"
			"RegisterInfo=" SUB_PARAMETERS,
			"DeviceAuthorize SN=SUB1\tOnline=1\tIsAuthorize=1\tAuthorizeInfo=\t"
			"RegisterInfo=" SUB_PARAMETERS,
		};

		list_send(1, row[i % 2]);
		assert_string_equal(poll_words(), "OK");
	}
	/* Nor is one repeated while the one before it waits. */
	for (int i = 0; i < 3; i++) {
		server_fixture_now += 300001;
		assert_string_equal(poll_words(),
				    "DATA UPDATE DeviceAuthorize SN=SUB1\tIsAuthorize=2");
		order = order ? order : poll_id;
		assert_int_equal(poll_id, order);
	}
	assert_int_equal(device_commands(parent), 1);
}

static void a_blocked_one_is_removed(void **state)
{
	struct device_row change = { .present = DEVICE_FIELDS_OF(DEVICE_state),
				     .state = DEVICE_BLOCKED };

	(void)state;
	sub_bring();
	assert_int_equal(device_change(&fixture.server, sub, &change, NULL, NULL), GH_OK);
	server_settle(&fixture);
	assert_string_equal(poll_words(), "DATA DELETE DeviceAuthorize SN=SUB1");
	parent_answer("Return=0&CMD=DATA DELETE");
	list_send(1, "DeviceAuthorize SN=SUB1\tOnline=1\tIsAuthorize=0");
	assert_string_equal(poll_words(), "OK");
	assert_int_equal(device_registration(sub), DEVICE_UNREGISTERED);
}

/* --- who it is that lists them --- */

static void what_is_known_otherwise_is_not_taken(void **state)
{
	struct device *other = server_admit(&fixture, "OWN1");

	(void)state;
	sub_bring();
	list_send(1, "DeviceAuthorize SN=OWN1\tOnline=1\tIsAuthorize=0");
	assert_int_equal(device_parent(other).n, 0);
	assert_int_equal(problems_refused(), 1);
	device_unref(other);
	/* Nor is one of another main controller. */
	session_get("/iclock/cdata?SN=MAIN2&options=all&pushver=3.1.2&DeviceType=acc");
	other = sub_find("MAIN2");
	server_approve(&fixture, other);
	session_post("/iclock/registry?SN=MAIN2", MAIN_PARAMETERS);
	session_post("/iclock/cdata?SN=MAIN2&type=registry&table=tabledata&tablename="
		     "DeviceAuthorize&count=1",
		     "DeviceAuthorize SN=SUB1\tOnline=0\tIsAuthorize=0");
	assert_reply(200, "DeviceAuthorize=1");
	server_settle(&fixture);
	assert_true(device_is_sub_of(sub, parent));
	assert_int_equal(device_registration(sub), DEVICE_CONFIGURED);
	assert_int_equal(problems_refused(), 2);
	device_unref(other);
}

static void a_unit_that_is_no_main_controller_has_none(void **state)
{
	(void)state;
	parent_register("DeviceType=acc,LockCount=4");
	list_send(1, "DeviceAuthorize SN=SUB1\tOnline=1\tIsAuthorize=0");
	assert_null(sub_find("SUB1"));
	assert_int_equal(problems_refused(), 1);
	/* With position 29 it has the table. */
	parent_register("DeviceType=acc,AccSupportFunList=000000000000000000000000000001");
	list_send(1, "DeviceAuthorize SN=SUB1\tOnline=1\tIsAuthorize=0");
	sub = sub_find("SUB1");
	assert_non_null(sub);
}

static void there_are_64_of_them_at_most(void **state)
{
	enum { LISTED = 5000 };
	char *rows = malloc(LISTED * 64), *at = rows;
	size_t n = devices_count(fixture.server.devices);

	(void)state;
	assert_non_null(rows);
	fixture.settings.held_max = 200;
	for (int i = 0; i < LISTED; i++)
		at += sprintf(at, "DeviceAuthorize SN=S%d\tOnline=1\tIsAuthorize=0\n", i);
	list_send(LISTED, rows);
	assert_int_equal(devices_count(fixture.server.devices) - n, SUBS_MAX);
	/* Nor when they are listed again. */
	list_send(LISTED, rows);
	assert_int_equal(devices_count(fixture.server.devices) - n, SUBS_MAX);
	assert_int_equal(problems_refused(), 1);
	free(rows);
}

static void a_row_that_is_none_stands_alone(void **state)
{
	(void)state;
	list_send(3, "DeviceAuthorize SN=a b\tOnline=1\tIsAuthorize=0\n"
		     "DeviceAuthorize SN=SUB3\tOnline=1\tIsAuthorize=9\n"
		     "DeviceAuthorize SN=SUB1\tOnline=1\tIsAuthorize=0\n");
	sub = sub_find("SUB1");
	assert_non_null(sub);
	assert_int_equal(fixture_quarantined(), 2);
}

/* Its serial number alone would bring its commands to another party. */
static void it_is_not_served_where_it_calls_itself(void **state)
{
	(void)state;
	sub_bring();
	session_get("/iclock/cdata?SN=SUB1&options=all&pushver=3.1.2&DeviceType=acc");
	assert_reply(403,
		     "device is a sub-controller, which calls through its main controller");
	session_post("/iclock/registry?SN=SUB1", SUB_PARAMETERS);
	assert_reply(406, "406");
	session_get("/iclock/getrequest?SN=SUB1");
	assert_int_equal(reply.status, 403);
	session_post("/iclock/cdata?SN=SUB1&table=rtlog",
		     "time=2024-07-01 08:00:00\tpin=1\tevent=0");
	assert_int_equal(reply.status, 403);
}

/* --- commands --- */

static int64_t sub_order_door(const char *arguments)
{
	return queue_kind(&fixture, sub, COMMAND_KIND_OPEN_DOOR, gh_slice_of(arguments));
}

static bool person_count(void *ctx, const struct record_row *row)
{
	(void)row;
	++*(size_t *)ctx;
	return true;
}

static size_t persons_of(struct device *d)
{
	struct store_reader *r = fixture_reader();
	struct store_page page = { .device = device_id(d), .limit = 100 };
	size_t n = 0;

	assert_int_equal(
		fixture.server.db.ops->records_read(r, KIND_PERSON, &page, person_count, &n),
		GH_OK);
	fixture.server.db.ops->reader_close(r);
	return n;
}

static void its_commands_name_it_and_are_answered_later(void **state)
{
	char line[128];
	int64_t id;

	(void)state;
	sub_bring();
	id = sub_order_door("door=2\n");
	snprintf(line, sizeof(line),
		 "DataType=1,SN=SUB1,Priority=0,CmdID=%lld,CmdDesc=C:%lld:CONTROL DEVICE "
		 "01020105\n",
		 (long long)id, (long long)id);
	assert_string_equal(parent_poll(), line);
	poll_id = id;
	parent_answer("Return=-5000&CMD=CONTROL DEVICE");
	assert_int_equal(state_of(&fixture, id), COMMAND_DEFERRED);
	assert_int_equal(device_commands(sub), 1);
	parent_answer("Return=0&CMD=CONTROL DEVICE&SN=SUB1");
	assert_int_equal(state_of(&fixture, id), COMMAND_ACKNOWLEDGED);
	assert_int_equal(device_commands(sub), 0);
	assert_int_equal(device_commands(parent), 0);
	/* The next one is offered at once. */
	(void)sub_order_door("door=1\n");
	assert_non_null(strstr(parent_poll(), "CONTROL DEVICE 01010105"));
}

static void its_commands_wait_until_it_takes_them(void **state)
{
	(void)state;
	list_send(1, "DeviceAuthorize SN=SUB1\tOnline=1\tIsAuthorize=0");
	sub = sub_find("SUB1");
	(void)queue_kind(&fixture, sub, COMMAND_KIND_DELETE_PERSON, GH_LIT("pin=1\n"));
	assert_string_equal(poll_words(), "OK");
	device_unref(sub);
	sub_bring();
	assert_string_equal(poll_words(), "DATA DELETE user Pin=1");
	/* Nor does one that is not reached. */
	parent_answer("Return=0&CMD=DATA DELETE");
	list_send(1, "DeviceAuthorize SN=SUB1\tOnline=0\tIsAuthorize=2");
	(void)queue_kind(&fixture, sub, COMMAND_KIND_DELETE_PERSON, GH_LIT("pin=2\n"));
	assert_string_equal(poll_words(), "OK");
	list_send(1, "DeviceAuthorize SN=SUB1\tOnline=1\tIsAuthorize=2");
	assert_string_equal(poll_words(), "DATA DELETE user Pin=2");
}

static void doors_go_first_then_one_unit_after_the_other(void **state)
{
	(void)state;
	sub_bring();
	(void)queue_kind(&fixture, parent, COMMAND_KIND_DELETE_PERSON, GH_LIT("pin=1\n"));
	(void)queue_kind(&fixture, parent, COMMAND_KIND_COUNT_TABLE, GH_LIT("table=user\n"));
	(void)queue_kind(&fixture, sub, COMMAND_KIND_DELETE_PERSON, GH_LIT("pin=2\n"));
	(void)sub_order_door("door=1\n");
	assert_string_equal(poll_words(), "CONTROL DEVICE 01010105");
	bool of_parent = false, of_sub = false;

	for (int i = 0; i < 2; i++) {
		const char *words = poll_words();

		of_parent |= strcmp(words, "DATA DELETE user Pin=1") == 0;
		of_sub |= strcmp(words, "DATA DELETE user Pin=2") == 0;
	}
	assert_true(of_parent && of_sub);
}

static void another_unit_does_not_answer_for_it(void **state)
{
	struct device *other;
	char body[128];
	int64_t id;

	(void)state;
	sub_bring();
	id = sub_order_door("door=1\n");
	(void)parent_poll();
	session_get("/iclock/cdata?SN=MAIN2&options=all&pushver=3.1.2&DeviceType=acc");
	other = sub_find("MAIN2");
	server_approve(&fixture, other);
	session_post("/iclock/registry?SN=MAIN2", MAIN_PARAMETERS);
	snprintf(body, sizeof(body), "ID=%lld&Return=0&CMD=CONTROL DEVICE&SN=SUB1",
		 (long long)id);
	session_post("/iclock/devicecmd?SN=MAIN2", body);
	assert_reply(200, "OK");
	assert_int_equal(state_of(&fixture, id), COMMAND_SENT);
	device_unref(other);
}

static void what_opens_a_door_of_it_is_given_once(void **state)
{
	int64_t door, data;

	(void)state;
	sub_bring();
	door = sub_order_door("door=1\n");
	data = queue_kind(&fixture, sub, COMMAND_KIND_DELETE_PERSON, GH_LIT("pin=1\n"));
	(void)poll_words();
	(void)poll_words();
	session_get("/iclock/cdata?SN=MAIN1&options=all&pushver=3.1.2");
	server_settle(&fixture);
	assert_string_equal(poll_words(), "DATA DELETE user Pin=1");
	assert_int_equal(state_of(&fixture, door), COMMAND_UNCERTAIN);
	assert_int_equal(state_of(&fixture, data), COMMAND_SENT);
}

/* What a query of it brings is of the sub-controller, though the main controller sends it. */
static void rows_that_it_was_queried_for_are_its_own(void **state)
{
	char target[160];
	int64_t id;

	(void)state;
	sub_bring();
	id = queue_kind(&fixture, sub, COMMAND_KIND_QUERY_TABLE,
			GH_LIT("table=user\npairs=*\n"));
	(void)parent_poll();
	snprintf(target, sizeof(target),
		 "/iclock/querydata?SN=MAIN1&type=tabledata&cmdid=%lld&tablename=user&count=1&"
		 "packcnt=1&packidx=1",
		 (long long)id);
	session_post(target, "user uid=1\tcardno=\tpin=77\tname=Ann");
	assert_reply(200, "user=1");
	server_settle(&fixture);
	assert_int_equal(persons_of(sub), 1);
	assert_int_equal(persons_of(parent), 0);
	/* Of an order of its own they are those of the main controller. */
	id = queue_kind(&fixture, parent, COMMAND_KIND_QUERY_TABLE,
			GH_LIT("table=user\npairs=*\n"));
	(void)parent_poll();
	snprintf(target, sizeof(target),
		 "/iclock/querydata?SN=MAIN1&type=tabledata&cmdid=%lld&tablename=user&count=1&"
		 "packcnt=1&packidx=1",
		 (long long)id);
	session_post(target, "user uid=1\tcardno=\tpin=78\tname=Bob");
	assert_reply(200, "user=1");
	server_settle(&fixture);
	assert_int_equal(persons_of(sub), 1);
	assert_int_equal(persons_of(parent), 1);
}

/* --- doors --- */

static void its_doors_are_shown_and_change_with_what_is_reported(void **state)
{
	struct door_state door[DOORS_MAX];

	(void)state;
	sub_bring();
	assert_int_equal(device_doors(sub, door, NULL), 2);
	assert_int_equal(door[0].now.sensor, -1);
	session_post(
		"/iclock/cdata?SN=MAIN1&table=rtstate",
		"time=2024-07-01 08:00:00\tsensor=0101\trelay=00\talarm=0000000000000000\n"
		"time=2024-07-01 08:00:00\tsensor=0200\trelay=01\talarm=00000000\tsn=SUB1\n"
		"time=2024-07-01 08:00:00\tsensor=01\trelay=00\talarm=00\tsn=OTHER\n");
	assert_reply(200, "OK");
	assert_int_equal(device_doors(sub, door, NULL), 2);
	assert_int_equal(door[0].now.sensor, DOOR_SENSOR_OPEN);
	assert_int_equal(door[0].now.relay, 1);
	session_post("/iclock/cdata?SN=MAIN1&table=rtlog",
		     "time=2024-07-01 08:00:01\tpin=7\tcardno=0\teventaddr=2\tevent=0\t"
		     "inoutstatus=0\tverifytype=4\tindex=3\tsn=SUB1\n"
		     "time=2024-07-01 08:00:02\tpin=8\tcardno=0\teventaddr=2\tevent=0\t"
		     "inoutstatus=0\tverifytype=4\tindex=4\n");
	assert_reply(200, "OK");
	server_settle(&fixture);
	assert_int_equal(device_doors(sub, door, NULL), 2);
	assert_int_equal(door[1].event, 0);
	assert_int_equal(door[1].pin_n, 1);
	assert_int_equal(door[1].pin[0], '7');
	/* The main controller has doors of its own. */
	assert_int_equal(device_doors(parent, door, NULL), 4);
	assert_int_equal(door[1].pin[0], '8');
}

static void it_is_in_contact_while_it_is_reached(void **state)
{
	(void)state;
	sub_bring();
	server_fixture_now += 3600000;
	(void)parent_poll();
	assert_int_equal(device_contact(sub, server_fixture_now), DEVICE_ONLINE);
	list_send(1, "DeviceAuthorize SN=SUB1\tOnline=0\tIsAuthorize=2");
	server_fixture_now += 86400000;
	(void)parent_poll();
	assert_int_equal(device_contact(sub, server_fixture_now), DEVICE_SILENT);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, subs_open, subs_close)
	static const struct CMUnitTest tests[] = {
		TEST(those_that_are_listed_wait_for_approval),
		TEST(an_approved_one_is_authorised_in_two_steps),
		TEST(a_step_is_ordered_once_and_again_after_a_while),
		TEST(a_list_that_alternates_brings_one_order_of_each_step),
		TEST(a_blocked_one_is_removed),
		TEST(what_is_known_otherwise_is_not_taken),
		TEST(a_unit_that_is_no_main_controller_has_none),
		TEST(there_are_64_of_them_at_most),
		TEST(a_row_that_is_none_stands_alone),
		TEST(it_is_not_served_where_it_calls_itself),
		TEST(its_commands_name_it_and_are_answered_later),
		TEST(its_commands_wait_until_it_takes_them),
		TEST(doors_go_first_then_one_unit_after_the_other),
		TEST(another_unit_does_not_answer_for_it),
		TEST(what_opens_a_door_of_it_is_given_once),
		TEST(rows_that_it_was_queried_for_are_its_own),
		TEST(its_doors_are_shown_and_change_with_what_is_reported),
		TEST(it_is_in_contact_while_it_is_reached),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

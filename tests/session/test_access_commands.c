/* Commands to access units: the words they get, the lanes they wait in, and their answers (Security PUSH
 * 3.1.2, 7.4, 8.1, 9 and 11.14). */
#include "session_fixture.h"

#include "base/arena.h"
#include "core/commands.h"

#define REGISTRATION "DeviceType=acc,~DeviceName=F20/M,LockCount=2"

static struct device *unit;

static void unit_register(const char *parameters)
{
	session_post("/iclock/registry?SN=UNIT1", parameters);
	assert_int_equal(reply.status, 200);
}

static int commands_open(void **state)
{
	session_open(state);
	session_get("/iclock/cdata?SN=UNIT1&options=all&pushver=3.1.2&DeviceType=acc");
	unit = devices_find(fixture.server.devices, GH_LIT("UNIT1"));
	assert_non_null(unit);
	server_approve(&fixture, unit);
	unit_register(REGISTRATION);
	return 0;
}

static int commands_close(void **state)
{
	device_unref(unit);
	unit = NULL;
	return session_close(state);
}

static int64_t unit_order(enum command_kind kind, const char *arguments)
{
	return queue_kind(&fixture, unit, kind, gh_slice_of(arguments));
}

static const char *unit_poll(void)
{
	session_get("/iclock/getrequest?SN=UNIT1");
	assert_int_equal(reply.status, 200);
	return reply.body;
}

/* "C:7:…" of that command. */
static void assert_poll(int64_t id, const char *words)
{
	char line[512];

	snprintf(line, sizeof(line), "C:%lld:%s\n", (long long)id, words);
	assert_string_equal(unit_poll(), line);
}

static void unit_answer(int64_t id, const char *rest)
{
	char body[256];

	snprintf(body, sizeof(body), "ID=%lld&%s", (long long)id, rest);
	session_post("/iclock/devicecmd?SN=UNIT1", body);
	assert_reply(200, "OK");
}

/* --- words --- */

static void each_kind_has_the_words_of_the_document(void **state)
{
	static const struct {
		enum command_kind kind;
		const char *arguments, *words;
	} c[] = {
		{ COMMAND_KIND_UPDATE_PERSON, "pin=1\nname=Ann\nprivilege=14\ncard=7\n",
		  "DATA UPDATE user CardNo=7\tPin=1\tName=Ann\tPrivilege=14" },
		{ COMMAND_KIND_DELETE_PERSON, "pin=1\n", "DATA DELETE user Pin=1" },
		{ COMMAND_KIND_QUERY_PERSON, "",
		  "DATA QUERY tablename=user,fielddesc=*,filter=*" },
		{ COMMAND_KIND_QUERY_BIODATA, "biotype=1\npin=1\nno=6\n",
		  "DATA QUERY tablename=biodata,fielddesc=*,filter=Type=1\tPin=1\tNo=6" },
		{ COMMAND_KIND_UPDATE_TABLE,
		  "table=timezone\npairs=TimezoneId=1\tSunTime1=2359\npairs=TimezoneId=2\n",
		  "DATA UPDATE timezone TimezoneId=1\tSunTime1=2359\nTimezoneId=2" },
		{ COMMAND_KIND_DELETE_TABLE, "table=holiday\npairs=*\n",
		  "DATA DELETE holiday *" },
		{ COMMAND_KIND_COUNT_TABLE, "table=biodata\npairs=Type=9\n",
		  "DATA COUNT biodata Type=9" },
		{ COMMAND_KIND_COUNT_TABLE, "table=user\n", "DATA COUNT user" },
		{ COMMAND_KIND_QUERY_TABLE, "table=holiday\n",
		  "DATA QUERY tablename=holiday,fielddesc=*,filter=*" },
		{ COMMAND_KIND_QUERY_TABLE, "table=biodata\npairs=Type=1\tPin=1\n",
		  "DATA QUERY tablename=biodata,fielddesc=*,filter=Type=1\tPin=1" },
		{ COMMAND_KIND_SET_OPTION, "name=AntiPassback\nvalue=1\n",
		  "SET OPTIONS AntiPassback=1" },
		{ COMMAND_KIND_GET_OPTIONS, "options=LockCount,~DeviceName\n",
		  "GET OPTIONS LockCount,~DeviceName" },
		{ COMMAND_KIND_OPEN_DOOR, "", "CONTROL DEVICE 01010105" },
		{ COMMAND_KIND_OPEN_DOOR, "door=10\nseconds=60\n", "CONTROL DEVICE 010A013C" },
		{ COMMAND_KIND_CLOSE_DOOR, "door=2\n", "CONTROL DEVICE 01020100" },
		{ COMMAND_KIND_LOCK_DOOR, "door=2\n", "CONTROL DEVICE 06020100" },
		{ COMMAND_KIND_CANCEL_ALARM, "", "CONTROL DEVICE 02000000" },
		{ COMMAND_KIND_RESTART, "", "CONTROL DEVICE 03000000" },
		{ COMMAND_KIND_CONTROL_DEVICE, "control=01010105\n",
		  "CONTROL DEVICE 01010105" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		int64_t id = unit_order(c[i].kind, c[i].arguments);

		assert_poll(id, c[i].words);
		unit_answer(id, "Return=0&CMD=DATA");
		assert_int_equal(state_of(&fixture, id), COMMAND_ACKNOWLEDGED);
	}
	assert_string_equal(unit_poll(), "OK");
}

static void what_cannot_be_written_has_failed(void **state)
{
	int64_t id, next;
	(void)state;

	id = unit_order(COMMAND_KIND_SET_CLOCK, "");
	/* There is no such time in the form of units. */
	server_fixture_now = 1000;
	assert_string_equal(unit_poll(), "OK");
	server_settle(&fixture);
	assert_int_equal(state_of(&fixture, id), COMMAND_FAILED);
	assert_non_null(strstr(session_log, "cannot be written"));
	next = unit_order(COMMAND_KIND_OPEN_DOOR, "door=2\n");
	assert_poll(next, "CONTROL DEVICE 01020105");
}

static void a_unit_gets_the_format_it_registered(void **state)
{
	char line[128];
	int64_t id;

	(void)state;
	unit_register(REGISTRATION ",CmdFormat=1");
	id = unit_order(COMMAND_KIND_OPEN_DOOR, "door=2\n");
	snprintf(line, sizeof(line),
		 "DataType=1,SN=UNIT1,Priority=0,CmdID=%lld,CmdDesc=C:%lld:CONTROL DEVICE "
		 "01020105\n",
		 (long long)id, (long long)id);
	assert_string_equal(unit_poll(), line);
}

static void a_unit_that_needs_the_longer_format_gets_it_from_then_on(void **state)
{
	int64_t id;

	(void)state;
	id = unit_order(COMMAND_KIND_SET_OPTION, "name=A\nvalue=1\n");
	assert_poll(id, "SET OPTIONS A=1");
	unit_answer(id, "Return=-801&CMD=SET OPTIONS");
	assert_int_equal(state_of(&fixture, id), COMMAND_FAILED);
	server_settle(&fixture);
	(void)unit_order(COMMAND_KIND_SET_OPTION, "name=A\nvalue=2\n");
	assert_memory_equal(unit_poll(), "DataType=1,SN=UNIT1,", 20);
}

static void several_cards_are_switched_on_where_the_unit_can_have_them(void **state)
{
	static const struct {
		const char *parameters;
		bool switched;
	} c[] = {
		{ "AccSupportFunList=00000001,MulCardUserFunOn=0", true },
		{ "AccSupportFunList=00000001,MulCardUserFunOn=1", false },
		{ "AccSupportFunList=00000000,MulCardUserFunOn=0", false },
		{ "AccSupportFunList=00000001", false },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		unit_register(c[i].parameters);
		server_settle(&fixture);
		if (!c[i].switched) {
			assert_string_equal(unit_poll(), "OK");
			continue;
		}
		const char *words = strchr(unit_poll() + 2, ':');

		assert_non_null(words);
		assert_string_equal(words, ":SET OPTIONS MulCardUserFunOn=1\n");
		unit_answer(strtoll(reply.body + 2, NULL, 10), "Return=0&CMD=SET OPTIONS");
	}
}

/* --- lanes --- */

static void one_command_is_in_a_reply_and_the_first_lane_goes_first(void **state)
{
	int64_t upgrade, query, data, setting, door;

	(void)state;
	upgrade = unit_order(COMMAND_KIND_UPGRADE, "options=checksum=0,size=1,url=x\n");
	query = unit_order(COMMAND_KIND_COUNT_TABLE, "table=user\n");
	data = unit_order(COMMAND_KIND_DELETE_PERSON, "pin=1\n");
	setting = unit_order(COMMAND_KIND_SET_OPTION, "name=A\nvalue=1\n");
	door = unit_order(COMMAND_KIND_OPEN_DOOR, "");
	assert_poll(door, "CONTROL DEVICE 01010105");
	assert_poll(setting, "SET OPTIONS A=1");
	assert_poll(data, "DATA DELETE user Pin=1");
	assert_poll(query, "DATA COUNT user");
	assert_poll(upgrade, "UPGRADE checksum=0,size=1,url=x");
	assert_string_equal(unit_poll(), "OK");
}

static void in_a_lane_one_waits_for_the_answer_of_the_other(void **state)
{
	int64_t first, second, door;

	(void)state;
	first = unit_order(COMMAND_KIND_DELETE_PERSON, "pin=1\n");
	second = unit_order(COMMAND_KIND_DELETE_PERSON, "pin=2\n");
	assert_poll(first, "DATA DELETE user Pin=1");
	assert_string_equal(unit_poll(), "OK");
	door = unit_order(COMMAND_KIND_OPEN_DOOR, "");
	assert_poll(door, "CONTROL DEVICE 01010105");
	assert_string_equal(unit_poll(), "OK");
	unit_answer(first, "Return=0&CMD=DATA");
	assert_poll(second, "DATA DELETE user Pin=2");
}

/* One that opens is given once; the others of its lane go on. */
static void what_is_not_answered_is_given_again_but_no_opening(void **state)
{
	int64_t data, door;

	(void)state;
	door = unit_order(COMMAND_KIND_OPEN_DOOR, "");
	data = unit_order(COMMAND_KIND_DELETE_PERSON, "pin=1\n");
	assert_poll(door, "CONTROL DEVICE 01010105");
	assert_poll(data, "DATA DELETE user Pin=1");
	server_fixture_now += 31000;
	assert_poll(data, "DATA DELETE user Pin=1");
	assert_int_equal(state_of(&fixture, door), COMMAND_UNCERTAIN);
	/* So it is where the unit restarted. */
	door = unit_order(COMMAND_KIND_OPEN_DOOR, "");
	assert_poll(door, "CONTROL DEVICE 01010105");
	session_get("/iclock/cdata?SN=UNIT1&options=all&pushver=3.1.2");
	server_settle(&fixture);
	assert_poll(data, "DATA DELETE user Pin=1");
	assert_int_equal(state_of(&fixture, door), COMMAND_UNCERTAIN);
}

static void as_many_as_are_set_for_the_unit_are_in_a_reply(void **state)
{
	struct device_row change = { .present = DEVICE_FIELDS_OF(DEVICE_batch_commands),
				     .access.batch_commands = 3 };
	char line[256];
	int64_t id[5];

	(void)state;
	assert_int_equal(device_change(&fixture.server, unit, &change, NULL, NULL), GH_OK);
	for (size_t i = 0; i < 4; i++) {
		char pin[16];

		snprintf(pin, sizeof(pin), "pin=%zu\n", i);
		id[i] = unit_order(COMMAND_KIND_DELETE_PERSON, pin);
	}
	id[4] = unit_order(COMMAND_KIND_OPEN_DOOR, "");
	snprintf(line, sizeof(line),
		 "C:%lld:CONTROL DEVICE 01010105\nC:%lld:DATA DELETE user Pin=0\n"
		 "C:%lld:DATA DELETE user Pin=1\n",
		 (long long)id[4], (long long)id[0], (long long)id[1]);
	assert_string_equal(unit_poll(), line);
	assert_string_equal(unit_poll(), "OK");
	session_post("/iclock/devicecmd?SN=UNIT1", "");
	unit_answer(id[0], "return=0&cmd=DATA");
	unit_answer(id[1], "Return=0&CMD=DATA DELETE");
	snprintf(line, sizeof(line),
		 "C:%lld:DATA DELETE user Pin=2\nC:%lld:DATA DELETE user Pin=3\n",
		 (long long)id[2], (long long)id[3]);
	assert_string_equal(unit_poll(), line);
}

/* --- answers --- */

static void several_answers_come_in_one_body(void **state)
{
	int64_t door, data;
	char body[256];

	(void)state;
	door = unit_order(COMMAND_KIND_OPEN_DOOR, "");
	data = unit_order(COMMAND_KIND_DELETE_PERSON, "pin=1\n");
	(void)unit_poll();
	(void)unit_poll();
	/* One that is unknown does no harm, a positive number is success, keys are of any case. */
	snprintf(body, sizeof(body),
		 "ID=%lld&return=1&cmd=CONTROL DEVICE\nID=999999&Return=0&CMD=DATA\n"
		 "id=%lld&RETURN=-629&CMD=DATA DELETE",
		 (long long)door, (long long)data);
	session_post("/iclock/devicecmd?SN=UNIT1", body);
	assert_reply(200, "OK");
	assert_int_equal(state_of(&fixture, door), COMMAND_ACKNOWLEDGED);
	assert_int_equal(state_of(&fixture, data), COMMAND_FAILED);
	assert_int_equal(fixture.metrics.answers_unknown, 1);
}

static void a_deferred_answer_is_decided_by_a_later_one(void **state)
{
	int64_t id, next;

	(void)state;
	id = unit_order(COMMAND_KIND_DELETE_PERSON, "pin=1\n");
	next = unit_order(COMMAND_KIND_DELETE_PERSON, "pin=2\n");
	(void)unit_poll();
	unit_answer(id, "Return=-5000&CMD=DATA");
	assert_int_equal(state_of(&fixture, id), COMMAND_DEFERRED);
	/* It is with the main controller, and holds up nothing. */
	assert_poll(next, "DATA DELETE user Pin=2");
	unit_answer(id, "Return=0&CMD=DATA&SN=SUB1");
	assert_int_equal(state_of(&fixture, id), COMMAND_ACKNOWLEDGED);
	/* Success after a failure counts; a failure after success does not. */
	unit_answer(next, "Return=-1&CMD=DATA");
	assert_int_equal(state_of(&fixture, next), COMMAND_FAILED);
	unit_answer(next, "Return=0&CMD=DATA");
	assert_int_equal(state_of(&fixture, next), COMMAND_ACKNOWLEDGED);
	unit_answer(next, "Return=-1&CMD=DATA");
	assert_int_equal(state_of(&fixture, next), COMMAND_ACKNOWLEDGED);
}

static void a_unit_without_a_code_gets_no_commands(void **state)
{
	(void)state;
	device_unref(unit);
	session_get("/iclock/cdata?SN=UNIT2&options=all&pushver=3.1.2&DeviceType=acc");
	unit = devices_find(fixture.server.devices, GH_LIT("UNIT2"));
	server_approve(&fixture, unit);
	(void)unit_order(COMMAND_KIND_OPEN_DOOR, "");
	session_get("/iclock/getrequest?SN=UNIT2");
	assert_reply(200, "OK");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, commands_open, commands_close)
	static const struct CMUnitTest tests[] = {
		TEST(each_kind_has_the_words_of_the_document),
		TEST(what_cannot_be_written_has_failed),
		TEST(a_unit_gets_the_format_it_registered),
		TEST(a_unit_that_needs_the_longer_format_gets_it_from_then_on),
		TEST(several_cards_are_switched_on_where_the_unit_can_have_them),
		TEST(one_command_is_in_a_reply_and_the_first_lane_goes_first),
		TEST(in_a_lane_one_waits_for_the_answer_of_the_other),
		TEST(what_is_not_answered_is_given_again_but_no_opening),
		TEST(as_many_as_are_set_for_the_unit_are_in_a_reply),
		TEST(several_answers_come_in_one_body),
		TEST(a_deferred_answer_is_decided_by_a_later_one),
		TEST(a_unit_without_a_code_gets_no_commands),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

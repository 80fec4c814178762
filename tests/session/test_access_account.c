/* Stored events that access units are ordered to send by the clock (core/access/account.h). */
#include "session_fixture.h"

#include "base/arena.h"
#include "core/access/account.h"

#define HOUR_MS INT64_C(3600000)

static struct device *unit;

static void unit_begins(const char *functions)
{
	char parameters[160];

	snprintf(parameters, sizeof(parameters),
		 "DeviceType=acc,LockCount=1,AccSupportFunList=%s", functions);
	session_post("/iclock/registry?SN=UNIT1", parameters);
	assert_int_equal(reply.status, 200);
	session_post("/iclock/push?SN=UNIT1", "");
	assert_int_equal(reply.status, 200);
	server_settle(&fixture);
}

static int account_open(void **state)
{
	session_open(state);
	fixture.settings.access_account_h = 24;
	session_get("/iclock/cdata?SN=UNIT1&options=all&pushver=3.1.2&DeviceType=acc");
	unit = devices_find(fixture.server.devices, GH_LIT("UNIT1"));
	assert_non_null(unit);
	server_approve(&fixture, unit);
	unit_begins("000000000001");
	return 0;
}

static int account_close(void **state)
{
	device_unref(unit);
	unit = NULL;
	return session_close(state);
}

/* What it gets after a turn, and its number; empty: nothing. The unit was in contact. */
static const char *order_next(long long *id)
{
	static char words[160];

	*id = 0;
	words[0] = '\0';
	session_get("/iclock/ping?SN=UNIT1");
	accounts_tick(&fixture.server);
	server_settle(&fixture);
	session_get("/iclock/getrequest?SN=UNIT1");
	if (strcmp(reply.body, "OK") != 0)
		assert_int_equal(sscanf(reply.body, "C:%lld:%159[^\n]", id, words), 2);
	return words;
}

static void order_answer(long long id, int code)
{
	char body[80];

	snprintf(body, sizeof(body), "ID=%lld&Return=%d&CMD=ACCOUNT", id, code);
	session_post("/iclock/devicecmd?SN=UNIT1", body);
	assert_reply(200, "OK");
	accounts_tick(&fixture.server);
	server_settle(&fixture);
}

static void a_unit_of_the_pull_family_gets_the_form_of_its_own(void **state)
{
	static const char all[] = "ACCOUNT transaction ContentType=tgz MaxIndex=0";
	long long id;
	(void)state;

	unit_begins("000000000001,MachineType=101");
	assert_string_equal(order_next(&id), all);
	order_answer(id, 5);
	server_fixture_now += 23 * HOUR_MS;
	assert_string_equal(order_next(&id), "");
	server_fixture_now += HOUR_MS;
	assert_string_equal(order_next(&id), all);
	/* Of another number, with the same first digits, it is a controller's. */
	order_answer(id, 5);
	unit_begins("000000000001,MachineType=10");
	server_fixture_now += 24 * HOUR_MS;
	assert_non_null(strstr(order_next(&id), "ACCOUNT transaction StartTime="));
}

static void unit_restart(void)
{
	session_restart();
	device_unref(unit);
	unit = devices_find(fixture.server.devices, GH_LIT("UNIT1"));
}

static void what_was_stored_since_the_last_time_is_ordered(void **state)
{
	long long id;
	(void)state;

	assert_string_equal(order_next(&id), "ACCOUNT transaction MaxIndex=0");
	order_answer(id, 5);
	server_fixture_now += 23 * HOUR_MS;
	assert_string_equal(order_next(&id), "");
	unit_restart();
	assert_string_equal(order_next(&id), "");
	server_fixture_now += HOUR_MS;
	/* The first was made at 2:00:00 of the zone, and there is a day more on either side. */
	assert_string_equal(order_next(&id),
			    "ACCOUNT transaction StartTime=2024-07-31 02:00:00\t"
			    "EndTime=2024-08-03 02:00:00");
	order_answer(id, 0);
	assert_string_equal(order_next(&id), "");
}

static void what_was_not_sent_is_in_the_next_order(void **state)
{
	long long id;
	(void)state;

	order_next(&id);
	order_answer(id, 5);
	for (int code = -1; code <= 0; code++) {
		server_fixture_now += 24 * HOUR_MS;
		assert_non_null(strstr(order_next(&id), "StartTime=2024-07-31 02:00:00\t"));
		order_answer(id, code);
	}
	server_fixture_now += 24 * HOUR_MS;
	assert_non_null(strstr(order_next(&id), "StartTime=2024-08-02 02:00:00\t"));
}

static void what_answers_from_elsewhere_has_sent_nothing(void **state)
{
	long long id;
	(void)state;

	order_next(&id);
	session_address = "198.51.100.9";
	order_answer(id, 5);
	session_address = NULL;
	server_fixture_now += 24 * HOUR_MS;
	assert_string_equal(order_next(&id), "ACCOUNT transaction MaxIndex=0");
}

static void none_is_ordered_of_what_cannot_is_silent_or_where_it_is_not_set(void **state)
{
	long long id;
	(void)state;

	unit_begins("000000000000");
	assert_string_equal(order_next(&id), "");
	unit_begins("0000");
	assert_string_equal(order_next(&id), "");
	unit_begins("000000000001");
	fixture.settings.access_account_h = 0;
	assert_string_equal(order_next(&id), "");
	fixture.settings.access_account_h = 24;
	server_fixture_now += HOUR_MS;
	accounts_tick(&fixture.server);
	server_settle(&fixture);
	session_get("/iclock/getrequest?SN=UNIT1");
	assert_reply(200, "OK");
	assert_string_equal(order_next(&id), "ACCOUNT transaction MaxIndex=0");
}

/* The unit is gone in the store, and still in the register. */
struct gone {
	struct store_job job;
	int64_t device;
};

static enum gh_err gone_run(struct store_job *job, const struct store_ops *ops, struct store *s)
{
	return ops->device_delete(s, ((struct gone *)job)->device);
}

static void gone_done(struct store_job *job, enum gh_err err)
{
	(void)job;
	assert_int_equal(err, GH_OK);
}

static void what_fails_each_time_keeps_no_other_waiting(void **state)
{
	char target[80];
	(void)state;

	fixture.settings.devices_max = 20;
	for (int i = 2; i <= ACCOUNT_TURN + 1; i++) {
		struct device *d;

		snprintf(target, sizeof(target),
			 "/iclock/cdata?SN=UNIT%d&options=all&pushver=3.1.2&DeviceType=acc", i);
		session_get(target);
		snprintf(target, sizeof(target), "UNIT%d", i);
		d = devices_find(fixture.server.devices, gh_slice_of(target));
		server_approve(&fixture, d);
		device_unref(d);
		snprintf(target, sizeof(target), "/iclock/registry?SN=UNIT%d", i);
		session_post(target,
			     "DeviceType=acc,LockCount=1,AccSupportFunList=000000000001");
		snprintf(target, sizeof(target), "/iclock/push?SN=UNIT%d", i);
		session_post(target, "");
		assert_int_equal(reply.status, 200);
	}
	for (int i = 1; i <= ACCOUNT_TURN; i++) {
		snprintf(target, sizeof(target), "UNIT%d", i);
		struct device *d = devices_find(fixture.server.devices, gh_slice_of(target));
		struct gone g = { .job = { .run = gone_run, .done = gone_done },
				  .device = device_id(d) };

		device_unref(d);
		assert_int_equal(store_put(fixture.server.queue, &g.job), GH_OK);
		server_settle(&fixture);
	}
	for (int i = 0; i < 2; i++) {
		accounts_tick(&fixture.server);
		server_settle(&fixture);
	}
	snprintf(target, sizeof(target), "/iclock/getrequest?SN=UNIT%d", ACCOUNT_TURN + 1);
	session_get(target);
	assert_non_null(strstr(reply.body, "ACCOUNT transaction MaxIndex=0"));
}

static void an_order_that_was_not_stored_is_made_again(void **state)
{
	struct gone g = { .job = { .run = gone_run, .done = gone_done },
			  .device = device_id(unit) };
	uint64_t ordered;
	(void)state;

	assert_int_equal(store_put(fixture.server.queue, &g.job), GH_OK);
	server_settle(&fixture);
	for (int i = 0; i < 2; i++) {
		accounts_tick(&fixture.server);
		server_settle(&fixture);
		ordered = fixture.server.account_turns;
	}
	assert_int_equal(ordered, 2);
}

int main(void)
{
#define ACCOUNT_TEST(name) cmocka_unit_test_setup_teardown(name, account_open, account_close)
	const struct CMUnitTest tests[] = {
		ACCOUNT_TEST(what_was_stored_since_the_last_time_is_ordered),
		ACCOUNT_TEST(what_was_not_sent_is_in_the_next_order),
		ACCOUNT_TEST(what_answers_from_elsewhere_has_sent_nothing),
		ACCOUNT_TEST(a_unit_of_the_pull_family_gets_the_form_of_its_own),
		ACCOUNT_TEST(what_fails_each_time_keeps_no_other_waiting),
		ACCOUNT_TEST(an_order_that_was_not_stored_is_made_again),
		ACCOUNT_TEST(none_is_ordered_of_what_cannot_is_silent_or_where_it_is_not_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The clock of an access unit whose serial number others use, too, and the hour between two settings of it
 * (core/access/unit_clock.h). */
#include "session_fixture.h"

#include "base/arena.h"
#include "base/civil_time.h"
#include "wire/access/pack.h"

#define ELSEWHERE "198.51.100.9"
#define BERLIN_S 7200 /* in August */

static struct device *unit;

static void unit_change(const struct device_row *change)
{
	assert_int_equal(device_change(&fixture.server, unit, change, NULL, NULL), GH_OK);
	server_settle(&fixture);
}

static int clock_open(void **state)
{
	session_open(state);
	session_get("/iclock/cdata?SN=UNIT1&options=all&pushver=3.1.2&DeviceType=acc");
	unit = devices_find(fixture.server.devices, GH_LIT("UNIT1"));
	assert_non_null(unit);
	server_approve(&fixture, unit);
	unit_change(&(struct device_row){ .present = DEVICE_FIELDS_OF(DEVICE_zone),
					  .zone = GH_LIT("Europe/Berlin") });
	session_post("/iclock/registry?SN=UNIT1", "DeviceType=acc,LockCount=1");
	assert_int_equal(reply.status, 200);
	return 0;
}

static int clock_close(void **state)
{
	device_unref(unit);
	unit = NULL;
	return session_close(state);
}

/* Three reports of a clock that shows UTC and so many seconds. */
static void unit_reports(int64_t off_s)
{
	for (int i = 0; i < 3; i++) {
		char body[120];

		server_fixture_now += 9000;
		int64_t at = server_fixture_now / 1000 + off_s, day = at % 86400;

		/* From 2024-08-01 on; no test takes longer than a month. */
		snprintf(body, sizeof(body),
			 "time=2024-08-%02d %02d:%02d:%02d\tsensor=01\trelay=00\talarm=00",
			 (int)(at / 86400 - 19936 + 1), (int)(day / 3600), (int)(day / 60 % 60),
			 (int)(day % 60));
		session_post("/iclock/cdata?SN=UNIT1&table=rtstate", body);
		assert_reply(200, "OK");
		server_settle(&fixture);
	}
}

/* The offset from UTC of the time that a poll sets its clock to, acknowledged; INT64_MIN: none. */
static int64_t unit_polls(void)
{
	long long id = 0;
	unsigned long packed = 0;
	uint32_t now;
	char body[80];

	session_get("/iclock/getrequest?SN=UNIT1");
	assert_int_equal(reply.status, 200);
	if (strcmp(reply.body, "OK") == 0)
		return INT64_MIN;
	assert_int_equal(sscanf(reply.body, "C:%lld:SET OPTIONS DateTime=%lu\n", &id, &packed),
			 2);
	snprintf(body, sizeof(body), "ID=%lld&Return=0&CMD=SET OPTIONS", id);
	session_post("/iclock/devicecmd?SN=UNIT1", body);
	assert_reply(200, "OK");
	assert_int_equal(
		ghi_packed_second(ghi_civil_from_seconds(server_fixture_now / 1000), &now),
		GH_OK);
	return (int64_t)packed - (int64_t)now;
}

static void assert_form(const char *form)
{
	struct arena a = { 0 };
	struct device_row row;

	server_settle(&fixture);
	device_row(unit, &a, &row);
	assert_true(gh_slice_eq(row.access.clock_form, gh_slice_of(form)));
	ghi_arena_clear(&a);
}

static void what_calls_from_elsewhere_moves_no_clock(void **state)
{
	(void)state;
	unit_reports(BERLIN_S);
	assert_int_equal(unit_polls(), INT64_MIN);
	session_address = ELSEWHERE;
	for (int i = 0; i < 5; i++)
		unit_reports(0);
	session_address = NULL;
	assert_int_equal(unit_polls(), INT64_MIN);
	/* Nor does it shut out what the unit itself shows. */
	session_address = ELSEWHERE;
	unit_reports(0);
	session_address = NULL;
	unit_reports(BERLIN_S + 100);
	assert_int_equal(unit_polls(), BERLIN_S);
}

static void registering_from_elsewhere_makes_it_no_home(void **state)
{
	(void)state;
	unit_reports(BERLIN_S);
	session_address = ELSEWHERE;
	for (int i = 0; i < 3; i++) {
		session_get("/iclock/cdata?SN=UNIT1&options=all&pushver=3.1.1");
		session_post("/iclock/registry?SN=UNIT1", "DeviceType=acc,LockCount=1");
		session_post("/iclock/push?SN=UNIT1", "");
		server_settle(&fixture);
	}
	session_restart();
	device_unref(unit);
	unit = devices_find(fixture.server.devices, GH_LIT("UNIT1"));
	unit_reports(0);
	session_address = NULL;
	assert_int_equal(unit_polls(), INT64_MIN);
	assert_true(device_registered_from(unit, GH_LIT("192.0.2.7")));
}

/* It fetches the order, acknowledges it, and reports what a unit would that reads UTC. */
static void how_a_unit_reads_the_time_is_not_seen_elsewhere(void **state)
{
	(void)state;
	unit_reports(0);
	session_address = ELSEWHERE;
	assert_int_equal(unit_polls(), BERLIN_S);
	unit_reports(2 * BERLIN_S);
	session_address = NULL;
	assert_form("");
	/* Nor by the unit's own report after the other's acknowledgement. */
	unit_reports(2 * BERLIN_S);
	assert_form("");
	assert_int_equal(unit_polls(), INT64_MIN);
}

static void a_unit_moves_when_it_was_silent_for_ten_minutes(void **state)
{
	(void)state;
	unit_reports(BERLIN_S);
	session_address = ELSEWHERE;
	server_fixture_now += DEVICE_HOME_MS - 60000;
	unit_reports(0);
	assert_int_equal(unit_polls(), INT64_MIN);
	server_fixture_now += 60000;
	unit_reports(0);
	assert_int_equal(unit_polls(), BERLIN_S);
	server_settle(&fixture);
	assert_true(device_registered_from(unit, gh_slice_of(ELSEWHERE)));
}

static void a_form_that_was_seen_elsewhere_is_not_given_at_home(void **state)
{
	(void)state;
	unit_reports(BERLIN_S);
	server_fixture_now += DEVICE_HOME_MS;
	session_address = ELSEWHERE;
	unit_reports(0);
	assert_int_equal(unit_polls(), BERLIN_S);
	unit_reports(2 * BERLIN_S);
	assert_form("utc");
	assert_int_equal(unit_polls(), 0);
	unit_reports(BERLIN_S);
	server_fixture_now += 3600000;
	unit_reports(0);
	/* The unit itself fetches what that caused. */
	session_address = NULL;
	assert_int_equal(unit_polls(), BERLIN_S);
	server_fixture_now += DEVICE_HOME_MS;
	unit_reports(BERLIN_S);
	server_fixture_now += 3600000;
	unit_reports(BERLIN_S + 100);
	assert_int_equal(unit_polls(), BERLIN_S);
}

static void a_key_stands_for_the_unit_wherever_it_was_shown(void **state)
{
	(void)state;
	unit_reports(BERLIN_S);
	unit_change(&(struct device_row){ .present = DEVICE_FIELDS_OF(DEVICE_comm_key),
					  .comm_key = GH_LIT("hush") });
	session_address = ELSEWHERE;
	session_post("/iclock/registry?SN=UNIT1", "DeviceType=acc,LockCount=1,authKey=hush");
	assert_int_equal(reply.status, 200);
	unit_reports(0);
	assert_int_equal(unit_polls(), BERLIN_S);
	unit_reports(2 * BERLIN_S);
	assert_int_equal(unit_polls(), 0);
	/* What was seen of it holds wherever it is. */
	session_address = "203.0.113.5";
	session_post("/iclock/registry?SN=UNIT1", "DeviceType=acc,LockCount=1,authKey=hush");
	server_fixture_now += 3600000;
	unit_reports(0);
	assert_int_equal(unit_polls(), 0);
}

static void the_hour_between_two_settings_holds_over_a_restart(void **state)
{
	(void)state;
	unit_reports(0);
	assert_int_equal(unit_polls(), BERLIN_S);
	for (int i = 0; i < 5; i++) {
		session_restart();
		device_unref(unit);
		unit = devices_find(fixture.server.devices, GH_LIT("UNIT1"));
		server_fixture_now += 10 * 60000;
		unit_reports(-86400 * i);
		assert_int_equal(unit_polls(), INT64_MIN);
	}
	server_fixture_now += 10 * 60000;
	unit_reports(0);
	assert_int_equal(unit_polls(), BERLIN_S);
}

int main(void)
{
#define CLOCK_TEST(name) cmocka_unit_test_setup_teardown(name, clock_open, clock_close)
	const struct CMUnitTest tests[] = {
		CLOCK_TEST(what_calls_from_elsewhere_moves_no_clock),
		CLOCK_TEST(registering_from_elsewhere_makes_it_no_home),
		CLOCK_TEST(how_a_unit_reads_the_time_is_not_seen_elsewhere),
		CLOCK_TEST(a_unit_moves_when_it_was_silent_for_ten_minutes),
		CLOCK_TEST(a_form_that_was_seen_elsewhere_is_not_given_at_home),
		CLOCK_TEST(a_key_stands_for_the_unit_wherever_it_was_shown),
		CLOCK_TEST(the_hour_between_two_settings_holds_over_a_restart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

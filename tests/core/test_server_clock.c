/* A step of the machine's clock, forwards or back, ends nothing and gives nothing more time. */
#include "tests.h"

#include "command_fixture.h"
#include "core/server_clock.h"

enum { HOUR_MS = 3600000, DAY_MS = 86400000 };

static _Atomic int64_t monotonic_now;

static int64_t monotonic_ms(void)
{
	return monotonic_now;
}

static int clock_open(void **state)
{
	command_fixture_open(state);
	monotonic_now = 5000;
	f.server.monotonic_ms = monotonic_ms;
	f.server.log = NULL;
	server_clock_start(&f.server);
	return 0;
}

static void time_passes(int64_t ms)
{
	monotonic_now += ms;
	server_fixture_now += ms;
}

static void clock_step(int64_t ms)
{
	server_fixture_now += ms;
}

/* As the loop of the program does. */
static void loop_tick(void)
{
	server_clock_tick(&f.server);
	server_settle(&f);
	commands_tick(&f.server, server_steady_ms(&f.server));
	server_settle(&f);
}

static void a_step_forwards_expires_no_command(void **state)
{
	int64_t id = server_queue(&f, d, "INFO");
	(void)state;

	clock_step(10 * (int64_t)DAY_MS);
	/* Before it was found, and afterwards. */
	commands_tick(&f.server, server_steady_ms(&f.server));
	server_settle(&f);
	assert_int_equal(state_of(&f, id), COMMAND_QUEUED);
	loop_tick();
	assert_int_equal(server_steady_ms(&f.server), server_fixture_now);
	assert_int_equal(state_of(&f, id), COMMAND_QUEUED);
	assert_string_equal(server_poll(&f, d), offer_line(id, "INFO"));
	/* It has as much time left as before: 1000 s in all. */
	time_passes(999999);
	loop_tick();
	assert_int_equal(state_of(&f, id), COMMAND_SENT);
	time_passes(1);
	loop_tick();
	assert_int_equal(state_of(&f, id), COMMAND_EXPIRED);
}

static void a_poll_between_a_step_and_its_discovery_gets_its_command(void **state)
{
	int64_t id = server_queue(&f, d, "INFO");
	(void)state;

	clock_step(10 * (int64_t)DAY_MS);
	assert_string_equal(server_poll(&f, d), offer_line(id, "INFO"));
	loop_tick();
	/* It was sent a moment ago, whatever the clock shows. */
	assert_string_equal(server_poll(&f, d), "");
	time_passes(30000);
	assert_string_equal(server_poll(&f, d), offer_line(id, "INFO"));
}

static void a_step_back_gives_no_command_more_time(void **state)
{
	int64_t id = server_queue(&f, d, "INFO");
	(void)state;

	clock_step(-10 * (int64_t)DAY_MS);
	loop_tick();
	time_passes(999999);
	loop_tick();
	assert_int_equal(state_of(&f, id), COMMAND_QUEUED);
	time_passes(1);
	loop_tick();
	assert_int_equal(state_of(&f, id), COMMAND_EXPIRED);
}

static void who_stays_for_a_while_stays_no_longer_where_the_clock_goes_back(void **state)
{
	char text[64];
	int64_t id;
	(void)state;

	snprintf(text, sizeof(text), "pin=7\nnot_before=%lld\n",
		 (long long)server_fixture_now + 600000);
	id = queue_kind(&f, d, COMMAND_KIND_END_STAY, gh_slice_of(text));
	clock_step(-26 * (int64_t)HOUR_MS);
	loop_tick();
	time_passes(599999);
	loop_tick();
	assert_string_equal(server_poll(&f, d), "");
	time_passes(1);
	loop_tick();
	assert_string_equal(server_poll(&f, d), offer_line(id, "DATA DELETE USERINFO PIN=7"));
}

/* The program ends, and begins again when the machine has another time. The device called shortly before. */
static void clock_set_meanwhile(int64_t ms)
{
	device_seen(d, server_fixture_now);
	devices_tick(&f.server);
	server_settle(&f);
	device_unref(d);
	clock_step(ms);
	server_clock_start(&f.server);
	server_fixture_restart(&f);
	d = devices_find(f.server.devices, GH_LIT("CLOCK1"));
	assert_non_null(d);
}

static int64_t stay_end(int64_t in_ms)
{
	char text[64];

	snprintf(text, sizeof(text), "pin=7\nnot_before=%lld\n",
		 (long long)server_fixture_now + in_ms);
	return queue_kind(&f, d, COMMAND_KIND_END_STAY, gh_slice_of(text));
}

static void a_clock_that_was_set_back_meanwhile_makes_no_end_later(void **state)
{
	int64_t id = stay_end(600000);
	(void)state;

	time_passes(100000);
	clock_set_meanwhile(-2 * (int64_t)HOUR_MS);
	loop_tick();
	time_passes(499999);
	loop_tick();
	assert_string_equal(server_poll(&f, d), "");
	time_passes(1);
	loop_tick();
	assert_string_equal(server_poll(&f, d), offer_line(id, "DATA DELETE USERINFO PIN=7"));
}

static void nor_earlier_where_it_is_set_right_afterwards(void **state)
{
	int64_t id = stay_end(600000);
	(void)state;

	time_passes(100000);
	clock_set_meanwhile(-2 * (int64_t)HOUR_MS);
	loop_tick();
	time_passes(100000);
	clock_step(2 * (int64_t)HOUR_MS);
	loop_tick();
	assert_int_equal(server_held_ahead_ms(&f.server), 0);
	time_passes(399999);
	loop_tick();
	assert_string_equal(server_poll(&f, d), "");
	time_passes(1);
	loop_tick();
	assert_string_equal(server_poll(&f, d), offer_line(id, "DATA DELETE USERINFO PIN=7"));
}

static void a_door_does_not_open_late_whichever_way_the_clock_was_set(void **state)
{
	static const int64_t steps[] = { HOUR_MS, -HOUR_MS, DAY_MS, -10000 };
	(void)state;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		int64_t id = server_queue(&f, d, "AC_UNLOCK");

		clock_step(steps[i]);
		loop_tick();
		time_passes(30000);
		assert_string_equal(server_poll(&f, d), "");
		loop_tick();
		assert_int_equal(state_of(&f, id), COMMAND_EXPIRED);
	}
}

static void what_an_earlier_run_queued_by_another_clock_has_its_lifetime_at_most(void **state)
{
	int64_t id = server_queue(&f, d, "INFO"), door = server_queue(&f, d, "AC_UNLOCK");
	(void)state;

	/* The machine starts again with a clock that lost its battery. */
	server_fixture_now -= 9000 * (int64_t)DAY_MS;
	server_clock_start(&f.server);
	assert_null(strstr(server_poll(&f, d), "AC_UNLOCK"));
	assert_int_equal(state_of(&f, door), COMMAND_EXPIRED);
	clock_step(9000 * (int64_t)DAY_MS);
	loop_tick();
	assert_true(command_is_open(state_of(&f, id)));
	time_passes(1000001);
	loop_tick();
	assert_false(command_is_open(state_of(&f, id)));
}

static void a_slow_adjustment_is_followed(void **state)
{
	int64_t id = server_queue(&f, d, "INFO");
	(void)state;

	for (int i = 0; i < 100; i++) {
		time_passes(1000);
		clock_step(i % 2 ? 900 : -500);
		loop_tick();
		assert_int_equal(server_steady_ms(&f.server), server_fixture_now);
	}
	assert_int_equal(f.server.stepped_ms, 0);
	assert_int_equal(state_of(&f, id), COMMAND_QUEUED);
}

static void a_step_makes_no_held_device_and_no_problem_old(void **state)
{
	struct device *held = server_admit(&f, "CLOCK2");
	struct problem_counts n;
	(void)state;

	f.settings.held_age_ms = 30 * (int64_t)DAY_MS;
	device_seen(held, server_fixture_now);
	problem_raise(&f.server, PROBLEM_TOKEN_REFUSED, GH_LIT("192.0.2.1"), "x");
	clock_step(400 * (int64_t)DAY_MS);
	for (int found = 0; found < 2; found++) {
		devices_tick(&f.server);
		devices_held_tick(&f.server);
		problems_tick(&f.server);
		server_settle(&f);
		assert_false(device_deleted(held));
		problems_count(&f.server, &n);
		assert_int_equal(n.open[PROBLEM_TOKEN_REFUSED], 1);
		loop_tick();
	}
	time_passes(31 * (int64_t)DAY_MS);
	devices_tick(&f.server);
	devices_held_tick(&f.server);
	problems_tick(&f.server);
	server_settle(&f);
	assert_true(device_deleted(held));
	problems_count(&f.server, &n);
	assert_int_equal(n.open[PROBLEM_TOKEN_REFUSED], 0);
	device_unref(held);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, clock_open, command_fixture_close)
	static const struct CMUnitTest tests[] = {
		CASE(a_step_forwards_expires_no_command),
		CASE(a_poll_between_a_step_and_its_discovery_gets_its_command),
		CASE(a_step_back_gives_no_command_more_time),
		CASE(who_stays_for_a_while_stays_no_longer_where_the_clock_goes_back),
		CASE(a_clock_that_was_set_back_meanwhile_makes_no_end_later),
		CASE(nor_earlier_where_it_is_set_right_afterwards),
		CASE(a_door_does_not_open_late_whichever_way_the_clock_was_set),
		CASE(what_an_earlier_run_queued_by_another_clock_has_its_lifetime_at_most),
		CASE(a_slow_adjustment_is_followed),
		CASE(a_step_makes_no_held_device_and_no_problem_old),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The life of a command, from the queue to its end. */
#include "tests.h"

#include <stdio.h>

#include "command_fixture.h"

static void an_idle_poll_reads_no_store(void **state)
{
	(void)state;
	assert_false(device_offer_due(d, server_fixture_now));
	assert_int_equal(device_commands(d), 0);
}

static void a_command_goes_out_once_and_is_acknowledged(void **state)
{
	int64_t id = server_queue(&f, d, "INFO");
	(void)state;

	assert_true(device_offer_due(d, server_fixture_now));
	assert_string_equal(server_poll(&f, d), offer_line(id, "INFO"));
	assert_int_equal(state_of(&f, id), COMMAND_SENT);
	assert_string_equal(server_poll(&f, d), "");
	server_answer(&f, d, id, 0);
	assert_int_equal(state_of(&f, id), COMMAND_ACKNOWLEDGED);
	assert_int_equal(device_commands(d), 0);
	assert_false(device_offer_due(d, server_fixture_now + 1000000));
}

static void an_unanswered_command_comes_again_with_its_id_and_before_later_ones(void **state)
{
	int64_t a = server_queue(&f, d, "INFO"), b;
	char both[256];
	(void)state;

	assert_string_equal(server_poll(&f, d), offer_line(a, "INFO"));
	b = server_queue(&f, d, "LOG");
	assert_string_equal(server_poll(&f, d), "");
	server_fixture_now += 30000;
	snprintf(both, sizeof(both), "C:%lld:INFO\nC:%lld:LOG\n", (long long)a, (long long)b);
	assert_string_equal(server_poll(&f, d), both);
	server_answer(&f, d, b, 0);
	server_answer(&f, d, a, 0);
	assert_int_equal(state_of(&f, a), COMMAND_ACKNOWLEDGED);
	assert_int_equal(state_of(&f, b), COMMAND_ACKNOWLEDGED);
}

static void a_clock_that_was_set_back_delays_no_second_try(void **state)
{
	int64_t id = server_queue(&f, d, "INFO");
	(void)state;

	assert_string_equal(server_poll(&f, d), offer_line(id, "INFO"));
	server_fixture_now -= 86400000;
	assert_string_equal(server_poll(&f, d), offer_line(id, "INFO"));
	server_fixture_now += 29999;
	assert_string_equal(server_poll(&f, d), "");
	server_fixture_now += 1;
	assert_string_equal(server_poll(&f, d), offer_line(id, "INFO"));
}

static void a_restarted_device_gets_it_again_at_once(void **state)
{
	int64_t id = server_queue(&f, d, "INFO");
	(void)state;

	assert_string_equal(server_poll(&f, d), offer_line(id, "INFO"));
	command_device_restarted(&f.server, d);
	server_settle(&f);
	assert_string_equal(server_poll(&f, d), offer_line(id, "INFO"));
}

static void a_reply_that_broke_off_is_made_again(void **state)
{
	int64_t id = server_queue(&f, d, "INFO");
	(void)state;

	assert_string_equal(server_poll(&f, d), offer_line(id, "INFO"));
	command_undelivered(&f.server, d, &id, 1);
	server_settle(&f);
	assert_string_equal(server_poll(&f, d), offer_line(id, "INFO"));
}

static void an_unfetched_command_expires(void **state)
{
	int64_t id = server_queue(&f, d, "INFO");
	(void)state;

	server_fixture_now += 1000000;
	commands_tick(&f.server, server_fixture_now);
	server_settle(&f);
	assert_int_equal(state_of(&f, id), COMMAND_EXPIRED);
	assert_int_equal(device_commands(d), 0);
	assert_string_equal(server_poll(&f, d), "");
}

/* --- natures --- */

static void an_act_is_given_once(void **state)
{
	int64_t door = server_queue(&f, d, "ENROLL_FP PIN=1\tFID=1\tRETRY=3\tOVERWRITE=0"),
		after;
	(void)state;

	assert_string_equal(server_poll(&f, d),
			    offer_line(door, "ENROLL_FP PIN=1\tFID=1\tRETRY=3\t"
					     "OVERWRITE=0"));
	after = server_queue(&f, d, "INFO");
	server_fixture_now += 30000;
	assert_string_equal(server_poll(&f, d), offer_line(after, "INFO"));
	assert_int_equal(state_of(&f, door), COMMAND_UNCERTAIN);
	assert_int_equal(device_commands(d), 1);
	server_answer(&f, d, door, 0);
	assert_int_equal(state_of(&f, door), COMMAND_ACKNOWLEDGED);
	assert_int_equal(device_commands(d), 1);
}

static void an_act_is_given_once_whatever_was_lost(void **state)
{
	(void)state;
	for (int how = 0; how < 3; how++) {
		int64_t door = server_queue(&f, d, "AC_UNLOCK");

		assert_string_equal(server_poll(&f, d), offer_line(door, "AC_UNLOCK"));
		if (how == 2)
			server_fixture_now += 30000;
		if (how == 0)
			command_undelivered(&f.server, d, &door, 1);
		else if (how == 1)
			command_device_restarted(&f.server, d);
		else
			commands_tick(&f.server, server_fixture_now);
		server_settle(&f);
		assert_string_equal(server_poll(&f, d), "");
		assert_int_equal(state_of(&f, door), COMMAND_UNCERTAIN);
		assert_int_equal(device_commands(d), 0);
	}
}

static void an_opening_not_fetched_in_time_is_not_sent(void **state)
{
	int64_t door = server_queue(&f, d, "AC_UNLOCK");
	(void)state;

	server_fixture_now += 30000;
	assert_string_equal(server_poll(&f, d), "");
	assert_int_equal(state_of(&f, door), COMMAND_EXPIRED);
}

static void a_command_that_never_reached_the_device_is_given_whatever_it_is(void **state)
{
	int64_t door = server_queue(&f, d, "AC_UNLOCK");
	(void)state;

	assert_string_equal(server_poll(&f, d), offer_line(door, "AC_UNLOCK"));
	command_withdraw(&f.server, d, &door, 1);
	server_settle(&f);
	assert_string_equal(server_poll(&f, d), offer_line(door, "AC_UNLOCK"));
}

static void a_restart_is_not_given_twice(void **state)
{
	int64_t id = server_queue(&f, d, "REBOOT");
	(void)state;

	assert_string_equal(server_poll(&f, d), offer_line(id, "REBOOT"));
	server_fixture_now += 30000;
	assert_string_equal(server_poll(&f, d), "");
	assert_int_equal(state_of(&f, id), COMMAND_UNCERTAIN);
}

static void what_destroys_is_not_repeated_where_nothing_checks_it(void **state)
{
	int64_t id = server_queue(&f, d, "CLEAR LOG");
	(void)state;

	device_counted(d, 0, server_fixture_now);
	assert_string_equal(server_poll(&f, d), offer_line(id, "CLEAR LOG"));
	command_device_restarted(&f.server, d);
	server_settle(&f);
	assert_string_equal(server_poll(&f, d), "");
	assert_int_equal(state_of(&f, id), COMMAND_UNCERTAIN);
}

static void unknown_words_are_given_once(void **state)
{
	int64_t id = server_queue(&f, d, "NEW WORDS a=b");
	(void)state;

	assert_string_equal(server_poll(&f, d), offer_line(id, "NEW WORDS a=b"));
	server_fixture_now += 30000;
	assert_string_equal(server_poll(&f, d), "");
	assert_int_equal(state_of(&f, id), COMMAND_UNCERTAIN);
}

int main(void)
{
#define CASE(name) \
	cmocka_unit_test_setup_teardown(name, command_fixture_open, command_fixture_close)
	static const struct CMUnitTest tests[] = {
		CASE(an_idle_poll_reads_no_store),
		CASE(a_command_goes_out_once_and_is_acknowledged),
		CASE(an_unanswered_command_comes_again_with_its_id_and_before_later_ones),
		CASE(a_clock_that_was_set_back_delays_no_second_try),
		CASE(a_restarted_device_gets_it_again_at_once),
		CASE(a_reply_that_broke_off_is_made_again),
		CASE(an_unfetched_command_expires),
		CASE(an_act_is_given_once),
		CASE(an_act_is_given_once_whatever_was_lost),
		CASE(an_opening_not_fetched_in_time_is_not_sent),
		CASE(a_command_that_never_reached_the_device_is_given_whatever_it_is),
		CASE(a_restart_is_not_given_twice),
		CASE(what_destroys_is_not_repeated_where_nothing_checks_it),
		CASE(unknown_words_are_given_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

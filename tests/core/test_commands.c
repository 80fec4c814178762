#include "tests.h"

#include <stdio.h>

#include "server.h"

static struct server_fixture f;
static struct device *d;

static int open_server(void **state)
{
	(void)state;
	server_fixture_open(&f);
	d = admit(&f, "CLOCK1");
	approve(&f, d);
	return 0;
}

static int close_server(void **state)
{
	(void)state;
	device_unref(d);
	server_fixture_close(&f);
	return 0;
}

static const char *line(int64_t id, const char *text)
{
	static char buf[128];

	snprintf(buf, sizeof(buf), "C:%lld:%s\n", (long long)id, text);
	return buf;
}

static void an_idle_poll_asks_nobody(void **state)
{
	(void)state;
	assert_false(device_wants_offer(d, server_fixture_now));
	assert_int_equal(device_commands(d), 0);
}

static void a_command_goes_out_once_and_is_acknowledged(void **state)
{
	int64_t id = queue(&f, d, "INFO");
	(void)state;

	assert_true(device_wants_offer(d, server_fixture_now));
	assert_string_equal(poll(&f, d), line(id, "INFO"));
	assert_int_equal(state_of(&f, id), COMMAND_SENT);
	assert_string_equal(poll(&f, d), "");
	answer(&f, d, id, 0);
	assert_int_equal(state_of(&f, id), COMMAND_ACKNOWLEDGED);
	assert_int_equal(device_commands(d), 0);
	assert_false(device_wants_offer(d, server_fixture_now + 1000000));
}

static void an_unanswered_command_comes_again_with_its_id_and_before_later_ones(void **state)
{
	int64_t a = queue(&f, d, "INFO"), b;
	char both[256];
	(void)state;

	assert_string_equal(poll(&f, d), line(a, "INFO"));
	b = queue(&f, d, "LOG");
	assert_string_equal(poll(&f, d), "");
	server_fixture_now += 30000;
	snprintf(both, sizeof(both), "C:%lld:INFO\nC:%lld:LOG\n", (long long)a, (long long)b);
	assert_string_equal(poll(&f, d), both);
	answer(&f, d, b, 0);
	answer(&f, d, a, 0);
	assert_int_equal(state_of(&f, a), COMMAND_ACKNOWLEDGED);
	assert_int_equal(state_of(&f, b), COMMAND_ACKNOWLEDGED);
}

static void a_clock_that_was_set_back_delays_no_second_try(void **state)
{
	int64_t id = queue(&f, d, "INFO");
	(void)state;

	assert_string_equal(poll(&f, d), line(id, "INFO"));
	server_fixture_now -= 86400000;
	assert_string_equal(poll(&f, d), line(id, "INFO"));
	server_fixture_now += 29999;
	assert_string_equal(poll(&f, d), "");
	server_fixture_now += 1;
	assert_string_equal(poll(&f, d), line(id, "INFO"));
}

static void a_restarted_device_hears_it_again_at_once(void **state)
{
	int64_t id = queue(&f, d, "INFO");
	(void)state;

	assert_string_equal(poll(&f, d), line(id, "INFO"));
	command_device_restarted(&f.server, d);
	settle(&f);
	assert_string_equal(poll(&f, d), line(id, "INFO"));
}

static void a_reply_that_broke_off_is_made_again(void **state)
{
	int64_t id = queue(&f, d, "INFO");
	(void)state;

	assert_string_equal(poll(&f, d), line(id, "INFO"));
	command_undelivered(&f.server, d, &id, 1);
	settle(&f);
	assert_string_equal(poll(&f, d), line(id, "INFO"));
}

static void after_the_last_try_it_fails_but_a_late_answer_still_counts(void **state)
{
	int64_t id = queue(&f, d, "INFO");
	(void)state;

	for (int i = 0; i < 3; i++) {
		assert_string_equal(poll(&f, d), line(id, "INFO"));
		server_fixture_now += 30000;
	}
	assert_string_equal(poll(&f, d), "");
	assert_int_equal(state_of(&f, id), COMMAND_FAILED);
	assert_int_equal(device_commands(d), 0);
	answer(&f, d, id, 0);
	assert_int_equal(state_of(&f, id), COMMAND_ACKNOWLEDGED);
	assert_int_equal(device_commands(d), 0);
}

static void minus_5000_keeps_it_open_and_lets_others_pass(void **state)
{
	int64_t a = queue(&f, d, "INFO"), b;
	(void)state;

	assert_string_equal(poll(&f, d), line(a, "INFO"));
	answer(&f, d, a, -5000);
	assert_int_equal(state_of(&f, a), COMMAND_DEFERRED);
	b = queue(&f, d, "LOG");
	assert_string_equal(poll(&f, d), line(b, "LOG"));
	answer(&f, d, a, -1002);
	assert_int_equal(state_of(&f, a), COMMAND_FAILED);
	assert_int_equal(device_commands(d), 1);
}

static void answers_to_strangers_commands_change_nothing(void **state)
{
	struct device *other = admit(&f, "CLOCK2");
	int64_t id = queue(&f, d, "INFO");
	(void)state;

	answer(&f, other, id, 0);
	answer(&f, d, 4711, 0);
	assert_int_equal(state_of(&f, id), COMMAND_QUEUED);
	assert_int_equal(f.metrics.answers_unknown, 2);
	device_unref(other);
}

static void what_nobody_fetches_expires(void **state)
{
	int64_t id = queue(&f, d, "INFO");
	(void)state;

	server_fixture_now += 1000000;
	commands_tick(&f.server, server_fixture_now);
	settle(&f);
	assert_int_equal(state_of(&f, id), COMMAND_EXPIRED);
	assert_int_equal(device_commands(d), 0);
	assert_string_equal(poll(&f, d), "");
}

static void line_breaks_cannot_smuggle_a_second_command(void **state)
{
	static const char *const text[] = { "", "INFO\nC:1:REBOOT", "INFO\r" };
	(void)state;

	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++)
		assert_int_equal(
			command_queue(&f.server, d, gh_slice_of(text[i]), 0, NULL, NULL),
			GH_EINVALID);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_server, close_server)
	static const struct CMUnitTest tests[] = {
		CASE(an_idle_poll_asks_nobody),
		CASE(a_command_goes_out_once_and_is_acknowledged),
		CASE(an_unanswered_command_comes_again_with_its_id_and_before_later_ones),
		CASE(a_clock_that_was_set_back_delays_no_second_try),
		CASE(a_restarted_device_hears_it_again_at_once),
		CASE(a_reply_that_broke_off_is_made_again),
		CASE(after_the_last_try_it_fails_but_a_late_answer_still_counts),
		CASE(minus_5000_keeps_it_open_and_lets_others_pass),
		CASE(answers_to_strangers_commands_change_nothing),
		CASE(what_nobody_fetches_expires),
		CASE(line_breaks_cannot_smuggle_a_second_command),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

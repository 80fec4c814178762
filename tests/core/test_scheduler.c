#include "tests.h"

#include "core/scheduler.h"
#include "words.h"

#define NOW 1000000
#define NEVER INT64_MAX

static const struct scheduler_limits limits = {
	.commands = 3, .bytes = 100, .tries = 5, .retry_ms = 30000
};

static struct command command_queued(const char *text)
{
	return (struct command){ .kind = words_kind(text),
				 .state = COMMAND_QUEUED,
				 .expires_ms = NEVER };
}

static struct command command_sent(int64_t ago_ms, int32_t tries)
{
	struct command c = command_queued("INFO");

	c.state = COMMAND_SENT;
	c.sent_ms = NOW - ago_ms;
	c.tries = tries;
	return c;
}

static void a_batch_ends_at_each_limit(void **state)
{
	struct scheduler s = scheduler_at(NOW, limits);
	struct command c = command_queued("INFO");
	(void)state;

	for (int i = 0; i < 3; i++)
		assert_int_equal(scheduler_next(&s, &c, 10), SCHEDULER_SEND);
	assert_int_equal(scheduler_next(&s, &c, 10), SCHEDULER_STOP);

	s = scheduler_at(NOW, limits);
	assert_int_equal(scheduler_next(&s, &c, 60), SCHEDULER_SEND);
	assert_int_equal(scheduler_next(&s, &c, 60), SCHEDULER_STOP);
}

static void a_command_over_the_limit_goes_alone(void **state)
{
	struct scheduler s = scheduler_at(NOW, limits);
	struct command c = command_queued("INFO");
	(void)state;

	assert_int_equal(scheduler_next(&s, &c, 5000), SCHEDULER_SEND);
	assert_int_equal(scheduler_next(&s, &c, 10), SCHEDULER_STOP);
}

static void nothing_follows_what_restarts_the_device(void **state)
{
	static const char *const last[] = { "REBOOT", "CHECK", "CLEAR DATA" };
	(void)state;
	for (size_t i = 0; i < sizeof(last) / sizeof(last[0]); i++) {
		struct scheduler s = scheduler_at(NOW, limits);
		struct command a = command_queued("INFO"), b = command_queued(last[i]),
			       c = command_queued("INFO");

		assert_int_equal(scheduler_next(&s, &a, 10), SCHEDULER_SEND);
		assert_int_equal(scheduler_next(&s, &b, 10), SCHEDULER_SEND);
		assert_int_equal(scheduler_next(&s, &c, 10), SCHEDULER_STOP);
	}
}

static void nothing_overtakes_what_may_have_been_missed(void **state)
{
	struct scheduler s = scheduler_at(NOW, limits);
	struct command waiting = command_sent(1000, 1);
	(void)state;

	assert_int_equal(scheduler_next(&s, &waiting, 10), SCHEDULER_STOP);
	assert_int_equal(s.again_ms, NOW - 1000 + 30000);
}

static void unanswered_ones_go_again_in_order(void **state)
{
	struct scheduler s = scheduler_at(NOW, limits);
	struct command old = command_sent(30000, 1), fresh = command_queued("INFO");
	(void)state;

	assert_int_equal(scheduler_next(&s, &old, 10), SCHEDULER_SEND);
	assert_int_equal(scheduler_next(&s, &fresh, 10), SCHEDULER_SEND);
}

static void a_clock_set_back_does_not_hold_commands_for_ever(void **state)
{
	struct scheduler s = scheduler_at(NOW, limits);
	struct command future = command_sent(-86400000, 1);
	(void)state;

	assert_int_equal(scheduler_next(&s, &future, 10), SCHEDULER_SEND);
}

static void after_the_last_try_it_ends(void **state)
{
	struct scheduler s = scheduler_at(NOW, limits);
	struct command c = command_sent(30000, 5), lost = command_queued("INFO");
	(void)state;

	lost.tries = 5;
	assert_int_equal(scheduler_next(&s, &c, 10), SCHEDULER_GIVE_UP);
	assert_int_equal(scheduler_next(&s, &lost, 10), SCHEDULER_GIVE_UP);
}

static void what_is_past_its_time_is_not_sent(void **state)
{
	struct scheduler s = scheduler_at(NOW, limits);
	struct command c = command_queued("INFO");
	(void)state;

	c.expires_ms = NOW;
	assert_int_equal(scheduler_next(&s, &c, 10), SCHEDULER_EXPIRE);
}

static void a_deferred_command_delays_no_other(void **state)
{
	struct scheduler s = scheduler_at(NOW, limits);
	struct command c = command_queued("INFO"), next = command_queued("LOG");
	(void)state;

	c.state = COMMAND_DEFERRED;
	assert_int_equal(scheduler_next(&s, &c, 10), SCHEDULER_PASS);
	assert_int_equal(scheduler_next(&s, &next, 10), SCHEDULER_SEND);
}

static struct command command_door(enum command_kind kind, const char *arguments)
{
	return (struct command){ .kind = kind,
				 .arguments = gh_slice_of(arguments),
				 .state = COMMAND_QUEUED,
				 .expires_ms = NEVER };
}

static void a_door_waits_for_no_other_and_the_end_of_a_hold_for_its_time(void **state)
{
	struct scheduler_limits lanes = limits;
	struct command sent = command_door(COMMAND_KIND_OPEN_DOOR, "door=1\n"),
		       same = command_door(COMMAND_KIND_LOCK_DOOR, ""),
		       other = command_door(COMMAND_KIND_OPEN_DOOR, "door=2\n"),
		       output = command_door(COMMAND_KIND_AUX_OUTPUT, "output=1\n"),
		       all = command_door(COMMAND_KIND_EMERGENCY_CLOSE, ""),
		       early = command_door(COMMAND_KIND_END_HOLD,
					    "door=3\nnot_before=1000001\n"),
		       due = command_door(COMMAND_KIND_END_HOLD,
					  "door=4\nnot_before=1000000\n");
	(void)state;

	lanes.lanes = true;
	struct scheduler s = scheduler_at(NOW, lanes);

	sent.state = COMMAND_SENT;
	sent.sent_ms = NOW - 1000;
	assert_int_equal(scheduler_next(&s, &sent, 10), SCHEDULER_PASS);
	assert_int_equal(scheduler_next(&s, &same, 10), SCHEDULER_PASS);
	assert_int_equal(scheduler_next(&s, &other, 10), SCHEDULER_SEND);
	assert_int_equal(scheduler_next(&s, &output, 10), SCHEDULER_SEND);
	assert_int_equal(scheduler_next(&s, &all, 10), SCHEDULER_SEND);
	assert_int_equal(scheduler_next(&s, &due, 10), SCHEDULER_SEND);
	assert_int_equal(scheduler_next(&s, &early, 10), SCHEDULER_PASS);
	assert_int_equal(s.again_ms, NOW + 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_batch_ends_at_each_limit),
		cmocka_unit_test(a_command_over_the_limit_goes_alone),
		cmocka_unit_test(nothing_follows_what_restarts_the_device),
		cmocka_unit_test(nothing_overtakes_what_may_have_been_missed),
		cmocka_unit_test(unanswered_ones_go_again_in_order),
		cmocka_unit_test(a_clock_set_back_does_not_hold_commands_for_ever),
		cmocka_unit_test(after_the_last_try_it_ends),
		cmocka_unit_test(what_is_past_its_time_is_not_sent),
		cmocka_unit_test(a_deferred_command_delays_no_other),
		cmocka_unit_test(a_door_waits_for_no_other_and_the_end_of_a_hold_for_its_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What an answer of a device does, and what none can do. */
#include "tests.h"

#include "command_fixture.h"

static void after_the_last_try_it_fails_but_a_late_answer_still_counts(void **state)
{
	int64_t id = server_queue(&f, d, "INFO");
	(void)state;

	for (int i = 0; i < 3; i++) {
		assert_string_equal(server_poll(&f, d), offer_line(id, "INFO"));
		server_fixture_now += 30000;
	}
	assert_string_equal(server_poll(&f, d), "");
	assert_int_equal(state_of(&f, id), COMMAND_FAILED);
	assert_int_equal(device_commands(d), 0);
	server_answer(&f, d, id, 0);
	assert_int_equal(state_of(&f, id), COMMAND_ACKNOWLEDGED);
	assert_int_equal(device_commands(d), 0);
}

static void minus_5000_keeps_it_open_and_lets_others_pass(void **state)
{
	int64_t a = server_queue(&f, d, "INFO"), b;
	(void)state;

	assert_string_equal(server_poll(&f, d), offer_line(a, "INFO"));
	server_answer(&f, d, a, -5000);
	assert_int_equal(state_of(&f, a), COMMAND_DEFERRED);
	b = server_queue(&f, d, "LOG");
	assert_string_equal(server_poll(&f, d), offer_line(b, "LOG"));
	server_answer(&f, d, a, -1002);
	assert_int_equal(state_of(&f, a), COMMAND_FAILED);
	assert_int_equal(device_commands(d), 1);
}

/* --- what was put off, after a restart --- */

static struct device *unit_admit(void)
{
	struct device_row first = { .present = DEVICE_FIELDS_OF(DEVICE_dialect),
				    .sn = GH_LIT("UNIT1"),
				    .dialect = GH_LIT("access") };
	struct device *unit = server_admit_row(&f, &first);

	server_approve(&f, unit);
	assert_int_equal(device_dialect(unit), DEVICE_ACCESS);
	return unit;
}

static void device_restart(struct device *of)
{
	command_device_restarted(&f.server, of);
	server_settle(&f);
}

static int64_t order_give(struct device *to, const char *words)
{
	int64_t id = server_queue(&f, to, words);

	assert_non_null(strstr(server_poll(&f, to), words));
	return id;
}

static int64_t put_off(struct device *by, const char *words)
{
	int64_t id = order_give(by, words);

	server_answer(&f, by, id, -5000);
	assert_int_equal(state_of(&f, id), COMMAND_DEFERRED);
	return id;
}

/* Its power went before the result came. */
static void what_a_unit_put_off_last_is_given_again_but_no_act(void **state)
{
	struct device *unit = unit_admit();
	int64_t a, b;
	(void)state;

	a = put_off(unit, "ENROLL_FP PIN=1\tFID=1\tRETRY=3\tOVERWRITE=0");
	device_restart(unit);
	assert_int_equal(state_of(&f, a), COMMAND_UNCERTAIN);
	a = put_off(unit, "INFO");
	/* What it was not given yet follows. */
	b = server_queue(&f, unit, "LOG");
	/* And that of another one is nothing to it. */
	order_give(d, "INFO");
	device_restart(unit);
	assert_int_equal(state_of(&f, a), COMMAND_QUEUED);
	assert_int_equal(state_of(&f, b), COMMAND_QUEUED);
	assert_memory_equal(server_poll(&f, unit), offer_line(a, "INFO"),
			    strlen(offer_line(a, "INFO")));
	server_answer(&f, unit, a, -5000);
	assert_int_equal(state_of(&f, a), COMMAND_DEFERRED);
	server_answer(&f, unit, a, 0);
	assert_int_equal(state_of(&f, a), COMMAND_ACKNOWLEDGED);
	device_unref(unit);
}

static void what_was_put_off_never_follows_what_was_given_after_it(void **state)
{
	static const struct {
		const char *first, *then;
	} pair[] = {
		/* The right would be back, */
		{ "DATA UPDATE userauthorize Pin=7", "DATA DELETE userauthorize Pin=7" },
		/* the value of before, */
		{ "SET OPTION x=1", "SET OPTION x=2" },
		/* and the new rows gone. */
		{ "DATA DELETE userauthorize Pin=8", "DATA UPDATE userauthorize Pin=8" },
	};
	static const int64_t answer[] = { 0, -1, -5000 };
	struct device *unit = unit_admit();
	(void)state;

	for (size_t i = 0; i < sizeof(pair) / sizeof(pair[0]); i++)
		for (size_t k = 0; k < sizeof(answer) / sizeof(answer[0]); k++) {
			int64_t a = put_off(unit, pair[i].first),
				b = order_give(unit, pair[i].then);

			server_answer(&f, unit, b, answer[k]);
			device_restart(unit);
			assert_int_equal(state_of(&f, a), COMMAND_UNCERTAIN);
			assert_int_equal(state_of(&f, b), answer[k] == 0 ? COMMAND_ACKNOWLEDGED
							  : answer[k] == -1 ? COMMAND_FAILED
									    : COMMAND_QUEUED);
			assert_null(strstr(server_poll(&f, unit), pair[i].first));
			server_answer(&f, unit, b, 0);
		}
	/* Not answered: it is given again, and what was put off before it is not. */
	int64_t a = put_off(unit, "SET OPTION x=1"), b = order_give(unit, "SET OPTION x=2");

	device_restart(unit);
	assert_int_equal(state_of(&f, a), COMMAND_UNCERTAIN);
	assert_string_equal(server_poll(&f, unit), offer_line(b, "SET OPTION x=2"));
	device_unref(unit);
}

static void an_upgrade_that_was_put_off_stays_so(void **state)
{
	static const enum command_kind kind[] = { COMMAND_KIND_UPGRADE,
						  COMMAND_KIND_UPGRADE_FILE };
	struct device *unit = unit_admit();
	(void)state;

	for (size_t i = 0; i < sizeof(kind) / sizeof(kind[0]); i++) {
		int64_t id = queue_kind(&f, unit, kind[i],
					i ? GH_LIT("file=firmware\n") : GH_LIT("options=x\n"));

		server_poll(&f, unit);
		server_answer(&f, unit, id, -5000);
		device_restart(unit);
		assert_int_equal(state_of(&f, id), COMMAND_DEFERRED);
		server_answer(&f, unit, id, 0);
		assert_int_equal(state_of(&f, id), COMMAND_ACKNOWLEDGED);
	}
	device_unref(unit);
}

/* It makes a handshake after each CHECK, too. */
static void what_an_attendance_device_put_off_stays_so(void **state)
{
	int64_t info, enrolment;
	(void)state;

	info = put_off(d, "INFO");
	enrolment = put_off(d, "ENROLL_FP PIN=1\tFID=1\tRETRY=3\tOVERWRITE=0");
	device_restart(d);
	assert_int_equal(state_of(&f, info), COMMAND_DEFERRED);
	assert_int_equal(state_of(&f, enrolment), COMMAND_DEFERRED);
}

static void answers_to_commands_of_other_devices_change_nothing(void **state)
{
	struct device *other = server_admit(&f, "CLOCK2");
	int64_t id = server_queue(&f, d, "INFO");
	(void)state;

	server_answer(&f, other, id, 0);
	server_answer(&f, d, 4711, 0);
	assert_int_equal(state_of(&f, id), COMMAND_QUEUED);
	assert_int_equal(f.metrics.answers_unknown, 2);
	device_unref(other);
}

static void an_answer_to_what_was_never_sent_changes_nothing(void **state)
{
	int64_t id = server_queue(&f, d, "INFO"), late = server_queue(&f, d, "LOG");
	(void)state;

	server_answer(&f, d, id, 0);
	assert_int_equal(state_of(&f, id), COMMAND_QUEUED);
	assert_int_equal(f.metrics.answers_unknown, 1);
	assert_int_equal(device_commands(d), 2);
	assert_non_null(strstr(server_poll(&f, d), "INFO"));
	server_answer(&f, d, id, 0);
	assert_int_equal(state_of(&f, id), COMMAND_ACKNOWLEDGED);
	/* Given, and waiting again because the device restarted: that is an answer. */
	command_device_restarted(&f.server, d);
	server_settle(&f);
	assert_int_equal(state_of(&f, late), COMMAND_QUEUED);
	server_answer(&f, d, late, 0);
	assert_int_equal(state_of(&f, late), COMMAND_ACKNOWLEDGED);
}

static void what_expired_before_it_was_sent_stays_so(void **state)
{
	int64_t id = server_queue(&f, d, "INFO");
	(void)state;

	server_fixture_now += 1000000;
	commands_tick(&f.server, server_fixture_now);
	server_settle(&f);
	server_answer(&f, d, id, 0);
	assert_int_equal(state_of(&f, id), COMMAND_EXPIRED);
}

static void a_restart_is_answered_by_the_next_handshake(void **state)
{
	int64_t id = server_queue(&f, d, "REBOOT");
	(void)state;

	/* A handshake before it was sent has no effect on it. */
	command_device_restarted(&f.server, d);
	server_settle(&f);
	assert_int_equal(state_of(&f, id), COMMAND_QUEUED);
	assert_string_equal(server_poll(&f, d), offer_line(id, "REBOOT"));
	command_device_restarted(&f.server, d);
	server_settle(&f);
	assert_int_equal(state_of(&f, id), COMMAND_ACKNOWLEDGED);
	assert_string_equal(server_poll(&f, d), "");
	assert_int_equal(device_commands(d), 0);
}

static void a_repeated_answer_changes_nothing(void **state)
{
	int64_t refused = server_queue(&f, d, "INFO"), done;
	(void)state;

	server_poll(&f, d);
	server_answer(&f, d, refused, -1);
	server_answer(&f, d, refused, 0);
	assert_int_equal(state_of(&f, refused), COMMAND_FAILED);
	done = server_queue(&f, d, "INFO");
	server_poll(&f, d);
	server_answer(&f, d, done, 0);
	server_answer(&f, d, done, -1);
	assert_int_equal(state_of(&f, done), COMMAND_ACKNOWLEDGED);
}

static void the_answer_to_a_deferred_one_counts_even_when_its_time_is_over(void **state)
{
	int64_t id = server_queue(&f, d, "ENROLL_FP PIN=1\tFID=1\tRETRY=3\tOVERWRITE=0");
	(void)state;

	server_poll(&f, d);
	server_answer(&f, d, id, -5000);
	assert_int_equal(state_of(&f, id), COMMAND_DEFERRED);
	server_fixture_now += 600000;
	commands_tick(&f.server, server_fixture_now);
	server_settle(&f);
	assert_int_equal(state_of(&f, id), COMMAND_UNCERTAIN);
	server_answer(&f, d, id, 0);
	assert_int_equal(state_of(&f, id), COMMAND_ACKNOWLEDGED);
}

int main(void)
{
#define CASE(name) \
	cmocka_unit_test_setup_teardown(name, command_fixture_open, command_fixture_close)
	static const struct CMUnitTest tests[] = {
		CASE(after_the_last_try_it_fails_but_a_late_answer_still_counts),
		CASE(minus_5000_keeps_it_open_and_lets_others_pass),
		CASE(what_a_unit_put_off_last_is_given_again_but_no_act),
		CASE(what_was_put_off_never_follows_what_was_given_after_it),
		CASE(an_upgrade_that_was_put_off_stays_so),
		CASE(what_an_attendance_device_put_off_stays_so),
		CASE(answers_to_commands_of_other_devices_change_nothing),
		CASE(an_answer_to_what_was_never_sent_changes_nothing),
		CASE(what_expired_before_it_was_sent_stays_so),
		CASE(a_restart_is_answered_by_the_next_handshake),
		CASE(a_repeated_answer_changes_nothing),
		CASE(the_answer_to_a_deferred_one_counts_even_when_its_time_is_over),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* A device's log is erased only while it holds exactly what is stored of it. */
#include "tests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/access/unit_erasure.h"
#include "core/command_guard.h"
#include "core/comparisons.h"
#include "core/device_options.h"

#include "command_fixture.h"
#include "core/readers.h"

#define PUNCH(n) "1\t2024-07-31 08:00:0" #n "\t0\t1\n"

static void device_report(int64_t punches)
{
	device_counted(d, punches, server_fixture_now);
}

static bool see_result(void *ctx, const struct command *c)
{
	snprintf(ctx, 300, "%.*s", GH_FMT(c->result));
	return true;
}

static const char *result_of(int64_t id)
{
	static char text[300];
	struct store_reader *r;

	assert_int_equal(f.server.db.ops->reader_open(f.server.db.store, &r), GH_OK);
	assert_int_equal(f.server.db.ops->command_get(r, id, see_result, text), GH_OK);
	f.server.db.ops->reader_close(r);
	return text;
}

static void poll_waits(int64_t id, const char *why)
{
	assert_string_equal(server_poll(&f, d), "");
	assert_int_equal(state_of(&f, id), COMMAND_QUEUED);
	if (!strstr(result_of(id), why))
		fail_msg("\"%s\" is not in \"%s\"", why, result_of(id));
}

static void a_log_is_erased_once_it_holds_what_is_stored(void **state)
{
	int64_t id = server_queue(&f, d, "CLEAR LOG");
	(void)state;

	assert_int_equal(server_upload(&f, d, PUNCH(1), NULL), GH_OK);
	poll_waits(id, "has not reported within the last 60 s");
	device_report(4);
	poll_waits(id, "reports 4 punches, of which 1 are stored");
	assert_int_equal(server_upload(&f, d, PUNCH(2) PUNCH(3), NULL), GH_OK);
	poll_waits(id, "reports 4 punches, of which 3 are stored");
	/* Others go on meanwhile. */
	int64_t log = server_queue(&f, d, "LOG");

	assert_string_equal(server_poll(&f, d), offer_line(log, "LOG"));
	server_answer(&f, d, log, 0);
	assert_int_equal(server_upload(&f, d, PUNCH(4), NULL), GH_OK);
	assert_string_equal(server_poll(&f, d), offer_line(id, "CLEAR LOG"));
	assert_string_equal(result_of(id), "");
	server_answer(&f, d, id, 0);
	assert_int_equal(state_of(&f, id), COMMAND_ACKNOWLEDGED);
	/* From then on only what comes afterwards counts. */
	id = server_queue(&f, d, "CLEAR LOG");
	device_report(1);
	poll_waits(id, "reports 1 punches, of which 0 are stored");
	assert_int_equal(server_upload(&f, d, PUNCH(5), NULL), GH_OK);
	assert_string_equal(server_poll(&f, d), offer_line(id, "CLEAR LOG"));
}

static void what_a_comparison_found_is_named_and_erases_nothing(void **state)
{
	struct comparison c = comparison_new();
	int64_t id;
	(void)state;

	c.extra = 1;
	device_comparison_open(d, &c);
	assert_int_equal(server_upload(&f, d, PUNCH(1), NULL), GH_OK);
	device_report(2);
	id = server_queue(&f, d, "CLEAR LOG");
	poll_waits(id,
		   "reports 2 punches, of which 1 are stored; comparisons found 1 rows "
		   "without a punch of their own, which cannot be distinguished from punches "
		   "that never came");
	device_report(1);
	assert_string_equal(server_poll(&f, d), offer_line(id, "CLEAR LOG"));
}

static void a_count_is_used_for_a_minute(void **state)
{
	int64_t id;
	(void)state;

	device_report(0);
	server_fixture_now += 60001;
	id = server_queue(&f, d, "CLEAR LOG");
	poll_waits(id, "has not reported within the last 60 s");
	device_report(0);
	assert_string_equal(server_poll(&f, d), offer_line(id, "CLEAR LOG"));
}

static void a_device_set_to_poll_rarely_is_given_it_with_its_next_poll(void **state)
{
	int64_t id;
	(void)state;

	d->row.attendance.delay_s = 300;
	device_report(0);
	server_fixture_now += 301000;
	id = server_queue(&f, d, "CLEAR LOG");
	assert_string_equal(server_poll(&f, d), offer_line(id, "CLEAR LOG"));
	server_answer(&f, d, id, 0);
	device_report(0);
	server_fixture_now += 330001;
	id = server_queue(&f, d, "CLEAR LOG");
	poll_waits(id, "has not reported within the last 330 s");
}

/* The interval that a handshake gives it now. */
static uint32_t interval_given(void)
{
	struct device_options o;

	device_options_now(&f.server, d, &d->row, server_fixture_now, &o);
	return o.delay_s;
}

/* An hour passes from one poll to the next; what it counts then may be wrong before the erasure arrives. */
static void a_device_set_to_poll_each_hour_polls_each_minute_until_its_log_is_erased(
	void **state)
{
	int64_t id;
	(void)state;

	f.settings.command_ttl_ms = 86400000;
	d->row.attendance.delay_s = 3600;
	assert_int_equal(interval_given(), 3600);
	device_report(0);
	server_fixture_now += 3600000;
	id = server_queue(&f, d, "CLEAR LOG");
	/* From now on, so that it is ordered to request its options with its next poll. */
	assert_int_equal(interval_given(), 60);
	poll_waits(id, "has not reported within the last 90 s");
	assert_int_equal(interval_given(), 60);
	/* Still so when it polls next and gets the order to request its options, and the one to count. */
	server_fixture_now += 3630000;
	assert_int_equal(interval_given(), 60);
	poll_waits(id, "has not reported within the last 90 s");
	device_report(0);
	server_fixture_now += 60000;
	assert_string_equal(server_poll(&f, d), offer_line(id, "CLEAR LOG"));
	assert_int_equal(interval_given(), 3600);
	server_answer(&f, d, id, 0);
	/* One that was cancelled does not keep it so. */
	id = server_queue(&f, d, "CLEAR LOG");
	server_fixture_now += 3600000;
	poll_waits(id, "has not reported within the last 90 s");
	assert_int_equal(interval_given(), 60);
	atomic_store(&d->commands, 0);
	assert_int_equal(interval_given(), 3600);
}

/* Other ways to poll rarely are fresh enough. */
static void a_device_set_to_poll_within_minutes_keeps_its_interval(void **state)
{
	int64_t id;
	(void)state;

	d->row.attendance.delay_s = 570;
	id = server_queue(&f, d, "CLEAR LOG");
	poll_waits(id, "has not reported within the last 600 s");
	assert_int_equal(interval_given(), 570);
}

/* People punch meanwhile, and the first poll comes before these punches. */
static void after_an_outage_a_device_counts_again(void **state)
{
	int64_t id;
	(void)state;

	device_seen(d, server_fixture_now);
	device_report(0);
	server_fixture_now += 50 * INT64_C(60000);
	id = server_queue(&f, d, "CLEAR LOG");
	device_seen(d, server_fixture_now);
	poll_waits(id, "has not reported within the last 60 s");
	device_seen(d, ++server_fixture_now);
	poll_waits(id, "has not reported within the last 60 s");
	device_report(0);
	assert_string_equal(server_poll(&f, d), offer_line(id, "CLEAR LOG"));
}

/* As a unit answers an order to count. */
static void unit_counts(int64_t command)
{
	d->erasure.count = command;
	d->erasure.open = true;
	d->erasure.answered = false;
	unit_erasure_counted(&f.server, d, command, 0);
}

static void after_an_outage_a_unit_counts_again(void **state)
{
	char why[UNIT_ERASURE_WHY];
	(void)state;

	atomic_store(&d->dialect, DEVICE_ACCESS);
	device_seen(d, server_fixture_now);
	unit_counts(7);
	unit_erasure_judge(&f.server, d, why);
	assert_string_equal(why, "");
	server_fixture_now += 50 * INT64_C(60000);
	device_seen(d, server_fixture_now);
	unit_erasure_judge(&f.server, d, why);
	assert_non_null(strstr(why, "directly after the unit had counted"));
	unit_counts(8);
	unit_erasure_judge(&f.server, d, why);
	assert_string_equal(why, "");
	/* One that is set to poll rarely is given it with its next poll. */
	d->row.attendance.delay_s = 300;
	server_fixture_now += 301000;
	unit_erasure_judge(&f.server, d, why);
	assert_string_equal(why, "");
	server_fixture_now += 30000;
	unit_erasure_judge(&f.server, d, why);
	assert_non_null(strstr(why, "directly after the unit had counted"));
}

static void a_log_with_fewer_than_are_stored_is_kept(void **state)
{
	int64_t id = server_queue(&f, d, "CLEAR LOG");
	(void)state;

	assert_int_equal(server_upload(&f, d, PUNCH(1) PUNCH(2), NULL), GH_OK);
	device_report(1);
	poll_waits(id, "reports 1 punches, fewer than are stored");
}

static void what_is_in_quarantine_is_kept_on_the_device(void **state)
{
	int64_t id = server_queue(&f, d, "CLEAR LOG");
	(void)state;

	assert_int_equal(server_upload(&f, d, PUNCH(1) "nonsense\n", NULL), GH_OK);
	device_report(1);
	poll_waits(id, "1 records of the device are in quarantine");
}

static void photos_are_erased_where_all_punches_are_stored(void **state)
{
	int64_t id = server_queue(&f, d, "CLEAR PHOTO");
	(void)state;

	poll_waits(id, "has not reported");
	device_report(1);
	poll_waits(id, "reports 1 punches, of which 0 are stored");
	device_report(0);
	assert_string_equal(server_poll(&f, d), offer_line(id, "CLEAR PHOTO"));
}

static void nothing_new_is_written_before_all_data_are_erased(void **state)
{
	int64_t data = server_queue(&f, d, "CLEAR DATA"),
		person = server_queue(&f, d, "DATA UPDATE USERINFO PIN=1\tName=A"),
		info = server_queue(&f, d, "INFO");
	(void)state;

	assert_string_equal(server_poll(&f, d), offer_line(info, "INFO"));
	server_answer(&f, d, info, 0);
	poll_waits(data, "has not reported");
	device_report(0);
	assert_string_equal(server_poll(&f, d), offer_line(data, "CLEAR DATA"));
	server_answer(&f, d, data, 0);
	assert_string_equal(server_poll(&f, d),
			    offer_line(person, "DATA UPDATE USERINFO PIN=1\tName=A"));
}

/* So many, each of another PIN. */
static void punches_upload(int n)
{
	enum { LINE = 40 };
	char *lines = malloc((size_t)n * LINE), *at = lines;

	assert_non_null(lines);
	for (int i = 0; i < n; i++)
		at += snprintf(at, LINE, "%d\t2024-07-31 08:00:00\t0\t1\n", i);
	assert_int_equal(server_upload(&f, d, lines, NULL), GH_OK);
	free(lines);
}

/* More than a job of the store may count: a reader counts them within the same poll. */
static void a_long_log_is_erased_at_once_too(void **state)
{
	int64_t id = server_queue(&f, d, "CLEAR LOG");
	(void)state;

	punches_upload(STORE_LOG_NEWER + 10);
	device_report(STORE_LOG_NEWER + 11);
	poll_waits(id, "reports 20011 punches, of which 20010 are stored");
	device_report(STORE_LOG_NEWER + 10);
	assert_string_equal(server_poll(&f, d), offer_line(id, "CLEAR LOG"));
	server_answer(&f, d, id, 0);
	assert_int_equal(state_of(&f, id), COMMAND_ACKNOWLEDGED);
	id = server_queue(&f, d, "CLEAR LOG");
	device_report(0);
	assert_string_equal(server_poll(&f, d), offer_line(id, "CLEAR LOG"));
}

/* Where there is no reader the command waits for the next poll. */
static void a_log_that_cannot_be_counted_is_kept(void **state)
{
	int64_t id = server_queue(&f, d, "CLEAR LOG");
	(void)state;

	punches_upload(STORE_LOG_NEWER + 10);
	device_report(STORE_LOG_NEWER + 10);
	readers_stop(f.server.readers);
	poll_waits(id, "are to be counted first");
}

static void system_commands_wait_where_they_are_off(void **state)
{
	int64_t id = server_queue(&f, d, "SHELL ls");
	(void)state;

	poll_waits(id, "not started with --allow-shell");
	f.settings.allow_shell = true;
	assert_string_equal(server_poll(&f, d), offer_line(id, "SHELL ls"));
}

/* At an access unit they are words of no known kind. */
static void system_commands_are_guarded_in_raw_words(void **state)
{
	static const struct {
		const char *written;
		enum command_guard_id guard;
	} c[] = { { "SHELL ls", GUARD_SHELL },
		  { " shell ls", GUARD_SHELL },
		  { "SHELLFISH ls", GUARDS },
		  { "MAKE COFFEE", GUARDS } };
	(void)state;

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		uint8_t text[64];
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));

		command_argument_put(&w, "written", gh_slice_of(c[i].written));
		assert_int_equal(command_guard_of(COMMAND_KIND_RAW, ghi_written(&w)),
				 c[i].guard);
	}
}

int main(void)
{
#define CASE(name) \
	cmocka_unit_test_setup_teardown(name, command_fixture_open, command_fixture_close)
	static const struct CMUnitTest tests[] = {
		CASE(a_log_is_erased_once_it_holds_what_is_stored),
		CASE(what_a_comparison_found_is_named_and_erases_nothing),
		CASE(a_count_is_used_for_a_minute),
		CASE(a_device_set_to_poll_rarely_is_given_it_with_its_next_poll),
		CASE(a_device_set_to_poll_each_hour_polls_each_minute_until_its_log_is_erased),
		CASE(a_device_set_to_poll_within_minutes_keeps_its_interval),
		CASE(after_an_outage_a_device_counts_again),
		CASE(after_an_outage_a_unit_counts_again),
		CASE(a_log_with_fewer_than_are_stored_is_kept),
		CASE(what_is_in_quarantine_is_kept_on_the_device),
		CASE(a_long_log_is_erased_at_once_too),
		CASE(a_log_that_cannot_be_counted_is_kept),
		CASE(photos_are_erased_where_all_punches_are_stored),
		CASE(nothing_new_is_written_before_all_data_are_erased),
		CASE(system_commands_wait_where_they_are_off),
		CASE(system_commands_are_guarded_in_raw_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

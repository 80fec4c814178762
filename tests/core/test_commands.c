#include "tests.h"

#include <stdio.h>

#include "server.h"
#include "words.h"

static struct server_fixture f;
static struct device *d;

static int open_server(void **state)
{
	(void)state;
	server_fixture_open(&f);
	d = server_admit(&f, "CLOCK1");
	server_approve(&f, d);
	return 0;
}

static int close_server(void **state)
{
	(void)state;
	device_unref(d);
	server_fixture_close(&f);
	return 0;
}

static const char *offer_line(int64_t id, const char *text)
{
	static char buf[128];

	snprintf(buf, sizeof(buf), "C:%lld:%s\n", (long long)id, text);
	return buf;
}

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

static void line_breaks_cannot_smuggle_a_second_command(void **state)
{
	static const char *const text[] = { "", "INFO\nC:1:REBOOT", "INFO\r" };
	(void)state;

	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		struct words w;

		assert_int_equal(words_read(gh_slice_of(text[i]), &w), GH_EINVALID);
	}
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

static void a_kind_has_its_limit(void **state)
{
	struct command_request request = { .kind = COMMAND_KIND_OPEN_DOOR, .ttl_s = 61 };
	(void)state;

	assert_int_equal(command_queue(&f.server, d, &request, NULL, NULL), GH_EINVALID);
}

/* --- newest wins --- */

static int64_t queue_closing(enum command_kind kind, const char *arguments)
{
	return queue_kind(&f, d, kind, gh_slice_of(arguments));
}

static void a_newer_state_takes_the_place_of_one_that_waits(void **state)
{
	(void)state;
	static const struct {
		const char *older, *newer;
		bool replaced;
	} rows[] = {
		{ "SET OPTION VOLUME=1", "SET OPTION VOLUME=2", true },
		{ "SET OPTION VOLUME=1", "SET OPTION LOCK=2", false },
		{ "CHECK", "CHECK", true },
		{ "DATA UPDATE USERINFO PIN=1\tName=A",
		  "DATA UPDATE USERINFO PIN=1\tName=B\tPri=0", true },
		/* The newer one does not name all that the older one names. */
		{ "DATA UPDATE USERINFO PIN=1\tName=A\tPri=14",
		  "DATA UPDATE USERINFO PIN=1\tName=B", false },
		{ "DATA UPDATE USERINFO PIN=1\tName=A", "DATA UPDATE USERINFO PIN=2\tName=B",
		  false },
		{ "DATA DELETE FINGERTMP PIN=1\tFID=1", "DATA DELETE FINGERTMP PIN=1\tFID=2",
		  false },
		{ "DATA DELETE FINGERTMP PIN=1", "DATA DELETE FINGERTMP PIN=1\tFID=2", false },
		{ "DATA DELETE FINGERTMP PIN=1\tFID=2", "DATA DELETE FINGERTMP PIN=1\tFID=2",
		  true },
		{ "DATA DELETE USERINFO PIN=1", "DATA UPDATE USERINFO PIN=1\tName=A", false },
		/* Queries, actions and words of no known kind are never superseded. */
		{ "INFO", "INFO", false },
		{ "DATA QUERY USERINFO PIN=1", "DATA QUERY USERINFO PIN=1", false },
		{ "AC_UNLOCK", "AC_UNLOCK", false },
		{ "NEW WORDS", "NEW WORDS", false },
		{ "DATA UPDATE SMS MSG=a\tUID=1", "DATA UPDATE SMS MSG=b\tUID=1", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t older = server_queue(&f, d, rows[i].older),
			newer = server_queue(&f, d, rows[i].newer);

		if (state_of(&f, older) !=
		    (rows[i].replaced ? COMMAND_CANCELLED : COMMAND_QUEUED))
			fail_msg("%s, %s", rows[i].older, rows[i].newer);
		assert_int_equal(state_of(&f, newer), COMMAND_QUEUED);
		assert_int_equal(device_commands(d), rows[i].replaced ? 1 : 2);
		while (server_poll(&f, d)[0]) {
			server_answer(&f, d, older, 0);
			server_answer(&f, d, newer, 0);
		}
		assert_int_equal(device_commands(d), 0);
	}
}

static void what_was_given_already_is_not_replaced(void **state)
{
	int64_t older = server_queue(&f, d, "SET OPTION VOLUME=1");
	(void)state;

	server_poll(&f, d);
	server_queue(&f, d, "SET OPTION VOLUME=2");
	assert_int_equal(state_of(&f, older), COMMAND_SENT);
	assert_int_equal(device_commands(d), 2);
}

static void nothing_is_replaced_that_another_may_need(void **state)
{
	int64_t person = server_queue(&f, d, "DATA UPDATE USERINFO PIN=1\tName=A"), again;
	(void)state;

	/* A template is refused where its person is not there yet. */
	server_queue(&f, d, "DATA UPDATE FINGERTMP PIN=1\tFID=1\tSize=4\tValid=1\tTMP=QUJD");
	again = server_queue(&f, d, "DATA UPDATE USERINFO PIN=1\tName=B");
	assert_int_equal(state_of(&f, person), COMMAND_QUEUED);
	server_queue(&f, d, "DATA UPDATE USERINFO PIN=1\tName=C");
	assert_int_equal(state_of(&f, again), COMMAND_CANCELLED);
	assert_int_equal(state_of(&f, person), COMMAND_QUEUED);
}

static void a_closing_cancels_an_opening_and_an_opening_a_closing(void **state)
{
	int64_t opening = server_queue(&f, d, "AC_UNLOCK"),
		again = server_queue(&f, d, "AC_UNLOCK"), other;
	int64_t closing;
	(void)state;

	other = queue_closing(COMMAND_KIND_OPEN_DOOR, "door=2\n");
	closing = queue_closing(COMMAND_KIND_CLOSE_DOOR, "door=1\n");
	assert_int_equal(state_of(&f, opening), COMMAND_CANCELLED);
	assert_int_equal(state_of(&f, again), COMMAND_CANCELLED);
	assert_int_equal(state_of(&f, other), COMMAND_QUEUED);
	assert_int_equal(state_of(&f, closing), COMMAND_QUEUED);
	again = queue_closing(COMMAND_KIND_CLOSE_DOOR, "");
	assert_int_equal(state_of(&f, closing), COMMAND_CANCELLED);
	opening = server_queue(&f, d, "AC_UNLOCK");
	assert_int_equal(state_of(&f, again), COMMAND_CANCELLED);
	assert_int_equal(state_of(&f, opening), COMMAND_QUEUED);
	assert_int_equal(device_commands(d), 2);
}

/* --- whole records --- */

static int64_t queue_person(const char *arguments)
{
	return queue_kind(&f, d, COMMAND_KIND_UPDATE_PERSON, gh_slice_of(arguments));
}

static void command_give(int64_t id, const char *text)
{
	assert_string_equal(server_poll(&f, d), offer_line(id, text));
	server_answer(&f, d, id, 0);
}

static void an_update_of_a_person_carries_all_that_the_device_holds(void **state)
{
	static const char whole[] = "DATA UPDATE USERINFO PIN=1\tName=Ada\tPri=14\tPasswd=9";
	(void)state;

	command_give(server_queue(&f, d, whole), whole);
	command_give(queue_person("pin=1\nname=Bo\nmerge=1\n"),
		     "DATA UPDATE USERINFO PIN=1\tName=Bo\tPri=14\tPasswd=9");
	/* What was acknowledged counts, and what was refused does not. */
	int64_t refused = queue_person("pin=1\nname=Cy\nmerge=1\n");

	server_poll(&f, d);
	server_answer(&f, d, refused, -1);
	command_give(queue_person("pin=1\ncard=77\nmerge=1\n"),
		     "DATA UPDATE USERINFO PIN=1\tName=Bo\tPri=14\tPasswd=9\tCard=77");
	/* Raw words are the writer's own business. */
	command_give(server_queue(&f, d, "DATA UPDATE USERINFO PIN=1\tGrp=2"),
		     "DATA UPDATE USERINFO PIN=1\tGrp=2");
	/* Others, and one who is gone, have nothing of it. */
	command_give(queue_person("pin=2\nname=Di\nmerge=1\n"),
		     "DATA UPDATE USERINFO PIN=2\tName=Di");
	command_give(server_queue(&f, d, "DATA DELETE USERINFO PIN=1"),
		     "DATA DELETE USERINFO PIN=1");
	command_give(queue_person("pin=1\nname=Ed\nmerge=1\n"),
		     "DATA UPDATE USERINFO PIN=1\tName=Ed");
}

static void updates_of_one_batch_build_on_each_other(void **state)
{
	int64_t a = queue_person("pin=1\nname=Ada\nmerge=1\n"),
		b = queue_person("pin=1\ncard=5\nmerge=1\n"),
		c = queue_person("pin=2\ncard=6\nmerge=1\n");
	char wanted[256];
	(void)state;

	snprintf(wanted, sizeof(wanted),
		 "C:%lld:DATA UPDATE USERINFO PIN=1\tName=Ada\n"
		 "C:%lld:DATA UPDATE USERINFO PIN=1\tName=Ada\tCard=5\n"
		 "C:%lld:DATA UPDATE USERINFO PIN=2\tCard=6\n",
		 (long long)a, (long long)b, (long long)c);
	assert_string_equal(server_poll(&f, d), wanted);
}

static void whole_records_keep_a_batch_within_its_bytes(void **state)
{
	char words[100] = "DATA UPDATE USERINFO PIN=1\tName=";
	int64_t small, more;
	(void)state;

	memset(words + strlen(words), 'N', 40);
	int64_t first = server_queue(&f, d, words);

	server_poll(&f, d);
	server_answer(&f, d, first, 0);
	f.settings.batch_bytes = 280;
	small = queue_person("pin=1\ncard=5\nmerge=1\n");
	more = queue_person("pin=1\npassword=6\nmerge=1\n");
	assert_null(strstr(server_poll(&f, d), "Passwd=6"));
	assert_int_equal(state_of(&f, small), COMMAND_SENT);
	assert_int_equal(state_of(&f, more), COMMAND_QUEUED);
	server_answer(&f, d, small, 0);
	assert_non_null(strstr(server_poll(&f, d), "Passwd=6\tCard=5"));
}

static void many_orders_end_each_on_its_own(void **state)
{
	enum { N = 1203 };
	struct command_order *orders = calloc(N, sizeof(*orders));
	int64_t last = 0;
	(void)state;

	assert_non_null(orders);
	for (int i = 0; i < N; i++) {
		orders[i].device = i == 5 ? NULL : d;
		orders[i].request = (struct command_request){ .kind = COMMAND_KIND_INFO };
	}
	orders[700].request =
		(struct command_request){ .kind = COMMAND_KIND_OPEN_DOOR, .ttl_s = 61 };
	queue_orders(&f, orders, N);
	for (int i = 0; i < N; i++) {
		if (i == 5 || i == 700) {
			assert_int_equal(orders[i].err, i == 5 ? GH_ENOTFOUND : GH_EINVALID);
			continue;
		}
		assert_int_equal(orders[i].err, GH_OK);
		assert_true(orders[i].stored.id > last);
		last = orders[i].stored.id;
	}
	assert_int_equal(device_commands(d), N - 2);
	free(orders);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_server, close_server)
	static const struct CMUnitTest tests[] = {
		CASE(an_idle_poll_reads_no_store),
		CASE(a_command_goes_out_once_and_is_acknowledged),
		CASE(an_unanswered_command_comes_again_with_its_id_and_before_later_ones),
		CASE(a_clock_that_was_set_back_delays_no_second_try),
		CASE(a_restarted_device_gets_it_again_at_once),
		CASE(a_reply_that_broke_off_is_made_again),
		CASE(after_the_last_try_it_fails_but_a_late_answer_still_counts),
		CASE(minus_5000_keeps_it_open_and_lets_others_pass),
		CASE(answers_to_commands_of_other_devices_change_nothing),
		CASE(an_answer_to_what_was_never_sent_changes_nothing),
		CASE(what_expired_before_it_was_sent_stays_so),
		CASE(an_unfetched_command_expires),
		CASE(line_breaks_cannot_smuggle_a_second_command),
		CASE(an_act_is_given_once),
		CASE(an_act_is_given_once_whatever_was_lost),
		CASE(an_opening_not_fetched_in_time_is_not_sent),
		CASE(a_command_that_never_reached_the_device_is_given_whatever_it_is),
		CASE(a_restart_is_answered_by_the_next_handshake),
		CASE(a_restart_is_not_given_twice),
		CASE(what_destroys_is_not_repeated_where_nothing_checks_it),
		CASE(unknown_words_are_given_once),
		CASE(a_repeated_answer_changes_nothing),
		CASE(the_answer_to_a_deferred_one_counts_even_when_its_time_is_over),
		CASE(a_kind_has_its_limit),
		CASE(a_newer_state_takes_the_place_of_one_that_waits),
		CASE(what_was_given_already_is_not_replaced),
		CASE(nothing_is_replaced_that_another_may_need),
		CASE(a_closing_cancels_an_opening_and_an_opening_a_closing),
		CASE(an_update_of_a_person_carries_all_that_the_device_holds),
		CASE(updates_of_one_batch_build_on_each_other),
		CASE(whole_records_keep_a_batch_within_its_bytes),
		CASE(many_orders_end_each_on_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

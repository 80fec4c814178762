/* What enters the queue: what is superseded, what an update is filled up with. */
#include "tests.h"

#include <stdio.h>
#include <stdlib.h>

#include "command_fixture.h"
#include "words.h"

static void line_breaks_cannot_smuggle_a_second_command(void **state)
{
	static const char *const text[] = { "", "INFO\nC:1:REBOOT", "INFO\r" };
	(void)state;

	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		struct words w;

		assert_int_equal(words_read(gh_slice_of(text[i]), &w), GH_EINVALID);
	}
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

static void an_equal_opening_is_the_one_that_waits(void **state)
{
	int64_t first = server_queue(&f, d, "AC_UNLOCK"),
		again = server_queue(&f, d, "AC_UNLOCK");

	(void)state;
	assert_int_equal(first, again);
	assert_int_equal(device_commands(d), 1);
	assert_true(server_poll(&f, d)[0]);
	/* What was given waits no longer. */
	again = server_queue(&f, d, "AC_UNLOCK");
	assert_int_not_equal(first, again);
	assert_int_equal(device_commands(d), 2);
	server_answer(&f, d, first, 0);
	assert_true(server_poll(&f, d)[0]);
	server_answer(&f, d, again, 0);
	assert_int_equal(device_commands(d), 0);
}

/* Also where it is longer than what is stored at once else. */
static void a_whole_list_is_queued_or_nothing_of_it(void **state)
{
	enum { N = 602 };
	struct command_order *orders = calloc(N, sizeof(*orders));
	(void)state;

	assert_non_null(orders);
	for (size_t i = 0; i < N; i++)
		orders[i] = (struct command_order){ .device = d,
						    .request = { .kind = COMMAND_KIND_LOG } };
	orders[0].request = (struct command_request){ .kind = COMMAND_KIND_OPEN_DOOR,
						      .arguments = GH_LIT("seconds=5\n") };
	orders[N - 1].request = (struct command_request){ .kind = COMMAND_KIND_OPEN_DOOR,
							  .arguments = GH_LIT("seconds=9\n") };
	queue_orders_whole(&f, orders, N);
	assert_int_equal(orders[N - 1].err, GH_EEXISTS);
	for (size_t i = 0; i < N - 1; i++)
		assert_int_equal(orders[i].err, GH_ECANCELLED);
	assert_int_equal(device_commands(d), 0);
	assert_string_equal(server_poll(&f, d), "");
	queue_orders_whole(&f, orders, N - 1);
	for (size_t i = 0; i < N - 1; i++)
		assert_int_equal(orders[i].err, GH_OK);
	assert_int_not_equal(device_commands(d), 0);
	assert_int_equal(state_of(&f, orders[0].stored.id), COMMAND_QUEUED);
	assert_int_equal(state_of(&f, orders[N - 2].stored.id), COMMAND_QUEUED);
	free(orders);
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

static void a_closing_cancels_an_opening_and_an_opening_no_closing(void **state)
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
	/* That happens when the unit is given the opening. */
	assert_int_equal(state_of(&f, again), COMMAND_QUEUED);
	assert_int_equal(state_of(&f, opening), COMMAND_QUEUED);
	assert_int_equal(device_commands(d), 3);
}

static void the_end_of_a_hold_stays_until_another_order_was_given(void **state)
{
	static const char due[] = "door=1\nnot_before=1\n",
			  later[] = "not_before=99999999999999\n";
	int64_t first = queue_closing(COMMAND_KIND_END_HOLD, due),
		second = queue_closing(COMMAND_KIND_END_HOLD, "door=2\nnot_before=1\n"), third;
	(void)state;

	server_queue(&f, d, "AC_UNLOCK");
	assert_int_equal(state_of(&f, first), COMMAND_QUEUED);
	queue_closing(COMMAND_KIND_HOLD_DOOR_OPEN, "door=2\n");
	assert_int_equal(state_of(&f, second), COMMAND_QUEUED);
	third = queue_closing(COMMAND_KIND_END_HOLD, later);
	queue_closing(COMMAND_KIND_CLOSE_DOOR, "door=1\n");
	assert_int_equal(state_of(&f, first), COMMAND_QUEUED);
	assert_int_equal(state_of(&f, third), COMMAND_QUEUED);
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

static void an_update_builds_on_one_whose_result_is_still_to_come(void **state)
{
	static const char whole[] = "DATA UPDATE USERINFO PIN=1\tName=Ada\tPri=0\tPasswd=9";
	int64_t later, gone;
	(void)state;

	command_give(server_queue(&f, d, whole), whole);
	later = queue_person("pin=1\nname=Bo\nmerge=1\n");
	assert_non_null(server_poll(&f, d));
	server_answer(&f, d, later, -5000);
	assert_int_equal(state_of(&f, later), COMMAND_DEFERRED);
	command_give(queue_person("pin=1\ncard=77\nmerge=1\n"),
		     "DATA UPDATE USERINFO PIN=1\tName=Bo\tPri=0\tPasswd=9\tCard=77");
	server_answer(&f, d, later, 0);
	assert_int_equal(state_of(&f, later), COMMAND_ACKNOWLEDGED);
	command_give(queue_person("pin=1\ngroup_id=2\nmerge=1\n"),
		     "DATA UPDATE USERINFO PIN=1\tName=Bo\tPri=0\tPasswd=9\tCard=77\tGrp=2");
	/* A deletion, too. */
	gone = server_queue(&f, d, "DATA DELETE USERINFO PIN=1");
	assert_non_null(server_poll(&f, d));
	server_answer(&f, d, gone, -5000);
	command_give(queue_person("pin=1\nname=Cy\nmerge=1\n"),
		     "DATA UPDATE USERINFO PIN=1\tName=Cy");
	server_answer(&f, d, gone, 0);
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

static int64_t queue_keyed(const char *key)
{
	struct command_order order = {
		.device = d, .request = { .kind = COMMAND_KIND_INFO, .key = gh_slice_of(key) }
	};

	queue_orders(&f, &order, 1);
	assert_int_equal(order.err, GH_OK);
	return order.stored.id;
}

/* For a day the same key is the same order; afterwards it names another one. */
static void a_key_names_an_order_for_a_day(void **state)
{
	int64_t first = queue_keyed("k"), other = queue_keyed("l"), again;
	(void)state;

	assert_int_not_equal(first, other);
	server_fixture_now += 86400000 - 1000;
	assert_int_equal(queue_keyed("k"), first);
	server_fixture_now += 2000;
	again = queue_keyed("k");
	assert_int_not_equal(again, first);
	assert_int_equal(queue_keyed("k"), again);
}

int main(void)
{
#define CASE(name) \
	cmocka_unit_test_setup_teardown(name, command_fixture_open, command_fixture_close)
	static const struct CMUnitTest tests[] = {
		CASE(line_breaks_cannot_smuggle_a_second_command),
		CASE(a_kind_has_its_limit),
		CASE(a_whole_list_is_queued_or_nothing_of_it),
		CASE(an_equal_opening_is_the_one_that_waits),
		CASE(a_newer_state_takes_the_place_of_one_that_waits),
		CASE(what_was_given_already_is_not_replaced),
		CASE(nothing_is_replaced_that_another_may_need),
		CASE(a_closing_cancels_an_opening_and_an_opening_no_closing),
		CASE(the_end_of_a_hold_stays_until_another_order_was_given),
		CASE(an_update_of_a_person_carries_all_that_the_device_holds),
		CASE(an_update_builds_on_one_whose_result_is_still_to_come),
		CASE(updates_of_one_batch_build_on_each_other),
		CASE(whole_records_keep_a_batch_within_its_bytes),
		CASE(many_orders_end_each_on_its_own),
		CASE(a_key_names_an_order_for_a_day),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

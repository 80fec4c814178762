/* What happens at a simulated clock when people come. */
#include "tests.h"

#include "conversation.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

/* A clock to which a person comes each second, and whose uploads are all answered. */
static struct conversation clock_of(const char *persona)
{
	struct conversation t = conversation_of(persona);

	t.plan.interval_us = 1000000;
	return t;
}

/* Answer everything for so long. */
static void time_pass(struct conversation *t, int64_t ms)
{
	int64_t end = t->now_ms + ms;

	while (t->now_ms < end && conversation_request(t, end - t->now_ms))
		conversation_respond(t, "OK");
	assert_int_equal(t->now_ms, end);
}

/* How many punches it counts. */
static unsigned punches_counted(struct conversation *t)
{
	const char *answer = conversation_command(
		t, "C:1:VERIFY SUM ATTLOG StartTime=2000-01-01 00:00:00\tEndTime=2090-01-01 "
		   "00:00:00\n");
	const char *sum = strstr(answer, "AttlogSum=");

	assert_non_null(sum);
	return (unsigned)strtoul(sum + strlen("AttlogSum="), NULL, 10);
}

/* --- room (PUSH SDK 2013, 2.1 and 3.2.4-5) --- */

static void a_full_log_loses_as_many_of_the_oldest_as_it_is_set_to(void **state)
{
	struct conversation t = clock_of("2.2.14");
	unsigned held;
	(void)state;

	t.plan.log_capacity = 20;
	conversation_open(&t);
	conversation_begin(&t, "");
	assert_string_equal(conversation_command(&t, "C:7:SET OPTION DelRecord=8\n"),
			    "ID=7&Return=0&CMD=SET OPTION\n");
	t.statistics.dropped = 0; /* one by one, as it is made */
	for (unsigned i = 0; i < 60; i++) {
		time_pass(&t, 1000);
		held = punches_counted(&t);
		assert_in_range(held, 5, 20);
	}
	/* It went by eights. */
	assert_true(t.statistics.dropped >= 40);
	assert_int_equal(t.statistics.dropped % 8, 0);
	/* All of it had been acknowledged. */
	assert_int_equal(t.statistics.dropped_unsent, 0);
	assert_int_equal(t.statistics.unrecorded, 0);
	conversation_close(&t);
}

static void what_was_never_acknowledged_is_lost_with_the_oldest(void **state)
{
	struct conversation t = clock_of("2.2.14");
	uint64_t sent = 0;
	(void)state;

	t.plan.punches = 50;
	t.plan.log_capacity = 20;
	t.plan.interval_us = 0;
	conversation_open(&t);
	conversation_begin(&t, "");
	conversation_expect(&t, "table=ATTLOG");
	sent = conversation_count(conversation_body(&t), "\n");
	assert_int_equal(sent, 20);
	conversation_respond(&t, "OK");
	assert_int_equal(t.statistics.dropped, 30);
	assert_int_equal(t.statistics.dropped_unsent, 30);
	assert_int_equal(punches_counted(&t), 20);
	conversation_close(&t);
}

static void a_full_log_that_loses_none_makes_no_new_punch_until_it_is_cleared(void **state)
{
	struct conversation t = clock_of("2.2.14");
	uint64_t before;
	(void)state;

	t.plan.log_capacity = 60;
	conversation_open(&t);
	conversation_begin(&t, "");
	conversation_command(&t, "C:7:SET OPTION DelRecord=0\n");
	time_pass(&t, 60000);
	assert_int_equal(punches_counted(&t), 60);
	assert_true(t.statistics.unrecorded >= 20);
	assert_int_equal(t.statistics.dropped, 0);
	assert_int_equal(t.statistics.stream[STREAM_ATTLOG].acknowledged, 60);
	conversation_command(&t, "C:8:CLEAR LOG\n");
	before = t.statistics.unrecorded;
	assert_true(punches_counted(&t) < 60);
	time_pass(&t, 10000);
	assert_in_range(punches_counted(&t), 5, 60);
	assert_int_equal(t.statistics.unrecorded, before);
	conversation_close(&t);
}

static void the_oldest_photos_go_before_a_new_one(void **state)
{
	struct conversation t = clock_of("2.2.14");
	unsigned photos = 0;
	(void)state;

	t.plan.photos = 1000;
	t.plan.photo_capacity = 4;
	conversation_open(&t);
	conversation_begin(&t, "");
	time_pass(&t, 20000);
	assert_true(t.statistics.dropped >= 15);
	/* The punches stay. */
	assert_true(punches_counted(&t) >= 20);
	while (conversation_request(&t, 60000) && !strstr(t.text, "/getrequest"))
		conversation_respond(&t, "OK");
	conversation_respond(&t, "C:1:DATA QUERY ATTPHOTO StartTime=2000-01-01 "
				 "00:00:00\tEndTime=2090-01-01 00:00:00\n");
	while (conversation_request(&t, 0) && !strstr(t.text, "/devicecmd")) {
		photos += strstr(t.text, "Stamp=0") != NULL;
		conversation_respond(&t, "OK");
	}
	assert_in_range(photos, 1, 5);
	conversation_close(&t);
}

/* --- verification by the server (PUSH SDK 2013, 3.2.5-2) --- */

/* Until a person has to be verified; that person's request is answered with `verdict`, NULL: not. Everything else
 * is answered OK. */
static void person_judge(struct conversation *t, const char *verdict)
{
	while (conversation_request(t, 10000) && !strstr(t->text, "&AuthType="))
		conversation_respond(t, "OK");
	assert_non_null(strstr(t->text, "&AuthType="));
	if (verdict)
		conversation_respond(t, verdict);
	else
		conversation_no_response(t);
}

static void mode_begin(struct conversation *t, unsigned mode)
{
	char line[80];

	t->plan.punches = 0;
	conversation_open(t);
	conversation_begin(t, "");
	conversation_command(t, "C:1:SET OPTION ~AuthServer=1\n");
	snprintf(line, sizeof(line), "C:2:SET OPTION AuthServerEnabled=%u\n", mode);
	conversation_command(t, line);
	/* What came before that. */
	time_pass(t, 1000);
}

static void in_mode_0_the_server_is_not_requested(void **state)
{
	struct conversation t = clock_of("2.1.1");
	uint64_t before;
	(void)state;

	mode_begin(&t, 0);
	before = t.statistics.verified_here;
	t.statistics.verifications = 0;
	time_pass(&t, 30000);
	assert_int_equal(t.statistics.verifications, 0);
	assert_true(t.statistics.verified_here >= before + 29);
	/* Who is not on it is refused. */
	conversation_command(&t, "C:3:CLEAR DATA\n");
	before = t.statistics.verified_here;
	time_pass(&t, 10000);
	assert_in_range(t.statistics.verified_here, before, before + 1);
	assert_true(t.statistics.not_verified >= 9);
	conversation_close(&t);
}

static void in_mode_1_the_server_is_first_and_then_the_device(void **state)
{
	struct conversation t = clock_of("2.1.1");
	struct statistics before;
	(void)state;

	mode_begin(&t, 1);
	before = t.statistics;
	person_judge(&t, "AUTH=Success\tPIN=1\tName=A\tPri=0\tTZ=0\n");
	time_pass(&t, 1);
	assert_int_equal(t.statistics.verified, before.verified + 1);
	before = t.statistics;
	person_judge(&t, "AUTH=Failed\n");
	time_pass(&t, 1);
	assert_int_equal(t.statistics.verified_here, before.verified_here + 1);
	before = t.statistics;
	person_judge(&t, NULL);
	time_pass(&t, 1);
	assert_int_equal(t.statistics.verified_here, before.verified_here + 1);
	assert_int_equal(t.statistics.not_verified, 0);
	/* Who is not on it has the server alone. */
	conversation_command(&t, "C:3:CLEAR DATA\n");
	time_pass(&t, 1);
	before = t.statistics;
	person_judge(&t, "AUTH=Failed\n");
	time_pass(&t, 1);
	assert_int_equal(t.statistics.not_verified, before.not_verified + 1);
	conversation_close(&t);
}

static void in_mode_2_the_server_alone_decides_and_who_fails_makes_no_punch(void **state)
{
	static const struct {
		const char *verdict;
		bool passes;
	} cases[] = {
		{ "AUTH=Success\tPIN=1\tName=A\tPri=0\tTZ=0\n", true },
		{ "AUTH=Failed\n", false },
		{ "OK", false }, /* that is no verdict */
		{ NULL, false },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct conversation t = clock_of("2.1.1");
		uint64_t sent;

		mode_begin(&t, 2);
		sent = t.statistics.stream[STREAM_ATTLOG].acknowledged;

		for (unsigned k = 0; k < 5; k++)
			person_judge(&t, cases[i].verdict);
		conversation_drain(&t);
		assert_int_equal(t.statistics.stream[STREAM_ATTLOG].acknowledged - sent,
				 cases[i].passes ? 5 : 0);
		conversation_close(&t);
	}
}

static void in_mode_3_the_server_decides_who_the_device_does_not_know(void **state)
{
	struct conversation t = clock_of("2.1.1");
	(void)state;

	mode_begin(&t, 3);
	t.statistics.verifications = 0;
	time_pass(&t, 20000);
	assert_int_equal(t.statistics.verifications, 0);
	conversation_command(&t, "C:3:CLEAR DATA\n");
	t.statistics.verified = t.statistics.not_verified = 0;
	person_judge(&t, "AUTH=Success\tPIN=1\n");
	person_judge(&t, "AUTH=Failed\n");
	person_judge(&t, NULL);
	time_pass(&t, 1);
	assert_int_equal(t.statistics.verified, 1);
	assert_int_equal(t.statistics.not_verified, 2);
	conversation_close(&t);
}

/* The modes exclude remote attendance, and the other way round. */
static void a_device_that_verifies_requests_no_person(void **state)
{
	struct conversation t = clock_of("2.2.14");
	unsigned borrowed = 0, verified = 0;
	(void)state;

	mode_begin(&t, 2);
	for (unsigned i = 0; i < 2; i++) {
		int64_t end = t.now_ms + 100000;

		while (t.now_ms < end && conversation_request(&t, end - t.now_ms)) {
			borrowed += strstr(t.text, "table=RemoteAtt") != NULL;
			verified += strstr(t.text, "AuthType=") != NULL;
			conversation_respond(&t, strstr(t.text, "table=RemoteAtt") ? "NONE"
						 : strstr(t.text, "AuthType=") ? "AUTH=Failed\n"
									       : "OK");
		}
		if (i == 0) {
			assert_int_equal(borrowed, 0);
			assert_true(verified > 50);
			verified = 0;
			conversation_command(&t, "C:3:SET OPTION ~AuthServer=0\n");
		}
	}
	assert_true(borrowed > 0);
	assert_int_equal(verified, 0);
	conversation_close(&t);
}

static void what_is_presented_follows_the_verify_mode(void **state)
{
	struct conversation t = clock_of("2.2.14");
	unsigned cards = 0, passwords = 0, fingers = 0;
	(void)state;

	mode_begin(&t, 2);
	for (unsigned i = 0; i < 60; i++) {
		person_judge(&t, "AUTH=Failed\n");
		cards += strstr(t.text, "AuthType=CARD ") != NULL;
		passwords += strstr(t.text, "AuthType=PWD ") != NULL;
		fingers += strstr(t.text, "AuthType=FP ") != NULL;
	}
	assert_true(cards && passwords && fingers);
	conversation_close(&t);
}

/* PUSH SDK 2013, 3.2.5-1. */
static void a_person_whom_the_server_sent_leaves_after_the_days_set(void **state)
{
	struct conversation t = clock_of("2.2.14");
	char row[96], query[96], *pin;
	(void)state;

	t.plan.interval_us = 600000000;
	conversation_open(&t);
	conversation_begin(&t, "");
	conversation_command(&t, "C:1:SET OPTION RmUserSaveTime=2\n");
	while (conversation_request(&t, 120000) && !strstr(t.text, "table=RemoteAtt"))
		conversation_respond(&t, "OK");
	pin = strstr(t.text, "&PIN=");
	assert_non_null(pin);
	pin[strcspn(pin, " ")] = '\0';
	snprintf(row, sizeof(row), "DATA UPDATE USERINFO PIN=%s\tName=Guest\n", pin + 5);
	snprintf(query, sizeof(query), "PIN=%s", pin + 5);
	conversation_respond(&t, row);
	assert_int_equal(t.statistics.people_received, 1);
	time_pass(&t, 47 * 3600 * 1000);
	assert_non_null(
		sim_contents_get(&t.device.contents, TABLE_USERINFO, gh_slice_of(query)));
	time_pass(&t, 2 * 3600 * 1000);
	assert_null(sim_contents_get(&t.device.contents, TABLE_USERINFO, gh_slice_of(query)));
	conversation_close(&t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_log_loses_as_many_of_the_oldest_as_it_is_set_to),
		cmocka_unit_test(what_was_never_acknowledged_is_lost_with_the_oldest),
		cmocka_unit_test(
			a_full_log_that_loses_none_makes_no_new_punch_until_it_is_cleared),
		cmocka_unit_test(the_oldest_photos_go_before_a_new_one),
		cmocka_unit_test(in_mode_0_the_server_is_not_requested),
		cmocka_unit_test(in_mode_1_the_server_is_first_and_then_the_device),
		cmocka_unit_test(
			in_mode_2_the_server_alone_decides_and_who_fails_makes_no_punch),
		cmocka_unit_test(in_mode_3_the_server_decides_who_the_device_does_not_know),
		cmocka_unit_test(a_device_that_verifies_requests_no_person),
		cmocka_unit_test(what_is_presented_follows_the_verify_mode),
		cmocka_unit_test(a_person_whom_the_server_sent_leaves_after_the_days_set),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

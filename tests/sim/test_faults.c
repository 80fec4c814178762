/* What goes wrong on purpose. */
#include "tests.h"

#include "conversation.h"

#include <glib.h>
#include <stdio.h>

static void fault_apply(struct conversation *t, const char *list)
{
	gh_slice bad;

	assert_int_equal(att_faults_parse(gh_slice_of(list), &t->plan.faults, &bad), GH_OK);
}

static void duplicate_sends_an_acknowledged_upload_once_more(void **state)
{
	struct conversation t = conversation_of("2.2.14");
	char first[4096];
	(void)state;

	fault_apply(&t, "duplicate:100");
	conversation_open(&t);
	conversation_begin(&t, "");
	conversation_expect(&t, "table=ATTLOG");
	snprintf(first, sizeof(first), "%s", t.text);
	conversation_respond(&t, "OK");
	conversation_expect(&t, "table=ATTLOG");
	assert_string_equal(t.text, first);
	conversation_respond(&t, "OK");
	conversation_expect(&t, "table=OPERLOG");
	assert_int_equal(t.statistics.stream[STREAM_ATTLOG].acknowledged, 5);
	assert_int_equal(t.statistics.stream[STREAM_ATTLOG].repeated, 5);
	conversation_close(&t);
}

static void a_bad_line_stands_between_good_ones_and_is_counted_apart(void **state)
{
	struct conversation t = conversation_of("2.2.14");
	(void)state;

	fault_apply(&t, "bad-line:100");
	conversation_open(&t);
	conversation_begin(&t, "");
	conversation_expect(&t, "table=ATTLOG");
	assert_int_equal(conversation_count(conversation_body(&t), "\n"), 6);
	conversation_respond(&t, "OK");
	assert_int_equal(t.statistics.stream[STREAM_ATTLOG].acknowledged, 5);
	assert_int_equal(t.statistics.bad_lines, 1);
	conversation_close(&t);
}

static void a_reboot_loses_what_was_in_memory_and_keeps_the_log(void **state)
{
	struct conversation t = conversation_of("2.2.14");
	int64_t fell;
	(void)state;

	conversation_open(&t);
	conversation_begin(&t, "");
	conversation_drain(&t);
	conversation_expect(&t, "/getrequest");
	conversation_respond(&t, "C:1:SHELL date\n");
	conversation_expect(&t, "/devicecmd");
	t.device.lose_power = true; /* as the dice would have it */
	conversation_no_response(&t);
	fell = t.now_ms;
	conversation_expect(&t, "options=all");
	assert_int_equal(t.now_ms - fell, 20000);
	conversation_respond(&t, HANDSHAKE ALL_FLAGS);
	conversation_expect(&t, "table=options");
	conversation_respond(&t, "OK");
	conversation_expect(&t, "INFO=");
	conversation_respond(&t, "OK");
	conversation_expect(
		&t, "\r\n\r\nOPLOG 0\t0\t"); /* it reports its start, and nothing else */
	conversation_respond(&t, "OK");
	assert_null(conversation_request(&t, 0));
	conversation_close(&t);
}

static void the_same_seed_gives_the_same_disturbances(void **state)
{
	char *report[2];
	(void)state;

	for (size_t run = 0; run < 2; run++) {
		struct conversation t = conversation_of("2.4.1");
		GString *all = g_string_new("");

		fault_apply(&t, "all");
		t.plan.punches = 300;
		t.plan.photos = 100;
		conversation_open(&t);
		conversation_begin(&t, "");
		for (unsigned i = 0; i < 400 && conversation_request(&t, 60000); i++) {
			g_string_append_printf(all, "%d %zu %s\n", t.request.disturbance,
					       t.text_n, t.text);
			if (t.request.disturbance >= DISTURBANCE_DROP)
				conversation_no_response(&t);
			else if (strstr(t.text, "options=all"))
				conversation_respond(&t, HANDSHAKE ALL_FLAGS);
			else
				conversation_respond(&t, "OK");
		}
		assert_true(all->len > 20000);
		report[run] = g_string_free(all, FALSE);
		conversation_close(&t);
	}
	assert_string_equal(report[0], report[1]);
	g_free(report[0]);
	g_free(report[1]);
}

/* A server that always sends 0 makes the device begin again after each failure; the dice must
 * not fall the same way every time. */
static void a_disturbed_upload_gets_through_in_the_end(void **state)
{
	struct conversation t = conversation_of("2.1.1");
	(void)state;

	fault_apply(&t, "reboot:20,drop-reply:20");
	t.plan.users = 2;
	t.plan.punches = 300;
	conversation_open(&t);
	for (unsigned i = 0; !sim_device_idle(&t.device); i++) {
		assert_true(i < 20000);
		assert_non_null(conversation_request(&t, 120000));
		if (t.request.disturbance >= DISTURBANCE_DROP)
			conversation_no_response(&t);
		else if (strstr(t.text, "options=all"))
			conversation_respond(&t, HANDSHAKE ALL_FLAGS "ATTLOGStamp=0\n");
		else
			conversation_respond(&t, "OK");
	}
	assert_int_equal(t.statistics.stream[STREAM_ATTLOG].acknowledged, 300);
	conversation_close(&t);
}

/* Attendance PUSH 2020-03, appendix 1. */
static void each_general_error_is_answered_on_request_and_nothing_is_carried_out(void **state)
{
	static const struct {
		const char *command, *word;
	} orders[] = { { "DATA UPDATE USERINFO PIN=77\tName=A", "DATA" },
		       { "CLEAR LOG", "CLEAR_LOG" },
		       { "SET OPTION VOLUME=3", "SET OPTION" },
		       { "VERIFY SUM ATTLOG StartTime=2000-01-01 00:00:00\t"
			 "EndTime=2030-01-01 00:00:00",
			 "VERIFY SUM" },
		       { "ENROLL_FP PIN=1\tFID=5", "ENROLL_FP" },
		       { "PutFile http://clock.test/x\t/tmp/x", "PutFile" },
		       { "REBOOT", "REBOOT" },
		       { "AC_UNLOCK", "AC_UNLOCK" } };
	const size_t n = sizeof(orders) / sizeof(orders[0]);
	(void)state;

	for (int code = -1001; code >= -1008; code--) {
		struct conversation t = conversation_of("2.2.14");
		char line[256], expected[256];

		snprintf(line, sizeof(line), "answer%d:100", code);
		fault_apply(&t, line);
		conversation_open(&t);
		conversation_begin(&t, "");
		for (size_t i = 0; i < n; i++) {
			snprintf(line, sizeof(line), "C:%zu:%s\n", i, orders[i].command);
			snprintf(expected, sizeof(expected), "ID=%zu&Return=%d&CMD=%s\n", i,
				 code, orders[i].word);
			assert_string_equal(conversation_command(&t, line), expected);
		}
		assert_int_equal(t.statistics.faults[ATT_FAULT_ANSWER_FULL - 1001 - code], n);
		/* There is no such person, and the log is as it was. */
		t.plan.faults = (struct att_faults){ 0 };
		assert_string_equal(
			conversation_command(&t, "C:8:DATA UPDATE FINGERTMP PIN=77\tFID=1\t"
						 "TMP=QUFB\n"),
			"ID=8&Return=-10&CMD=DATA\n");
		assert_non_null(strstr(
			conversation_command(&t, "C:9:VERIFY SUM ATTLOG StartTime=2000-01-01 "
						 "00:00:00\tEndTime=2030-01-01 00:00:00\n"),
			"AttlogSum=5\n"));
		conversation_close(&t);
	}
}

static void a_chance_of_an_answer_leaves_other_commands_alone(void **state)
{
	struct conversation t = conversation_of("2.2.14");
	unsigned busy = 0, done = 0;
	(void)state;

	fault_apply(&t, "answer-1005:50");
	conversation_open(&t);
	conversation_begin(&t, "");
	for (unsigned i = 0; i < 40; i++) {
		const char *answer = conversation_command(&t, "C:1:LOG\n");

		busy += strstr(answer, "Return=-1005&") != NULL;
		done += strstr(answer, "Return=0&") != NULL;
	}
	assert_int_equal(busy + done, 40);
	assert_in_range(busy, 8, 32);
	conversation_close(&t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(duplicate_sends_an_acknowledged_upload_once_more),
		cmocka_unit_test(a_bad_line_stands_between_good_ones_and_is_counted_apart),
		cmocka_unit_test(a_reboot_loses_what_was_in_memory_and_keeps_the_log),
		cmocka_unit_test(the_same_seed_gives_the_same_disturbances),
		cmocka_unit_test(a_disturbed_upload_gets_through_in_the_end),
		cmocka_unit_test(
			each_general_error_is_answered_on_request_and_nothing_is_carried_out),
		cmocka_unit_test(a_chance_of_an_answer_leaves_other_commands_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

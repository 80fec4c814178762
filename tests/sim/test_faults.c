/* What goes wrong on purpose. */
#include "tests.h"

#include "conversation.h"

#include <glib.h>
#include <stdio.h>

static void fault_apply(struct conversation *t, const char *list)
{
	gh_slice bad;

	assert_int_equal(sim_faults_parse(gh_slice_of(list), &t->plan.faults, &bad), GH_OK);
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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(duplicate_sends_an_acknowledged_upload_once_more),
		cmocka_unit_test(a_bad_line_stands_between_good_ones_and_is_counted_apart),
		cmocka_unit_test(a_reboot_loses_what_was_in_memory_and_keeps_the_log),
		cmocka_unit_test(the_same_seed_gives_the_same_disturbances),
		cmocka_unit_test(a_disturbed_upload_gets_through_in_the_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The device's end of the conversation. */
#include "tests.h"

#include "sim/access/door.h"
#include "sim/access/unit_request.h"
#include "unit_test.h"

#include <stdio.h>
#include <stdlib.h>

static void it_registers_configures_and_polls(void **state)
{
	struct unit_test *t = unit_test_of("spec");
	const char *text;

	(void)state;
	unit_test_open(t);
	text = unit_test_expect(t,
				"GET /iclock/cdata?SN=T000001&pushver=3.1.2&options=all HTTP");
	assert_null(strstr(text, "Cookie"));
	assert_non_null(strstr(text, "\r\nAccept: application/push\r\n"));
	unit_test_respond(t, "OK");
	text = unit_test_expect(t, "POST /iclock/registry?SN=T000001 HTTP");
	assert_null(strstr(text, "Cookie"));
	assert_ptr_equal(strstr(unit_test_body(t), "DeviceType=acc,~DeviceName="),
			 unit_test_body(t));
	assert_non_null(strstr(unit_test_body(t), ",LockCount=4,"));
	unit_test_respond(t, "RegistryCode=Uy47fxftP3");
	text = unit_test_expect(t, "POST /iclock/push?SN=T000001 HTTP");
	assert_non_null(strstr(text, "\r\nContent-Length: 0\r\n"));
	unit_test_respond(t, UNIT_CONFIGURATION);
	unit_test_expect(t, "GET /iclock/getrequest?SN=T000001 HTTP");
	unit_test_respond(t, "OK");
	unit_test_drain(t);
	/* TimeoutSec and RequestDelay. */
	assert_int_equal(t->request.timeout_ms, 10000);
	int64_t before = t->now_ms;

	unit_test_expect(t, "/getrequest");
	assert_int_equal(t->now_ms - before, 2000);
	unit_test_close(t);
}

static void the_token_is_of_code_serial_number_and_session(void **state)
{
	struct unit_test *t = unit_test_of("spec");
	char line[80], token[40];

	(void)state;
	unit_test_open(t);
	unit_test_begin(t);
	char *sum =
		g_compute_checksum_for_string(G_CHECKSUM_MD5, "Uy47fxftP3T000001ABCDEF", -1);

	snprintf(line, sizeof(line), "\r\nCookie: token=%s\r\n", sum);
	unit_test_expect(t, line);
	unit_token(&t->unit, "ABCDEF", token);
	assert_string_equal(token, sum);
	g_free(sum);
	unit_test_close(t);
}

static void a_refused_registration_is_tried_again_after_error_delay(void **state)
{
	struct unit_test *t = unit_test_of("spec");
	int64_t before;

	(void)state;
	unit_test_open(t);
	for (int i = 0; i < 3; i++) {
		unit_test_expect(t, "options=all");
		unit_test_respond(t, "OK");
		unit_test_expect(t, "/registry?");
		before = t->now_ms;
		if (i == 0)
			unit_test_respond_status(t, 406, "406");
		else if (i == 1)
			unit_test_respond(t, "406");
		else
			unit_test_respond(t, "RegistryCode=");
		unit_test_expect(t, "options=all");
		assert_int_equal(t->now_ms - before, 30000);
		unit_test_lose(t);
	}
	assert_int_equal(t->unit.refused, 6);
	unit_test_begin(t);
	assert_int_equal(t->unit.refused, 0);
	unit_test_close(t);
}

static void registered_by_the_first_reply_it_requests_the_configuration_only(void **state)
{
	struct unit_test *t = unit_test_of("spec");

	(void)state;
	unit_test_open(t);
	unit_test_expect(t, "options=all");
	unit_test_respond(t, "registry=ok\nRegistryCode=Uy47fxftP3\n" UNIT_CONFIGURATION);
	unit_test_expect(t, "/push?");
	unit_test_respond(t, UNIT_CONFIGURATION);
	unit_test_expect(t, "/getrequest");
	assert_int_equal(t->statistics.registrations, 0);
	unit_test_close(t);
}

static void events_without_an_answer_are_sent_again_and_none_is_left_out(void **state)
{
	struct unit_test *t = unit_test_of("spec");
	char *first;

	(void)state;
	unit_test_open(t);
	unit_test_expect(t, "options=all");
	unit_test_respond(t, "OK");
	unit_test_expect(t, "/registry?");
	unit_test_respond(t, "RegistryCode=c");
	unit_test_expect(t, "/push?");
	unit_test_respond(t, UNIT_CONFIGURATION);
	unit_test_expect(t, "/getrequest");
	unit_test_respond(t, "OK");
	unit_test_expect(t, "table=rtstate");
	unit_test_respond(t, "OK");
	unit_test_expect(t, "POST /iclock/cdata?SN=T000001&table=rtlog HTTP");
	first = strdup(unit_test_body(t));
	assert_int_equal(strncmp(first, "time=20", 7), 0);
	unit_test_respond_status(t, 503, "");
	assert_int_equal(t->unit.state, UNIT_OFF);
	unit_test_expect(t, "options=all");
	unit_test_respond(t, "registry=ok\nRegistryCode=c\n" UNIT_CONFIGURATION);
	unit_test_expect(t, "/push?");
	unit_test_respond(t, UNIT_CONFIGURATION);
	while (!strstr(unit_test_expect(t, "/iclock/"), "table=rtlog"))
		unit_test_respond(t, "OK");
	/* The same events first, then the one about the new connection. */
	assert_int_equal(strncmp(unit_test_body(t), first, strlen(first)), 0);
	unit_test_respond(t, "OK");
	unit_test_drain(t);
	assert_int_equal(t->statistics.events_acknowledged, 7);
	assert_int_equal(t->statistics.events_repeated, 0);
	free(first);
	unit_test_close(t);
}

static void states_come_with_a_change_and_in_the_persona_s_rhythm(void **state)
{
	struct unit_test *t = unit_test_of("inbio260-pro");
	const struct panel_attempt a = { .door = 2,
					 .factor = PANEL_FINGER,
					 .pin = GH_LIT("1") };
	int64_t before;

	(void)state;
	unit_test_open(t);
	unit_test_begin(t);
	before = t->now_ms;
	while (!strstr(unit_test_expect(t, "/iclock/"), "table=rtstate"))
		unit_test_respond(t, "OK");
	assert_int_equal(t->now_ms - before, 9000);
	assert_non_null(strstr(unit_test_body(t), "\tsensor=0500\trelay=00\talarm=00000000"));
	unit_test_respond(t, "OK");
	panel_attempt(&t->unit.panel, &a);
	unit_test_expect(t, "table=rtstate");
	assert_non_null(strstr(unit_test_body(t), "\tsensor=0500\trelay=02\t"));
	unit_test_close(t);
}

static void without_realtime_events_wait_for_interval_or_time(void **state)
{
	struct unit_test *t = unit_test_of("spec");
	int64_t before;

	(void)state;
	unit_test_open(t);
	unit_test_expect(t, "options=all");
	unit_test_respond(t, "OK");
	unit_test_expect(t, "/registry?");
	unit_test_respond(t, "RegistryCode=c");
	unit_test_expect(t, "/push?");
	/* The clock shows 08:00. */
	unit_test_respond(
		t, "PushProtVer=3.1.2\nRealtime=0\nTransTimes=08:02;14:00\nTransInterval=5\n"
		   "RequestDelay=30\nSessionID=S");
	before = t->now_ms;
	while (!strstr(unit_test_expect(t, "/iclock/"), "table=rtlog"))
		unit_test_respond(t, "OK");
	assert_in_range(t->now_ms - before, 119000, 121000);
	unit_test_close(t);
}

static void commands_are_answered_in_order_and_id_0_is_not(void **state)
{
	struct unit_test *t = unit_test_of("spec");
	const char *body;

	(void)state;
	unit_test_open(t);
	unit_test_begin(t);
	body = unit_test_command(t, "C:0:Test Host Address=a:1\nC: 7 :Test Host Address=a:1\n"
				    "C:8:NONSENSE x\n");
	assert_string_equal(body, "ID=7&Return=0&CMD=Test Host");
	assert_string_equal(strstr(unit_test_expect(t, "/devicecmd"), "ID="),
			    "ID=8&Return=-13&CMD=NONSENSE");
	unit_test_close(t);
}

static void a_c3_drops_the_second_command_and_answers_1(void **state)
{
	struct unit_test *t = unit_test_of("c3-200-plus");

	(void)state;
	unit_test_open(t);
	unit_test_begin(t);
	assert_string_equal(unit_test_command(t,
					      "C:5:CONTROL DEVICE 01010105\nC:6:CONTROL DEVICE "
					      "01020105\n"),
			    "ID=5&Return=1&CMD=CONTROL DEVICE");
	assert_false(panel_lock_released(&t->unit.panel, 2));
	assert_string_equal(unit_test_command(t, "C:7:CONTROL DEVICE 01010100"),
			    "ID=7&Return=-13&CMD=CONTROL DEVICE");
	unit_test_close(t);
}

static void the_index_0_persona_sends_empty_uploads_and_no_index(void **state)
{
	struct unit_test *t = unit_test_of("index-0");

	(void)state;
	unit_test_open(t);
	unit_test_begin(t);
	assert_true(unit_test_seen(t, "\tindex=0") >= 5);
	while (!strstr(unit_test_expect(t, "/iclock/"), "table=rtlog"))
		unit_test_respond(t, "OK");
	assert_string_equal(unit_test_body(t), "");
	unit_test_close(t);
}

static void verify_types_are_modes_until_the_server_agrees_to_factors(void **state)
{
	struct unit_test *t = unit_test_of("bioface-a1");
	const struct panel_attempt a = { .door = 1, .factor = PANEL_FACE, .pin = GH_LIT("1") };

	(void)state;
	unit_test_open(t);
	unit_test_begin(t);
	panel_attempt(&t->unit.panel, &a);
	while (!strstr(unit_test_expect(t, "/iclock/"), "table=rtlog"))
		unit_test_respond(t, "OK");
	assert_non_null(strstr(unit_test_body(t), "\tverifytype=15\t"));
	unit_test_lose(t);
	unit_test_expect(t, "options=all");
	unit_test_respond(t, "registry=ok\nRegistryCode=c\n" UNIT_CONFIGURATION);
	unit_test_expect(t, "/push?");
	unit_test_respond(t, UNIT_CONFIGURATION "\nNewVFStyles=0000111000000010");
	while (!strstr(unit_test_expect(t, "/iclock/"), "table=rtlog"))
		unit_test_respond(t, "OK");
	assert_non_null(strstr(unit_test_body(t), "\tverifytype=0000000000000010\t"));
	unit_test_close(t);
}

static void a_server_that_decides_is_requested_before_anything_else(void **state)
{
	struct unit_test *t = unit_test_of("spec");
	const struct panel_attempt a = { .door = 1,
					 .factor = PANEL_FINGER,
					 .pin = GH_LIT("1") };

	(void)state;
	unit_test_open(t);
	unit_test_begin(t);
	assert_int_equal(
		panel_option_set(&t->unit.panel, GH_LIT("AutoServerFunOn"), GH_LIT("1")),
		GH_OK);
	panel_attempt(&t->unit.panel, &a);
	unit_test_expect(t, "POST /iclock/cdata?SN=T000001&AuthType=device HTTP");
	assert_non_null(strstr(unit_test_body(t), "\tpin=1\tcardno=0\taddrtype=2\teventaddr=1\t"
						  "event=223\tinoutstatus=0\tverifytype=1"));
	assert_false(panel_lock_released(&t->unit.panel, 1));
	unit_test_respond(t, "AUTH=SUCCESS\r\ntime=x\r\nCONTROL DEVICE 01010105\r\nTIPS=Hello");
	assert_true(panel_lock_released(&t->unit.panel, 1));
	assert_int_equal(panel_ring_at(&t->unit.panel.ring, t->unit.panel.ring.next - 1)->event,
			 222);
	unit_test_close(t);
}

static void it_uploads_its_options_where_the_settings_have_it(void **state)
{
	static const struct {
		const char *settings, *part;
	} cases[] = { { UNIT_CONFIGURATION "\nPushOptionsFlag=1", "~DeviceName=EC16,MAC=" },
		      { UNIT_CONFIGURATION "\nPushOptionsFlag=1", ",VoiceModuleType=0," },
		      { UNIT_CONFIGURATION, NULL } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct unit_test *t = unit_test_of("elevator");

		unit_test_open(t);
		unit_test_expect(t, "options=all");
		unit_test_respond(t, "OK");
		unit_test_expect(t, "/registry?");
		unit_test_respond(t, "RegistryCode=c");
		unit_test_expect(t, "/push?");
		unit_test_respond(t, cases[i].settings);
		unit_test_drain(t);
		assert_int_equal(unit_test_seen(t, "&table=options "), cases[i].part != NULL);
		if (cases[i].part)
			assert_int_equal(unit_test_seen(t, cases[i].part), 1);
		unit_test_close(t);
	}
}

static void a_restart_loses_what_is_in_memory_and_keeps_the_events(void **state)
{
	struct unit_test *t = unit_test_of("spec");
	uint32_t events;

	(void)state;
	unit_test_open(t);
	unit_test_begin(t);
	events = t->unit.panel.ring.next;
	assert_string_equal(unit_test_command(t, "C:9:CONTROL DEVICE 03000000"),
			    "ID=9&Return=0&CMD=CONTROL DEVICE");
	unit_test_expect(t, "options=all");
	assert_int_equal(t->statistics.reboots, 1);
	assert_int_equal(t->unit.panel.ring.next, events + 1);
	assert_int_equal(panel_ring_at(&t->unit.panel.ring, events)->event, 206);
	unit_test_close(t);
}

/* --- what both ends agree on (4.4, 4.5, 7.2) --- */

static void a_server_of_another_national_level_is_left(void **state)
{
	static const struct {
		const char *given, *next;
	} cases[] = {
		{ UNIT_CONFIGURATION "\nSvrNSLevel=2", "/getrequest" },
		{ UNIT_CONFIGURATION, "/getrequest" },
		{ UNIT_CONFIGURATION "\nSvrNSLevel=3", "options=all" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct unit_test *t = unit_test_of("speedface-v5l");
		const char *text;

		unit_test_open(t);
		unit_test_expect(t, "options=all");
		unit_test_respond(t, "OK");
		unit_test_expect(t, "/registry?");
		assert_non_null(strstr(unit_test_body(t), ",DevNSLevel=2,"));
		unit_test_respond(t, "RegistryCode=Uy47fxftP3");
		unit_test_expect(t, "/push?");
		unit_test_respond(t, cases[i].given);
		do
			text = unit_test_expect(t, "/iclock/");
		while (!strstr(text, "options=all") && !strstr(text, "/getrequest") &&
		       (unit_test_respond_as_server(t), true));
		if (!strstr(text, cases[i].next))
			fail_msg("case %zu: %s", i, text);
		unit_test_close(t);
	}
}

static void temperatures_are_in_the_unit_of_the_server(void **state)
{
	static const struct {
		const char *own;
		int8_t server;
		bool measures, fahrenheit;
	} cases[] = {
		{ "", -1, false, false }, { "0", -1, true, false }, { "1", -1, true, true },
		{ "1", 0, true, false },  { "0", 1, true, true },
	};
	struct unit_test *t = unit_test_of("speedface-v5l");

	(void)state;
	unit_test_open(t);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct panel_event e = panel_event_of(&t->unit.panel, 0, 1);
		struct unit_event_text text;
		struct access_event out;

		snprintf(e.pin, sizeof(e.pin), "7");
		t->unit.fahrenheit = cases[i].server;
		assert_int_equal(panel_option_set(&t->unit.panel, GH_LIT("IRTempUnit"),
						  gh_slice_of(cases[i].own)),
				 GH_OK);
		unit_event(&t->unit, &e, &out, &text);
		if (!cases[i].measures) {
			assert_true(gh_slice_eq(out.temperature, GH_LIT("255")));
			continue;
		}
		double celsius = atof(text.temperature), shown = atof(text.shown);

		assert_true(celsius >= 36 && celsius < 38);
		assert_true(cases[i].fahrenheit ? shown > 96 && shown < 100 : shown == celsius);
	}
	unit_test_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_registers_configures_and_polls),
		cmocka_unit_test(the_token_is_of_code_serial_number_and_session),
		cmocka_unit_test(a_refused_registration_is_tried_again_after_error_delay),
		cmocka_unit_test(
			registered_by_the_first_reply_it_requests_the_configuration_only),
		cmocka_unit_test(events_without_an_answer_are_sent_again_and_none_is_left_out),
		cmocka_unit_test(states_come_with_a_change_and_in_the_persona_s_rhythm),
		cmocka_unit_test(without_realtime_events_wait_for_interval_or_time),
		cmocka_unit_test(commands_are_answered_in_order_and_id_0_is_not),
		cmocka_unit_test(a_c3_drops_the_second_command_and_answers_1),
		cmocka_unit_test(the_index_0_persona_sends_empty_uploads_and_no_index),
		cmocka_unit_test(verify_types_are_modes_until_the_server_agrees_to_factors),
		cmocka_unit_test(a_server_that_decides_is_requested_before_anything_else),
		cmocka_unit_test(it_uploads_its_options_where_the_settings_have_it),
		cmocka_unit_test(a_restart_loses_what_is_in_memory_and_keeps_the_events),
		cmocka_unit_test(a_server_of_another_national_level_is_left),
		cmocka_unit_test(temperatures_are_in_the_unit_of_the_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

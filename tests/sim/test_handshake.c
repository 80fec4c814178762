/* Handshake, polls, INFO, settings, clock and waits of a simulated device. */
#include "tests.h"

#include "conversation.h"

/* Attendance PUSH 2020-03, 4 and 5. */
static void it_registers_before_all_else_and_again_after_restart_and_check(void **state)
{
	struct conversation t = conversation_of("2.2.14");
	(void)state;

	conversation_open(&t);
	conversation_expect(&t, "GET /iclock/cdata?SN=T000001&options=all");
	conversation_no_response(&t);
	conversation_expect(&t, "options=all");
	conversation_respond(&t, "OK"); /* is no list of options */
	conversation_begin(&t, "");
	conversation_command(&t, "C:1:CHECK\n");
	conversation_expect(&t, "options=all");
	conversation_respond(&t, HANDSHAKE ALL_FLAGS);
	conversation_expect(&t, "table=options");
	conversation_respond(&t, "OK");
	conversation_command(&t, "C:2:REBOOT\n");
	conversation_expect(&t, "options=all");
	assert_int_equal(t.statistics.reboots, 1);
	conversation_respond(&t, HANDSHAKE ALL_FLAGS);
	conversation_expect(&t, "table=options");
	conversation_respond(&t, "OK");
	conversation_expect(&t, "INFO=");
	conversation_close(&t);
}

static void it_names_its_push_version_language_and_comm_key(void **state)
{
	static const struct {
		const char *persona, *line;
	} cases[] = {
		{ "old", "GET /iclock/cdata?SN=T000001&options=all HTTP/1.0\r\n" },
		{ "2.1.1", "GET /iclock/cdata?SN=T000001&options=all&pushver=2.1.1&language=69"
			   "&pushcommkey=s3cret HTTP/1.1\r\n" },
		{ "aspx", "GET /iclock/cdata.aspx?SN=T000001&options=all&pushver=2.2.14"
			  "&language=69&pushcommkey=s3cret HTTP/1.1\r\n" },
		{ "2.4.1", "GET /iclock/cdata?SN=T000001&options=all&pushver=2.4.1&language=69"
			   "&pushcommkey=s3cret HTTP/1.1\r\n" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct conversation t = conversation_of(cases[i].persona);

		t.plan.comm_key = "s3cret";
		conversation_open(&t);
		conversation_expect(&t, cases[i].line);
		assert_int_equal(strncmp(t.text, cases[i].line, strlen(cases[i].line)), 0);
		conversation_close(&t);
	}
}

/* QUIRKS Q1: to the byte. */
static void old_firmware_uses_http_1_0_with_head_and_body_apart(void **state)
{
	struct conversation t = conversation_of("old");
	(void)state;

	conversation_open(&t);
	conversation_expect(&t, "options=all");
	assert_string_equal(t.text, "GET /iclock/cdata?SN=T000001&options=all HTTP/1.0\r\n"
				    "Host: clock.test:8080\r\nUser-Agent: iClock Proxy/1.09\r\n"
				    "Connection: close\r\nAccept: */*\r\n\r\n");
	assert_false(t.request.keep_alive);
	conversation_respond(&t, HANDSHAKE ALL_FLAGS);
	conversation_expect(&t, "INFO=Ver 6.39 Apr 28 2008,4,8,5,"); /* raw blanks: Q3 */
	conversation_respond(&t, "OK");
	conversation_expect(&t, "POST /iclock/cdata?SN=T000001&table=ATTLOG&Stamp=");
	assert_true(t.request.separate);
	assert_null(strstr(t.text, "Content-Type"));
	conversation_close(&t);
}

static void new_firmware_keeps_the_connection_and_names_its_type(void **state)
{
	struct conversation t = conversation_of("2.4.1");
	(void)state;

	conversation_open(&t);
	conversation_begin(&t, "");
	assert_true(t.request.keep_alive);
	assert_non_null(strstr(t.text, "Content-Type: application/push;charset=UTF-8\r\n"));
	assert_non_null(strstr(t.text, "Cookie: token=\r\n"));
	conversation_close(&t);
}

/* QUIRKS Q4: only 200 counts; PUSH SDK 2013, 3.2.3-1: and OK. */
static void it_judges_a_reply_by_status_and_body(void **state)
{
	static const struct {
		int status;
		const char *body;
		bool good;
	} cases[] = {
		{ 200, "OK", true },	  { 200, "OK:5", true },
		{ 200, "OK: 5\n", true }, { 200, "error", false },
		{ 200, "", false },	  { 404, "OK", false },
		{ 201, "OK", false },	  { 302, "OK", false },
		{ 500, "OK", false },	  { 200, "<html>", false },
		{ 401, "", false },	  { 200, "UNKNOWN DEVICE", false },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct conversation t = conversation_of("2.4.1");

		conversation_open(&t);
		conversation_begin(&t, "");
		conversation_expect(&t, "table=ATTLOG");
		conversation_respond_bytes(&t, cases[i].status, "", gh_slice_of(cases[i].body));
		assert_int_equal(t.statistics.stream[STREAM_ATTLOG].acknowledged,
				 cases[i].good ? 5 : 0);
		assert_int_equal(t.statistics.refused, !cases[i].good);
		conversation_close(&t);
	}
}

static void it_waits_error_delay_after_a_failure_and_goes_on_where_it_was(void **state)
{
	struct conversation t = conversation_of("2.2.14");
	int64_t failed;
	(void)state;

	conversation_open(&t);
	conversation_begin(&t, "");
	conversation_expect(&t, "table=ATTLOG");
	conversation_respond(&t, "OK:5");
	for (unsigned i = 0; i < 3; i++) { /* QUIRKS Q22: three tries close together */
		failed = t.now_ms;
		conversation_expect(&t, "table=OPERLOG");
		assert_in_range(t.now_ms - failed, 0, 900);
		conversation_respond(&t, "busy");
	}
	failed = t.now_ms;
	assert_null(conversation_request(&t, 59999));
	conversation_expect(&t, "options=all");
	assert_in_range(t.now_ms - failed, 60000, 60001);
	conversation_respond(&t, HANDSHAKE ALL_FLAGS);
	conversation_expect(&t, "table=options");
	conversation_respond(&t, "OK");
	conversation_expect(&t, "/getrequest");
	conversation_respond(&t, "OK");
	conversation_expect(&t, "table=OPERLOG"); /* not ATTLOG: that is over */
	conversation_close(&t);
}

static void it_polls_every_delay(void **state)
{
	struct conversation t = conversation_of("2.2.14");
	int64_t last;
	(void)state;

	conversation_open(&t);
	conversation_begin(&t, "");
	conversation_drain(&t);
	last = 0;
	for (unsigned i = 0; i < 5; i++) {
		conversation_expect(&t, "/getrequest");
		assert_null(strstr(t.text, "INFO=")); /* nothing changed */
		if (last)
			assert_int_equal(t.now_ms - last, 30000);
		last = t.now_ms;
		conversation_respond(&t, "OK");
	}
	conversation_close(&t);
}

/* QUIRKS Q32: "OK" with a line end parses as an unknown command. */
static void old_firmware_takes_a_terminated_ok_for_an_error(void **state)
{
	struct conversation t = conversation_of("old");
	(void)state;

	conversation_open(&t);
	conversation_begin(&t, "");
	conversation_drain(&t);
	conversation_expect(&t, "/getrequest");
	conversation_respond(&t, "OK\n");
	assert_int_equal(t.statistics.refused, 1);
	conversation_close(&t);
}

/* QUIRKS Q34. */
static void adaptive_firmware_polls_at_once_after_a_command_then_slower(void **state)
{
	static const int64_t gaps[] = { 7000, 13000, 19000, 25000, 30000, 30000 };
	struct conversation t = conversation_of("k40");
	int64_t last;
	(void)state;

	conversation_open(&t);
	conversation_begin(&t, "");
	conversation_command(&t, "C:1:LOG\n");
	conversation_expect(&t, "/getrequest");
	for (size_t i = 0; i < sizeof(gaps) / sizeof(gaps[0]); i++) {
		last = t.now_ms;
		conversation_respond(&t, "OK");
		conversation_expect(&t, "/getrequest");
		assert_int_equal(t.now_ms - last, gaps[i]);
	}
	conversation_close(&t);
}

static void it_sends_info_on_its_first_poll_and_after_changes(void **state)
{
	struct conversation t = conversation_of("2.2.14");
	(void)state;

	conversation_open(&t);
	conversation_begin(&t, "");
	/* firmware, users, fingers, punches, address, algorithms, faces, functions */
	assert_non_null(strstr(t.text,
			       "&INFO=Ver%202.0.12-20150625,4,8,5,192.168.1.201,10,7,15,"
			       "4,111 "));
	conversation_command(&t, "C:1:DATA UPDATE USERINFO PIN=77\tName=New\n");
	conversation_expect(&t, "INFO=Ver%202.0.12-20150625,5,8,5,");
	conversation_respond(&t, "OK");
	conversation_command(&t, "C:2:DATA DELETE USERINFO PIN=1\n");
	conversation_command(&t, "C:3:CLEAR DATA\n");
	conversation_expect(&t, "INFO=Ver%202.0.12-20150625,0,0,0,");
	conversation_close(&t);
}

/* QUIRKS Q20: requested by name, answered in that order, empty where unknown, until a bare OK. */
static void it_sends_the_requested_settings_and_changes_them(void **state)
{
	struct conversation t = conversation_of("senseface");
	(void)state;

	conversation_open(&t);
	conversation_expect(&t, "options=all");
	conversation_respond(&t, HANDSHAKE ALL_FLAGS
			     "PushOptionsFlag=1\nPushOptions=~DeviceName,Nothing,VOLUME\n");
	conversation_expect(&t, "POST /iclock/cdata?SN=T000001&table=options ");
	assert_non_null(
		strstr(t.text, "\r\n\r\n~DeviceName=SenseFace 4A,Nothing=,VOLUME=67\n"));
	conversation_respond(&t, "OK:3");
	conversation_expect(&t, "options=all"); /* that was not OK */
	conversation_respond(&t, HANDSHAKE ALL_FLAGS "PushOptions=VOLUME\n");
	conversation_expect(&t, "\r\n\r\nVOLUME=67\n");
	conversation_respond(&t, "OK");
	conversation_expect(&t, "INFO=");
	conversation_respond(&t, "OK");
	conversation_command(&t, "C:9:SET OPTION VOLUME=11\n");
	conversation_expect(&t, "\r\n\r\nVOLUME=11\n");
	conversation_close(&t);
}

static void it_sends_its_biometric_versions_and_counts(void **state)
{
	struct conversation t = conversation_of("2.4.1");
	(void)state;

	conversation_open(&t);
	conversation_expect(&t, "options=all");
	conversation_respond(&t, HANDSHAKE ALL_FLAGS);
	conversation_expect(&t, "table=options");
	assert_non_null(strstr(t.text, "MultiBioDataSupport=0:0:0:0:0:0:0:0:0:1,"));
	assert_non_null(strstr(t.text, "MultiBioPhotoSupport=0:0:0:0:0:0:0:0:0:1,"));
	assert_non_null(strstr(t.text, "MultiBioVersion=0:10:0:0:0:0:0:0:0:40,"));
	conversation_close(&t);
}

/* QUIRKS Q15, Q16. */
static void it_sets_its_clock_from_date_and_time_zone(void **state)
{
	struct conversation t = conversation_of("2.4.1");
	(void)state;

	t.plan.follow_clock = true;
	t.plan.start_s = 1704096000; /* 2024-01-01 08:00:00 UTC */
	t.plan.punches = 0;
	t.plan.interval_us = 100000000;
	conversation_open(&t);
	t.now_ms = 5000;
	conversation_expect(&t, "options=all");
	conversation_respond_bytes(&t, 200, "Date: Mon, 01 Jan 2024 09:00:05 GMT\r\n",
				   GH_LIT(HANDSHAKE ALL_FLAGS "TimeZone=330\n"));
	/* An hour behind, five and a half hours east. */
	assert_int_equal(sim_device_clock_s(&t.device), 1704096000 + 5 + 3600 + 19800);
	conversation_close(&t);
}

static void without_that_its_clock_follows_from_the_seed_alone(void **state)
{
	struct conversation t = conversation_of("2.4.1");
	(void)state;

	conversation_open(&t);
	conversation_expect(&t, "options=all");
	conversation_respond_bytes(&t, 200, "Date: Mon, 01 Jan 2029 09:00:05 GMT\r\n",
				   GH_LIT(HANDSHAKE ALL_FLAGS "TimeZone=330\n"));
	assert_in_range(sim_device_clock_s(&t.device), 1704096000, 1704096010);
	conversation_close(&t);
}

/* Attendance PUSH 2020-03, 10. */
static void it_keeps_a_long_upload_alive_with_ping(void **state)
{
	struct conversation t = conversation_of("2.4.1");
	unsigned pings = 0, polls = 0;
	(void)state;

	t.plan.users = 400;
	conversation_open(&t);
	conversation_begin(&t, "");
	for (unsigned i = 0; i < 200 && conversation_request(&t, 0); i++) {
		t.now_ms += 5000; /* a slow server */
		pings += strstr(t.text, "GET /iclock/ping?SN=T000001 HTTP/1.1") != NULL;
		polls += strstr(t.text, "/getrequest") != NULL;
		conversation_respond(&t, "OK");
	}
	assert_in_range(pings, 5, 30);
	assert_in_range(polls, pings - 1, pings + 1);
	conversation_close(&t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			it_registers_before_all_else_and_again_after_restart_and_check),
		cmocka_unit_test(it_names_its_push_version_language_and_comm_key),
		cmocka_unit_test(old_firmware_uses_http_1_0_with_head_and_body_apart),
		cmocka_unit_test(new_firmware_keeps_the_connection_and_names_its_type),
		cmocka_unit_test(it_judges_a_reply_by_status_and_body),
		cmocka_unit_test(it_waits_error_delay_after_a_failure_and_goes_on_where_it_was),
		cmocka_unit_test(it_polls_every_delay),
		cmocka_unit_test(old_firmware_takes_a_terminated_ok_for_an_error),
		cmocka_unit_test(adaptive_firmware_polls_at_once_after_a_command_then_slower),
		cmocka_unit_test(it_sends_info_on_its_first_poll_and_after_changes),
		cmocka_unit_test(it_sends_the_requested_settings_and_changes_them),
		cmocka_unit_test(it_sends_its_biometric_versions_and_counts),
		cmocka_unit_test(it_sets_its_clock_from_date_and_time_zone),
		cmocka_unit_test(without_that_its_clock_follows_from_the_seed_alone),
		cmocka_unit_test(it_keeps_a_long_upload_alive_with_ping),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What a simulated device uploads, when, and until when. */
#include "tests.h"

#include "conversation.h"
#include "sim/attendance/calendar.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

static void every_kind_of_record_is_uploaded(void **state)
{
	static const struct {
		const char *persona, *what[12];
	} cases[] = {
		{ "old",
		  { "table=ATTLOG", "\nOPLOG 30\t",
		    "USER PIN=", "\nFP PIN=", "USERPIC PIN=", "table=ATTPHOTO" } },
		{ "2.1.1", { "FACE PIN=", "realupload|uploadphoto" } },
		{ "2.2.14", { "\nFVEIN Pin=", "WORKCODE ", "\nFACE PIN=", "CMD=uploadphoto" } },
		{ "2.4.1",
		  { "table=BIODATA", "BIODATA Pin=", "BIOPHOTO PIN=", "table=ERRORLOG",
		    "\nERRORLOG ErrCode=D01E0001\t",
		    "/iclock/fdata?SN=T000001&table=ATTPHOTO" } },
		{ "idcard", { "table=IDCARD", "IDCARD PIN=", "table=ATTPHOTO" } },
		{ "packed", { "table=OPERLOG&ContentType=tgz&Stamp=" } },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct conversation t = conversation_of(cases[i].persona);
		GString *all = g_string_new("");

		t.plan.photos = 1000;
		conversation_open(&t);
		conversation_begin(&t, "");
		while (conversation_request(&t, 0)) {
			char *bodies = t.text;

			for (size_t k = 0; k < t.text_n; k++) /* photos hold NUL */
				if (bodies[k] == 0)
					bodies[k] = '|';
			g_string_append(all, bodies);
			conversation_respond(&t, "OK");
		}
		for (size_t k = 0; cases[i].what[k]; k++) {
			char first[64];
			const char *other = strchr(cases[i].what[k], '|');

			snprintf(first, sizeof(first), "%.*s",
				 other ? (int)(other - cases[i].what[k]) : 63,
				 cases[i].what[k]);
			if (!strstr(all->str, first) && !(other && strstr(all->str, other + 1)))
				fail_msg("%s never sent %s", cases[i].persona,
					 cases[i].what[k]);
		}
		assert_true(sim_device_idle(&t.device));
		for (enum stream_id s = 0; s < STREAMS; s++)
			assert_int_equal(t.statistics.stream[s].acknowledged,
					 t.statistics.stream[s].sent);
		g_string_free(all, TRUE);
		conversation_close(&t);
	}
}

/* PUSH SDK 2013, 3.2.3-3; Attendance PUSH 2020-03, 11.3 and 11.8. */
static void a_photo_is_a_header_a_nul_and_a_jpeg_alone_in_its_request(void **state)
{
	static const struct {
		const char *persona, *more, *target, *name_end;
		bool base64;
	} cases[] = {
		{ "old", "", "/iclock/cdata?SN=T000001&table=ATTPHOTO&Stamp=", "\n", false },
		{ "2.4.1", "", "/iclock/fdata?SN=T000001&table=ATTPHOTO&Stamp=", ".jpg\n",
		  false },
		{ "2.4.1", "ATTPHOTOBase64=1\n", "/iclock/fdata?", ".jpg\n", true },
		{ "idcard", "", "/iclock/fdata?", ".jpg\n", false },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct conversation t = conversation_of(cases[i].persona);
		unsigned photos = 0;

		t.plan.photos = 1000;
		t.plan.templates = 0;
		conversation_open(&t);
		conversation_begin(&t, cases[i].more);
		while (conversation_request(&t, 0)) {
			const char *body = conversation_body(&t), *content;

			if (strstr(t.text, "table=ATTPHOTO")) {
				photos++;
				assert_non_null(strstr(t.text, cases[i].target));
				assert_int_equal(strncmp(body, "PIN=2024", 8), 0);
				assert_non_null(strstr(body, cases[i].name_end));
				assert_non_null(strstr(body, "\nSN=T000001\nsize="));
				content = body + strlen(body) + 1;
				assert_memory_equal(
					content, cases[i].base64 ? "/9j" : "\xff\xd8\xff", 3);
				if (!strcmp(cases[i].persona, "idcard"))
					assert_int_equal(conversation_count(body, "-"), 3);
			}
			conversation_respond(&t, "OK");
		}
		assert_int_equal(photos, 5);
		conversation_close(&t);
	}
}

/* QUIRKS Q14: which name the stamp has. */
static void without_server_ver_old_firmware_uses_the_old_stamp_names(void **state)
{
	struct conversation t = conversation_of("old");
	unsigned op = 0, photo = 0, attlog = 0;
	(void)state;

	t.plan.photos = 1000;
	conversation_open(&t);
	conversation_expect(&t, "options=all");
	conversation_respond(
		&t, "GET OPTION FROM: x\nStamp=0\nOpStamp=0\nPhotoStamp=0\nRealtime=1\n"
		    "TransFlag=1111111111\n");
	while (conversation_request(&t, 0)) {
		attlog +=
			strstr(t.text, "/iclock/cdata?SN=T000001&table=ATTLOG&Stamp=") != NULL;
		op += strstr(t.text, "/iclock/cdata?SN=T000001&table=OPERLOG&OpStamp=") != NULL;
		photo += strstr(t.text,
				"/iclock/fdata?SN=T000001&table=ATTPHOTO&PhotoStamp=") != NULL;
		conversation_respond(&t, "OK");
	}
	assert_true(attlog == 1 && op > 1 && photo == 5);
	conversation_close(&t);
}

static void it_follows_trans_flag_in_both_forms(void **state)
{
	static const struct {
		const char *flag;
		unsigned attlog, operlog, photos, users, fingers;
	} cases[] = {
		{ "TransFlag=TransData AttLog\n", 5, 0, 0, 0, 0 },
		{ "TransFlag=1000000000\n", 5, 0, 0, 0, 0 },
		{ "TransFlag=TransData OpLog\tEnrollUser\n", 0, 1, 0, 4, 0 },
		{ "TransFlag=0100100000\n", 0, 1, 0, 4, 0 },
		{ "TransFlag=TransData AttLog\tOpLog\tEnrollFP\tAttPhoto\n", 5, 1, 5, 0, 8 },
		{ "TransFlag=1111000000\n", 5, 1, 5, 0, 8 },
		{ "TransFlag=0000000000\n", 0, 0, 5, 0, 0 }, /* photos only, by convention */
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct conversation t = conversation_of("2.1.1");
		char options[512];
		unsigned operlog = 0, users = 0, fingers = 0;

		t.plan.photos = 1000;
		conversation_open(&t);
		conversation_expect(&t, "options=all");
		snprintf(options, sizeof(options), HANDSHAKE "%s", cases[i].flag);
		conversation_respond(&t, options);
		while (conversation_request(&t, 0)) {
			operlog += strstr(t.text, "table=OPERLOG") != NULL;
			users += conversation_count(t.text, "\nUSER PIN=");
			fingers += conversation_count(t.text, "\nFP PIN=");
			conversation_respond(&t, "OK");
		}
		assert_int_equal(t.statistics.stream[STREAM_ATTLOG].acknowledged,
				 cases[i].attlog);
		assert_int_equal(t.statistics.stream[STREAM_ATTPHOTO].acknowledged,
				 cases[i].photos);
		assert_int_equal(operlog > 0, cases[i].operlog);
		assert_int_equal(users, cases[i].users);
		assert_int_equal(fingers, cases[i].fingers);
		conversation_close(&t);
	}
}

static void it_uploads_a_punch_as_it_happens(void **state)
{
	struct conversation t = conversation_of("2.2.14");
	(void)state;

	t.plan.interval_us = 7000000;
	t.plan.users = 0;
	conversation_open(&t);
	conversation_begin(&t, "");
	conversation_drain(&t);
	for (uint32_t i = 0; i < 10; i++) {
		do
			conversation_expect(&t, "T000001");
		while (!strstr(t.text, "table=ATTLOG") &&
		       (conversation_respond(&t, "OK"), true));
		assert_int_equal(
			t.now_ms,
			calendar_due_ms(&t.plan, 0, t.device.cursor[STREAM_ATTLOG].next));
		assert_int_equal(conversation_count(conversation_body(&t), "\n"), 1);
		conversation_respond(&t, "OK");
	}
	conversation_close(&t);
}

static void without_realtime_it_uploads_at_intervals_or_fixed_times(void **state)
{
	static const struct {
		const char *more;
		int64_t every_ms;
	} cases[] = {
		{ "Realtime=0\nTransInterval=5\n", 300000 },
		/* The device's clock shows 08:00 at the start. */
		{ "Realtime=0\nTransInterval=0\nTransTimes=00:00;08:10\n", 600000 },
		{ "Realtime=0\nTransInterval=5\nTransTimes=08:10\n", 300000 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct conversation t = conversation_of("2.2.14");

		t.plan.users = 0;
		conversation_open(&t);
		conversation_begin(&t, cases[i].more);
		while (conversation_request(&t, 900000) && !strstr(t.text, "table=ATTLOG"))
			conversation_respond(&t, "OK");
		assert_in_range(t.now_ms, cases[i].every_ms, cases[i].every_ms + 1000);
		conversation_close(&t);
	}
}

static void log_sends_what_waits_at_once(void **state)
{
	struct conversation t = conversation_of("2.2.14");
	(void)state;

	conversation_open(&t);
	conversation_begin(&t, "Realtime=0\nTransInterval=60\n");
	assert_int_equal(t.statistics.stream[STREAM_ATTLOG].sent, 0);
	conversation_command(&t, "C:1:LOG\n");
	conversation_expect(&t, "table=ATTLOG");
	conversation_close(&t);
}

/* Begin again after a failure, with these options. */
static void handshake_again(struct conversation *t, const char *options)
{
	while (conversation_request(t, 200000) && !strstr(t->text, "options=all"))
		conversation_no_response(t);
	conversation_respond(t, options);
}

static void stamp_0_makes_it_upload_everything_again(void **state)
{
	struct conversation t = conversation_of("2.4.1");
	(void)state;

	conversation_open(&t);
	conversation_begin(&t, "");
	conversation_drain(&t);
	handshake_again(&t, HANDSHAKE ALL_FLAGS
			"ATTLOGStamp=781234567\n"); /* new firmware goes its own way */
	conversation_drain(&t);
	assert_int_equal(t.statistics.stream[STREAM_ATTLOG].sent, 5);
	handshake_again(&t, HANDSHAKE ALL_FLAGS "ATTLOGStamp=0\n");
	conversation_drain(&t);
	assert_int_equal(t.statistics.stream[STREAM_ATTLOG].sent, 10);
	assert_int_equal(t.statistics.stream[STREAM_ATTLOG].acknowledged, 5);
	assert_int_equal(t.statistics.stream[STREAM_ATTLOG].repeated, 5);
	conversation_close(&t);
}

/* QUIRKS Q23: older firmware reads everything newer than the stamp it is given. */
static void old_firmware_goes_on_after_the_stamp_of_the_handshake(void **state)
{
	struct conversation t = conversation_of("2.1.1");
	char options[512];
	uint64_t third;
	(void)state;

	conversation_open(&t);
	third = calendar_stamp(calendar_punch_s(&t.plan, 0, 2));
	conversation_begin(&t, "");
	conversation_expect(&t, "table=ATTLOG");
	assert_int_equal(conversation_count(conversation_body(&t), "\n"), 5);
	conversation_no_response(&t);
	snprintf(options, sizeof(options), HANDSHAKE ALL_FLAGS "ATTLOGStamp=%llu\n",
		 (unsigned long long)third);
	handshake_again(&t, options);
	/* The three up to it were sent, and the server reports that it has them. */
	assert_int_equal(t.statistics.stream[STREAM_ATTLOG].by_stamp, 3);
	assert_int_equal(t.statistics.stream[STREAM_ATTLOG].acknowledged, 3);
	conversation_expect(&t, "/getrequest");
	conversation_respond(&t, "OK");
	conversation_expect(&t, "table=ATTLOG");
	assert_int_equal(conversation_count(conversation_body(&t), "\n"), 2);
	conversation_respond(&t, "OK");
	handshake_again(&t,
			HANDSHAKE ALL_FLAGS "ATTLOGStamp=9999\n"); /* long ago: everything */
	conversation_drain(&t);
	assert_int_equal(t.statistics.stream[STREAM_ATTLOG].repeated, 5);
	conversation_close(&t);
}

static void a_stamp_of_another_log_neither_skips_nor_acknowledges_anything(void **state)
{
	static const int64_t after_last[] = { 1, 100000000 };
	char options[512];
	(void)state;

	for (size_t i = 0; i < 2; i++) {
		struct conversation t = conversation_of("2.1.1");
		uint64_t stamp;

		conversation_open(&t);
		stamp = calendar_stamp(calendar_punch_s(&t.plan, 0, 4) + after_last[i]);
		snprintf(options, sizeof(options), "ATTLOGStamp=%llu\n",
			 (unsigned long long)stamp);
		conversation_begin(&t, options);
		conversation_expect(&t, "table=ATTLOG");
		assert_int_equal(conversation_count(conversation_body(&t), "\n"), 5);
		assert_int_equal(t.statistics.stream[STREAM_ATTLOG].acknowledged, 0);
		conversation_close(&t);
	}
}

/* A second run with the same seed: all is there already, but not by this run's doing. */
static void what_the_server_had_from_before_is_skipped_and_not_called_acknowledged(void **state)
{
	struct conversation t = conversation_of("2.1.1");
	char options[128];
	(void)state;

	conversation_open(&t);
	snprintf(options, sizeof(options), "ATTLOGStamp=%llu\n",
		 (unsigned long long)calendar_stamp(calendar_punch_s(&t.plan, 0, 4)));
	conversation_begin(&t, options);
	conversation_drain(&t);
	assert_int_equal(t.statistics.stream[STREAM_ATTLOG].sent, 0);
	assert_int_equal(t.statistics.stream[STREAM_ATTLOG].acknowledged, 0);
	assert_int_equal(t.statistics.stream[STREAM_ATTLOG].skipped, 5);
	conversation_close(&t);
}

static void what_the_server_leaves_out_is_as_the_device_is_made(void **state)
{
	struct conversation t = conversation_of("2.2.14");
	(void)state;

	conversation_open(&t);
	conversation_expect(&t, "options=all");
	conversation_respond(&t, "ServerVer=1\n"); /* no TransFlag, no Realtime, no delays */
	conversation_drain(&t);
	assert_int_equal(t.statistics.stream[STREAM_ATTLOG].acknowledged, 5);
	assert_true(t.statistics.stream[STREAM_OPERLOG].acknowledged > 4);
	conversation_close(&t);
}

static void echoing_firmware_sends_back_the_stamp_it_was_given(void **state)
{
	struct conversation t = conversation_of("senseface");
	(void)state;

	conversation_open(&t);
	conversation_begin(&t, "ATTLOGStamp=9999\n");
	conversation_expect(&t, "table=ATTLOG&Stamp=9999 ");
	conversation_close(&t);
}

static void nothing_counts_as_safe_before_it_is_acknowledged(void **state)
{
	struct conversation t = conversation_of("2.2.14");
	char first[4096];
	(void)state;

	conversation_open(&t);
	conversation_begin(&t, "");
	conversation_expect(&t, "table=ATTLOG");
	snprintf(first, sizeof(first), "%s", t.text);
	conversation_no_response(&t);
	assert_int_equal(t.statistics.stream[STREAM_ATTLOG].acknowledged, 0);
	conversation_expect(&t, "table=ATTLOG");
	assert_string_equal(t.text, first); /* to the byte */
	conversation_respond_bytes(&t, 503, "", GH_LIT("OK"));
	assert_int_equal(t.statistics.stream[STREAM_ATTLOG].acknowledged, 0);
	conversation_expect(&t, "table=ATTLOG");
	conversation_respond(&t, "OK:5");
	assert_int_equal(t.statistics.stream[STREAM_ATTLOG].acknowledged, 5);
	assert_int_equal(t.statistics.stream[STREAM_ATTLOG].sent, 15);
	conversation_close(&t);
}

/* QUIRKS Q22. */
static void uploads_get_smaller_after_failures(void **state)
{
	struct conversation t = conversation_of("2.2.14");
	unsigned first, later;
	(void)state;

	t.plan.punches = 1000;
	conversation_open(&t);
	conversation_begin(&t, "");
	conversation_expect(&t, "table=ATTLOG");
	first = conversation_count(conversation_body(&t), "\n");
	conversation_no_response(&t);
	conversation_expect(&t, "table=ATTLOG");
	later = conversation_count(conversation_body(&t), "\n");
	assert_int_equal(first, 100);
	assert_int_equal(later, 70);
	conversation_respond(&t, "OK");
	conversation_expect(&t, "table=ATTLOG");
	assert_int_equal(conversation_count(conversation_body(&t), "\n"), 80);
	conversation_close(&t);
}

/* --- people who are not on the device --- */

static void it_requests_an_unknown_person_and_stores_the_answer(void **state)
{
	static const struct {
		const char *persona, *target;
	} cases[] = {
		{ "old", "GET /iclock/cdata?SN=T000001&PIN=90" },
		{ "2.2.14", "GET /iclock/cdata?SN=T000001&table=RemoteAtt&PIN=90" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct conversation t = conversation_of(cases[i].persona);

		t.plan.interval_us = 1000000;
		conversation_open(&t);
		conversation_begin(&t, "");
		while (conversation_request(&t, 60000) && !strstr(t.text, cases[i].target)) {
			assert_true(t.now_ms < 600000);
			conversation_respond(&t, "OK");
		}
		assert_in_range(t.request.timeout_ms, 1, 3000); /* QUIRKS Q30 */
		conversation_respond(&t, "DATA UPDATE USERINFO PIN=900001\tName=Guest\n"
					 "DATA FP PIN=900001\tFID=0\tValid=1\tTMP=AAAA\n");
		assert_int_equal(t.statistics.people_received, 1);
		assert_non_null(sim_contents_get(&t.device.contents, TABLE_USERINFO,
						 GH_LIT("PIN=900001")));
		assert_non_null(sim_contents_get(&t.device.contents, TABLE_FINGERTMP,
						 GH_LIT("PIN=900001\tFID=0")));
		conversation_close(&t);
	}
}

static void it_lets_the_server_judge_a_finger_and_goes_on_without_a_verdict(void **state)
{
	struct conversation t = conversation_of("k40");
	(void)state;

	t.plan.interval_us = 1000000;
	conversation_open(&t);
	conversation_begin(&t, "");
	while (conversation_request(&t, 60000) && !strstr(t.text, "&AuthType=FP HTTP")) {
		assert_true(t.now_ms < 600000);
		conversation_respond(&t, "OK");
	}
	assert_int_equal(strncmp(conversation_body(&t), "PIN=", 4), 0);
	assert_non_null(strstr(conversation_body(&t), "\tTMP=Sgh"));
	conversation_no_response(&t);
	conversation_expect(&t, "SN=T000001"); /* no waiting: the person has gone */
	assert_null(strstr(t.text, "options=all"));
	conversation_close(&t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_record_is_uploaded),
		cmocka_unit_test(a_photo_is_a_header_a_nul_and_a_jpeg_alone_in_its_request),
		cmocka_unit_test(without_server_ver_old_firmware_uses_the_old_stamp_names),
		cmocka_unit_test(it_follows_trans_flag_in_both_forms),
		cmocka_unit_test(it_uploads_a_punch_as_it_happens),
		cmocka_unit_test(without_realtime_it_uploads_at_intervals_or_fixed_times),
		cmocka_unit_test(log_sends_what_waits_at_once),
		cmocka_unit_test(stamp_0_makes_it_upload_everything_again),
		cmocka_unit_test(old_firmware_goes_on_after_the_stamp_of_the_handshake),
		cmocka_unit_test(
			a_stamp_of_another_log_neither_skips_nor_acknowledges_anything),
		cmocka_unit_test(
			what_the_server_had_from_before_is_skipped_and_not_called_acknowledged),
		cmocka_unit_test(what_the_server_leaves_out_is_as_the_device_is_made),
		cmocka_unit_test(echoing_firmware_sends_back_the_stamp_it_was_given),
		cmocka_unit_test(nothing_counts_as_safe_before_it_is_acknowledged),
		cmocka_unit_test(uploads_get_smaller_after_failures),
		cmocka_unit_test(it_requests_an_unknown_person_and_stores_the_answer),
		cmocka_unit_test(
			it_lets_the_server_judge_a_finger_and_goes_on_without_a_verdict),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

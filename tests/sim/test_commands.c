/* Commands as a simulated device carries them out, and what it answers. */
#include "tests.h"

#include "conversation.h"
#include "sim/attendance/pack.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

/* In the order of the table, on one device. */
static void each_command_has_its_documented_answer(void **state)
{
	static const struct {
		const char *command, *answer;
	} cases[] = {
		{ "DATA UPDATE USERINFO PIN=77\tName=A b\tPri=14", "Return=0&CMD=DATA\n" },
		{ "DATA UPDATE USERINFO Name=nobody", "Return=-1&CMD=DATA\n" },
		{ "DATA UPDATE FINGERTMP PIN=77\tFID=1\tSize=8\tValid=1\tTMP=QUFBQUE=",
		  "Return=0&CMD=DATA\n" },
		{ "DATA UPDATE FINGERTMP PIN=77\tFID=1\tTMP=QUFB", "Return=0&CMD=DATA\n" },
		{ "DATA UPDATE FINGERTMP PIN=77\tFID=1\tSize=7\tTMP=QUFB",
		  "Return=-9&CMD=DATA\n" },
		{ "DATA UPDATE FINGERTMP PIN=78\tFID=1\tTMP=QUFB", "Return=-10&CMD=DATA\n" },
		{ "DATA UPDATE FINGERTMP PIN=77\tFID=1\tTMP=**", "Return=-11&CMD=DATA\n" },
		{ "DATA FP PIN=77\tFID=2\tTMP=QUFB", "Return=0&CMD=DATA\n" },
		{ "DATA USER PIN=79\tName=C", "Return=0&CMD=DATA\n" },
		{ "DATA UPDATE FACE PIN=77\tFID=0\tSIZE=4\tVAILD=1\tTMP=QUFB",
		  "Return=0&CMD=DATA\n" },
		{ "DATA UPDATE FVEIN Pin=77\tFID=0\tIndex=0\tValid=1\tSize=4\tTmp=QUFB",
		  "Return=0&CMD=DATA\n" },
		{ "DATA UPDATE BIODATA Pin=77\tNo=0\tIndex=0\tType=9\tTmp=QUFB",
		  "Return=-1002&CMD=DATA\n" }, /* this one has no unified templates */
		{ "DATA UPDATE USERPIC PIN=77\tSize=4\tContent=QUFB\t", "Return=0&CMD=DATA\n" },
		{ "DATA UPDATE USERPIC PIN=77\tSize=5\tContent=QUFB", "Return=-2&CMD=DATA\n" },
		{ "DATA UPDATE SMS MSG=Hello\tTAG=253\tUID=2\tMIN=60\tStartTime=2024-01-01 "
		  "00:00:00",
		  "Return=0&CMD=DATA\n" },
		{ "DATA UPDATE USER_SMS PIN=77\tUID=2", "Return=0&CMD=DATA\n" },
		{ "DATA UPDATE WORKCODE PIN=1\tCODE=9\tNAME=Nine", "Return=0&CMD=DATA\n" },
		{ "DATA UPDATE ShortcutKey KeyID=1\tKeyFun=2", "Return=0&CMD=DATA\n" },
		{ "DATA UPDATE AccGroup ID=1\tVerify=0\tValidHoliday=0\tTZ=1;1;0",
		  "Return=0&CMD=DATA\n" },
		{ "DATA UPDATE AccTimeZone UID=1\tSunStart=0000", "Return=0&CMD=DATA\n" },
		{ "DATA UPDATE AccHoliday UID=1\tHolidayName=X", "Return=0&CMD=DATA\n" },
		{ "DATA UPDATE AccUnLockComb UID=1\tGroup1=1", "Return=0&CMD=DATA\n" },
		{ "DATA UPDATE ADPIC Index=1\tSize=4\tExtension=jpg\tContent=QUFB",
		  "Return=0&CMD=DATA\n" },
		{ "DATA UPDATE NOTHING A=1", "Return=-1002&CMD=DATA\n" },
		{ "DATA DELETE SMS UID=2\t", "Return=0&CMD=DATA\n" },
		{ "DATA DELETE WORKCODE CODE=9", "Return=0&CMD=DATA\n" },
		{ "DATA DELETE FINGERTMP PIN=77", "Return=0&CMD=DATA\n" },
		{ "DATA DELETE USERINFO PIN=", "Return=-1&CMD=DATA\n" },
		{ "DATA QUERY NOTHING", "Return=-1002&CMD=DATA\n" },
		{ "DATA QUERY ATTLOG StartTime=x\tEndTime=y", "Return=-1&CMD=DATA\n" },
		{ "CLEAR PHOTO", "Return=0&CMD=CLEAR_PHOTO\n" },
		{ "CLEAR BIODATA", "Return=0&CMD=CLEAR_BIODATA\n" },
		{ "LOG", "Return=0&CMD=LOG\n" },
		{ "VERIFY SUM ATTLOG StartTime=2000-01-01 00:00:00\tEndTime=2030-01-01 "
		  "00:00:00",
		  "Return=0&CMD=VERIFY SUM&StartTime=2000-01-01 00:00:00&EndTime=2030-01-01 "
		  "00:00:00&AttlogSum=5\n" },
		{ "VERIFY SUM ATTLOG StartTime=2030-01-01 00:00:00\tEndTime=2031-01-01 "
		  "00:00:00",
		  "Return=0&CMD=VERIFY SUM&StartTime=2030-01-01 00:00:00&EndTime=2031-01-01 "
		  "00:00:00&AttlogSum=0\n" },
		{ "VERIFY SUM ATTLOG", "Return=-1&CMD=VERIFY SUM\n" },
		{ "ACCOUNT Start=2000-01-01\tEnd=2030-01-01\tCount=5",
		  "Return=5&CMD=ACCOUNT\n" },
		{ "SET OPTION VOLUME=3", "Return=0&CMD=SET OPTION\n" },
		{ "SET OPTION VOLUME", "Return=-1&CMD=SET OPTION\n" },
		{ "RELOAD OPTIONS", "Return=0&CMD=RELOAD OPTIONS\n" },
		{ "ENROLL_FP PIN=77\tFID=5\tRETRY=3\tOVERWRITE=0", "Return=0&CMD=ENROLL_FP\n" },
		{ "ENROLL_FP PIN=77\tFID=5\tRETRY=3\tOVERWRITE=0", "Return=2&CMD=ENROLL_FP\n" },
		{ "ENROLL_FP PIN=77\tFID=5\tRETRY=3\tOVERWRITE=1", "Return=0&CMD=ENROLL_FP\n" },
		{ "ENROLL_FP PIN=404\tFID=5", "Return=-10&CMD=ENROLL_FP\n" },
		{ "ENROLL_FP FID=5", "Return=-1&CMD=ENROLL_FP\n" },
		{ "ENROLL_BIO TYPE=9\tPIN=77\tCardNo=\tRETRY=1\tOVERWRITE=1",
		  "Return=-1002&CMD=ENROLL_BIO\n" },
		{ "ENROLL_MF PIN=77\tRETRY=1", "Return=0&CMD=ENROLL_MF\n" },
		{ "AC_UNLOCK", "Return=0&CMD=AC_UNLOCK\n" },
		{ "AC_UNALARM", "Return=0&CMD=AC_UNALARM\n" },
		{ "GetFile /etc/passwd", "Return=-3&CMD=GetFile\n" },
		{ "SHELL", "Return=-1&CMD=Shell\n" },
		{ "UPGRADE nothing", "Return=-1&CMD=UPGRADE\n" },
		{ "FROBNICATE now", "Return=-1002&CMD=FROBNICATE\n" },
		{ "LOGBOOK", "Return=-1002&CMD=LOGBOOK\n" },
	};
	struct conversation t = conversation_of("2.2.14");
	(void)state;

	conversation_open(&t);
	conversation_begin(&t, "");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char line[512], expected[512];
		const char *answer;

		snprintf(line, sizeof(line), "C:%zu:%s\n", 100 + i, cases[i].command);
		snprintf(expected, sizeof(expected), "ID=%zu&%s", 100 + i, cases[i].answer);
		answer = conversation_command(&t, line);
		if (strcmp(answer, expected))
			fail_msg("%s: %s instead of %s", cases[i].command, answer, expected);
	}
	conversation_close(&t);
}

static void commands_are_carried_out_in_order_and_each_is_answered_by_its_id(void **state)
{
	struct conversation t = conversation_of("2.2.14");
	const char *answer;
	(void)state;

	conversation_open(&t);
	conversation_begin(&t, "");
	answer = conversation_command(&t, "C:a1:DATA UPDATE USERINFO PIN=90\n"
					  "C:7:DATA UPDATE FINGERTMP PIN=90\tFID=0\tTMP=QUFB\n"
					  "C:8:DATA DELETE USERINFO PIN=90\r\n"
					  "C:9:DATA UPDATE FINGERTMP PIN=90\tFID=0\tTMP=QUFB");
	assert_string_equal(answer, "ID=a1&Return=0&CMD=DATA\nID=7&Return=0&CMD=DATA\n"
				    "ID=8&Return=0&CMD=DATA\nID=9&Return=-10&CMD=DATA\n");
	assert_int_equal(t.statistics.results_acknowledged, 4);
	conversation_close(&t);
}

/* QUIRKS Q32. */
static void old_firmware_never_carries_out_a_last_line_without_its_end(void **state)
{
	struct conversation t = conversation_of("old");
	(void)state;

	conversation_open(&t);
	conversation_begin(&t, "");
	assert_string_equal(conversation_command(&t, "C:1:LOG\nC:2:LOG"),
			    "ID=1&SN=T000001&Return=0&CMD=LOG\n");
	conversation_close(&t);
}

static void what_follows_reboot_is_ignored(void **state)
{
	struct conversation t = conversation_of("2.2.14");
	(void)state;

	conversation_open(&t);
	conversation_begin(&t, "");
	assert_string_equal(conversation_command(&t, "C:1:REBOOT\nC:2:CLEAR LOG\n"),
			    "ID=1&Return=0&CMD=REBOOT\n");
	conversation_expect(&t, "options=all");
	assert_int_equal(t.device.cursor[STREAM_ATTLOG].first, 0);
	conversation_close(&t);
}

/* QUIRKS Q5. */
static void results_are_sent_until_they_are_accepted(void **state)
{
	struct conversation t = conversation_of("old");
	(void)state;

	conversation_open(&t);
	conversation_begin(&t, "");
	conversation_drain(&t);
	conversation_expect(&t, "/getrequest");
	conversation_respond(&t, "C:5:LOG\n");
	conversation_expect(&t, "ID=5&SN=T000001&Return=0&CMD=LOG\n");
	conversation_respond_bytes(&t, 200, "Content-Type: text/html\r\n", GH_LIT("OK"));
	conversation_expect(&t, "options=all");
	conversation_respond(&t, HANDSHAKE ALL_FLAGS);
	conversation_expect(&t, "ID=5&SN=T000001&Return=0&CMD=LOG\n");
	conversation_respond(&t, "OK");
	conversation_expect(&t, "/getrequest");
	assert_int_equal(t.statistics.results_acknowledged, 1);
	conversation_close(&t);
}

static void old_firmware_answers_clear_and_reload_without_cmd(void **state)
{
	struct conversation t = conversation_of("2.1.1");
	(void)state;

	conversation_open(&t);
	conversation_begin(&t, "");
	assert_string_equal(
		conversation_command(&t, "C:1:CLEAR LOG\nC:2:RELOAD OPTIONS\nC:3:AC_UNLOCK\n"),
		"ID=1&Return=0\nID=2&Return=0\nID=3&Return=0&CMD=LOG\n");
	conversation_close(&t);
}

static void info_is_answered_with_the_settings_behind_it(void **state)
{
	struct conversation t = conversation_of("2.4.1");
	const char *answer;
	(void)state;

	conversation_open(&t);
	conversation_begin(&t, "");
	answer = conversation_command(&t, "C:1:INFO\n");
	assert_int_equal(strncmp(answer, "ID=1&Return=0&CMD=INFO\n~SerialNumber=T000001\n", 45),
			 0);
	assert_non_null(strstr(answer, "\nUserCount=4\n"));
	assert_non_null(strstr(answer, "\nTransactionCount=5\n"));
	conversation_close(&t);
}

/* PUSH SDK 2013, 3.2.4-1, 13. */
static void shell_and_getfile_answer_in_blocks(void **state)
{
	struct conversation t = conversation_of("2.2.14");
	const char *answer;
	(void)state;

	conversation_open(&t);
	conversation_begin(&t, "");
	answer = conversation_command(&t, "C:1:SHELL uname\n");
	assert_string_equal(answer, "ID=1\nSN=T000001\nReturn=0\nCMD=Shell\n"
				    "FILENAME=shellout.txt\nContent=Linux\n");
	answer = conversation_command(&t, "C:2:SHELL rm -rf /\n");
	assert_non_null(strstr(answer, "Return=127\n"));
	answer = conversation_command(&t, "C:3:GetFile options.cfg\n");
	assert_int_equal(strncmp(answer,
				 "ID=3\nSN=T000001\nFILENAME=options.cfg\nCMD=GetFile\n"
				 "Return=",
				 55),
			 0);
	assert_non_null(strstr(answer, "\nContent=~SerialNumber=T000001\n"));
	conversation_close(&t);
}

/* PUSH SDK 2013, 3.2.4-7 sub 9. */
static void a_query_is_uploaded_under_stamp_0_and_then_answered(void **state)
{
	static const struct {
		const char *command, *target, *line;
		unsigned lines;
	} cases[] = {
		{ "DATA QUERY ATTLOG StartTime=2000-01-01 00:00:00\tEndTime=2030-01-01 "
		  "00:00:00",
		  "&table=ATTLOG&Stamp=0 ", "\t2024-01-01 ", 5 },
		{ "DATA QUERY USERINFO PIN=2", "&table=OPERLOG&Stamp=0 ", "USER PIN=2\t", 1 },
		{ "DATA QUERY USERINFO", "&table=OPERLOG&Stamp=0 ", "USER PIN=", 4 },
		{ "DATA QUERY FINGERTMP PIN=2", "&table=OPERLOG&Stamp=0 ", "FP PIN=2\t", 2 },
		{ "DATA QUERY FINGERTMP PIN=2\tFingerID=6", "&table=OPERLOG&Stamp=0 ",
		  "FP PIN=2\tFID=6\t", 1 },
		{ "DATA QUERY BIODATA Type=9", "&table=BIODATA&Stamp=0 ", "BIODATA Pin=", 4 },
		{ "DATA QUERY BIODATA Type=9\tPIN=3", "&table=BIODATA&Stamp=0 ",
		  "BIODATA Pin=3\t", 1 },
		{ "DATA QUERY ATTPHOTO StartTime=2000-01-01 00:00:00\tEndTime=2030-01-01 "
		  "00:00:00",
		  "&table=ATTPHOTO&Stamp=0 ", "PIN=2024", 1 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct conversation t = conversation_of("2.4.1");
		char line[256];
		unsigned lines = 0;

		t.plan.photos = i + 1 == sizeof(cases) / sizeof(cases[0]) ? 1000 : 0;
		conversation_open(&t);
		conversation_begin(&t, "");
		conversation_drain(&t);
		snprintf(line, sizeof(line), "C:4:%s\n", cases[i].command);
		conversation_expect(&t, "/getrequest");
		conversation_respond(&t, line);
		conversation_expect(&t, cases[i].target);
		do {
			const char *at = strstr(t.text, "\r\n\r\n");

			for (; (at = strstr(at, cases[i].line)); at++)
				lines++;
			conversation_respond(&t, "OK");
			conversation_expect(&t, "T000001");
		} while (strstr(t.text, "Stamp=0 "));
		assert_in_range(lines, cases[i].lines, 5);
		assert_non_null(strstr(t.text, "ID=4&Return=0&CMD=DATA\n"));
		conversation_close(&t);
	}
}

static void a_query_whose_upload_is_refused_is_not_answered_yet(void **state)
{
	struct conversation t = conversation_of("2.2.14");
	(void)state;

	conversation_open(&t);
	conversation_begin(&t, "");
	conversation_drain(&t);
	conversation_expect(&t, "/getrequest");
	conversation_respond(&t, "C:4:DATA QUERY USERINFO\n");
	for (unsigned i = 0; i < 3; i++) {
		conversation_expect(&t, "&table=OPERLOG&Stamp=0 ");
		conversation_respond(&t, "no");
	}
	conversation_expect(&t, "options=all");
	conversation_respond(&t, HANDSHAKE ALL_FLAGS);
	conversation_expect(&t, "&table=OPERLOG&Stamp=0 ");
	conversation_respond(&t, "OK:4");
	conversation_expect(&t, "ID=4&Return=0&CMD=DATA\n");
	conversation_close(&t);
}

static void the_state_of_the_device_really_changes(void **state)
{
	struct conversation t = conversation_of("2.2.14");
	(void)state;

	conversation_open(&t);
	conversation_begin(&t, "");
	conversation_command(
		&t, "C:1:DATA UPDATE USERINFO PIN=2\tName=Other\tPri=0\n"
		    "C:2:DATA DELETE USERINFO PIN=3\nC:3:DATA DELETE FINGERTMP PIN=4\tFID=6\n");
	conversation_expect(&t, "INFO=Ver%202.0.12-20150625,3,5,5,");
	conversation_respond(&t, "C:4:DATA QUERY USERINFO\n");
	conversation_expect(&t, "&table=OPERLOG&Stamp=0 ");
	assert_non_null(strstr(t.text, "USER PIN=1\t"));
	assert_null(strstr(t.text, "USER PIN=3\t"));
	assert_non_null(strstr(t.text, "USER PIN=2\tName=Other\tPri=0\n"));
	conversation_respond(&t, "OK");
	conversation_expect(&t, "ID=4");
	conversation_respond(&t, "OK");
	/* Stamp 0: what is gone stays gone. */
	t.device.cursor[STREAM_OPERLOG].next = 0;
	while (conversation_request(&t, 0)) {
		assert_null(strstr(t.text, "\nFP PIN=3\t"));
		assert_null(strstr(t.text, "\nFP PIN=4\tFID=6\t"));
		conversation_respond(&t, "OK");
	}
	conversation_close(&t);
}

static void clear_log_empties_the_log_and_clear_data_everything(void **state)
{
	struct conversation t = conversation_of("2.2.14");
	(void)state;

	t.plan.interval_us = 40000000;
	conversation_open(&t);
	conversation_begin(&t, "");
	conversation_command(&t, "C:1:CLEAR LOG\n");
	assert_non_null(
		strstr(conversation_command(&t, "C:2:VERIFY SUM ATTLOG StartTime=2000-01-01 "
						"00:00:00\tEndTime=2030-01-01 00:00:00\n"),
		       "&AttlogSum="));
	assert_true(t.device.cursor[STREAM_ATTLOG].first >= 5);
	conversation_command(&t, "C:3:CLEAR DATA\n");
	conversation_expect(&t, "INFO=Ver%202.0.12-20150625,0,0,0,");
	conversation_close(&t);
}

static void account_and_sync_send_again_what_the_server_lacks(void **state)
{
	struct conversation t = conversation_of("2.2.14");
	(void)state;

	conversation_open(&t);
	conversation_begin(&t, "");
	conversation_drain(&t);
	conversation_expect(&t, "/getrequest");
	conversation_respond(
		&t, "C:1:ACCOUNT Start=2000-01-01\tEnd=2030-01-01\tCount=3\nC:2:SYNC\n");
	conversation_expect(&t, "table=ATTLOG&Stamp=0 ");
	conversation_respond(&t, "OK");
	conversation_expect(&t, "table=OPERLOG&Stamp=0 ");
	conversation_respond(&t, "OK");
	conversation_expect(&t, "ID=1&Return=5&CMD=ACCOUNT\nID=2&Return=4&CMD=SYNC\n");
	conversation_close(&t);
}

static void what_is_enrolled_on_command_is_uploaded(void **state)
{
	struct conversation t = conversation_of("2.4.1");
	bool finger = false, face = false, log = false;
	(void)state;

	conversation_open(&t);
	conversation_begin(&t, "");
	conversation_command(&t,
			     "C:1:ENROLL_FP PIN=2\tFID=3\tRETRY=3\tOVERWRITE=1\n"
			     "C:2:ENROLL_BIO TYPE=9\tPIN=2\tCardNo=\tRETRY=3\tOVERWRITE=1\n");
	for (unsigned i = 0; i < 200 && conversation_request(&t, 40000); i++) {
		finger |= strstr(t.text, "FP PIN=2\tFID=3\tSize=") != NULL;
		face |= strstr(t.text, "BIODATA Pin=2\tNo=0\tIndex=0\t") != NULL;
		log |= strstr(t.text, "OPLOG 6\t0\t2024-01-01 08:00:04\t2\t0\t0\t0\n") != NULL;
		conversation_respond(&t, "OK");
		if (finger && face && log)
			break;
	}
	assert_true(finger && face && log);
	conversation_close(&t);
}

/* Attendance PUSH 2020-03, 12.1.1.8. */
static void the_template_of_a_comparison_photo_is_sent_back(void **state)
{
	struct conversation t = conversation_of("2.4.1");
	(void)state;

	conversation_open(&t);
	conversation_begin(&t, "");
	conversation_command(
		&t, "C:1:DATA UPDATE BIOPHOTO PIN=2\tType=9\tSize=4\tContent=QUFB\tFormat=0\t"
		    "PostBackTmpFlag=1\n");
	while (conversation_request(&t, 0) && !strstr(t.text, "BIODATA Pin=2\t"))
		conversation_respond(&t, "OK");
	assert_non_null(strstr(t.text, "\tType=9\tMajorVer=40\t"));
	conversation_close(&t);
}

/* Attendance PUSH 2020-03, 11.16: the command it came by is named. */
static void a_picture_that_is_none_is_reported_in_the_error_log(void **state)
{
	struct conversation t = conversation_of("2.4.1");
	(void)state;

	conversation_open(&t);
	conversation_begin(&t, "");
	assert_string_equal(
		conversation_command(&t, "C:31:DATA UPDATE BIOPHOTO PIN=2\tType=9\tSize=2\t"
					 "Content=**\n"),
		"ID=31&Return=-11&CMD=DATA\n");
	while (conversation_request(&t, 0) && !strstr(t.text, "\tCmdId=31\t"))
		conversation_respond(&t, "OK");
	assert_non_null(t.text);
	assert_non_null(strstr(t.text, "ERRORLOG ErrCode=D01E0006\tErrMsg=\tDataOrigin=cmd\t"
				       "CmdId=31\t"));
	conversation_close(&t);
}

/* QUIRKS Q41: probed first, then fetched whole. */
static void a_file_is_fetched_and_its_size_is_the_answer(void **state)
{
	struct conversation t = conversation_of("2.2.14");
	(void)state;

	conversation_open(&t);
	conversation_begin(&t, "");
	conversation_drain(&t);
	conversation_expect(&t, "/getrequest");
	conversation_respond(&t, "C:1:PutFile file/fw/main.tgz\tmain.tgz\n");
	conversation_expect(&t, "GET /iclock/file/fw/main.tgz HTTP/1.1\r\n");
	assert_non_null(strstr(t.text, "\r\nRANGE: bytes=0-127\r\n"));
	conversation_respond_bytes(&t, 206, "", GH_LIT("12345"));
	conversation_expect(&t, "GET /iclock/file/fw/main.tgz HTTP/1.1\r\n");
	assert_null(strstr(t.text, "RANGE"));
	conversation_respond(&t, "123456789");
	conversation_expect(&t, "\r\n\r\nID=1\nReturn=9\nCMD=PutFile\n");
	conversation_respond(&t, "OK");
	conversation_expect(&t, "/getrequest");
	conversation_respond(&t, "C:2:PutFile http://elsewhere/x/y.dat\t/mnt/y.dat\n");
	conversation_expect(&t, "GET /x/y.dat HTTP/1.1\r\n");
	conversation_respond_bytes(&t, 404, "", GH_LIT("no"));
	conversation_expect(&t, "ID=2&Return=-1008&CMD=PutFile\n");
	conversation_close(&t);
}

/* Attendance PUSH 2020-03, 12.5.2: both as text and as .tgz. */
static void a_data_package_replaces_or_adds(void **state)
{
	static const char package[] = "C:1:DATA UPDATE USERINFO PIN=50\tName=A\n"
				      "C:2:DATA UPDATE USERINFO PIN=51\tName=B\n";
	uint8_t room[4096];
	(void)state;

	for (unsigned i = 0; i < 4; i++) {
		bool replace = i & 1, packed = i & 2;
		struct conversation t = conversation_of("2.2.14");
		gh_slice file = gh_slice_of(package);
		char expected[64];

		if (packed)
			assert_int_equal(pack_write(file, room, sizeof(room), &file), GH_OK);
		conversation_open(&t);
		conversation_begin(&t, "");
		conversation_drain(&t);
		conversation_expect(&t, "/getrequest");
		conversation_respond(
			&t,
			replace ? "C:1:PutFile file/d\t\tAction=SyncData\tTableName=USERINFO\t"
				  "RecordCount=2\n"
				: "C:1:PutFile file/d\t\tAction=AppendData\n");
		conversation_expect(&t, "GET /iclock/file/d ");
		conversation_respond(&t, "probe");
		conversation_expect(&t, "GET /iclock/file/d ");
		conversation_respond_bytes(&t, 200, "", file);
		conversation_expect(&t, "ID=1\nReturn=2\nCMD=PutFile\n");
		conversation_respond(&t, "OK");
		snprintf(expected, sizeof(expected), "INFO=Ver%%202.0.12-20150625,%d,",
			 replace ? 2 : 6);
		conversation_expect(&t, expected);
		conversation_close(&t);
	}
}

/* Attendance PUSH 2020-03, 12.8.2. */
static void firmware_is_fetched_by_both_methods_and_its_sum_is_checked(void **state)
{
	static const struct {
		const char *command, *file;
		int result;
	} cases[] = {
		/* MD5 of "hello" */
		{ "UPGRADE checksum=5d41402abc4b2a76b9719d911017c592,url=file/fw.txt,size=5",
		  "aGVsbG8=", 0 },
		{ "UPGRADE "
		  "type=1,checksum=5D41402ABC4B2A76B9719D911017C592,size=5,url=file/fw.bin",
		  "hello", 0 },
		{ "UPGRADE "
		  "type=1,checksum=5d41402abc4b2a76b9719d911017c592,size=5,url=file/fw.bin",
		  "jello", -1 },
		{ "UPGRADE type=1,size=6,url=file/fw.bin", "hello", -1 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct conversation t = conversation_of("2.2.14");
		char text[160];

		conversation_open(&t);
		conversation_begin(&t, "");
		conversation_drain(&t);
		conversation_expect(&t, "/getrequest");
		snprintf(text, sizeof(text), "C:1:%s\n", cases[i].command);
		conversation_respond(&t, text);
		conversation_expect(&t, "GET /iclock/file?SN=T000001&url=file/fw.");
		conversation_respond(&t, cases[i].file);
		snprintf(text, sizeof(text), "ID=1&Return=%d&CMD=UPGRADE\n", cases[i].result);
		conversation_expect(&t, text);
		conversation_close(&t);
	}
}

static void a_full_device_reports_it_and_stays_within_its_ceiling(void **state)
{
	struct contents h = { 0 };
	char pairs[64];
	(void)state;

	for (unsigned i = 0; i < CONTENTS_RECORDS; i++) {
		/* No keys: nothing to compare with, so this is quick. */
		snprintf(pairs, sizeof(pairs), "UID=%u", i);
		if (h.list && h.list->len > 100) { /* fill the rest at once */
			struct contents_record one = { .table = TABLE_SMS };

			while (h.list->len < CONTENTS_RECORDS) {
				one.pairs = (gh_slice){ g_memdup2("UID=x", 5), 5 };
				h.bytes += 5;
				g_array_append_val(h.list, one);
			}
			break;
		}
		assert_int_equal(sim_contents_put(&h, TABLE_SMS, gh_slice_of(pairs)), GH_OK);
	}
	assert_int_equal(sim_contents_put(&h, TABLE_USERINFO, GH_LIT("PIN=1")), GH_EFULL);
	assert_int_equal(h.list->len, CONTENTS_RECORDS);
	sim_contents_clear(&h);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_command_has_its_documented_answer),
		cmocka_unit_test(
			commands_are_carried_out_in_order_and_each_is_answered_by_its_id),
		cmocka_unit_test(old_firmware_never_carries_out_a_last_line_without_its_end),
		cmocka_unit_test(what_follows_reboot_is_ignored),
		cmocka_unit_test(results_are_sent_until_they_are_accepted),
		cmocka_unit_test(old_firmware_answers_clear_and_reload_without_cmd),
		cmocka_unit_test(info_is_answered_with_the_settings_behind_it),
		cmocka_unit_test(shell_and_getfile_answer_in_blocks),
		cmocka_unit_test(a_query_is_uploaded_under_stamp_0_and_then_answered),
		cmocka_unit_test(a_query_whose_upload_is_refused_is_not_answered_yet),
		cmocka_unit_test(the_state_of_the_device_really_changes),
		cmocka_unit_test(clear_log_empties_the_log_and_clear_data_everything),
		cmocka_unit_test(account_and_sync_send_again_what_the_server_lacks),
		cmocka_unit_test(what_is_enrolled_on_command_is_uploaded),
		cmocka_unit_test(the_template_of_a_comparison_photo_is_sent_back),
		cmocka_unit_test(a_picture_that_is_none_is_reported_in_the_error_log),
		cmocka_unit_test(a_file_is_fetched_and_its_size_is_the_answer),
		cmocka_unit_test(a_data_package_replaces_or_adds),
		cmocka_unit_test(firmware_is_fetched_by_both_methods_and_its_sum_is_checked),
		cmocka_unit_test(a_full_device_reports_it_and_stays_within_its_ceiling),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

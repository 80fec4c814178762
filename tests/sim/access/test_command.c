/* Commands that are carried out, with the results and the events they make. */
#include "tests.h"

#include "sim/access/door.h"
#include "sim/access/rights.h"
#include "sim/access/subs.h"
#include "unit_test.h"

#include <stdio.h>
#include <stdlib.h>

static struct unit_test *open_ready(const char *persona)
{
	struct unit_test *t = unit_test_of(persona);

	unit_test_open(t);
	unit_test_begin(t);
	return t;
}

static int last_event(const struct unit_test *t)
{
	return panel_ring_at(&t->unit.panel.ring, t->unit.panel.ring.next - 1)->event;
}

#define FLOORS "AA8000000000000000000000000000000000000000000000000000000000000000"

static void each_control_verb_has_its_result_and_its_event(void **state)
{
	static const struct {
		const char *bytes;
		int code, event;
	} cases[] = {
		{ "01020105", 0, 8 },	     { "0102010500", 0, 8 },
		{ "01030100", 0, 9 },	     { "010201FF", 0, 205 },
		{ "01020205", 0, 12 },	     { "01020200", 0, 13 },
		{ "02010000", 0, 7 },	     { "04020000", 0, 10 },
		{ "04020100", 0, 11 },	     { "06030100", 0, 233 },
		{ "06030000", 0, 234 },	     { "07010000", 0, 227 },
		{ "07020000", 0, 228 },	     { "08010000", 0, -1 },
		{ "05000000", 0, -1 },	     { "0B010000", 0, -1 },
		{ "0C010000", 0, -1 },	     { "0D000000", 0, -1 },
		{ "0F000000", 0, 132 },	     { "01090105", -11, -1 },
		{ "0102", -11, -1 },	     { "03050000", 0, -1 },
		{ "08040000", 0, -1 },	     { "0A0102FF", 0, -1 },
		{ "0B040000", 0, -1 },	     { "0B050000", -11, -1 },
		{ "0C000000", 0, -1 },	     { "0E000000", 0, -1 },
		{ "01020208", 0, 12 },	     { "02020000", 0, 7 },
		{ "11" FLOORS "05", 0, -1 }, { "11" FLOORS "0500", 0, -1 },
		{ "12" FLOORS "FF", 0, -1 }, { "1180", -11, -1 },
		{ "0102010", -11, -1 },	     { "10010000", -708, -1 },
		{ "20000000", -708, -1 },    { "1 1 1 5", -11, -1 },
		{ "08050000", -11, -1 },
	};
	struct unit_test *t = open_ready("spec");

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char line[128], wanted[64];
		uint32_t before = t->unit.panel.ring.next;

		snprintf(line, sizeof(line), "C:%zu:CONTROL DEVICE %s", i + 1, cases[i].bytes);
		snprintf(wanted, sizeof(wanted), "ID=%zu&Return=%d&CMD=CONTROL DEVICE", i + 1,
			 cases[i].code);
		assert_string_equal(unit_test_command(t, line), wanted);
		if (cases[i].event < 0)
			assert_int_equal(t->unit.panel.ring.next, before);
		else
			assert_int_equal(last_event(t), cases[i].event);
	}
	unit_test_close(t);
}

static void an_opening_ends_after_its_seconds_and_a_hold_does_not(void **state)
{
	struct unit_test *t = open_ready("spec");
	struct panel *p = &t->unit.panel;

	(void)state;
	unit_test_command(t, "C:1:CONTROL DEVICE 01020105");
	assert_true(panel_lock_released(p, 2));
	panel_advance(p, p->now_s + 6);
	assert_false(panel_lock_released(p, 2));
	unit_test_command(t, "C:2:CONTROL DEVICE 010001FF");
	panel_advance(p, p->now_s + 3600);
	for (unsigned n = 1; n <= 4; n++)
		assert_true(panel_lock_released(p, n));
	unit_test_command(t, "C:3:CONTROL DEVICE 01000100");
	for (unsigned n = 1; n <= 4; n++)
		assert_false(panel_lock_released(p, n));
	unit_test_close(t);
}

static void a_restart_by_command_drops_who_has_entered(void **state)
{
	struct unit_test *t = open_ready("spec");
	struct panel *p = &t->unit.panel;
	const struct panel_attempt a = { .door = 1,
					 .factor = PANEL_FINGER,
					 .pin = GH_LIT("1") };

	(void)state;
	unit_test_command(t, "C:1:SET OPTIONS AntiPassback=16");
	g_hash_table_remove_all(p->passages);
	assert_true(panel_attempt(p, &a).open);
	panel_advance(p, p->now_s + 10);
	assert_int_equal(panel_attempt(p, &a).event, 24);
	unit_test_command(t, "C:2:CONTROL DEVICE 03000000");
	panel_advance(p, p->now_s + 10);
	assert_true(panel_attempt(p, &a).open);
	unit_test_close(t);
}

static void a_person_with_a_right_passes_once_the_tables_are_there(void **state)
{
	struct unit_test *t = open_ready("spec");
	struct panel *p = &t->unit.panel;
	const struct panel_attempt a = { .door = 2, .factor = PANEL_CARD, .card = 123456789 };

	(void)state;
	assert_int_equal(panel_attempt(p, &a).event, 27);
	assert_string_equal(
		unit_test_command(t, "C:1:DATA UPDATE user CardNo=123456789\tPin=77\t"
				     "Password=\tGroup=1\tStartTime=0\tEndTime=0\t"
				     "Name=Ann\tPrivilege=0\nCardNo=\tPin=78\tName=Bob"),
		"ID=1&Return=0&CMD=DATA UPDATE");
	assert_non_null(panel_user(p, GH_LIT("78")));
	panel_advance(p, p->now_s + 5);
	assert_int_equal(panel_attempt(p, &a).event, 23);
	unit_test_command(t, "C:2:DATA UPDATE userauthorize Pin=77\tAuthorizeTimezoneId=1\t"
			     "AuthorizeDoorId=3");
	panel_advance(p, p->now_s + 5);
	assert_int_equal(panel_attempt(p, &a).event, 0);
	/* With the person go the rights. */
	unit_test_command(t, "C:3:DATA DELETE user Pin=77");
	assert_null(panel_user(p, GH_LIT("77")));
	assert_null(panel_rows_of(&p->tables, PANEL_USERAUTHORIZE, GH_LIT("77")));
	assert_non_null(panel_user(p, GH_LIT("78")));
	unit_test_command(t, "C:4:DATA DELETE user *");
	assert_int_equal(panel_rows(&p->tables, PANEL_USER), 0);
	unit_test_close(t);
}

static void a_count_is_uploaded_before_the_result(void **state)
{
	struct unit_test *t = open_ready("inbio260-pro");

	(void)state;
	assert_string_equal(unit_test_command(t, "C:288:DATA COUNT user"),
			    "ID=288&return=7&CMD=DATA");
	assert_int_equal(
		unit_test_seen(t, "POST /iclock/querydata?SN=T000001&type=count&cmdid=288&"
				  "tablename=user&count=1&packcnt=1&packidx=1 "),
		1);
	assert_int_equal(unit_test_seen(t, "\r\n\r\nuser=7\n"), 1);
	unit_test_close(t);
}

static void a_query_comes_in_packets_of_the_size_it_registered(void **state)
{
	struct unit_test *t = open_ready("inbio260-pro");
	char line[256];

	(void)state;
	for (int i = 0; i < 300; i++) {
		snprintf(line, sizeof(line), "Pin=%d\tName=%.*s", 1000 + i, 60,
			 "0123456789012345678901234567890123456789012345678901234567890123");
		assert_int_equal(
			panel_row_put(&t->unit.panel.tables, PANEL_USER, gh_slice_of(line)),
			GH_OK);
	}
	assert_string_equal(
		unit_test_command(t, "C:415:DATA QUERY tablename=user,fielddesc=*,filter=*"),
		"ID=415&return=307&CMD=DATA");
	assert_int_equal(unit_test_seen(t, "type=tabledata&cmdid=415&tablename=user&count="),
			 3);
	assert_int_equal(unit_test_seen(t, "&packcnt=3&packidx=3 "), 1);
	assert_int_equal(unit_test_seen(t, "user uid="), 307);
	unit_test_close(t);
}

static void new_events_alone_are_queried_by_newrecord(void **state)
{
	struct unit_test *t = open_ready("spec");

	(void)state;
	assert_string_equal(
		unit_test_command(t, "C:5:DATA QUERY tablename=transaction,fielddesc=*,"
				     "filter=NewRecord"),
		"ID=5&Return=0&CMD=DATA QUERY");
	unit_test_command(t, "C:6:DATA QUERY tablename=transaction,fielddesc=*,filter=*");

	assert_int_equal(unit_test_seen(t, "transaction cardno="), 6);
	unit_test_command(t, "C:7:DATA QUERY tablename=[APList],fielddesc=*,filter=*");
	assert_int_equal(unit_test_seen(t, "type=vmtable&cmdid=7&tablename=APList&count=2"), 1);
	unit_test_close(t);
}

static void options_are_set_in_one_line_and_read_by_name(void **state)
{
	struct unit_test *t = open_ready("spec");

	(void)state;
	assert_string_equal(unit_test_command(t, "C:1:SET OPTIONS Door1Drivertime=9,ComPwd=a,b,"
						 "Door1ValidTZ=1"),
			    "ID=1&Return=0&CMD=SET OPTIONS");
	assert_string_equal(panel_option(&t->unit.panel, GH_LIT("ComPwd")), "a,b");
	assert_int_equal(panel_door_number(&t->unit.panel, 1, "Drivertime", 0), 9);
	assert_string_equal(
		unit_test_command(t, "C:2:GET OPTIONS ~SerialNumber,LockCount,nothing"),
		"ID=2&Return=0&CMD=GET OPTIONS");
	assert_int_equal(
		unit_test_seen(t, "type=options&cmdid=2&tablename=options&count=1&packcnt=1&"
				  "packidx=1 "),
		1);
	assert_int_equal(unit_test_seen(t, "~SerialNumber=T000001,LockCount=4,nothing="), 1);
	unit_test_close(t);
}

static void the_clock_is_set_and_the_time_fetched(void **state)
{
	struct unit_test *t = open_ready("spec");

	(void)state;
	/* 2018-02-22 14:54:54 */
	assert_string_equal(unit_test_command(t, "C:1:SET OPTIONS DateTime=583080894"),
			    "ID=1&Return=0&CMD=SET OPTIONS");
	assert_int_equal(unit_test_seen(t, "GET /iclock/rtdata?SN=T000001&type=time "), 1);
	/* 06:36:30 GMT at +0800 is the answer. */
	assert_in_range(t->unit.panel.now_s, 1519310190, 1519310200);
	assert_string_equal(unit_test_command(t, "C:2:SET OPTIONS DateTime=x"),
			    "ID=2&Return=-620&CMD=SET OPTIONS");
	unit_test_close(t);
}

static void an_account_of_a_controller_is_an_overview_and_files(void **state)
{
	struct unit_test *t = open_ready("inbio260-pro");

	(void)state;
	assert_string_equal(unit_test_command(t, "C:3:ACCOUNT transaction MaxIndex=0"),
			    "ID=3&return=7&CMD=ACCOUNT");
	assert_int_equal(
		unit_test_seen(t, "POST /iclock/cdata?SN=T000001&cmdid=3&desc=overview "), 1);
	assert_int_equal(
		unit_test_seen(t, "SumCount=7\nFileName=transaction.tgz\nContentType=tgz\n"
				  "FileCount=1"),
		1);
	assert_int_equal(
		unit_test_seen(t, "POST /iclock/file?SN=T000001&cmdid=3&fileseq=1&contenttype="
				  "tgz&table=transaction&count=7 "),
		1);
	assert_string_equal(unit_test_command(t, "C:4:ACCOUNT transaction StartTime=2030-01-01 "
						 "00:00:00\tEndTime=2031-01-01 00:00:00"),
			    "ID=4&return=0&CMD=ACCOUNT");
	unit_test_close(t);
}

static void an_account_as_text_has_the_file_behind_a_nul(void **state)
{
	struct unit_test *t = open_ready("spec");

	(void)state;
	assert_string_equal(
		unit_test_command(t, "C:291:ACCOUNT transaction ContentType=tgz MaxIndex=0"),
		"ID=291&Return=6&CMD=ACCOUNT&transaction&StartTime=&EndTime=&RecordSum=6");
	assert_int_equal(
		unit_test_seen(t, "type=tabledata&cmdid=291&tablename=transaction&count=6&"
				  "datafmt=3&Stamp=9999 "),
		1);
	assert_int_equal(unit_test_seen(t, "name=transaction.tgz\nsize="), 1);
	unit_test_close(t);
}

static void upgrades_are_fetched_by_three_methods_and_their_sum_is_checked(void **state)
{
	/* MD5 of "firmware", and the same as base64. */
	static const struct {
		const char *command, *target, *reply, *result;
	} cases[] = {
		{ "UPGRADE checksum=74b5b5e9570efc5c0553bb327cd41940,url=/fw/a.bin,size=8",
		  "GET /iclock/file?SN=T000001&url=/fw/a.bin ", "ZmlybXdhcmU=", "Return=0&" },
		{ "UPGRADE "
		  "type=1,checksum=74b5b5e9570efc5c0553bb327cd41940,size=8,url=/fw/a.bin",
		  "GET /iclock/file?SN=T000001&url=/fw/a.bin ", "firmware", "Return=0&" },
		{ "UPGRADE checksum=74b5b5e9570efc5c0553bb327cd41940,size=8,"
		  "url=http://h:1/fw/a.bin,supportsubcontracting=1",
		  "GET /fw/a.bin ", "firmware", "Return=0&" },
		{ "UPGRADE type=1,checksum=00000000000000000000000000000000,size=8,url=/a",
		  "url=/a ", "firmware", "Return=-19&" },
		{ "UPGRADE type=1,checksum=74b5b5e9570efc5c0553bb327cd41940,size=9,url=/a",
		  "url=/a ", "firmware", "Return=-20&" },
		{ "UPGRADE checksum=74b5b5e9570efc5c0553bb327cd41940,url=/a,size=8", "url=/a ",
		  "!!", "Return=-631&" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct unit_test *t = open_ready("spec");
		char line[256];
		const char *text;

		snprintf(line, sizeof(line), "C:7:%s", cases[i].command);
		while (!strstr(unit_test_expect(t, "/iclock/"), "/getrequest"))
			unit_test_respond(t, "OK");
		unit_test_respond(t, line);
		unit_test_expect(t, cases[i].target);
		unit_test_respond(t, cases[i].reply);
		text = unit_test_expect(t, "/devicecmd");
		if (!strstr(text, cases[i].result))
			fail_msg("case %zu: %s", i, unit_test_body(t));
		unit_test_close(t);
	}
}

static void a_linked_camera_s_picture_bears_the_index_of_its_event(void **state)
{
	struct unit_test *t = open_ready("spec");
	char line[64];

	(void)state;
	unit_test_command(
		t, "C:1:DATA UPDATE inoutfun Index=3\tEventType=202\tInAddr=0\tOutType=2\t"
		   "OutAddr=1\tOutTime=555745537");
	panel_exit_button(&t->unit.panel, 1);
	assert_int_equal(last_event(t), 231);
	snprintf(line, sizeof(line), "\r\n\r\nLogIndex=%u\tPhotoInfo=20240101",
		 panel_ring_at(&t->unit.panel.ring, t->unit.panel.ring.next - 1)->index);
	unit_test_expect(t, "&table=linkphotoinfo ");
	assert_non_null(strstr(t->text, line));
	assert_non_null(strstr(t->text, "-link-ch0.jpg\tLinkVideo=1-32-33\tPhotoData=/9j/"));
	unit_test_respond(t, "OK");
	/* A picture alone; neither. */
	unit_test_command(
		t, "C:2:DATA UPDATE inoutfun Index=3\tEventType=202\tInAddr=0\tOutType=2\t"
		   "OutAddr=1\tOutTime=1");
	panel_exit_button(&t->unit.panel, 1);
	unit_test_expect(t, "&table=linkphotoinfo ");
	assert_non_null(strstr(t->text, "-link-ch0.jpg\tLinkVideo=\tPhotoData=/9j/"));
	unit_test_respond(t, "OK");
	unit_test_command(
		t, "C:3:DATA UPDATE inoutfun Index=3\tEventType=202\tInAddr=0\tOutType=2\t"
		   "OutAddr=1\tOutTime=0");
	panel_exit_button(&t->unit.panel, 1);
	assert_int_equal(last_event(t), 231);
	unit_test_drain(t);
	assert_int_equal(unit_test_seen(t, "linkphotoinfo"), 0);
	unit_test_close(t);
}

static void a_terminal_takes_pictures_of_some_who_pass(void **state)
{
	struct unit_test *t = open_ready("senseface-2a");
	struct panel_attempt a = { .door = 1, .factor = PANEL_FACE, .pin = GH_LIT("1") };

	(void)state;
	for (int i = 0; i < 40; i++) {
		panel_advance(&t->unit.panel, t->unit.panel.now_s + 5);
		panel_attempt(&t->unit.panel, &a);
	}
	unit_test_expect(t, "/ping?"); /* many wait */
	unit_test_respond(t, "OK");
	unit_test_expect(t, "&table=tabledata&tablename=ATTPHOTO&count=1 ");
	assert_non_null(strstr(unit_test_body(t), "-1.jpg\tsn=T000001\tsize=1024\tphoto=/9j/"));
	unit_test_close(t);
}

static void sub_controllers_are_listed_authorised_and_answer_later(void **state)
{
	struct unit_test *t = unit_test_of("main-with-subs");
	const char *body;

	(void)state;
	unit_test_open(t);
	unit_test_begin(t);
	assert_int_equal(
		unit_test_seen(t, "&type=registry&table=tabledata&tablename=DeviceAuthorize&"
				  "count=8 "),
		1);
	/* Before it is authorised it takes no command. */
	body = unit_test_command(t, "DataType=1,SN=T000001S3,Priority=0,CmdID=9,CmdDesc=C:9:"
				    "CONTROL DEVICE 01010105");
	assert_string_equal(body, "ID=9&Return=-5000&CMD=CONTROL DEVICE\n"
				  "ID=9&Return=-1&CMD=CONTROL DEVICE&SN=T000001S3");
	unit_test_command(t, "C:1:DATA UPDATE DeviceAuthorize SN=T000001S3\tIsAuthorize=1");
	assert_int_equal(unit_test_seen(t,
					"SN=T000001S3\tOnline=1\tIsAuthorize=1\t"
					"AuthorizeInfo=DeviceType=acc,~DeviceName=inBio260 "
					"Pro,FirmVer=AC Ver 5.7.7.3033 Jul 20 2020,"
					"LockCount=2\tRegisterInfo=MultiStageControlFunOn=1,"),
			 1);
	unit_test_command(t, "C:2:DATA UPDATE DeviceAuthorize SN=T000001S3\tIsAuthorize=2");
	assert_int_equal(unit_test_seen(t, "SN=T000001S3\tOnline=1\tIsAuthorize=2\t"), 1);
	body = unit_test_command(
		t, "DataType=1,SN=T000001S3,Priority=0,CmdID=5,CmdDesc=C:5:CONTROL "
		   "DEVICE 01010105");
	assert_string_equal(body, "ID=5&Return=-5000&CMD=CONTROL DEVICE\n"
				  "ID=5&Return=0&CMD=CONTROL DEVICE&SN=T000001S3");
	/* It is a door of the sub-controller that is open, and none of the unit's own. */
	assert_false(panel_lock_released(&t->unit.panel, 1));
	assert_true(panel_lock_released(&acc_sub_at(&t->unit, 3)->panel, 1));
	body = unit_test_command(t,
				 "DataType=1,SN=OTHER,Priority=0,CmdID=6,CmdDesc=C:6:CONTROL "
				 "DEVICE 01010105");
	assert_non_null(strstr(body, "ID=6&Return=-801&CMD=CONTROL DEVICE"));
	/* Removed, it announces itself again. */
	unit_test_command(t, "C:7:DATA DELETE DeviceAuthorize SN=T000001S3");
	assert_int_equal(unit_test_seen(t, "SN=T000001S3\tOnline=1\tIsAuthorize=0\t"), 1);
	unit_test_close(t);
}

/* What happens at its doors comes from the unit, with its serial number and its own index. */
static void events_and_doors_of_a_sub_controller_come_with_its_serial_number(void **state)
{
	struct unit_test *t = unit_test_of("main-with-subs");
	struct acc_sub *sub;

	(void)state;
	t->plan.subs = 2;
	t->plan.events = 0;
	unit_test_open(t);
	unit_test_begin(t);
	sub = acc_sub_at(&t->unit, 2);
	assert_non_null(sub);
	assert_null(acc_sub_at(&t->unit, 3));
	/* What happens before it is authorised is kept there. */
	panel_exit_button(&sub->panel, 1);
	unit_test_command(t, "C:1:DATA UPDATE DeviceAuthorize SN=T000001S2\tIsAuthorize=1");
	assert_int_equal(unit_test_seen(t, "sn=T000001S2"), 0);
	unit_test_command(t, "C:2:DATA UPDATE DeviceAuthorize SN=T000001S2\tIsAuthorize=2");
	panel_exit_button(&sub->panel, 2);
	unit_test_command(t, "C:3:DATA COUNT user");
	unit_test_drain(t);
	assert_int_equal(unit_test_seen(t, "\teventaddr=1\tevent=202\t"), 1);
	assert_int_equal(unit_test_seen(t, "\teventaddr=2\tevent=202\t"), 1);
	assert_true(unit_test_seen(t, "sn=T000001S2") >= 3);
	assert_true(unit_test_seen(t, "\tdevid=2\tsn=T000001S2") == 2);
	assert_int_equal(unit_pending(&t->unit), 0);
	/* Tables are its own. */
	unit_test_command(t,
			  "DataType=1,SN=T000001S2,Priority=0,CmdID=4,CmdDesc=C:4:DATA UPDATE "
			  "user Pin=9999\tName=x");
	assert_non_null(panel_user(&sub->panel, GH_LIT("9999")));
	assert_null(panel_user(&t->unit.panel, GH_LIT("9999")));
	unit_test_close(t);
}

static void a_gate_counts_and_its_counters_are_reset(void **state)
{
	struct unit_test *t = open_ready("channel");

	(void)state;
	assert_int_equal(unit_test_seen(t, "&table=irstate "), 1);
	t->unit.gate_in = 5;
	t->unit.gate_out = 3;
	assert_string_equal(unit_test_command(t, "C:1:CONTROL DEVICE 10020000"),
			    "ID=1&Return=0&CMD=CONTROL DEVICE");
	assert_int_equal(unit_test_seen(t, "\tincount=0\toutcount=3\t"), 1);
	unit_test_command(t, "C:2:CONTROL DEVICE 02010000");
	while (!strstr(unit_test_expect(t, "/iclock/"), "table=rtlog"))
		unit_test_respond(t, "OK");
	assert_non_null(strstr(unit_test_body(t), "Alarmtype=200"));
	unit_test_close(t);
}

static void a_screen_answers_later_under_the_same_id(void **state)
{
	struct unit_test *t = open_ready("channel");

	(void)state;
	assert_string_equal(unit_test_command(t,
					      "C:4:SET ADSCREEN_OPTIONS InOut=0,Area=1,Type=1,"
					      "Range=1,URL=http://h/a.png,InPlayInterval=5"),
			    "ID=4&Return=-5000&CMD=SET ADSCREEN_OPTIONS\n"
			    "ID=4&Return=0&CMD=SET ADSCREEN_OPTIONS");
	unit_test_close(t);
}

static void a_wiegand_test_uploads_the_bits(void **state)
{
	struct unit_test *t = open_ready("spec");

	(void)state;
	unit_test_command(t, "C:224:CONTROL DEVICE 0900000000");
	assert_int_equal(unit_test_seen(t, "&table=testdata "), 1);
	assert_int_equal(unit_test_seen(t, "type=wg\tbitscount=26\tbits="), 1);
	unit_test_close(t);
}

static void a_deletion_of_events_begins_the_index_again(void **state)
{
	struct unit_test *t = open_ready("spec");

	(void)state;
	unit_test_command(t, "C:1:DATA DELETE transaction *");
	assert_int_equal(unit_pending(&t->unit), 0);
	panel_exit_button(&t->unit.panel, 1);
	assert_int_equal(panel_ring_at(&t->unit.panel.ring, t->unit.panel.ring.next - 1)->index,
			 1);
	unit_test_close(t);
}

static void faults_of_results_and_packets_do_what_they_are_called(void **state)
{
	struct unit_test *t = unit_test_of("spec");
	gh_slice bad;

	(void)state;
	assert_int_equal(acc_faults_parse(GH_LIT("deferred:100,result-id:100,packet-again:100"),
					  &t->plan.faults, &bad),
			 GH_OK);
	unit_test_open(t);
	unit_test_begin(t);
	const char *body =
		unit_test_command(t, "C:5:DATA QUERY tablename=user,fielddesc=*,filter=*");

	assert_int_equal(unit_test_seen(t, "&packcnt=1&packidx=1 "), 2);
	assert_int_equal(strncmp(body, "ID=20", 5), 0);
	assert_non_null(strstr(body,
			       "\nID=5&Return=-5000&CMD=DATA QUERY\nID=5&Return=-5000&CMD=DATA "
			       "QUERY\nID=5&Return=7&CMD=DATA QUERY"));
	unit_test_close(t);
}

/* Security PUSH 3.1.2, 11.1. */
static void each_return_code_is_given_on_request(void **state)
{
	static const struct {
		int from, to;
	} range[] = {
		{ 0, 0 },	{ -28, -1 },	{ -30, -30 },	{ -108, -100 }, { -203, -201 },
		{ -206, -206 }, { -301, -301 }, { -601, -601 }, { -604, -603 }, { -609, -609 },
		{ -612, -612 }, { -616, -614 }, { -621, -618 }, { -632, -628 }, { -709, -701 },
		{ -732, -720 }, { -801, -801 },
	};
	struct unit_test *t = unit_test_of("spec");
	unsigned id = 0;

	(void)state;
	t->plan.refused = "DATA UPDATE holiday";
	unit_test_open(t);
	unit_test_begin(t);
	for (size_t i = 0; i < sizeof(range) / sizeof(range[0]); i++)
		for (int code = range[i].from; code <= range[i].to; code++) {
			char line[96], want[64];

			t->plan.refusal = code;
			snprintf(line, sizeof(line),
				 "C:%u:DATA UPDATE holiday "
				 "Holiday=20261225\tHolidayType=1\tLoop=1",
				 ++id);
			snprintf(want, sizeof(want), "ID=%u&Return=%d&CMD=DATA UPDATE", id,
				 code);
			assert_non_null(strstr(unit_test_command(t, line), want));
		}
	assert_int_equal(id, 84);
	/* Nothing of it was carried out, and other commands are. */
	assert_non_null(strstr(unit_test_command(t, "C:100:DATA UPDATE holiday Holiday=1"),
			       "Return=-801"));
	assert_non_null(strstr(unit_test_command(t, "C:101:DATA COUNT user"), "Return=0"));
	unit_test_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_control_verb_has_its_result_and_its_event),
		cmocka_unit_test(an_opening_ends_after_its_seconds_and_a_hold_does_not),
		cmocka_unit_test(a_restart_by_command_drops_who_has_entered),
		cmocka_unit_test(a_person_with_a_right_passes_once_the_tables_are_there),
		cmocka_unit_test(a_count_is_uploaded_before_the_result),
		cmocka_unit_test(a_query_comes_in_packets_of_the_size_it_registered),
		cmocka_unit_test(new_events_alone_are_queried_by_newrecord),
		cmocka_unit_test(options_are_set_in_one_line_and_read_by_name),
		cmocka_unit_test(the_clock_is_set_and_the_time_fetched),
		cmocka_unit_test(an_account_of_a_controller_is_an_overview_and_files),
		cmocka_unit_test(an_account_as_text_has_the_file_behind_a_nul),
		cmocka_unit_test(
			upgrades_are_fetched_by_three_methods_and_their_sum_is_checked),
		cmocka_unit_test(a_linked_camera_s_picture_bears_the_index_of_its_event),
		cmocka_unit_test(a_terminal_takes_pictures_of_some_who_pass),
		cmocka_unit_test(sub_controllers_are_listed_authorised_and_answer_later),
		cmocka_unit_test(
			events_and_doors_of_a_sub_controller_come_with_its_serial_number),
		cmocka_unit_test(a_gate_counts_and_its_counters_are_reset),
		cmocka_unit_test(a_screen_answers_later_under_the_same_id),
		cmocka_unit_test(a_wiegand_test_uploads_the_bits),
		cmocka_unit_test(a_deletion_of_events_begins_the_index_again),
		cmocka_unit_test(faults_of_results_and_packets_do_what_they_are_called),
		cmocka_unit_test(each_return_code_is_given_on_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Each kind of device does what a capture or report of a real one has, on the wire. */
#include "tests.h"

#include "sim/access/command.h"
#include "sim/access/door.h"
#include "sim/access/floors.h"
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

/* The next upload of a table; everything before it is answered. */
static const char *upload_of(struct unit_test *t, const char *table)
{
	for (int i = 0; i < 60; i++) {
		unit_test_expect(t, "/iclock/");
		if (strstr(t->text, table))
			return unit_test_body(t);
		unit_test_respond_as_server(t);
	}
	fail_msg("no %s", table);
	return NULL;
}

static size_t count_of(const char *text, size_t n, char c)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		found += text[i] == c;
	return found;
}

/* The number behind a key of a row. */
static long number_of(const char *row, const char *key)
{
	const char *at = strstr(row, key);

	assert_non_null(at);
	return strtol(at + strlen(key), NULL, 10);
}

static size_t digits_of(const char *body, const char *key)
{
	const char *at = strstr(body, key);

	assert_non_null(at);
	return strspn(at + strlen(key), "0123456789abcdefABCDEF");
}

static void every_kind_of_the_design_is_there(void **state)
{
	static const char *const names[] = { "spec",	     "inbio260-pro",  "c3-200-plus",
					     "senseface-2a", "speedface-v5l", "bioface-a1",
					     "index-0",	     "hex-events",    "main-with-subs",
					     "channel",	     "elevator",      "cards-turned" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_non_null(acc_persona_named(gh_slice_of(names[i])));
	assert_null(acc_persona_at(sizeof(names) / sizeof(names[0])));
}

static void an_inbio260_has_all_fields_gaps_and_two_connections(void **state)
{
	struct unit_test *t = unit_test_of("inbio260-pro");
	const char *body, *row;
	long before = 0, steps[4] = { 0 };
	int connected = 0;

	(void)state;
	t->plan.events = 60;
	unit_test_open(t);
	unit_test_expect(t, "options=all");
	unit_test_respond(t, "OK");
	unit_test_expect(t, "/registry?");
	unit_test_respond(t, "RegistryCode=c");
	unit_test_expect(t, "/push?");
	unit_test_respond(t, UNIT_CONFIGURATION);
	for (int uploads = 0; uploads < 3; uploads++) {
		body = upload_of(t, "table=rtlog");
		for (row = body; *row;
		     row += strcspn(row, "\r\n"), row += strspn(row, "\r\n")) {
			size_t n = strcspn(row, "\r\n");
			long index = number_of(row, "\tindex=");

			assert_int_equal(count_of(row, n, '\t') + 1, 17);
			if (before) {
				assert_in_range(index - before, 1, 3);
				steps[index - before]++;
			}
			before = index;
			if (strncmp(strstr(row, "\tevent=") + 7, "214\t", 4) != 0)
				continue;
			connected++;
			assert_int_equal(number_of(row, "\tpin="), 0);
			assert_int_equal(number_of(row, "\teventaddr="), 0);
			assert_int_equal(number_of(row, "\tinoutstatus="), 2);
			assert_int_equal(number_of(row, "\tverifytype="), 200);
		}
		unit_test_respond(t, "OK");
	}
	assert_int_equal(connected, 2);
	assert_true(steps[1] && steps[2] && steps[3]);
	unit_test_close(t);
}

static void states_have_the_rhythm_and_the_widths_of_the_kind(void **state)
{
	static const struct {
		const char *persona;
		int seconds;
		size_t sensor, relay, alarm;
	} cases[] = {
		{ "inbio260-pro", 9, 4, 2, 8 },
		{ "c3-200-plus", 5, 2, 6, 4 },
		{ "main-with-subs", 9, 4, 2, 16 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct unit_test *t = open_ready(cases[i].persona);
		const char *body = upload_of(t, "table=rtstate");
		int64_t at_ms = t->now_ms;

		assert_int_equal(digits_of(body, "\tsensor="), cases[i].sensor);
		assert_int_equal(digits_of(body, "\trelay="), cases[i].relay);
		assert_int_equal(digits_of(body, "\talarm="), cases[i].alarm);
		unit_test_respond(t, "OK");
		upload_of(t, "table=rtstate");
		assert_in_range(t->now_ms - at_ms, cases[i].seconds * 1000,
				cases[i].seconds * 1000 + 2000);
		unit_test_close(t);
	}
}

static void a_c3_takes_lines_that_end_in_cr_lf(void **state)
{
	struct unit_test *t = open_ready("c3-200-plus");

	(void)state;
	assert_string_equal(unit_test_command(t, "C:5:CONTROL DEVICE 01010105\r\n"),
			    "ID=5&Return=1&CMD=CONTROL DEVICE");
	assert_true(panel_lock_released(&t->unit.panel, 1));
	/* What waits is "OK\r\n" there, and no command. */
	while (!strstr(unit_test_expect(t, "/iclock/"), "/getrequest"))
		unit_test_respond_as_server(t);
	unit_test_respond(t, "OK\r\n");
	unit_test_drain(t);
	assert_int_equal(t->unit.refused, 0);
	unit_test_close(t);
}

static void a_senseface_refuses_whom_no_privilege_row_names(void **state)
{
	struct unit_test *t = open_ready("senseface-2a");
	struct panel *p = &t->unit.panel;
	const struct panel_attempt a = { .door = 1,
					 .factor = PANEL_FACE,
					 .pin = GH_LIT("900") };

	(void)state;
	unit_test_command(t, "C:1:DATA UPDATE user Pin=900\tName=N\tPri=14");
	assert_int_equal(panel_attempt(p, &a).event, 23);
	unit_test_command(t, "C:2:DATA UPDATE userauthorize Pin=900\tAuthorizeTimezoneId=1\t"
			     "AuthorizeDoorId=1");
	panel_advance(p, p->now_s + 5);
	/* One of the merge group of opening. */
	assert_true(panel_attempt(p, &a).open);
	/* Pri is no name of it; Privilege is. */
	unit_test_command(t, "C:3:DATA QUERY tablename=user,fielddesc=*,filter=Pin=900");
	assert_int_equal(unit_test_seen(t, "\tprivilege=0\t"), 1);
	unit_test_command(t, "C:4:DATA UPDATE user Pin=900\tName=N\tPrivilege=14");
	unit_test_command(t, "C:5:DATA QUERY tablename=user,fielddesc=*,filter=Pin=900");
	assert_int_equal(unit_test_seen(t, "\tprivilege=14\t"), 1);
	/* Its rows come in answers to queries alone. */
	unit_test_command(t, "C:6:DATA UPDATE biophoto PIN=900\tType=9\tSize=4\tContent=/9j/\t"
			     "PostBackTmpFlag=1");
	assert_int_equal(unit_test_seen(t, "table=tabledata"), 0);
	unit_test_close(t);
}

static void a_speedface_sends_what_it_has_with_its_first_poll(void **state)
{
	struct unit_test *t = unit_test_of("speedface-v5l");

	(void)state;
	unit_test_open(t);
	unit_test_begin(t);
	assert_int_equal(
		unit_test_seen(t, "/getrequest?SN=T000001&INFO=ZAM180-NF50VA-Ver1.2.3,7,0,"),
		1);
	assert_int_equal(unit_test_seen(t, "INFO="), 1);
	unit_test_close(t);
}

static void old_firmware_has_events_and_cards_in_hexadecimal(void **state)
{
	struct unit_test *t = open_ready("hex-events");
	const struct panel_attempt a = { .door = 1, .factor = PANEL_CARD, .card = 0xCBCA93 };
	const char *body;

	(void)state;
	panel_attempt(&t->unit.panel, &a);
	body = upload_of(t, "table=rtlog");
	assert_non_null(strstr(body, "\tcardno=0000000000CBCA93\t"));
	assert_non_null(strstr(body, "\tevent=27E\t"));
	unit_test_close(t);
}

static void a_gate_counts_and_names_the_alarm_that_ended(void **state)
{
	struct unit_test *t = unit_test_of("channel");

	(void)state;
	unit_test_open(t);
	unit_test_begin(t);
	assert_int_equal(unit_test_seen(t, "&table=irstate "), 1);
	panel_tamper(&t->unit.panel, 1);
	unit_test_command(t, "C:1:CONTROL DEVICE 02010000");
	assert_non_null(strstr(upload_of(t, "table=rtlog"), "event=7\t"));
	assert_non_null(strstr(unit_test_body(t), "Alarmtype=200"));
	unit_test_close(t);
}

static void an_elevator_opens_floors_and_its_emergency_ends(void **state)
{
	static const char floors[] =
		"AA80000000000000000000000000000000000000000000000000000000000000";
	struct unit_test *t = open_ready("elevator");
	char line[160];

	(void)state;
	for (int verb = 0x11; verb <= 0x12; verb++) {
		snprintf(line, sizeof(line), "C:1:CONTROL DEVICE %X%s05", verb, floors);
		assert_string_equal(unit_test_command(t, line),
				    "ID=1&Return=0&CMD=CONTROL DEVICE");
	}
	/* One byte is missing. */
	snprintf(line, sizeof(line), "C:2:CONTROL DEVICE 11%s", floors);
	assert_string_equal(unit_test_command(t, line), "ID=2&Return=-11&CMD=CONTROL DEVICE");
	unit_test_command(t, "C:3:CONTROL DEVICE 0F000000");
	assert_non_null(strstr(upload_of(t, "table=rtlog"), "\tevent=132\t"));
	unit_test_close(t);
	/* Others have no floors. */
	t = open_ready("c3-200-plus");
	snprintf(line, sizeof(line), "C:1:CONTROL DEVICE 11%s05", floors);
	assert_string_equal(unit_test_command(t, line), "ID=1&Return=-708&CMD=CONTROL DEVICE");
	unit_test_close(t);
}

static void a_main_controller_has_eight_behind_it_and_answers_for_them_later(void **state)
{
	struct unit_test *t = open_ready("main-with-subs");
	const char *body;

	(void)state;
	assert_int_equal(t->unit.subs_n, 8);
	body = unit_test_command(
		t, "DataType=1,SN=T000001S3,Priority=0,CmdID=9,CmdDesc=C:9:DATA COUNT "
		   "user");
	/* Taken, and then not done: it is not authorised. */
	assert_non_null(strstr(body, "ID=9&Return=-5000&CMD=DATA COUNT"));
	assert_non_null(strstr(body, "&SN=T000001S3"));
	unit_test_close(t);
}

static void floors_are_open_as_they_were_ordered(void **state)
{
	struct unit_test *t = unit_test_of("elevator");
	struct panel *p = &t->unit.panel;
	char line[120];
	/* Floors 1, 3, 5, 7 and 9, by output and held open; of the first, CC is left out. */
	static const char *const odd = "AA80";
	(void)state;

	unit_test_open(t);
	unit_test_begin(t);
	assert_false(panel_floor_open(p, 1));
	snprintf(line, sizeof(line), "C:1:CONTROL DEVICE 11%s%060d%s", odd, 0, "0A");
	assert_non_null(strstr(unit_test_command(t, line), "ID=1&Return=0&"));
	for (unsigned n = 0; n <= 257; n++)
		assert_int_equal(panel_floor_open(p, n), n % 2 == 1 && n <= 9);
	p->now_s += 11;
	assert_false(panel_floor_open(p, 1));
	snprintf(line, sizeof(line), "C:2:CONTROL DEVICE 12%s%060d%s", odd, 0, "00FF");
	assert_non_null(strstr(unit_test_command(t, line), "ID=2&Return=0&"));
	p->now_s += 864000;
	assert_true(panel_floor_open(p, 9));
	/* The last floor as well, and then floor 3 not any more. */
	snprintf(line, sizeof(line), "C:3:CONTROL DEVICE 12%062d%s%s", 0, "01", "00FF");
	unit_test_command(t, line);
	snprintf(line, sizeof(line), "C:4:CONTROL DEVICE 12%s%062d%s", "20", 0, "0000");
	unit_test_command(t, line);
	assert_true(panel_floor_open(p, 256) && panel_floor_open(p, 1));
	assert_false(panel_floor_open(p, 3));
	unit_test_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_the_design_is_there),
		cmocka_unit_test(an_inbio260_has_all_fields_gaps_and_two_connections),
		cmocka_unit_test(states_have_the_rhythm_and_the_widths_of_the_kind),
		cmocka_unit_test(a_c3_takes_lines_that_end_in_cr_lf),
		cmocka_unit_test(a_senseface_refuses_whom_no_privilege_row_names),
		cmocka_unit_test(a_speedface_sends_what_it_has_with_its_first_poll),
		cmocka_unit_test(old_firmware_has_events_and_cards_in_hexadecimal),
		cmocka_unit_test(a_gate_counts_and_names_the_alarm_that_ended),
		cmocka_unit_test(an_elevator_opens_floors_and_its_emergency_ends),
		cmocka_unit_test(
			a_main_controller_has_eight_behind_it_and_answers_for_them_later),
		cmocka_unit_test(floors_are_open_as_they_were_ordered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What a simulated clock makes of its groups, periods, combinations, messages and blacklist. */
#include "tests.h"

#include "conversation.h"
#include "sim/attendance/door.h"
#include "sim/attendance/punches.h"
#include "sim/attendance/screen.h"
#include "sim/attendance/visits.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A clock that a test sends people to, and whose time it sets: the plan starts on Monday, 1 January 2024, 08:00. */
#define MONDAY 1704096000

static struct conversation clock_open(const char *persona)
{
	struct conversation t = conversation_of(persona);

	t.plan.start_s = MONDAY;
	return t;
}

static void device_order(struct conversation *t, const char *text)
{
	char line[512];

	snprintf(line, sizeof(line), "C:1:%s\n", text);
	if (!strstr(conversation_command(t, line), "Return=0&"))
		fail_msg("%s is not carried out", text);
}

/* Whether the door opens to a person. */
static bool door_opens(struct conversation *t, const char *pin)
{
	uint64_t before = t->statistics.doors_opened;

	door_come(&t->device, gh_slice_of(pin));
	return t->statistics.doors_opened > before;
}

static void groups_begin(struct conversation *t)
{
	conversation_open(t);
	conversation_begin(t, "");
	device_order(t, "DATA UPDATE USERINFO PIN=11\tGrp=1\tTZ=0000000000000000");
	device_order(t, "DATA UPDATE USERINFO PIN=22\tGrp=2\tTZ=0000000000000000");
	device_order(t, "DATA UPDATE USERINFO PIN=33\tGrp=3\tTZ=0000000000000000");
}

/* --- groups, periods, holidays (Attendance PUSH 2020-03, 12.1.1.14 to 12.1.1.16) --- */

static void a_group_opens_in_its_periods(void **state)
{
	struct conversation t = clock_open("2.2.14");
	(void)state;

	groups_begin(&t);
	assert_true(door_opens(&t, "11"));
	assert_true(door_opens(&t, "22"));
	device_order(
		&t,
		"DATA UPDATE AccTimeZone UID=5\tSunStart=0000\tSunEnd=2359\tMonStart=0900\t"
		"MonEnd=1200\tTuesStart=0000\tTuesEnd=0000\tWedStart=0000\tWedEnd=0000\t"
		"ThursStart=0000\tThursEnd=0000\tFriStart=0000\tFriEnd=0000\tSatStart=0000\t"
		"SatEnd=0000");
	device_order(&t, "DATA UPDATE AccGroup ID=2\tVerify=0\tValidHoliday=0\tTZ=1;5;0;0");
	/* Monday, a little after 8. */
	assert_false(door_opens(&t, "22"));
	assert_true(door_opens(&t, "11"));
	t.device.now_ms = 90 * 60 * 1000;
	assert_true(door_opens(&t, "22"));
	t.device.now_ms = 5 * 3600 * 1000;
	assert_false(door_opens(&t, "22"));
	/* Tuesday, and Sunday. */
	t.device.now_ms = (int64_t)26 * 3600 * 1000;
	assert_false(door_opens(&t, "22"));
	t.device.now_ms = (int64_t)(6 * 24 + 10) * 3600 * 1000;
	assert_true(door_opens(&t, "22"));
	/* Its periods are not used. */
	device_order(&t, "DATA UPDATE AccGroup ID=2\tVerify=0\tValidHoliday=0\tTZ=0;5;0;0");
	t.device.now_ms = (int64_t)26 * 3600 * 1000;
	assert_true(door_opens(&t, "22"));
	conversation_close(&t);
}

static void a_person_may_have_periods_of_their_own(void **state)
{
	struct conversation t = clock_open("2.2.14");
	(void)state;

	groups_begin(&t);
	device_order(&t, "DATA UPDATE AccTimeZone UID=7\tMonStart=0900\tMonEnd=1000");
	device_order(&t, "DATA UPDATE USERINFO PIN=11\tGrp=1\tTZ=0001000700000000");
	assert_false(door_opens(&t, "11"));
	t.device.now_ms = 90 * 60 * 1000;
	assert_true(door_opens(&t, "11"));
	/* One that is not there lets no person pass. */
	device_order(&t, "DATA UPDATE USERINFO PIN=11\tGrp=1\tTZ=0001000900000000");
	assert_false(door_opens(&t, "11"));
	/* The first is always, as long as it is not written. */
	device_order(&t, "DATA UPDATE USERINFO PIN=11\tGrp=1\tTZ=0001000900010000");
	assert_true(door_opens(&t, "11"));
	conversation_close(&t);
}

static void on_a_holiday_its_period_counts_where_the_group_has_holidays(void **state)
{
	struct conversation t = clock_open("2.2.14");
	(void)state;

	groups_begin(&t);
	device_order(&t, "DATA UPDATE AccTimeZone UID=5\tMonStart=0000\tMonEnd=2359");
	device_order(&t, "DATA UPDATE AccTimeZone UID=6\tMonStart=2300\tMonEnd=2359");
	device_order(&t, "DATA UPDATE AccHoliday UID=1\tHolidayName=New Year\tStartDate=0101\t"
			 "EndDate=0102\tTimeZone=6");
	device_order(&t, "DATA UPDATE AccGroup ID=1\tVerify=0\tValidHoliday=1\tTZ=1;5;0;0");
	device_order(&t, "DATA UPDATE AccGroup ID=2\tVerify=0\tValidHoliday=0\tTZ=1;5;0;0");
	assert_false(door_opens(&t, "11"));
	assert_true(door_opens(&t, "22"));
	/* A week later it is none. */
	t.device.now_ms = (int64_t)7 * 24 * 3600 * 1000;
	assert_true(door_opens(&t, "11"));
	conversation_close(&t);
}

/* --- combinations (12.1.1.17) --- */

static void people_of_a_combination_open_together(void **state)
{
	struct conversation t = clock_open("2.2.14");
	(void)state;

	groups_begin(&t);
	device_order(&t, "DATA UPDATE USERINFO PIN=23\tGrp=2");
	device_order(&t,
		     "DATA UPDATE AccUnLockComb UID=1\tGroup1=1\tGroup2=0\tGroup3=0\tGroup4=0\t"
		     "Group5=0");
	device_order(&t,
		     "DATA UPDATE AccUnLockComb UID=2\tGroup1=2\tGroup2=2\tGroup3=3\tGroup4=0\t"
		     "Group5=0");
	assert_true(door_opens(&t, "11"));
	assert_false(door_opens(&t, "22"));
	assert_false(door_opens(&t, "22")); /* the same person is no second one */
	assert_false(door_opens(&t, "33"));
	assert_true(door_opens(&t, "23"));
	/* It begins again. */
	assert_false(door_opens(&t, "23"));
	assert_false(door_opens(&t, "22"));
	t.device.now_ms += 11000;
	assert_false(door_opens(&t, "33"));
	/* No person of that group ever opens. */
	device_order(&t, "DATA UPDATE USERINFO PIN=44\tGrp=4");
	assert_false(door_opens(&t, "44"));
	assert_int_equal(t.statistics.doors_refused, 1);
	conversation_close(&t);
}

/* PUSH SDK 2013, 3.2.4-5. */
static void without_combinations_as_many_people_open_as_it_is_set_to(void **state)
{
	struct conversation t = clock_open("2.2.14");
	(void)state;

	groups_begin(&t);
	device_order(&t, "SET OPTION UnlockPerson=2");
	assert_false(door_opens(&t, "11"));
	assert_true(door_opens(&t, "22"));
	conversation_close(&t);
}

/* --- the lock and the alarm --- */

static void an_order_opens_the_door_for_as_long_as_the_lock_is_set_to(void **state)
{
	struct conversation t = clock_open("2.2.14");
	(void)state;

	groups_begin(&t);
	device_order(&t, "SET OPTION LockOn=7");
	assert_false(door_is_open(&t.device));
	device_order(&t, "AC_UNLOCK");
	assert_true(door_is_open(&t.device));
	t.device.now_ms += 6999;
	assert_true(door_is_open(&t.device));
	t.device.now_ms += 1;
	assert_false(door_is_open(&t.device));
	conversation_close(&t);
}

static void three_who_are_refused_raise_an_alarm_that_an_order_cancels(void **state)
{
	struct conversation t = clock_open("2.2.14");
	(void)state;

	groups_begin(&t);
	conversation_drain(&t);
	device_order(&t, "DATA UPDATE AccGroup ID=2\tVerify=0\tValidHoliday=0\tTZ=1;9;0;0");
	for (unsigned i = 0; i < 3; i++) {
		assert_false(t.device.door.alarm);
		assert_false(door_opens(&t, "22"));
	}
	assert_true(t.device.door.alarm);
	conversation_expect(&t, "table=OPERLOG");
	assert_int_equal(conversation_count(conversation_body(&t), "OPLOG 2\t"), 3);
	assert_int_equal(conversation_count(conversation_body(&t), "\t58\t"), 1);
	conversation_respond(&t, "OK");
	device_order(&t, "AC_UNALARM");
	assert_false(t.device.door.alarm);
	conversation_expect(&t, "\t65535\t");
	conversation_respond(&t, "OK");
	conversation_close(&t);
}

/* --- short messages (12.1.1.9, 12.1.1.10) --- */

static void a_message_for_all_is_shown_in_its_time(void **state)
{
	struct conversation t = clock_open("2.2.14");
	(void)state;

	groups_begin(&t);
	device_order(
		&t,
		"DATA UPDATE SMS MSG=Fire drill\tTAG=253\tUID=2\tMIN=30\tStartTime=2024-01-01 "
		"09:00:00");
	device_order(&t,
		     "DATA UPDATE SMS MSG=Later\tTAG=255\tUID=3\tMIN=300\tStartTime=2024-01-01 "
		     "08:00:00");
	t.device.now_ms = 3599 * 1000;
	screen_update(&t.device);
	assert_false(screen_shows(&t.device, GH_LIT("2")));
	t.device.now_ms = 3600 * 1000;
	screen_update(&t.device);
	assert_true(screen_shows(&t.device, GH_LIT("2")));
	screen_update(&t.device);
	assert_int_equal(t.statistics.messages, 1);
	t.device.now_ms = (3600 + 1800) * 1000;
	screen_update(&t.device);
	assert_false(screen_shows(&t.device, GH_LIT("2")));
	/* One that is deleted goes at once. */
	t.device.now_ms = 4000 * 1000;
	screen_update(&t.device);
	assert_true(screen_shows(&t.device, GH_LIT("2")));
	t.now_ms = t.device.now_ms;
	device_order(&t, "DATA DELETE SMS UID=2");
	screen_update(&t.device);
	assert_false(screen_shows(&t.device, GH_LIT("2")));
	assert_false(screen_shows(&t.device, GH_LIT("3")));
	conversation_close(&t);
}

static void a_message_for_one_is_shown_when_that_person_comes(void **state)
{
	struct conversation t = clock_open("2.2.14");
	(void)state;

	groups_begin(&t);
	device_order(
		&t, "DATA UPDATE SMS MSG=See Ann\tTAG=254\tUID=4\tMIN=60\tStartTime=2024-01-01 "
		    "08:00:00");
	device_order(&t, "DATA UPDATE USER_SMS PIN=22\tUID=4");
	screen_person(&t.device, GH_LIT("11"));
	assert_int_equal(t.statistics.messages_personal, 0);
	screen_person(&t.device, GH_LIT("22"));
	assert_int_equal(t.statistics.messages_personal, 1);
	screen_update(&t.device);
	assert_false(screen_shows(&t.device, GH_LIT("4")));
	t.device.now_ms = 3601 * 1000;
	screen_person(&t.device, GH_LIT("22"));
	assert_int_equal(t.statistics.messages_personal, 1);
	conversation_close(&t);
}

/* --- identity cards (12.1.1.18, 11.7, 11.8) --- */

static void a_blacklisted_identity_card_is_refused_and_reported_as_that(void **state)
{
	struct conversation t = clock_open("idcard");
	char id[20], line[96];
	unsigned lines = 0, barred = 0;
	uint64_t before;
	(void)state;

	t.plan.users = 1;
	t.plan.punches = 2;
	t.plan.photos = 1000;
	t.plan.interval_us = 1000000;
	conversation_open(&t);
	conversation_begin(&t, "");
	snprintf(line, sizeof(line), "DATA UPDATE Blacklist IDNum=%.*s",
		 GH_FMT(people_id_number(&t.plan, 0, id)));
	device_order(&t, line);
	conversation_drain(&t);
	before = t.statistics.doors_opened;
	while (lines < 10) {
		const char *text = conversation_request(&t, 60000);

		assert_non_null(text);
		if (strstr(text, "table=ATTLOG")) {
			for (const char *at = conversation_body(&t); *at;
			     at = strchr(at, '\n') + 1, lines++) {
				char row[256];

				snprintf(row, sizeof(row), "%.*s", (int)strcspn(at, "\n"), at);
				/* PIN, time, status 2, …, the card, kind 1. */
				assert_non_null(strstr(row, "\t2\t"));
				assert_string_equal(row + strlen(row) - 2, "\t1");
			}
		} else if (strstr(text, "table=ATTPHOTO")) {
			barred += strstr(conversation_body(&t), "-2-1-") != NULL;
		}
		conversation_respond(&t, "OK");
	}
	assert_true(barred > 0);
	assert_true(t.statistics.barred >= 10);
	assert_int_equal(t.statistics.doors_opened, before);
	conversation_close(&t);
}

static void other_cards_are_taken(void **state)
{
	struct conversation t = clock_open("idcard");
	(void)state;

	t.plan.punches = 0;
	t.plan.interval_us = 1000000;
	conversation_open(&t);
	conversation_begin(&t, "");
	device_order(&t, "DATA UPDATE Blacklist IDNum=110101199001011234");
	while (t.now_ms < 20000 && conversation_request(&t, 60000))
		conversation_respond(&t, "OK");
	assert_int_equal(t.statistics.barred, 0);
	assert_true(t.statistics.doors_opened > 10);
	conversation_close(&t);
}

/* --- what all of it leaves --- */

static void what_happens_is_in_the_truth(void **state)
{
	struct conversation t = clock_open("2.2.14");
	FILE *truth = tmpfile();
	char text[2048];
	size_t n;
	(void)state;

	assert_non_null(truth);
	t.statistics = statistics_to(-1, fileno(truth));
	groups_begin(&t);
	device_order(&t, "DATA UPDATE AccGroup ID=2\tVerify=0\tValidHoliday=0\tTZ=1;9;0;0");
	assert_true(door_opens(&t, "11"));
	assert_false(door_opens(&t, "22"));
	device_order(&t, "AC_UNLOCK");
	rewind(truth);
	n = fread(text, 1, sizeof(text) - 1, truth);
	text[n] = '\0';
	assert_non_null(strstr(text, "T000001\t2024-01-01 08:"));
	assert_non_null(strstr(text, "\t11\topened\tperson\n"));
	assert_non_null(strstr(text, "\t22\trefused\tperiod\n"));
	assert_non_null(strstr(text, "\t\topened\torder\n"));
	assert_false(t.statistics.broken);
	fclose(truth);
	conversation_close(&t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_group_opens_in_its_periods),
		cmocka_unit_test(a_person_may_have_periods_of_their_own),
		cmocka_unit_test(on_a_holiday_its_period_counts_where_the_group_has_holidays),
		cmocka_unit_test(people_of_a_combination_open_together),
		cmocka_unit_test(without_combinations_as_many_people_open_as_it_is_set_to),
		cmocka_unit_test(an_order_opens_the_door_for_as_long_as_the_lock_is_set_to),
		cmocka_unit_test(three_who_are_refused_raise_an_alarm_that_an_order_cancels),
		cmocka_unit_test(a_message_for_all_is_shown_in_its_time),
		cmocka_unit_test(a_message_for_one_is_shown_when_that_person_comes),
		cmocka_unit_test(a_blacklisted_identity_card_is_refused_and_reported_as_that),
		cmocka_unit_test(other_cards_are_taken),
		cmocka_unit_test(what_happens_is_in_the_truth),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

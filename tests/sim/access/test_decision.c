/* Each numbered step of the decision, in its order, with each code that can come of it. */
#include "tests.h"

#include "panel_test.h"

#include "sim/access/rights.h"
#include <stdio.h>

#include <stdlib.h>

static void a_disabled_reader_reports_nothing_and_a_disabled_door_62(void **state)
{
	struct panel *p = panel_test_open();

	(void)state;
	panel_test_row(p, "ReaderProperty ID=1\tDoorID=1\tDisable=1");
	assert_int_equal(panel_test_card(p, 1001), PANEL_NO_EVENT);
	assert_int_equal(p->ring.next, 0);
	/* The exit reader of the same door works. */
	assert_int_equal(panel_test_card_at(p, 1, 1, 1001), 0);
	panel_test_row(p, "DoorParameters ID=2\tName=DoorDisable\tValue=0\tDevID=1");
	assert_int_equal(panel_test_card_at(p, 2, 0, 1001), 62);
	panel_test_row(p, "DoorProperty ID=3\tDisable=1");
	assert_int_equal(panel_test_card_at(p, 3, 0, 1001), 62);
	panel_test_close(p);
}

static void bits_of_no_known_format_are_42_even_within_the_interval(void **state)
{
	struct panel *p = panel_test_open();
	struct panel_attempt a = {
		.door = 1, .factor = PANEL_CARD, .card = 1001, .bad_format = true
	};

	(void)state;
	assert_int_equal(panel_attempt(p, &a).event, 42);
	assert_int_equal(panel_attempt(p, &a).event, 42);
	panel_test_close(p);
}

static void a_second_attempt_within_the_interval_is_20_31_or_50(void **state)
{
	const struct {
		struct panel_attempt a;
		int event;
	} cases[] = {
		{ { .door = 1, .factor = PANEL_CARD, .card = 1001 }, 20 },
		{ { .door = 1, .factor = PANEL_FINGER, .pin = GH_LIT("1") }, 31 },
		{ { .door = 1,
		    .factor = PANEL_PASSWORD,
		    .pin = GH_LIT("1"),
		    .password = GH_LIT("p1") },
		  50 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct panel *p = panel_test_open();

		panel_attempt(p, &cases[i].a);
		panel_advance(p, p->now_s + 1);
		assert_int_equal(panel_attempt(p, &cases[i].a).event, cases[i].event);
		/* An unknown card as well: the interval is looked at before the person. */
		panel_test_option(p, "Door1Intertime", "60");
		assert_int_equal(panel_test_card(p, 77), 20);
		panel_test_close(p);
	}
}

static void the_emergency_password_is_4_and_the_duress_password_101_and_both_open(void **state)
{
	struct panel *p = panel_test_open();

	(void)state;
	panel_test_option(p, "Door1SupperPassWord", "8888");
	panel_test_option(p, "Door1ForcePassWord", "9111");
	assert_int_equal(panel_test_password(p, "", "8888"), 4);
	assert_true(panel_lock_released(p, 1));
	assert_int_equal(p->door[0].alarms, 0);
	panel_lock_close(p, 1);
	assert_int_equal(panel_test_password(p, "", "9111"), 101);
	assert_true(panel_lock_released(p, 1));
	assert_int_equal(p->door[0].alarms, GHI_ALARM_DURESS_PASSWORD);
	/* Also where the door is locked: they come before it. */
	p->door[0].locked = true;
	assert_int_equal(panel_test_password(p, "", "8888"), 4);
	panel_test_close(p);
}

static void the_unknown_is_27_34_or_30(void **state)
{
	struct panel *p = panel_test_open();

	(void)state;
	assert_int_equal(panel_test_card(p, 77), 27);
	assert_int_equal(panel_test_last(p)->card, 77);
	assert_string_equal(panel_test_last(p)->pin, "0");
	assert_int_equal(panel_test_finger(p, ""), 34);
	assert_int_equal(panel_test_password(p, "1", "wrong"), 30);
	assert_int_equal(panel_test_password(p, "99", "p1"), 30);
	assert_false(panel_lock_released(p, 1));
	panel_test_close(p);
}

static void a_lost_card_is_38_and_a_blocked_person_39(void **state)
{
	struct panel *p = panel_test_open();

	(void)state;
	panel_test_row(p, "mulcarduser Pin=1\tCardNo=75BCD15\tLossCardFlag=1\tCardType=1");
	assert_int_equal(panel_test_card(p, 123456789), 38);
	assert_string_equal(panel_test_last(p)->pin, "1");
	assert_int_equal(panel_test_card(p, 1001), 0);
	panel_test_row(p, "user Pin=2\tCardNo=1002\tDisable=1\tEndTime=1");
	assert_int_equal(panel_test_card(p, 1002), 39); /* before the validity */
	panel_test_close(p);
}

static void a_validity_that_is_over_or_not_begun_is_29_33_or_53(void **state)
{
	struct panel *p = panel_test_open();

	(void)state;
	/* 2018-02-27, and 2026-12-31 */
	panel_test_row(p,
		       "user Pin=1\tCardNo=1001\tPassword=p1\tStartTime=0\tEndTime=583512660");
	panel_test_row(p, "user Pin=2\tCardNo=1002\tStartTime=867801599\tEndTime=0");
	panel_test_row(p, "user Pin=3\tCardNo=1003\tStartTime=583512660\tEndTime=867801599");
	assert_int_equal(panel_test_card(p, 1001), 29);
	assert_int_equal(panel_test_finger(p, "1"), 33);
	assert_int_equal(panel_test_password(p, "1", "p1"), 53);
	assert_int_equal(panel_test_card(p, 1002), 29);
	assert_int_equal(panel_test_card(p, 1003), 0);
	panel_test_close(p);
}

static void a_locked_door_is_63_but_for_super_users_208(void **state)
{
	struct panel *p = panel_test_open();

	(void)state;
	p->door[0].locked = true;
	assert_int_equal(panel_test_card(p, 1001), 63);
	panel_test_row(p, "SuperAuthorize Pin=1\tDoorID=1");
	assert_int_equal(panel_test_card(p, 1001), 208);
	assert_true(panel_lock_released(p, 1));
	/* The right is of door 1 only; here an option locks the door. */
	panel_test_option(p, "Door2MaskFlag", "1");
	assert_int_equal(panel_test_card_at(p, 2, 0, 1001), 63);
	panel_test_close(p);
}

static void a_door_outside_its_time_zone_is_21_35_or_49(void **state)
{
	struct panel *p = panel_test_open();

	(void)state;
	panel_test_row(p, "timezone TimezoneId=2\tTueTime1=2359");
	panel_test_option(p, "Door1ValidTZ", "2");
	assert_int_equal(panel_test_card(p, 1001), 21);
	assert_int_equal(panel_test_finger(p, "1"), 35);
	assert_int_equal(panel_test_password(p, "1", "p1"), 49);
	panel_advance(p, MONDAY_10 + 86400);
	assert_int_equal(panel_test_card(p, 1001), 0);
	panel_test_close(p);
}

static void without_a_right_it_is_23_and_with_one_that_is_closed_22(void **state)
{
	struct panel *p = panel_test_open();

	(void)state;
	assert_int_equal(panel_test_card(p, 1006), 23);
	/* Doors 1 and 3 of a mask, 08:30 to 12:00 on Mondays. */
	panel_test_row(p, "timezone TimezoneId=3\tMonTime1=54396080");
	panel_test_row(p, "userauthorize Pin=6\tAuthorizeTimezoneId=3\tAuthorizeDoorId=5");
	assert_int_equal(panel_test_card(p, 1006), 0);
	assert_int_equal(panel_test_card_at(p, 2, 0, 1006), 23);
	assert_int_equal(panel_test_card_at(p, 3, 0, 1006), 0);
	panel_advance(p, MONDAY_10 + 2 * 3600 + 59); /* 12:00 belongs to it */
	assert_true(panel_permits(p, GH_LIT("6"), 1, p->now_s));
	assert_false(panel_permits(p, GH_LIT("6"), 1, p->now_s + 1));
	assert_int_equal(panel_test_card(p, 1006), 22);
	/* A rule that the device does not hold is never open. */
	panel_test_row(p, "userauthorize Pin=6\tAuthorizeTimezoneId=9\tAuthorizeDoorId=2");
	assert_int_equal(panel_test_card_at(p, 2, 0, 1006), 22);
	panel_test_close(p);
}

static void a_holiday_has_its_own_column(void **state)
{
	struct panel *p = panel_test_open();

	(void)state;
	panel_test_row(p, "timezone TimezoneId=3\tMonTime1=2359\tHol2Time1=0");
	panel_test_row(p, "userauthorize Pin=6\tAuthorizeTimezoneId=3\tAuthorizeDoorId=1");
	assert_true(panel_permits(p, GH_LIT("6"), 1, MONDAY_10));
	panel_test_row(p, "holiday Holiday=20250302\tHolidayType=2\tLoop=2");
	assert_true(panel_permits(p, GH_LIT("6"), 1, MONDAY_10));
	panel_test_row(p, "holiday Holiday=20250302\tHolidayType=2\tLoop=1");
	assert_false(panel_permits(p, GH_LIT("6"), 1, MONDAY_10));
	assert_true(panel_permits(p, GH_LIT("6"), 1, MONDAY_10 + 7 * 86400));
	panel_test_close(p);
}

static void a_right_has_a_validity_of_its_own(void **state)
{
	struct panel *p = panel_test_open();

	(void)state;
	panel_test_row(p, "userauthorize Pin=6\tAuthorizeTimezoneId=1\tAuthorizeDoorId=1\t"
			  "StartTime=583512660\tEndTime=752688180");
	assert_int_equal(panel_test_card(p, 1006), 22);
	panel_test_row(p, "userauthorize Pin=6\tAuthorizeTimezoneId=1\tAuthorizeDoorId=1\t"
			  "StartTime=583512660\tEndTime=867801599");
	assert_int_equal(panel_test_card(p, 1006), 0);
	panel_test_close(p);
}

static void a_factor_that_the_mode_lacks_is_41(void **state)
{
	struct panel *p = panel_test_open();

	(void)state;
	panel_test_option(p, "Door1VerifyType", "1");
	assert_int_equal(panel_test_card(p, 1001), 41);
	assert_int_equal(panel_test_finger(p, "1"), 14);
	/* Card or password. */
	panel_test_option(p, "Door1VerifyType", "7");
	assert_int_equal(panel_test_finger(p, "1"), 41);
	assert_int_equal(panel_test_card(p, 1001), 0);
	/* The same as a word, with what failed as the only factor reported. */
	panel_test_option(p, "Door1VerifyType", "0000101000000000");
	assert_int_equal(panel_test_finger(p, "1"), 41);
	assert_int_equal(panel_test_last(p)->word, PANEL_FINGER);
	panel_test_close(p);
}

static void the_second_factor_is_waited_for_and_its_absence_is_75(void **state)
{
	struct panel *p = panel_test_open();

	(void)state;
	panel_test_option(p, "Door1VerifyType", "10"); /* card and fingerprint */
	assert_int_equal(panel_test_card(p, 1001), PANEL_NO_EVENT);
	assert_false(panel_lock_released(p, 1));
	assert_int_equal(panel_test_finger(p, "1"), 17);
	assert_int_equal(panel_test_last(p)->verify, 10);
	/* Another person does not complete it. */
	assert_int_equal(panel_test_card(p, 1001), PANEL_NO_EVENT);
	assert_int_equal(panel_test_finger(p, "2"), PANEL_NO_EVENT);
	panel_advance(p, p->now_s + 30);
	assert_int_equal(panel_test_last(p)->event, 75);
	assert_string_equal(panel_test_last(p)->pin, "2");
	/* Both within the interval: the second is no second attempt. */
	panel_test_option(p, "Door1Intertime", "60");
	panel_advance(p, p->now_s + 100);
	assert_int_equal(panel_test_card(p, 1001), PANEL_NO_EVENT);
	assert_int_equal(panel_test_finger(p, "1"), 17);
	panel_test_close(p);
}

static void a_mode_in_a_schedule_counts_while_its_period_lasts(void **state)
{
	struct panel *p = panel_test_open();

	(void)state;
	panel_test_row(p, "DiffTimezoneVS TimezoneID=5\tMonTime1=54396080\tMonTime1VSUser=255\t"
			  "MonTime1VSDoor=1");
	panel_test_row(p, "DoorVSTimezone DoorID=1\tTimezoneID=5");
	assert_int_equal(panel_test_card(p, 1001), 41);
	panel_advance(p, MONDAY_10 + 3 * 3600);
	assert_int_equal(panel_test_card(p, 1001), 0);
	panel_test_row(p, "DiffTimezoneVS TimezoneID=6\tMonTime1=2359\tMonTime1VSUser=3");
	panel_test_row(p, "PersonalVSTimezone PIN=1\tDoorID=1\tTimezoneID=6");
	assert_int_equal(panel_test_card(p, 1001), 41);
	assert_int_equal(panel_test_card(p, 1002), 0);
	panel_test_close(p);
}

static void another_open_door_of_an_interlock_is_25(void **state)
{
	struct panel *p = panel_test_open();

	(void)state;
	panel_test_option(p, "InterLock", "1");
	panel_test_card_at(p, 2, 0, 1001);
	panel_leaf_open(p, 2);
	assert_int_equal(panel_test_card(p, 1002), 25);
	assert_int_equal(panel_test_card_at(p, 3, 0, 1003), 0);
	panel_leaf_close(p, 2);
	assert_int_equal(panel_test_card(p, 1002), 0);
	/* By lists of trigger points. */
	panel_test_option(p, "InterLock", "0");
	panel_test_row(p, "TriggerList TriggerListID=1\tType=0\tTriggerID=3");
	panel_test_row(p, "TriggerList TriggerListID=2\tType=0\tTriggerID=4");
	panel_test_row(p, "InterLock InterLockID=1\tPTriggerListID=1\tTTriggerListID=2");
	panel_test_card_at(p, 3, 0, 1001);
	panel_leaf_open(p, 3);
	assert_int_equal(panel_test_card_at(p, 4, 0, 1002), 25);
	panel_test_close(p);
}

static void the_same_direction_again_is_24_and_too_soon_61(void **state)
{
	static const struct {
		const char *option, *value;
		unsigned first, again, back;
		int in, out;
	} cases[] = {
		{ "AntiPassback", "1", 1, 1, 2, 0, 0 },
		{ "AntiPassback", "4", 1, 2, 3, 0, 0 },
		{ "AntiPassback", "6", 2, 4, 1, 0, 0 },
		{ "AntiPassback", "16", 1, 1, 1, 0, 1 },
		{ "AntiPassback", "196", 4, 4, 4, 0, 1 },
		{ "Door1InOutAntiPassback", "3", 1, 1, 1, 0, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct panel *p = panel_test_open();

		panel_test_option(p, cases[i].option, cases[i].value);
		assert_int_equal(panel_test_card_at(p, cases[i].first, cases[i].in, 1001), 0);
		assert_int_equal(panel_test_card_at(p, cases[i].again, cases[i].in, 1001), 24);
		assert_int_equal(panel_test_card_at(p, cases[i].again, cases[i].in, 1002), 0);
		assert_int_equal(panel_test_card_at(p, cases[i].back, cases[i].out, 1001), 0);
		assert_int_equal(panel_test_card_at(p, cases[i].back, cases[i].out, 1001), 24);
		assert_int_equal(panel_test_card_at(p, cases[i].first, cases[i].in, 1001), 0);
		panel_test_close(p);
	}
	struct panel *p = panel_test_open();

	panel_test_option(p, "Door1InTimeAPB", "60");
	assert_int_equal(panel_test_card(p, 1001), 0);
	assert_int_equal(panel_test_card(p, 1001), 61);
	panel_advance(p, p->now_s + 60);
	assert_int_equal(panel_test_card(p, 1001), 0);
	panel_test_close(p);
}

/* Of all pairs of doors those of which one stays shut while the other is open. */
static unsigned interlock_pairs(const char *value)
{
	unsigned refused = 0;

	for (unsigned pair = 0; pair < 16; pair++) {
		unsigned open = 1 + pair / 4, other = 1 + pair % 4;
		struct panel *p = panel_test_open();

		panel_test_option(p, "InterLock", value);
		panel_test_card_at(p, open, 0, 1001);
		panel_leaf_open(p, open);
		refused += open != other && panel_test_card_at(p, other, 0, 1002) == 25;
		panel_test_close(p);
	}
	return refused;
}

static void each_value_of_an_interlock_is_the_doors_it_names(void **state)
{
	static const unsigned wanted[] = { 0, 2, 2, 6, 4, 12 };

	(void)state;
	for (unsigned value = 0; value < sizeof(wanted) / sizeof(wanted[0]); value++) {
		char text[8];

		snprintf(text, sizeof(text), "%u", value);
		assert_int_equal(interlock_pairs(text), wanted[value]);
	}
}

/* A bit for each door and direction after each that is refused. */
static uint64_t passback_pairs(int value)
{
	uint64_t refused = 0;
	char text[8];

	snprintf(text, sizeof(text), "%d", value);
	for (unsigned pair = 0; pair < 64; pair++) {
		struct panel *p = panel_test_open();

		panel_test_option(p, "AntiPassback", text);
		panel_test_card_at(p, 1 + pair / 16, pair / 8 & 1, 1001);
		if (panel_test_card_at(p, 1 + pair / 2 % 4, pair & 1, 1001) == 24)
			refused |= UINT64_C(1) << pair;
		panel_test_close(p);
	}
	return refused;
}

static void each_value_of_anti_passback_refuses_what_it_names(void **state)
{
	static const int values[] = { 1,  2,   3,   4,	 5,   6,   16,	32,  48,  64, 80,
				      96, 112, 128, 144, 160, 176, 192, 208, 224, 240 };
	(void)state;
	assert_int_equal(passback_pairs(0), 0);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		assert_true(passback_pairs(values[i]) != 0);
	/* What separate doors have together is what each has. */
	assert_true(passback_pairs(48) == (passback_pairs(16) | passback_pairs(32)));
	assert_true(passback_pairs(3) == (passback_pairs(1) | passback_pairs(2)));
	/* As printed, and by its bits. */
	assert_true(passback_pairs(196) == passback_pairs(192));
}

static void before_the_first_card_of_the_day_an_activated_door_is_22(void **state)
{
	struct panel *p = panel_test_open();

	(void)state;
	panel_test_option(p, "Door1FirstCardOpenDoor", "2");
	panel_test_row(p, "firstcard DoorID=1\tTimezoneID=1\tPin=2");
	assert_int_equal(panel_test_card(p, 1001), 22);
	assert_int_equal(panel_test_card(p, 1002), 2);
	assert_int_equal(panel_test_card(p, 1001), 0);
	panel_advance(p, MONDAY_10 + 86400);
	assert_int_equal(panel_test_card(p, 1001), 22);
	panel_test_close(p);
}

static void a_group_waits_with_26_opens_with_3_and_fails_with_48(void **state)
{
	struct panel *p = panel_test_open();

	(void)state;
	panel_test_option(p, "Door1MultiCardOpenDoor", "1");
	panel_test_row(p, "multimcard Index=1\tDoorId=1\tGroup1=1\tGroup2=3\tGroup3=2");
	assert_int_equal(panel_test_card(p, 1004), 0); /* of no combination */
	assert_int_equal(panel_test_card(p, 1003), 26);
	assert_int_equal(panel_test_finger(p, "1"), 32);
	assert_int_equal(panel_test_password(p, "2", "p2"), 3);
	assert_true(panel_lock_released(p, 1));
	assert_int_equal(panel_test_card(p, 1003), 26);
	assert_int_equal(panel_test_card(p, 1003), 48); /* the same person */
	assert_int_equal(panel_test_card(p, 1001), 26);
	assert_int_equal(panel_test_finger(p, "5"), 40); /* of no combination */
	assert_int_equal(panel_test_password(p, "1", "p1"), 51);
	panel_advance(p, p->now_s + 60);
	assert_int_equal(panel_test_last(p)->event, 52);
	assert_int_equal(panel_test_card(p, 1001), 26);
	assert_int_equal(panel_test_card(p, 1002), 26);
	assert_int_equal(panel_test_finger(p, "3"), 15);
	panel_test_close(p);
}

static void a_first_card_opens_with_2_18_or_19_until_its_zone_ends(void **state)
{
	struct panel *p = panel_test_open();

	(void)state;
	panel_test_row(p, "timezone TimezoneId=3\tMonTime1=54396080"); /* to 12:00 */
	panel_test_option(p, "Door1FirstCardOpenDoor", "1");
	panel_test_row(p, "firstcard DoorID=1\tTimezoneID=3\tPin=2");
	assert_int_equal(panel_test_card(p, 1001), 0);
	assert_int_equal(panel_test_finger(p, "2"), 18);
	panel_advance(p, MONDAY_10 + 3600);
	assert_true(panel_lock_released(p, 1));
	assert_int_equal(panel_test_card(p, 1001), 1);
	assert_int_equal(panel_test_finger(p, "1"), 16);
	assert_int_equal(panel_test_password(p, "1", "p1"), 216);
	panel_advance(p, MONDAY_10 + 2 * 3600 + 60);
	assert_int_equal(panel_test_last(p)->event, 204);
	assert_int_equal(panel_test_last(p)->at_s, MONDAY_10 + 2 * 3600 + 60);
	assert_false(panel_lock_released(p, 1));
	panel_test_close(p);
}

static void a_server_that_decides_makes_222_44_or_45(void **state)
{
	static const struct {
		enum panel_answer answer;
		int event;
	} cases[] = { { PANEL_ANSWER_YES, 222 },
		      { PANEL_ANSWER_NO, 44 },
		      { PANEL_ANSWER_LATE, 45 } };
	const struct panel_attempt a = { .door = 1, .factor = PANEL_CARD, .card = 1001 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct panel *p = panel_test_open();
		struct panel_verdict v;

		panel_test_option(p, "AutoServerFunOn", "1");
		p->remote = true;
		v = panel_attempt(p, &a);
		assert_true(v.ask);
		assert_int_equal(v.event, PANEL_NO_EVENT);
		assert_false(panel_lock_released(p, 1));
		panel_attempt_end(p, &a, &v, cases[i].answer);
		assert_int_equal(panel_test_last(p)->event, cases[i].event);
		assert_int_equal(panel_lock_released(p, 1), cases[i].event == 222);
		panel_test_close(p);
	}
}

static void a_duress_finger_is_103_and_opens_with_an_alarm(void **state)
{
	struct panel *p = panel_test_open();
	const struct panel_attempt a = {
		.door = 1, .factor = PANEL_FINGER, .pin = GH_LIT("1"), .duress = true
	};

	(void)state;
	assert_int_equal(panel_attempt(p, &a).event, 103);
	assert_int_equal(p->door[0].alarms, GHI_ALARM_DURESS_FINGER);
	assert_true(panel_lock_released(p, 1));
	panel_test_close(p);
}

static void what_is_permitted_opens_with_0_14_17_or_207_for_its_time(void **state)
{
	struct panel *p = panel_test_open();

	(void)state;
	panel_test_option(p, "Door1Drivertime", "10");
	panel_test_option(p, "Door1ExtDoorDelayDrivertime", "20");
	assert_int_equal(panel_test_card(p, 1001), 0);
	assert_int_equal(p->door[0].relay_until_s, p->now_s + 10);
	assert_int_equal(panel_test_last(p)->verify, 4);
	assert_int_equal(panel_test_last(p)->address, 1);
	assert_int_equal(panel_test_last(p)->direction, 0);
	assert_int_equal(panel_test_finger(p, "1"), 14);
	assert_int_equal(panel_test_password(p, "1", "p1"), 207);
	panel_test_row(p, "extuser Pin=1\tFunSwitch=1");
	assert_int_equal(panel_test_card(p, 1001), 0);
	assert_int_equal(p->door[0].relay_until_s, p->now_s + 30);
	panel_test_close(p);
}

static void merged_codes_are_the_smallest_of_their_group(void **state)
{
	struct panel *p = panel_test_open();

	(void)state;
	p->merged = true;
	assert_int_equal(panel_test_finger(p, "1"), 0);
	assert_int_equal(panel_test_finger(p, ""), 27);
	assert_int_equal(panel_test_password(p, "1", "x"), 27);
	assert_int_equal(panel_test_password(p, "1", "p1"), 207);
	panel_test_close(p);
}

static void a_persona_with_door_numbers_reads_no_masks(void **state)
{
	struct panel p;

	(void)state;
	panel_open(&p, acc_persona_named(GH_LIT("speedface-v5l")), MONDAY_10, 1);
	panel_test_row(&p, "user Pin=6");
	panel_test_row(&p, "userauthorize Pin=6\tAuthorizeTimezoneId=1\tAuthorizeDoorId=3");
	assert_false(panel_permits(&p, GH_LIT("6"), 1, MONDAY_10));
	panel_test_row(&p, "userauthorize Pin=6\tAuthorizeTimezoneId=1\tAuthorizeDoorId=1");
	assert_true(panel_permits(&p, GH_LIT("6"), 1, MONDAY_10));
	panel_close(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_disabled_reader_reports_nothing_and_a_disabled_door_62),
		cmocka_unit_test(bits_of_no_known_format_are_42_even_within_the_interval),
		cmocka_unit_test(a_second_attempt_within_the_interval_is_20_31_or_50),
		cmocka_unit_test(
			the_emergency_password_is_4_and_the_duress_password_101_and_both_open),
		cmocka_unit_test(the_unknown_is_27_34_or_30),
		cmocka_unit_test(a_lost_card_is_38_and_a_blocked_person_39),
		cmocka_unit_test(a_validity_that_is_over_or_not_begun_is_29_33_or_53),
		cmocka_unit_test(a_locked_door_is_63_but_for_super_users_208),
		cmocka_unit_test(a_door_outside_its_time_zone_is_21_35_or_49),
		cmocka_unit_test(without_a_right_it_is_23_and_with_one_that_is_closed_22),
		cmocka_unit_test(a_holiday_has_its_own_column),
		cmocka_unit_test(a_right_has_a_validity_of_its_own),
		cmocka_unit_test(a_factor_that_the_mode_lacks_is_41),
		cmocka_unit_test(the_second_factor_is_waited_for_and_its_absence_is_75),
		cmocka_unit_test(a_mode_in_a_schedule_counts_while_its_period_lasts),
		cmocka_unit_test(another_open_door_of_an_interlock_is_25),
		cmocka_unit_test(the_same_direction_again_is_24_and_too_soon_61),
		cmocka_unit_test(each_value_of_an_interlock_is_the_doors_it_names),
		cmocka_unit_test(each_value_of_anti_passback_refuses_what_it_names),
		cmocka_unit_test(before_the_first_card_of_the_day_an_activated_door_is_22),
		cmocka_unit_test(a_group_waits_with_26_opens_with_3_and_fails_with_48),
		cmocka_unit_test(a_first_card_opens_with_2_18_or_19_until_its_zone_ends),
		cmocka_unit_test(a_server_that_decides_makes_222_44_or_45),
		cmocka_unit_test(a_duress_finger_is_103_and_opens_with_an_alarm),
		cmocka_unit_test(what_is_permitted_opens_with_0_14_17_or_207_for_its_time),
		cmocka_unit_test(merged_codes_are_the_smallest_of_their_group),
		cmocka_unit_test(a_persona_with_door_numbers_reads_no_masks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

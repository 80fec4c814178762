/* What follows a decision at doors, inputs and outputs. */
#include "tests.h"

#include "panel_test.h"

static void a_passage_is_opened_and_closed_and_the_lock_follows_the_leaf(void **state)
{
	struct panel *p = panel_test_open();

	(void)state;
	panel_test_card(p, 1001);
	panel_advance(p, p->now_s + 1);
	panel_leaf_open(p, 1);
	assert_true(panel_lock_released(p, 1));
	panel_advance(p, p->now_s + 1);
	panel_leaf_close(p, 1);
	assert_false(panel_lock_released(p, 1));
	assert_string_equal(panel_test_codes(p), "0 200 201");
	panel_test_option(p, "Door1CloseAndLock", "0");
	panel_test_card(p, 1001);
	panel_leaf_open(p, 1);
	panel_leaf_close(p, 1);
	assert_true(panel_lock_released(p, 1));
	panel_advance(p, p->now_s + 5);
	assert_false(panel_lock_released(p, 1));
	panel_test_close(p);
}

static void a_door_open_too_long_is_28_once_with_its_alarm(void **state)
{
	struct panel *p = panel_test_open();

	(void)state;
	panel_test_option(p, "Door1Detectortime", "20");
	panel_test_card(p, 1001);
	panel_leaf_open(p, 1);
	panel_advance(p, p->now_s + 19);
	assert_string_equal(panel_test_codes(p), "0 200");
	panel_advance(p, p->now_s + 600);
	assert_string_equal(panel_test_codes(p), "28");
	assert_int_equal(p->door[0].alarms, GHI_ALARM_OPEN_TOO_LONG);
	assert_int_equal(panel_test_last(p)->at_s, MONDAY_10 + 3 + 20);
	panel_leaf_close(p, 1);
	assert_int_equal(p->door[0].alarms, 0);
	panel_test_close(p);
}

static void a_gate_reports_who_passes_and_each_alarm_that_ended(void **state)
{
	struct panel *p = panel_test_open_as("channel");

	(void)state;
	panel_test_option(p, "Door1Detectortime", "20");
	panel_test_card(p, 1001);
	panel_leaf_open(p, 1);
	assert_string_equal(panel_test_codes(p), "0 200 4001");
	panel_advance(p, p->now_s + 60);
	assert_string_equal(panel_test_codes(p), "28");
	assert_int_equal(panel_test_last(p)->alarm_type, 0);
	panel_leaf_close(p, 1);
	assert_string_equal(panel_test_codes(p), "28 201");
	assert_int_equal(panel_ring_at(&p->ring, p->ring.next - 2)->alarm_type, 200);
	/* Once: it has ended. */
	panel_test_card(p, 1001);
	panel_leaf_open(p, 1);
	panel_leaf_close(p, 1);
	assert_string_equal(panel_test_codes(p), "0 200 4001 201");
	panel_test_close(p);
}

static void a_gate_parts_both_ends_of_a_person_s_validity(void **state)
{
	struct panel *p = panel_test_open_as("channel");

	(void)state;
	panel_test_row(p, "user Pin=1\tCardNo=1001\tStartTime=857088000");
	panel_test_row(p, "user Pin=2\tCardNo=1002\tEndTime=548003688");
	panel_test_card(p, 1001);
	panel_test_card(p, 1002);
	assert_string_equal(panel_test_codes(p), "5024 5025");
	panel_test_close(p);
}

static void a_gate_reports_once_that_its_memory_is_nearly_full(void **state)
{
	struct panel *p = panel_test_open_as("channel");
	unsigned found = 0;

	(void)state;
	for (uint32_t i = 0; i < p->ring.capacity + 100; i++)
		panel_tamper(p, 1);
	for (uint32_t n = p->ring.first; n < p->ring.next; n++)
		found += panel_ring_at(&p->ring, n)->event == 6005;
	assert_int_equal(found, 1);
	panel_test_close(p);
}

static void a_door_opened_without_the_lock_is_102_with_its_alarm(void **state)
{
	struct panel *p = panel_test_open();

	(void)state;
	panel_leaf_open(p, 2);
	assert_string_equal(panel_test_codes(p), "102");
	assert_int_equal(p->door[1].alarms, GHI_ALARM_FORCED);
	panel_leaf_close(p, 2);
	assert_string_equal(panel_test_codes(p), "201");
	assert_int_equal(p->door[1].alarms, GHI_ALARM_FORCED);
	panel_test_close(p);
}

static void a_door_without_sensor_reports_no_leaf(void **state)
{
	struct panel *p = panel_test_open();

	(void)state;
	panel_test_option(p, "Door1SensorType", "0");
	panel_leaf_open(p, 1);
	panel_leaf_close(p, 1);
	assert_string_equal(panel_test_codes(p), "");
	panel_test_close(p);
}

static void an_exit_button_is_202_outside_its_zone_64_and_locked_209(void **state)
{
	struct panel *p = panel_test_open();

	(void)state;
	panel_exit_button(p, 1);
	assert_true(panel_lock_released(p, 1));
	panel_test_row(p, "timezone TimezoneId=2\tTueTime1=2359");
	panel_test_row(p, "InputIOSetting Number=2\tInType=0\tTimeZoneId=2");
	panel_exit_button(p, 2);
	assert_false(panel_lock_released(p, 2));
	p->door[2].locked = true;
	panel_exit_button(p, 3);
	panel_test_option(p, "Door4REXInput", "0");
	panel_exit_button(p, 4);
	assert_string_equal(panel_test_codes(p), "202 64 209 209");
	panel_test_close(p);
}

static void auxiliary_inputs_report_only_changes(void **state)
{
	struct panel *p = panel_test_open();

	(void)state;
	panel_aux_input(p, 1, true);
	panel_aux_input(p, 1, true);
	panel_aux_input(p, 1, false);
	panel_aux_input(p, 9, true);
	panel_tamper(p, 2);
	assert_string_equal(panel_test_codes(p), "221 220 100");
	assert_int_equal(p->door[1].alarms, GHI_ALARM_TAMPER);
	panel_test_close(p);
}

static void a_supervised_input_is_triggered_or_back_to_normal(void **state)
{
	struct panel *p = panel_test_open();

	(void)state;
	/* Normally open, and normally closed. */
	panel_test_row(p, "AuxIn ID=1\tInputType=1\tInputMode=1\tSupervisedResistor=1");
	panel_test_row(p, "AuxIn ID=2\tInputType=2\tInputMode=1\tSupervisedResistor=1");
	panel_test_row(p, "AuxIn ID=3\tInputType=1\tInputMode=0");
	for (unsigned n = 1; n <= 3; n++) {
		panel_aux_input(p, n, true);
		panel_aux_input(p, n, false);
	}
	assert_string_equal(panel_test_codes(p), "226 225 225 226 221 220");
	panel_test_close(p);
}

static void a_linkage_reports_6_with_its_trigger_and_acts_once(void **state)
{
	struct panel *p = panel_test_open();

	(void)state;
	panel_test_row(
		p, "inoutfun Index=7\tEventType=27\tInAddr=0\tOutType=1\tOutAddr=2\tOutTime=9");
	panel_test_row(
		p, "inoutfun Index=8\tEventType=27\tInAddr=2\tOutType=0\tOutAddr=3\tOutTime=5");
	panel_test_row(
		p,
		"inoutfun Index=9\tEventType=6\tInAddr=0\tOutType=0\tOutAddr=4\tOutTime=255");
	panel_test_card(p, 77);
	assert_string_equal(panel_test_codes(p), "27 6");
	assert_int_equal(panel_test_last(p)->verify, 27);
	assert_int_equal(panel_test_last(p)->linkage, 7);
	assert_int_equal(p->aux_until_s[1], p->now_s + 9);
	assert_false(panel_lock_released(p, 3));
	panel_test_card_at(p, 2, 0, 77);
	assert_string_equal(panel_test_codes(p), "27 6 6");
	assert_true(panel_lock_released(p, 3));
	assert_false(panel_lock_released(p, 4));
	panel_test_close(p);
}

static void a_zone_keeps_a_door_open_and_its_end_is_204(void **state)
{
	struct panel *p = panel_test_open();

	(void)state;
	panel_test_row(p, "timezone TimezoneId=2\tMonTime1=72090800"); /* 11:00 to 12:00 */
	panel_test_option(p, "Door1KeepOpenTimeZone", "2");
	panel_advance(p, MONDAY_10 + 3600);
	assert_true(panel_lock_released(p, 1));
	assert_int_equal(panel_test_card(p, 1001), 1);
	panel_advance(p, MONDAY_10 + 2 * 3600 + 60);
	assert_false(panel_lock_released(p, 1));
	assert_string_equal(panel_test_codes(p), "1 204");
	panel_test_close(p);
}

/* Some firmware drops it on the next day (persona). */
static void outputs_follow_their_time_rules(void **state)
{
	struct panel *p = panel_test_open();

	(void)state;
	panel_test_row(p, "timezone TimezoneId=2\tMonTime1=72090800"); /* 11:00 to 12:00 */
	panel_test_row(p, "outrelaysetting Num=1\tOutType=0\tActionType=1\tTimezoneId=2");
	panel_test_row(p, "outrelaysetting Num=1\tOutType=1\tActionType=1\tTimezoneId=2");
	panel_test_row(p, "outrelaysetting Num=2\tOutType=1\tActionType=2\tTimezoneId=2");
	panel_aux_output(p, 2, 255);
	panel_advance(p, MONDAY_10 + 3599);
	assert_false(panel_lock_released(p, 1) || panel_aux_is_on(p, 1));
	assert_true(panel_aux_is_on(p, 2));
	panel_advance(p, MONDAY_10 + 3600);
	assert_true(panel_lock_released(p, 1) && panel_aux_is_on(p, 1));
	assert_false(panel_lock_released(p, 2) || panel_aux_is_on(p, 2));
	panel_advance(p, MONDAY_10 + 7260);
	assert_false(panel_lock_released(p, 1) || panel_aux_is_on(p, 1));
	assert_true(panel_aux_is_on(p, 2));
	assert_string_equal(panel_test_codes(p), "229 204 230");
	/* The whole day closed: neither zone nor first card releases it. */
	panel_test_row(p, "outrelaysetting Num=3\tOutType=0\tActionType=2\tTimezoneId=1");
	panel_test_option(p, "Door3KeepOpenTimeZone", "1");
	panel_advance(p, MONDAY_10 + 7320);
	assert_false(panel_lock_released(p, 3));
	panel_test_close(p);
}

static void who_has_entered_is_dropped_at_midnight_where_the_persona_does(void **state)
{
	static const char *const personas[] = { "spec", "inbio260-pro" };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct panel *p = panel_test_open();
		const struct acc_persona *persona = acc_persona_named(gh_slice_of(personas[i]));

		p->persona = persona;
		panel_test_option(p, "AntiPassback", "16");
		assert_int_equal(panel_test_card(p, 1001), 0);
		assert_int_equal(panel_test_card(p, 1001), 24);
		panel_advance(p, p->now_s + 86400);
		assert_int_equal(panel_test_card(p, 1001), persona->apb_midnight ? 0 : 24);
		panel_test_close(p);
	}
}

static void the_ring_keeps_the_newest_events_and_their_indices(void **state)
{
	struct panel_ring r;
	struct panel_event e = { 0 };

	(void)state;
	panel_ring_open(&r, 100);
	for (int i = 0; i < 250; i++) {
		e.event = i;
		assert_int_equal(panel_ring_add(&r, &e), GH_OK);
	}
	assert_int_equal(r.first, 150);
	assert_null(panel_ring_at(&r, 149));
	for (uint32_t n = 150; n < 250; n++)
		assert_int_equal(panel_ring_at(&r, n)->event, n);
	panel_ring_drop(&r, 240);
	assert_null(panel_ring_at(&r, 239));
	assert_int_equal(panel_ring_at(&r, 240)->event, 240);
	panel_ring_close(&r);
}

static void rows_are_replaced_by_key_and_deleted_by_their_fields(void **state)
{
	struct panel *p = panel_test_open();
	struct panel_tables *t = &p->tables;

	(void)state;
	assert_int_equal(panel_rows(t, PANEL_USER), 6);
	panel_test_row(p, "user PIN=1\tcard_no=5");
	assert_int_equal(panel_rows(t, PANEL_USER), 6);
	panel_test_row(p, "templatev10 Pin=1\tFingerID=1\tTemplate=AA==");
	panel_test_row(p, "templatev10 Pin=1\tFingerID=2\tTemplate=AA==");
	panel_test_row(p, "templatev10 Pin=2\tFingerID=2\tTemplate=AA==");
	assert_int_equal(panel_rows_delete(t, PANEL_TEMPLATEV10, GH_LIT("Pin=1\tFingerID=2")),
			 1);
	assert_int_equal(panel_rows_of(t, PANEL_TEMPLATEV10, GH_LIT("1"))->len, 1);
	assert_int_equal(panel_rows_delete(t, PANEL_TEMPLATEV10, GH_LIT("Pin=1")), 1);
	assert_null(panel_rows_of(t, PANEL_TEMPLATEV10, GH_LIT("1")));
	assert_int_equal(panel_rows_delete(t, PANEL_USER, GH_LIT("")), 6);
	assert_null(panel_row_at(t, PANEL_USER, 0));
	panel_test_close(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_passage_is_opened_and_closed_and_the_lock_follows_the_leaf),
		cmocka_unit_test(a_door_open_too_long_is_28_once_with_its_alarm),
		cmocka_unit_test(a_gate_reports_who_passes_and_each_alarm_that_ended),
		cmocka_unit_test(a_gate_parts_both_ends_of_a_person_s_validity),
		cmocka_unit_test(a_gate_reports_once_that_its_memory_is_nearly_full),
		cmocka_unit_test(a_door_opened_without_the_lock_is_102_with_its_alarm),
		cmocka_unit_test(a_door_without_sensor_reports_no_leaf),
		cmocka_unit_test(an_exit_button_is_202_outside_its_zone_64_and_locked_209),
		cmocka_unit_test(auxiliary_inputs_report_only_changes),
		cmocka_unit_test(a_supervised_input_is_triggered_or_back_to_normal),
		cmocka_unit_test(a_linkage_reports_6_with_its_trigger_and_acts_once),
		cmocka_unit_test(a_zone_keeps_a_door_open_and_its_end_is_204),
		cmocka_unit_test(outputs_follow_their_time_rules),
		cmocka_unit_test(who_has_entered_is_dropped_at_midnight_where_the_persona_does),
		cmocka_unit_test(the_ring_keeps_the_newest_events_and_their_indices),
		cmocka_unit_test(rows_are_replaced_by_key_and_deleted_by_their_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Each fault of an access device alone, and by what it is seen (src/sim/access/fault.def). Those of every device
 * that calls a server are in tests/sim/test_faults.c; the time that a clock is set to, in test_settings.py. */
#include "tests.h"

#include "sim/access/command.h"
#include "sim/access/door.h"
#include "unit_test.h"

#include <stdio.h>
#include <stdlib.h>

#define QUERY "C:5:DATA QUERY tablename=user,fielddesc=*,filter=*"

static struct unit_test *fault_open(const char *persona, const char *fault)
{
	struct unit_test *t = unit_test_of(persona);
	char list[48];
	gh_slice bad;

	snprintf(list, sizeof(list), "%s:100", fault);
	assert_int_equal(acc_faults_parse(gh_slice_of(list), &t->plan.faults, &bad), GH_OK);
	return t;
}

/* What a query makes a device send that does so: `sign` so often. */
static void commands_and_their_results(void **state)
{
	static const struct {
		const char *persona, *fault, *sign;
		unsigned n;
	} cases[] = {
		{ "inbio260-pro", "packet-again", "&packidx=1 ", 2 },
		{ "spec", "deferred", "ID=5&Return=-5000&CMD=DATA QUERY", 2 },
		{ "spec", "result-id", "ID=20", 1 },
		{ "spec", "result-case", "id=5&return=", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct unit_test *t = fault_open(cases[i].persona, cases[i].fault);

		unit_test_open(t);
		unit_test_begin(t);
		unit_test_command(t, QUERY);
		if (unit_test_seen(t, cases[i].sign) != cases[i].n)
			fail_msg("%s: %s %u times", cases[i].fault, cases[i].sign,
				 unit_test_seen(t, cases[i].sign));
		unit_test_close(t);
	}
}

static void a_result_may_never_come(void **state)
{
	struct unit_test *t = fault_open("spec", "result-never");

	(void)state;
	unit_test_open(t);
	unit_test_begin(t);
	while (!strstr(unit_test_expect(t, "/iclock/"), "/getrequest"))
		unit_test_respond_as_server(t);
	unit_test_respond(t, "C:5:SET OPTIONS Door1Drivertime=7");
	for (int i = 0; i < 20; i++) {
		assert_null(strstr(unit_test_expect(t, "/iclock/"), "/devicecmd"));
		unit_test_respond_as_server(t);
	}
	/* It was carried out all the same. */
	assert_string_equal(panel_option(&t->unit.panel, GH_LIT("Door1Drivertime")), "7");
	unit_test_close(t);
}

/* Packets that are lost or out of order come after the next. */
static void packets_come_in_another_order(void **state)
{
	static const char *const faults[] = { "packet-lost", "packet-order" };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct unit_test *t = fault_open("inbio260-pro", faults[i]);
		unsigned first = 0, second = 0, at = 0;
		struct acc_persona persona = *t->plan.mix.persona[0];

		persona.package = 200;
		t->plan.mix.persona[0] = &persona;
		unit_test_open(t);
		unit_test_begin(t);
		while (!strstr(unit_test_expect(t, "/iclock/"), "/getrequest"))
			unit_test_respond_as_server(t);
		unit_test_respond(t, QUERY);
		while (!strstr(unit_test_expect(t, "/iclock/"), "/devicecmd")) {
			at++;
			if (strstr(t->text, "&packidx=1 "))
				first = at;
			if (strstr(t->text, "&packidx=2 "))
				second = at;
			unit_test_respond_as_server(t);
		}
		assert_true(second && first > second);
		unit_test_close(t);
	}
}

static void the_index_begins_again(void **state)
{
	struct unit_test *t = fault_open("spec", "index-reset");
	bool again = false;

	(void)state;
	t->plan.events = 30;
	unit_test_open(t);
	for (uint32_t i = t->unit.panel.ring.first + 1; i < t->unit.panel.ring.next; i++)
		again |= panel_ring_at(&t->unit.panel.ring, i)->index <=
			 panel_ring_at(&t->unit.panel.ring, i - 1)->index;
	assert_true(again);
	unit_test_close(t);
}

static void few_events_are_kept(void **state)
{
	struct unit_test *t = fault_open("spec", "overwrite");

	(void)state;
	t->plan.events = 500;
	unit_test_open(t);
	assert_int_equal(t->unit.panel.ring.next - t->unit.panel.ring.first, 20);
	unit_test_close(t);
}

static void a_cookie_is_of_an_earlier_session(void **state)
{
	struct unit_test *t = fault_open("spec", "cookie-stale");
	char before[160];

	(void)state;
	unit_test_open(t);
	unit_test_begin(t);
	unit_test_expect(t, "Cookie: token=");
	snprintf(before, sizeof(before), "%.46s", strstr(t->text, "Cookie: token="));
	unit_test_respond_as_server(t);
	t->plan.faults.permille[ACC_FAULT_COOKIE_STALE] = 0;
	unit_test_expect(t, "Cookie: token=");
	assert_null(strstr(t->text, before));
	unit_test_close(t);
}

static void a_prefix_is_glued_and_states_stand_among_events(void **state)
{
	struct unit_test *t = fault_open("main-with-subs", "prefix-glued");

	(void)state;
	unit_test_open(t);
	unit_test_begin(t);
	assert_int_equal(unit_test_seen(t, "DeviceAuthorizeSN=T000001S"), 8);
	unit_test_close(t);
	t = fault_open("spec", "state-in-events");
	unit_test_open(t);
	unit_test_begin(t);
	panel_exit_button(&t->unit.panel, 1);
	while (!strstr(unit_test_expect(t, "/iclock/"), "table=rtlog"))
		unit_test_respond_as_server(t);
	assert_non_null(strstr(unit_test_body(t), "\tsensor="));
	assert_non_null(strstr(unit_test_body(t), "\tevent=202\t"));
	unit_test_close(t);
}

static void a_clock_gains(void **state)
{
	struct unit_test *t = fault_open("spec", "clock-fast");
	int64_t begin;

	(void)state;
	unit_test_open(t);
	unit_test_begin(t);
	begin = unit_clock_s(&t->unit);
	unit_follow(&t->unit, t->now_ms + 10000);
	assert_int_equal(unit_clock_s(&t->unit) - begin, 50);
	unit_test_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands_and_their_results),
		cmocka_unit_test(a_result_may_never_come),
		cmocka_unit_test(packets_come_in_another_order),
		cmocka_unit_test(the_index_begins_again),
		cmocka_unit_test(few_events_are_kept),
		cmocka_unit_test(a_cookie_is_of_an_earlier_session),
		cmocka_unit_test(a_prefix_is_glued_and_states_stand_among_events),
		cmocka_unit_test(a_clock_gains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests.h"

#include "model/punch_rule.h"

static struct punch_rules rules_of(const char *text)
{
	struct punch_rules r;
	const char *why;

	if (punch_rules_parse(gh_slice_of(text), &r, &why)) {
		print_error("%s\n", text);
		fail();
	}
	return r;
}

static struct access_event event_of(int64_t code, int64_t door, const char *pin)
{
	struct access_event e = access_event_empty();

	e.event = code;
	e.door = e.address = door;
	e.pin = gh_slice_of(pin);
	e.direction = ACCESS_OUT;
	e.verify_form = VERIFY_MODE_NUMBER;
	e.verify = 4;
	return e;
}

static void the_narrowest_rule_decides(void **state)
{
	static const struct {
		const char *server, *device;
		int64_t code, door;
		const char *pin;
		bool punch;
		int32_t status;
	} c[] = {
		{ "", "", 0, 1, "7", false, 0 },
		{ "off", "", 0, 1, "7", false, 0 },
		{ "granted", "", 0, 1, "7", true, 1 },
		{ "granted", "", 0, 1, "", false, 0 },
		{ "granted", "", 23, 1, "7", false, 0 },
		{ "granted", "off", 0, 1, "7", false, 0 },
		{ "off", "granted", 0, 1, "7", true, 1 },
		{ "0,14", "", 14, 1, "7", true, 1 },
		{ "0,14", "", 1, 1, "7", false, 0 },
		{ "23", "", 23, 1, "7", true, 1 },
		{ "granted/in", "", 0, 1, "7", true, 0 },
		{ "granted", "granted/none", 0, 1, "7", true, -1 },
		{ "granted", "2=off", 0, 2, "7", false, 0 },
		{ "granted", "2=off", 0, 1, "7", true, 1 },
		{ "granted", "/in", 0, 1, "7", true, 0 },
		{ "granted/in", "2=/out", 0, 2, "7", true, 1 },
		{ "granted/in", "2=granted", 0, 2, "7", true, 0 },
		{ "off", "off; 2=0/in ; 3=granted", 0, 2, "7", true, 0 },
		{ "off", "off; 2=0/in ; 3=granted", 0, 3, "7", true, 1 },
		{ "off", "off; 2=0/in ; 3=granted", 0, 1, "7", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		struct punch_rules server = rules_of(c[i].server),
				   device = rules_of(c[i].device);
		struct access_event e = event_of(c[i].code, c[i].door, c[i].pin);
		int32_t status = 99, verify = 99;
		bool punch = punch_rules_apply(&device, &server, &e, &status, &verify);

		if (punch != c[i].punch || (punch && status != c[i].status))
			print_error("case %zu: status %d\n", i, status);
		assert_int_equal(punch, c[i].punch);
		if (punch) {
			assert_int_equal(status, c[i].status);
			assert_int_equal(verify, 4);
		}
	}
}

static void what_has_no_meaning_is_left_out_of_the_punch(void **state)
{
	struct punch_rules on = rules_of("granted"), none = rules_of("");
	struct access_event e = event_of(0, 1, "7");
	int32_t status, verify;

	(void)state;
	e.direction = ACCESS_ABSENT;
	e.verify_form = VERIFY_FACTORS;
	assert_true(punch_rules_apply(&none, &on, &e, &status, &verify));
	assert_int_equal(status, PUNCH_ABSENT);
	assert_int_equal(verify, PUNCH_ABSENT);
	e.source = ACCESS_IDENTIFIED;
	assert_false(punch_rules_apply(&none, &on, &e, &status, &verify));
}

static void rules_that_make_no_sense_are_refused(void **state)
{
	static const char *const text[] = {
		"on",
		"granted,1",
		"0;",
		"70000",
		"1,",
		",1",
		"granted/",
		"granted/up",
		"0=off",
		"2=",
		"2=off;2=granted",
		"granted;;2=off",
		";",
		"x=off",
		"granted; off",
	};
	struct punch_rules r;

	(void)state;
	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		const char *why = NULL;
		enum gh_err err = punch_rules_parse(gh_slice_of(text[i]), &r, &why);

		if (err != GH_EINVALID)
			print_error("text %zu is taken\n", i);
		assert_int_equal(err, GH_EINVALID);
		assert_non_null(why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_narrowest_rule_decides),
		cmocka_unit_test(what_has_no_meaning_is_left_out_of_the_punch),
		cmocka_unit_test(rules_that_make_no_sense_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

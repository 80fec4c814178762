#include "tests.h"

#include "model/attendance_status.h"
#include "model/biometric_type.h"
#include "model/operation.h"
#include "model/verify_mode.h"

static void the_same_number_is_another_verify_mode_on_an_old_device(void **state)
{
	static const struct {
		int32_t number;
		const char *on_old, *on_new, *of_card;
	} c[] = {
		{ 0, "password", "any", NULL },
		{ 1, "fingerprint", "fingerprint", "face" },
		{ 2, "card", "PIN", "face + fingerprint" },
		{ 9, "other", "fingerprint + password", NULL },
		{ 15, "face", "face", NULL },
		{ 29, "palm print + fingerprint + face", "palm print + fingerprint + face",
		  NULL },
		{ 200, "other", "other", NULL },
		{ 30, NULL, NULL, NULL },
		{ -1, NULL, NULL, NULL },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		const struct {
			const char *want, *got;
		} pair[] = {
			{ c[i].on_old, verify_mode_name(c[i].number, VERIFY_OLD) },
			{ c[i].on_new, verify_mode_name(c[i].number, VERIFY_NEW) },
			{ c[i].of_card, verify_mode_name(c[i].number, VERIFY_ID_CARD) },
		};
		for (size_t k = 0; k < 3; k++) {
			if (pair[k].want == NULL)
				assert_null(pair[k].got);
			else
				assert_string_equal(pair[k].got, pair[k].want);
		}
	}
}

static void a_status_depends_on_what_it_is_the_status_of(void **state)
{
	(void)state;
	assert_string_equal(attendance_status_name(0, STATUS_PUNCH), "check in");
	assert_string_equal(attendance_status_name(9, STATUS_PUNCH), "meal end");
	assert_string_equal(attendance_status_name(255, STATUS_PUNCH), "undefined");
	assert_null(attendance_status_name(6, STATUS_PUNCH));
	assert_null(attendance_status_name(-1, STATUS_PUNCH));
	assert_string_equal(attendance_status_name(2, STATUS_ID_CARD), "blacklisted");
	assert_null(attendance_status_name(3, STATUS_ID_CARD));
	assert_string_equal(attendance_status_name(4, STATUS_PHOTO), "verification failed");
}

static void operations_name_their_values(void **state)
{
	(void)state;
	assert_string_equal(operation_name(6), "fingerprint enrolled");
	assert_string_equal(operation_value_name(6, 1), "PIN");
	assert_string_equal(operation_value_name(6, 3), "template length");
	assert_null(operation_value_name(6, 0));
	assert_null(operation_value_name(6, 4));
	assert_null(operation_value_name(0, 1));
	assert_string_equal(operation_name(69), "photo changed");
	assert_null(operation_name(67));
	assert_null(operation_name(-1));
}

static void an_alarm_reason_may_stand_in_either_value(void **state)
{
	(void)state;
	assert_string_equal(alarm_reason_of(GH_LIT("55"), GH_LIT("0")), alarm_reason_name(55));
	assert_string_equal(alarm_reason_of(GH_LIT("0"), GH_LIT("54")), alarm_reason_name(54));
	assert_string_equal(alarm_reason_of(GH_LIT("Alarm"), GH_LIT("65535")),
			    "alarm cancelled");
	assert_null(alarm_reason_of(GH_LIT(""), GH_LIT("52")));
}

static void biometric_types_and_device_errors_have_names(void **state)
{
	(void)state;
	assert_string_equal(biometric_type_name(0), "common");
	assert_string_equal(biometric_type_name(9), "visible-light face");
	assert_null(biometric_type_name(10));
	assert_null(biometric_type_name(-1));
	assert_string_equal(device_error_name(GH_LIT("d01e0001")), "no face found");
	assert_null(device_error_name(GH_LIT("D01E0007")));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_number_is_another_verify_mode_on_an_old_device),
		cmocka_unit_test(a_status_depends_on_what_it_is_the_status_of),
		cmocka_unit_test(operations_name_their_values),
		cmocka_unit_test(an_alarm_reason_may_stand_in_either_value),
		cmocka_unit_test(biometric_types_and_device_errors_have_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

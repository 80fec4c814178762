#include "tests.h"

#include "model/access_words.h"
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
	assert_string_equal(biometric_type_name(10), "visible-light palm");
	assert_null(biometric_type_name(11));
	assert_null(biometric_type_name(-1));
	assert_string_equal(device_error_name(GH_LIT("d01e0001")), "no face found");
	assert_null(device_error_name(GH_LIT("D01E0007")));
}

static void numbers_of_access_devices_have_words(void **state)
{
	int functions = 0, languages = 0, nations = 0, models = 0;
	(void)state;

	for (int i = 0; i < 1000; i++) {
		functions += access_function_name(i) != NULL;
		languages += language_name(i) != NULL;
		nations += nation_name(i) != NULL;
		models += access_model_name(i) != NULL;
	}
	assert_int_equal(functions, 67);
	assert_int_equal(languages, 23);
	assert_int_equal(nations, 60);
	assert_int_equal(models, 21);
	assert_string_equal(access_function_name(7), "several cards a user");
	assert_null(access_function_name(67));
	assert_string_equal(language_name(69), "English");
	assert_string_equal(access_model_name(9), "C3-260, INBIO260");
	assert_string_equal(access_rule_name(ACCESS_RULE_INTERLOCK, 3), "doors 1, 2 and 3");
	assert_string_equal(access_rule_name(ACCESS_RULE_ANTI_PASSBACK, 192),
			    "within the reader pairs of doors 3, 4, each separately");
	assert_non_null(access_rule_name(ACCESS_RULE_ANTI_PASSBACK, 196));
	assert_null(access_rule_name(ACCESS_RULE_INTERLOCK, 6));
	assert_string_equal(error_module_name(GH_LIT("D01E0001")), "PUSH communication");
	assert_string_equal(error_module_name(GH_LIT("d07e0001")), "licence service");
	assert_null(error_module_name(GH_LIT("S01E0001")));
	assert_null(error_module_name(GH_LIT("D99E0001")));
	assert_null(error_module_name(GH_LIT("D0")));
}

static void a_parameter_is_found_whatever_its_tilde(void **state)
{
	static const struct {
		enum access_parameter_kind kind;
		size_t rows;
	} c[] = {
		{ ACCESS_PARAMETER_REGISTRATION, 92 }, { ACCESS_PARAMETER_DOOR, 32 },
		{ ACCESS_PARAMETER_READER, 4 },	       { ACCESS_PARAMETER_DEVICE, 17 },
		{ ACCESS_PARAMETER_CHANNEL, 68 },      { ACCESS_PARAMETER_NETWORK, 8 },
		{ ACCESS_PARAMETER_OPTION, 20 },       { ACCESS_PARAMETER_SCREEN, 7 },
	};
	(void)state;

	for (size_t k = 0; k < sizeof(c) / sizeof(c[0]); k++) {
		const struct access_parameter *p;
		size_t n = 0;

		for (size_t i = 0; (p = access_parameter_at(i)) != NULL; i++) {
			if (p->kind != c[k].kind)
				continue;
			n++;
			assert_ptr_equal(access_parameter_find(p->kind, gh_slice_of(p->name)),
					 p);
			assert_true(p->words[0] != '\0');
		}
		assert_int_equal(n, c[k].rows);
	}
	assert_string_equal(
		access_parameter_find(ACCESS_PARAMETER_REGISTRATION, GH_LIT("maxusercount"))
			->name,
		"~MaxUserCount");
	assert_non_null(access_parameter_find(ACCESS_PARAMETER_REGISTRATION,
					      GH_LIT("~ CtlAllRelayFunOn")));
	assert_null(access_parameter_find(ACCESS_PARAMETER_DOOR, GH_LIT("LockCount")));
	assert_null(access_parameter_find(ACCESS_PARAMETER_DOOR, GH_LIT("")));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_number_is_another_verify_mode_on_an_old_device),
		cmocka_unit_test(a_status_depends_on_what_it_is_the_status_of),
		cmocka_unit_test(operations_name_their_values),
		cmocka_unit_test(an_alarm_reason_may_stand_in_either_value),
		cmocka_unit_test(biometric_types_and_device_errors_have_names),
		cmocka_unit_test(numbers_of_access_devices_have_words),
		cmocka_unit_test(a_parameter_is_found_whatever_its_tilde),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests.h"

#include "base/civil_time.h"

static void digits_survive_a_round_trip(void **state)
{
	static const char *const text[] = {
		"2024-02-29 23:59:58",
		"0000-00-00 00:00:00",
		"2023-02-30 25:61:61",
		"9999-99-99 99:99:99",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		char back[32] = { 0 };
		struct ghi_writer w = ghi_writer_on(back, sizeof(back) - 1);
		ghi_civil t;

		assert_int_equal(ghi_civil_parse(gh_slice_of(text[i]), &t), GH_OK);
		ghi_put_civil(&w, t);
		assert_string_equal(back, text[i]);
	}
}

static void only_real_moments_are_valid(void **state)
{
	static const struct {
		const char *text;
		bool valid;
	} c[] = {
		{ "2024-02-29 00:00:00", true },  { "2023-02-29 00:00:00", false },
		{ "1900-02-29 00:00:00", false }, { "2000-02-29 00:00:00", true },
		{ "2024-00-10 00:00:00", false }, { "2024-13-10 00:00:00", false },
		{ "2024-04-31 00:00:00", false }, { "2024-04-30 24:00:00", false },
		{ "2024-04-30 23:60:00", false }, { "2024-04-30 23:59:60", false },
		{ "2024-04-30 23:59:59", true },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		ghi_civil t;

		assert_int_equal(ghi_civil_parse(gh_slice_of(c[i].text), &t), GH_OK);
		assert_int_equal(ghi_civil_valid(t), c[i].valid);
	}
}

static void other_shapes_are_refused(void **state)
{
	static const char *const text[] = {
		"",
		"2024-02-29",
		"2024-02-29 23:59",
		"2024-02-29 23:59:5x",
		"2024/02/29 23:59:58",
		"2024-02-29 23:59:580",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		ghi_civil t;

		assert_int_equal(ghi_civil_parse(gh_slice_of(text[i]), &t), GH_EMALFORMED);
	}
}

static void seconds_agree_with_known_moments(void **state)
{
	static const struct {
		ghi_civil t;
		int64_t seconds;
	} c[] = {
		{ 19700101000000, 0 },
		{ 20240229235958, 1709251198 },
		{ 19691231235959, -1 },
		{ 20000101000000, 946684800 },
		{ 99991231235959, 253402300799 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		assert_int_equal(ghi_civil_to_seconds(c[i].t), c[i].seconds);
		assert_int_equal(ghi_civil_from_seconds(c[i].seconds), c[i].t);
	}
	assert_int_equal(ghi_civil_from_seconds(253402300800), GHI_CIVIL_NONE);
	assert_int_equal(ghi_civil_from_seconds(INT64_MIN / 2), GHI_CIVIL_NONE);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(digits_survive_a_round_trip),
		cmocka_unit_test(only_real_moments_are_valid),
		cmocka_unit_test(other_shapes_are_refused),
		cmocka_unit_test(seconds_agree_with_known_moments),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

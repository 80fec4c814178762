#include "tests.h"

#include "base/number.h"

static void only_digits_make_a_number(void **state)
{
	static const struct {
		const char *text;
		uint64_t max;
		enum gh_err want;
		uint64_t value;
	} c[] = {
		{ "0", 9, GH_OK, 0 },
		{ "007", 9, GH_OK, 7 },
		{ "18446744073709551615", UINT64_MAX, GH_OK, UINT64_MAX },
		{ "18446744073709551616", UINT64_MAX, GH_ETOOBIG, 0 },
		{ "10", 9, GH_ETOOBIG, 0 },
		{ "", 9, GH_EMALFORMED, 0 },
		{ " 1", 9, GH_EMALFORMED, 0 },
		{ "+1", 9, GH_EMALFORMED, 0 },
		{ "1x", 9, GH_EMALFORMED, 0 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		uint64_t v = 0;

		assert_int_equal(ghi_number_parse(gh_slice_of(c[i].text), c[i].max, &v),
				 c[i].want);
		assert_int_equal(v, c[i].value);
	}
}

static void a_sign_is_read_where_it_is_allowed(void **state)
{
	int64_t v = 0;
	(void)state;

	assert_int_equal(ghi_signed_parse(GH_LIT("-1002"), INT64_MIN, INT64_MAX, &v), GH_OK);
	assert_int_equal(v, -1002);
	assert_int_equal(ghi_signed_parse(GH_LIT("-"), INT64_MIN, INT64_MAX, &v),
			 GH_EMALFORMED);
	assert_int_equal(ghi_signed_parse(GH_LIT("-5"), -4, 4, &v), GH_ETOOBIG);
	assert_int_equal(v, -1002);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_digits_make_a_number),
		cmocka_unit_test(a_sign_is_read_where_it_is_allowed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

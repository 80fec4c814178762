#include "tests.h"

#include "base/writer.h"

static void numbers_are_written_in_full(void **state)
{
	char buf[128] = { 0 };
	struct ghi_writer w = ghi_writer_on(buf, sizeof(buf) - 1);
	(void)state;

	ghi_put_decimal(&w, UINT64_MAX);
	ghi_put_u8(&w, ' ');
	ghi_put_signed(&w, INT64_MIN);
	ghi_put_u8(&w, ' ');
	ghi_put_padded(&w, 7, 4);
	ghi_put_u8(&w, ' ');
	ghi_put_padded(&w, 12345, 4);
	assert_int_equal(w.err, GH_OK);
	assert_string_equal(buf, "18446744073709551615 -9223372036854775808 0007 12345");
}

static void what_does_not_fit_leaves_no_half(void **state)
{
	char buf[4] = { 0 };
	struct ghi_writer w = ghi_writer_on(buf, sizeof(buf));
	(void)state;

	ghi_put(&w, GH_LIT("abc"));
	ghi_put(&w, GH_LIT("de"));
	assert_int_equal(w.err, GH_ESPACE);
	ghi_put(&w, GH_LIT("f"));
	assert_int_equal(w.n, 3);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_written_in_full),
		cmocka_unit_test(what_does_not_fit_leaves_no_half),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

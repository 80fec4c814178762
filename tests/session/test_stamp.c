#include "tests.h"

#include "session/attendance/stamp.h"

#define NOW INT64_C(1722470400) /* 2024-08-01 00:00:00 UTC */

static void a_stamp_is_kept_within_reason(void **state)
{
	static const struct {
		const char *stamp;
		bool plausible;
	} row[] = {
		{ "", false },
		{ "0", false },
		{ "00", true },
		{ "1", true },
		{ "9999", true },
		{ "0123", true },
		{ "None", true },
		{ "ABC123", true },
		{ "2024-02-01T08:00:00", true },
		{ "9999999999x", true },
		{ "793497600", true },	/* that day, packed */
		{ "1722470400", true }, /* now, in seconds */
		{ "1722643200", true }, /* the end of tomorrow, in UTC */
		{ "1722693600", true }, /* and where it ends last */
		{ "1722693601", false },
		{ "4294967295", false },
		{ "999999999999999999999", false },
		{ "12345678901234567890123456789012", false },
		{ "x2345678901234567890123456789012", true },
		{ "x23456789012345678901234567890123", false },
		{ "a b", false },
		{ "a\nStamp=1", false },
		{ "\xFF", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		assert_int_equal(stamp_is_plausible(gh_slice_of(row[i].stamp), NOW),
				 row[i].plausible);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stamp_is_kept_within_reason),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

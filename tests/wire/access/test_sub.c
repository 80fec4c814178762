#include "tests.h"

#include <stdio.h>

#include "wire/access/sub.h"

static void rows_are_read_whatever_firmware_does_to_their_beginning(void **state)
{
	static const char *const heads[] = { "DeviceAuthorize SN=", "DeviceAuthorizeSN=", "SN=",
					     "deviceauthorize sn=", "DeviceAuthorize\tSN=" };
	(void)state;

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		char line[256];
		struct ghi_sub s;

		snprintf(line, sizeof(line),
			 "%sSUB1\tOnline=1\tIsAuthorize=1\tAuthorizeInfo=a=b,c=d\t"
			 "RegisterInfo=DeviceType=acc,~DeviceName=inBio260 "
			 "Pro,LockCount=2\t\r\n",
			 heads[i]);
		assert_int_equal(ghi_sub_parse(gh_slice_of(line), &s), GH_OK);
		assert_true(gh_slice_eq(s.sn, GH_LIT("SUB1")));
		assert_true(s.online);
		assert_int_equal(s.step, GHI_SUB_REGISTERS);
		assert_true(gh_slice_eq(s.brief, GH_LIT("a=b,c=d")));
		assert_true(gh_slice_eq(s.registration,
					GH_LIT("DeviceType=acc,~DeviceName=inBio260 Pro,"
					       "LockCount=2")));
	}
}

static void what_is_absent_is_none(void **state)
{
	struct ghi_sub s;

	(void)state;
	assert_int_equal(ghi_sub_parse(GH_LIT("SN=A"), &s), GH_OK);
	assert_false(s.online);
	assert_int_equal(s.step, GHI_SUB_WAITS);
	assert_int_equal(s.brief.n + s.registration.n, 0);
	assert_int_equal(ghi_sub_parse(GH_LIT("SN=A\tOnline=\tIsAuthorize="), &s), GH_OK);
}

static void what_names_no_sub_controller_or_no_step_is_malformed(void **state)
{
	static const char *const bad[] = { "",
					   "DeviceAuthorize",
					   "DeviceAuthorize SN=",
					   "Online=1\tIsAuthorize=0",
					   "SN=A\tIsAuthorize=3",
					   "SN=A\tIsAuthorize=-1",
					   "SN=A\tIsAuthorize=x",
					   "SN=A\tOnline=2" };
	struct ghi_sub s;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(ghi_sub_parse(gh_slice_of(bad[i]), &s), GH_EMALFORMED);
}

static void a_row_reads_back_as_it_was_written(void **state)
{
	(void)state;
	for (int online = 0; online < 2; online++)
		for (int step = 0; step < GHI_SUB_STEPS; step++) {
			const struct ghi_sub from = { GH_LIT("DDG7012017010600049"), online,
						      (enum ghi_sub_step)step, GH_LIT("x=1"),
						      GH_LIT("a=1,b=c d") };
			uint8_t text[256];
			struct ghi_writer w = ghi_writer_on(text, sizeof(text));
			struct ghi_sub to;

			ghi_sub_write(&w, &from);
			assert_int_equal(w.err, GH_OK);
			assert_int_equal(ghi_sub_parse(ghi_written(&w), &to), GH_OK);
			assert_true(gh_slice_eq(from.sn, to.sn));
			assert_int_equal(from.online, to.online);
			assert_int_equal(from.step, to.step);
			assert_true(gh_slice_eq(from.brief, to.brief));
			assert_true(gh_slice_eq(from.registration, to.registration));
		}
}

static void text_that_would_not_read_back_is_refused(void **state)
{
	static const struct ghi_sub bad[] = {
		{ .sn = { NULL, 0 } },
		{ .sn = { (const uint8_t *)"A", 1 }, .brief = { (const uint8_t *)"a\tb", 3 } },
		{ .sn = { (const uint8_t *)"A\n", 2 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		uint8_t text[128];
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));

		ghi_sub_write(&w, &bad[i]);
		assert_int_equal(w.err, GH_EMALFORMED);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_read_whatever_firmware_does_to_their_beginning),
		cmocka_unit_test(what_is_absent_is_none),
		cmocka_unit_test(what_names_no_sub_controller_or_no_step_is_malformed),
		cmocka_unit_test(a_row_reads_back_as_it_was_written),
		cmocka_unit_test(text_that_would_not_read_back_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Requests for verification, and verdicts (PUSH SDK 2013, 3.2.5-2). */
#include "tests.h"

#include "wire/attendance/verification.h"

static void a_request_is_read_by_its_keys(void **state)
{
	static const struct {
		const char *body, *pin, *data;
	} cases[] = {
		{ "PIN=982\tSize=4\tTMP=AAAA", "982", "AAAA" },
		{ "PIN=982\tSize=4\tTMP=AA==\r\n", "982", "AA==" },
		{ "TMP=x\tpin= 7 ", "7", "x" },
		{ "PIN=0\tSize=1\tTMP=5\n", "", "5" },
		{ "PIN=\tSize=0\tTMP=", "", "" },
		{ "TMP=5", "", "5" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ghi_verification v;

		assert_int_equal(ghi_verification_read(gh_slice_of(cases[i].body), &v), GH_OK);
		assert_true(gh_slice_eq(v.pin, gh_slice_of(cases[i].pin)));
		assert_true(gh_slice_eq(v.data, gh_slice_of(cases[i].data)));
	}
}

static void without_what_was_presented_it_is_none(void **state)
{
	static const char *const bodies[] = {
		"", "PIN=7", "PIN=7\tSize=4", "TMP", "\n", "=\t="
	};
	struct ghi_verification v;
	(void)state;

	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
		assert_int_equal(ghi_verification_read(gh_slice_of(bodies[i]), &v),
				 GH_EMALFORMED);
}

static void what_was_presented_has_a_word_and_a_name(void **state)
{
	(void)state;
	assert_int_equal(ghi_presented_of(GH_LIT("card")), GHI_PRESENTED_CARD);
	assert_int_equal(ghi_presented_of(GH_LIT(" FP ")), GHI_PRESENTED_FINGERPRINT);
	assert_int_equal(ghi_presented_of(GH_LIT("device")), GHI_PRESENTED_UNKNOWN);
	assert_int_equal(ghi_presented_of(GH_LIT("")), GHI_PRESENTED_UNKNOWN);
	assert_string_equal(ghi_presented_word(GHI_PRESENTED_PASSWORD), "PWD");
	assert_string_equal(ghi_presented_name(GHI_PRESENTED_FACE), "face");
	assert_string_equal(ghi_presented_name(GHI_PRESENTED_UNKNOWN), "");
}

static void a_verdict_is_written_as_printed_and_reads_back(void **state)
{
	const struct {
		struct ghi_verdict verdict;
		const char *line;
	} cases[] = {
		{ { .passes = false }, "AUTH=Failed\n" },
		{ { .passes = true,
		    .pin = GH_LIT("982"),
		    .name = GH_LIT("Richard"),
		    .time_zone = GH_LIT("0") },
		  "AUTH=Success\tPIN=982\tName=Richard\tPri=0\tTZ=0\n" },
		{ { .passes = true,
		    .pin = GH_LIT("982"),
		    .name = GH_LIT("Richard"),
		    .privilege = 14,
		    .photo = GH_LIT("AAAA") },
		  "AUTH=Success\tPIN=982\tName=Richard\tPri=14\tTZ=\tPhotoSize=4\tPhoto="
		  "AAAA\n" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct ghi_verdict *v = &cases[i].verdict;
		struct ghi_verdict read;
		char text[256] = "";
		struct ghi_writer w = ghi_writer_on(text, sizeof(text) - 1);

		ghi_verdict_write(&w, v);
		assert_int_equal(w.err, GH_OK);
		assert_string_equal(text, cases[i].line);
		assert_int_equal(ghi_verdict_read(ghi_written(&w), &read), GH_OK);
		assert_int_equal(read.passes, v->passes);
		assert_true(gh_slice_eq(read.pin, v->pin));
		assert_true(gh_slice_eq(read.name, v->name));
		assert_true(gh_slice_eq(read.photo, v->photo));
		assert_int_equal(read.privilege, v->privilege);
	}
}

static void a_text_that_would_end_the_line_is_not_written(void **state)
{
	static const char *const names[] = { "A\tB", "A\nAUTH=Success", "A\rB" };
	struct ghi_verdict verdict;
	(void)state;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct ghi_verdict v = { .passes = true,
					       .pin = GH_LIT("1"),
					       .name = gh_slice_of(names[i]) };
		char text[256];
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));

		ghi_verdict_write(&w, &v);
		assert_int_equal(w.err, GH_EMALFORMED);
	}
	assert_int_equal(ghi_verdict_read(GH_LIT("OK"), &verdict), GH_EMALFORMED);
	assert_int_equal(ghi_verdict_read(GH_LIT("AUTH=Perhaps\n"), &verdict), GH_EMALFORMED);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_read_by_its_keys),
		cmocka_unit_test(without_what_was_presented_it_is_none),
		cmocka_unit_test(what_was_presented_has_a_word_and_a_name),
		cmocka_unit_test(a_verdict_is_written_as_printed_and_reads_back),
		cmocka_unit_test(a_text_that_would_end_the_line_is_not_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

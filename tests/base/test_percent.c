#include "tests.h"

#include "base/percent.h"
#include "slices.h"

static void percent_signs_are_decoded_where_they_make_sense(void **state)
{
	static const struct {
		const char *in, *out;
	} c[] = {
		{ "Ver%202.0.12-20150625", "Ver 2.0.12-20150625" },
		{ "a+b", "a+b" },
		{ "%41%6a%6A", "Ajj" },
		{ "100%", "100%" },
		{ "%4", "%4" },
		{ "%zz%4g", "%zz%4g" },
		{ "%25", "%" },
		{ "", "" },
	};
	uint8_t to[64];
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		gh_slice in = exact_copy(gh_slice_of(c[i].in));

		assert_text(ghi_percent_decode(in, to), c[i].out);
		exact_free(in);
	}
	gh_slice plain = GH_LIT("plain");
	assert_ptr_equal(ghi_percent_decode(plain, to).p, plain.p);
}

static void the_standard_allows_no_stray_percent_sign_and_no_nul(void **state)
{
	static const struct {
		const char *in;
		bool plus;
		const char *out; /* NULL: refused */
	} c[] = {
		{ "Ver%202.0", false, "Ver 2.0" },
		{ "a+b%2B", true, "a b+" },
		{ "a+b%2B", false, "a+b+" },
		{ "%C3%bc", false, "\xC3\xBC" },
		{ "", false, "" },
		{ "100%", false, NULL },
		{ "%4", false, NULL },
		{ "%4g", false, NULL },
		{ "%g4", false, NULL },
		{ "%%41", false, NULL },
		{ "a%00", false, NULL },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		gh_slice in = exact_copy(gh_slice_of(c[i].in)), out = GH_LIT("untouched");
		uint8_t *to = malloc(in.n ? in.n : 1);
		enum gh_err err = ghi_percent_decode_strict(in, c[i].plus, to, &out);

		if (err != (c[i].out ? GH_OK : GH_EMALFORMED))
			fail_msg("%s: %s", c[i].in, gh_strerror(err));
		assert_text(out, c[i].out ? c[i].out : "untouched");
		exact_free(in);
		free(to);
	}
	gh_slice out, nul = { (const uint8_t *)"\0", 1 };
	uint8_t to[1];
	assert_int_equal(ghi_percent_decode_strict(nul, false, to, &out), GH_EMALFORMED);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(percent_signs_are_decoded_where_they_make_sense),
		cmocka_unit_test(the_standard_allows_no_stray_percent_sign_and_no_nul),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

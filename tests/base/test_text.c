#include "tests.h"

#include "base/text.h"
#include "slices.h"

static const struct {
	const char *utf8, *gb18030;
} pairs[] = {
	{ "", "" },
	{ "Ann", "Ann" },
	{ "\xE5\xBC\xA0\xE4\xB8\x89", "\xD5\xC5\xC8\xFD" }, /* Zhang San */
	{ "\xE2\x82\xAC", "\xA2\xE3" },			    /* euro sign */
	{ "\xF0\x9F\x9A\xAA", "\x95\x30\x8F\x36" },	    /* four bytes in both */
};

static void names_survive_the_way_to_a_device_and_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		gh_slice to = { 0 }, back = { 0 };

		assert_int_equal(ghi_text_to_gb18030(gh_slice_of(pairs[i].utf8), &to), GH_OK);
		assert_text(to, pairs[i].gb18030);
		assert_int_equal(ghi_text_from_gb18030(to, &back), GH_OK);
		assert_text(back, pairs[i].utf8);
		exact_free(to);
		exact_free(back);
	}
}

static void every_character_of_unicode_survives(void **state)
{
	(void)state;
	for (uint32_t c = 0x80; c < 0x110000; c += c < 0x10000 ? 1 : 97) {
		uint8_t u[4];
		size_t n;
		gh_slice to, back;

		if (c >= 0xD800 && c < 0xE000)
			continue;
		if (c < 0x800) {
			u[0] = (uint8_t)(0xC0 | c >> 6);
			n = 2;
		} else if (c < 0x10000) {
			u[0] = (uint8_t)(0xE0 | c >> 12);
			n = 3;
		} else {
			u[0] = (uint8_t)(0xF0 | c >> 18);
			n = 4;
		}
		for (size_t i = 1; i < n; i++)
			u[i] = (uint8_t)(0x80 | (c >> 6 * (n - 1 - i) & 0x3F));
		assert_true(ghi_text_is_utf8((gh_slice){ u, n }));
		assert_int_equal(ghi_utf8_length((gh_slice){ u, n }), n);
		assert_int_equal(ghi_utf8_length((gh_slice){ u, n - 1 }), 0);
		assert_int_equal(ghi_text_to_gb18030((gh_slice){ u, n }, &to), GH_OK);
		assert_int_equal(ghi_text_from_gb18030(to, &back), GH_OK);
		assert_slice(back, ((gh_slice){ u, n }));
		exact_free(to);
		exact_free(back);
		/* A converter is opened for each: a sample of the rest is enough. */
		if (c >= 0x3000)
			c += 61;
	}
}

static void bytes_of_another_set_are_refused(void **state)
{
	const gh_slice bad_gb[] = { GH_LIT("\xD5"), GH_LIT("a\xFF"), GH_LIT("\x81\x30\x81") };
	const gh_slice bad_utf8[] = { GH_LIT("\xD5\xC5"), GH_LIT("\xE5\xBC"),
				      GH_LIT("\xC0\xAF"), GH_LIT("\xED\xA0\x80") };
	gh_slice out = GH_LIT("untouched");
	(void)state;

	for (size_t i = 0; i < COUNT(bad_gb); i++)
		assert_int_equal(ghi_text_from_gb18030(bad_gb[i], &out), GH_EMALFORMED);
	for (size_t i = 0; i < COUNT(bad_utf8); i++) {
		assert_int_equal(ghi_text_to_gb18030(bad_utf8[i], &out), GH_EMALFORMED);
		assert_false(ghi_text_is_utf8(bad_utf8[i]));
	}
	assert_text(out, "untouched");
	assert_true(ghi_text_is_utf8((gh_slice){ 0 }));
}

static void a_prefix_ends_before_what_is_no_character(void **state)
{
	const struct {
		gh_slice s;
		size_t length, prefix;
	} c[] = {
		{ GH_LIT(""), 0, 0 },
		{ GH_LIT("abc"), 1, 3 },
		{ GH_LIT("\xE5\xBC\xA0 x"), 3, 5 },
		{ GH_LIT("a\0b"), 1, 1 },
		{ GH_LIT("\0"), 0, 0 },
		{ GH_LIT("a\xE5\xBC"), 1, 1 },
		{ GH_LIT("\xC0\x80"), 0, 0 },
		{ GH_LIT("\xE0\x9F\xBF"), 0, 0 },
		{ GH_LIT("\xED\xA0\x80"), 0, 0 },
		{ GH_LIT("\xF0\x8F\xBF\xBF"), 0, 0 },
		{ GH_LIT("\xF4\x90\x80\x80"), 0, 0 },
		{ GH_LIT("\x80"), 0, 0 },
		{ GH_LIT("\xFF"), 0, 0 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		gh_slice s = exact_copy(c[i].s);

		if (ghi_utf8_length(s) != c[i].length || ghi_text_utf8_prefix(s) != c[i].prefix)
			fail_msg("case %zu", i);
		exact_free(s);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_survive_the_way_to_a_device_and_back),
		cmocka_unit_test(every_character_of_unicode_survives),
		cmocka_unit_test(bytes_of_another_set_are_refused),
		cmocka_unit_test(a_prefix_ends_before_what_is_no_character),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests.h"

#include "base/base64.h"
#include "slices.h"

static void base64_is_squeezed_only_when_it_needs_to_be(void **state)
{
	gh_slice plain = GH_LIT("AAAA==");
	uint8_t to[32];
	(void)state;

	assert_ptr_equal(ghi_base64_squeeze(plain, to).p, plain.p);
	assert_text(ghi_base64_squeeze(GH_LIT("AA\r\nB \tB\n=="), to), "AABB==");
	assert_text(ghi_base64_squeeze(GH_LIT("\r\n"), to), "");
	assert_int_equal(ghi_base64_squeeze((gh_slice){ 0 }, to).n, 0);
}

static void squeezing_may_happen_in_place(void **state)
{
	uint8_t text[] = "A A\nB B";
	(void)state;

	assert_text(ghi_base64_squeeze((gh_slice){ text, 7 }, text), "AABB");
}

static void only_base64_counts_as_base64(void **state)
{
	static const struct {
		const char *text;
		bool text_as_sent, padded;
	} c[] = {
		{ "QUJD", true, true },	       { "QUI=", true, true },
		{ "Q UJ\tD\r\n", true, true }, { "+/09", true, true },
		{ "QQ==QQ==", true, false },   { "=A", true, false },
		{ "PIN=1", true, false },      { "QU-D", false, false },
		{ "QU_D", false, false },      { "QUJD\xFF", false, false },
		{ "", false, true },	       { " \t", false, true },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		gh_slice text = exact_copy(gh_slice_of(c[i].text));

		if (ghi_base64_is_text(text) != c[i].text_as_sent ||
		    ghi_base64_is_padded_text(text) != c[i].padded)
			fail_msg("%s", c[i].text);
		exact_free(text);
	}
	assert_int_equal(ghi_base64_count(GH_LIT("Q U\nI= -")), 4);
}

/* RFC 4648, 10 */
static const struct {
	const char *bytes, *text;
} vectors[] = {
	{ "f", "Zg==" },	{ "fo", "Zm8=" },	 { "foo", "Zm9v" },
	{ "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" },
};

static void the_vectors_of_the_standard_hold_both_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(vectors); i++) {
		gh_slice bytes = gh_slice_of(vectors[i].bytes), back = { 0 };
		char *text = malloc(BASE64_ROOM(bytes.n));
		gh_slice made = base64_encode(bytes, text);
		uint8_t *to = malloc(made.n + 1);

		assert_int_equal(made.n, BASE64_SIZE(bytes.n));
		assert_text(made, vectors[i].text);
		assert_int_equal(base64_decode(made, to, &back), GH_OK);
		assert_slice(back, bytes);
		free(text);
		free(to);
	}
	char none[BASE64_ROOM(0)];
	assert_int_equal(base64_encode((gh_slice){ 0 }, none).n, 0);
}

static void an_address_takes_other_digits_and_no_padding(void **state)
{
	const uint8_t bytes[] = { 0xFB, 0xEF, 0xFF, 0xFE };
	char text[BASE64_ROOM(sizeof(bytes))];
	(void)state;

	assert_text(base64_encode_url((gh_slice){ bytes, sizeof(bytes) }, text), "--___g");
}

static void what_is_no_base64_is_refused(void **state)
{
	static const char *const bad[] = { "", "A", " ", "QU-D", "QUJD\x80", "Q.UJD", "\x01" };
	(void)state;

	for (size_t i = 0; i < COUNT(bad); i++) {
		gh_slice text = exact_copy(gh_slice_of(bad[i])), out = GH_LIT("untouched");
		uint8_t *to = malloc(text.n + 1);

		if (base64_decode(text, to, &out) != GH_EMALFORMED)
			fail_msg("%s", bad[i]);
		assert_text(out, "untouched");
		exact_free(text);
		free(to);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64_is_squeezed_only_when_it_needs_to_be),
		cmocka_unit_test(squeezing_may_happen_in_place),
		cmocka_unit_test(only_base64_counts_as_base64),
		cmocka_unit_test(the_vectors_of_the_standard_hold_both_ways),
		cmocka_unit_test(an_address_takes_other_digits_and_no_padding),
		cmocka_unit_test(what_is_no_base64_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

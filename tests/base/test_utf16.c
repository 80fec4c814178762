#include "tests.h"

#include "base/utf16.h"
#include "slices.h"

#define BYTES(s)                                    \
	{                                           \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}

static void the_beginning_shows_what_a_text_is_in(void **state)
{
	static const struct {
		gh_slice start;
		enum ghi_text_form form;
		size_t mark;
	} c[] = {
		{ { NULL, 0 }, GHI_TEXT_BYTES, 0 },
		{ BYTES("1"), GHI_TEXT_BYTES, 0 },
		{ BYTES("12"), GHI_TEXT_BYTES, 0 },
		{ BYTES("\xef\xbb\xbf"
			"12"),
		  GHI_TEXT_BYTES, 3 },
		{ BYTES("\xff\xfe"
			"1\0"),
		  GHI_TEXT_UTF16_LE, 2 },
		{ BYTES("\xfe\xff\0"
			"1"),
		  GHI_TEXT_UTF16_BE, 2 },
		{ BYTES("1\0"), GHI_TEXT_UTF16_LE, 0 },
		{ BYTES("\0"
			"1"),
		  GHI_TEXT_UTF16_BE, 0 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		gh_slice start = exact_copy(c[i].start);
		size_t mark = 99;

		assert_int_equal(ghi_text_form_of(start, &mark), c[i].form);
		assert_int_equal(mark, c[i].mark);
		exact_free(start);
	}
}

/* "1ü€😀" and half a pair, cut anywhere. */
static void a_text_is_read_however_it_is_cut(void **state)
{
	static const gh_slice le = BYTES("1\0\xfc\0\xac\x20\x3d\xd8\0\xde\x3d\xd8"
					 "2\0\0\xde"
					 "3\0");
	static const gh_slice be = BYTES("\0"
					 "1\0\xfc\x20\xac\xd8\x3d\xde\0\xd8\x3d\0"
					 "2\xde\0\0"
					 "3");
	static const char want[] = "1\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80\xef\xbf\xbd"
				   "2\xef\xbf\xbd"
				   "3";
	(void)state;

	for (int big = 0; big < 2; big++) {
		gh_slice text = big ? be : le;

		for (size_t cut = 0; cut <= text.n; cut++) {
			uint8_t *to =
				malloc(GHI_UTF16_ROOM(cut) + GHI_UTF16_ROOM(text.n - cut));
			struct ghi_utf16 t = { .big = big };
			size_t n = ghi_utf16_read(&t, (gh_slice){ text.p, cut }, to);

			assert_true(n <= GHI_UTF16_ROOM(cut));
			n += ghi_utf16_read(&t, gh_slice_from(text, cut), to + n);
			assert_text(((gh_slice){ to, n }), want);
			free(to);
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_beginning_shows_what_a_text_is_in),
		cmocka_unit_test(a_text_is_read_however_it_is_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests.h"

#include "base/buffer.h"
#include "slices.h"

static void pieces_are_joined(void **state)
{
	struct buffer b = buffer_with_limit(100);
	(void)state;

	assert_int_equal(buffer_text(&b).n, 0);
	buffer_add(&b, GH_LIT("ab"));
	buffer_add(&b, (gh_slice){ 0 });
	buffer_print(&b, "%d%s", 12, "c");
	assert_text(buffer_text(&b), "ab12c");
	buffer_empty(&b);
	buffer_add(&b, GH_LIT("d"));
	assert_text(buffer_text(&b), "d");
	buffer_clear(&b);
	assert_null(b.p);
	assert_int_equal(b.limit, 100);
}

static void a_piece_that_does_not_fit_is_left_out_whole(void **state)
{
	struct buffer b = buffer_with_limit(5);
	(void)state;

	buffer_add(&b, GH_LIT("abc"));
	buffer_add(&b, GH_LIT("def"));
	assert_int_equal(b.err, GH_ETOOBIG);
	assert_text(buffer_text(&b), "abc");
	buffer_add(&b, GH_LIT("g"));
	assert_text(buffer_text(&b), "abc");
	buffer_clear(&b);
	buffer_add(&b, GH_LIT("12345"));
	assert_int_equal(b.err, GH_OK);
	buffer_clear(&b);
}

static void it_grows_to_just_the_limit(void **state)
{
	enum { LIMIT = 100000 };
	struct buffer b = buffer_with_limit(LIMIT);
	(void)state;

	while (b.err == GH_OK)
		buffer_add(&b, GH_LIT("1234567890"));
	assert_int_equal(b.n, LIMIT);
	assert_true(b.cap <= LIMIT);
	buffer_clear(&b);
}

static void the_first_error_stays(void **state)
{
	struct buffer b = buffer_with_limit(100);
	(void)state;

	buffer_fail(&b, GH_ENOMEM);
	buffer_fail(&b, GH_ETOOBIG);
	buffer_print(&b, "%600d", 1);
	assert_int_equal(b.err, GH_ENOMEM);
	buffer_clear(&b);
	buffer_print(&b, "%600d", 1);
	assert_int_equal(b.err, GH_ETOOBIG);
	assert_int_equal(b.n, 0);
	buffer_clear(&b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_joined),
		cmocka_unit_test(a_piece_that_does_not_fit_is_left_out_whole),
		cmocka_unit_test(it_grows_to_just_the_limit),
		cmocka_unit_test(the_first_error_stays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

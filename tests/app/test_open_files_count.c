#include "tests.h"

#include <stdint.h>

#include "app/serve/open_files_count.h"

static void what_is_no_connection_is_the_rest(void **state)
{
	size_t others;

	(void)state;
	assert_true(open_files_others(900, 931, 900, &others));
	assert_int_equal(others, 31);
	assert_true(open_files_others(900, 935, 904, &others));
	assert_int_equal(others, 35);
	assert_true(open_files_others(904, 935, 900, &others));
	assert_int_equal(others, 35);
}

static void a_count_while_a_crowd_leaves_or_comes_is_of_no_use(void **state)
{
	size_t others;

	(void)state;
	assert_false(open_files_others(3000, 1500, 100, &others));
	assert_false(open_files_others(100, 1500, 3000, &others));
	assert_false(open_files_others(3000, 3031, 100, &others));
}

static void without_a_descriptor_to_count_with_there_is_no_room(void **state)
{
	size_t others;

	(void)state;
	assert_true(open_files_others(3000, 0, 100, &others));
	assert_true(others == SIZE_MAX);
}

/* A connection is counted a little before its descriptor is closed, or after. */
static void fewer_files_than_connections_are_none_beside_them(void **state)
{
	size_t others;

	(void)state;
	assert_true(open_files_others(50, 40, 45, &others));
	assert_int_equal(others, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_connection_is_the_rest),
		cmocka_unit_test(a_count_while_a_crowd_leaves_or_comes_is_of_no_use),
		cmocka_unit_test(without_a_descriptor_to_count_with_there_is_no_room),
		cmocka_unit_test(fewer_files_than_connections_are_none_beside_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

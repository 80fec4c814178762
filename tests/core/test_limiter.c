#include "tests.h"

#include <stdio.h>

#include "core/limiter.h"

#define NOW INT64_C(1722470400000)

static struct limiter *limiter_made(size_t addresses)
{
	struct limiter *l = limiter_new((struct limiter_rule){
		.burst = 3, .interval_ms = 1000, .addresses = addresses });

	assert_non_null(l);
	return l;
}

static void after_a_burst_there_is_one_an_interval(void **state)
{
	struct limiter *l = limiter_made(10);
	gh_slice a = GH_LIT("192.0.2.7"), b = GH_LIT("192.0.2.8");

	(void)state;
	assert_false(limiter_counted(l, a, NOW));
	for (int i = 0; i < 3; i++) {
		assert_true(limiter_open(l, a, NOW));
		limiter_count(l, a, NOW);
	}
	assert_false(limiter_open(l, a, NOW));
	assert_false(limiter_open(l, a, NOW + 999));
	assert_true(limiter_open(l, b, NOW));
	assert_true(limiter_open(l, a, NOW + 1000));
	limiter_count(l, a, NOW + 1000);
	assert_false(limiter_open(l, a, NOW + 1000));
	assert_true(limiter_counted(l, a, NOW + 3999));
	assert_false(limiter_counted(l, a, NOW + 4000));
	limiter_free(l);
}

static void what_is_no_address_counts_by_its_name(void **state)
{
	struct limiter *l = limiter_made(10);
	gh_slice a = GH_LIT("17 7"), b = GH_LIT("17 70");

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_true(limiter_name_open(l, a, NOW));
		limiter_name_count(l, a, NOW);
	}
	assert_false(limiter_name_open(l, a, NOW));
	assert_true(limiter_name_open(l, b, NOW));
	assert_true(limiter_name_open(l, a, NOW + 1000));
	assert_true(limiter_name_open(NULL, a, NOW));
	limiter_free(l);
}

static void looking_counts_nothing(void **state)
{
	struct limiter *l = limiter_made(10);

	(void)state;
	for (int i = 0; i < 100; i++)
		assert_true(limiter_open(l, GH_LIT("192.0.2.7"), NOW));
	limiter_free(l);
	assert_true(limiter_open(NULL, GH_LIT("192.0.2.7"), NOW));
}

static void a_clock_that_is_set_back_shuts_no_address_out(void **state)
{
	struct limiter *l = limiter_made(10);
	gh_slice a = GH_LIT("192.0.2.7");

	(void)state;
	for (int i = 0; i < 3; i++)
		limiter_count(l, a, NOW);
	assert_false(limiter_open(l, a, NOW - 86400000));
	assert_true(limiter_open(l, a, NOW - 86400000 + 1000));
	limiter_free(l);
}

static void one_that_counts_on_is_not_shut_out_for_longer(void **state)
{
	struct limiter *l = limiter_made(10);
	gh_slice a = GH_LIT("192.0.2.7");

	(void)state;
	for (int i = 0; i < 1000; i++)
		limiter_count(l, a, NOW);
	assert_false(limiter_open(l, a, NOW + 1000));
	assert_true(limiter_open(l, a, NOW + 2000));
	limiter_free(l);
}

static void a_network_of_IPv6_is_one_address(void **state)
{
	struct limiter *l = limiter_made(10);
	char address[40];

	(void)state;
	for (int i = 0; i < 3; i++) {
		snprintf(address, sizeof(address), "2001:db8::%x", i + 1);
		limiter_count(l, gh_slice_of(address), NOW);
	}
	assert_false(limiter_open(l, GH_LIT("2001:db8::ffff"), NOW));
	assert_true(limiter_open(l, GH_LIT("2001:db8:0:1::1"), NOW));
	limiter_free(l);
}

static void the_address_that_was_quiet_for_the_longest_goes_first(void **state)
{
	struct limiter *l = limiter_made(3);
	char address[40];

	(void)state;
	for (int i = 0; i < 3; i++)
		limiter_count(l, GH_LIT("192.0.2.1"), NOW);
	for (int i = 2; i < 100; i++) {
		snprintf(address, sizeof(address), "192.0.2.%d", i);
		limiter_count(l, gh_slice_of(address), NOW);
		if (i % 2)
			limiter_count(l, GH_LIT("192.0.2.1"), NOW);
	}
	assert_false(limiter_open(l, GH_LIT("192.0.2.1"), NOW));
	assert_true(limiter_counted(l, GH_LIT("192.0.2.99"), NOW));
	assert_false(limiter_counted(l, GH_LIT("192.0.2.2"), NOW));
	limiter_free(l);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(after_a_burst_there_is_one_an_interval),
		cmocka_unit_test(what_is_no_address_counts_by_its_name),
		cmocka_unit_test(looking_counts_nothing),
		cmocka_unit_test(a_clock_that_is_set_back_shuts_no_address_out),
		cmocka_unit_test(one_that_counts_on_is_not_shut_out_for_longer),
		cmocka_unit_test(a_network_of_IPv6_is_one_address),
		cmocka_unit_test(the_address_that_was_quiet_for_the_longest_goes_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests.h"

#include <errno.h>

#include "base/clock.h"

#define YEAR_2020_MS INT64_C(1577836800000)

static void the_wall_clock_counts_milliseconds_since_1970(void **state)
{
	int64_t now = ghi_clock_wall_ms();
	(void)state;

	assert_true(now > YEAR_2020_MS && now < 4 * YEAR_2020_MS);
	assert_in_range((uint64_t)(now / 1000), (uint64_t)time(NULL) - 60,
			(uint64_t)time(NULL) + 1);
}

static void the_monotonic_clock_never_goes_back(void **state)
{
	int64_t before = ghi_clock_monotonic_us();
	(void)state;

	for (int i = 0; i < 1000; i++) {
		int64_t ms = ghi_clock_monotonic_ms(), us = ghi_clock_monotonic_us();

		assert_true(us >= before && ms <= us / 1000 && ms >= before / 1000);
		before = us;
	}
}

static void a_deadline_is_that_far_ahead_in_valid_parts(void **state)
{
	static const int64_t c[] = { 0, 1, 999, 1000, 1001, 300000 };
	(void)state;

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		int64_t before = ghi_clock_monotonic_us();
		struct timespec t = ghi_clock_deadline(c[i]);
		int64_t after = ghi_clock_monotonic_us();
		int64_t us = (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;

		assert_true(t.tv_nsec >= 0 && t.tv_nsec < 1000000000);
		assert_true(us >= before + c[i] * 1000 && us <= after + c[i] * 1000);
	}
}

static void a_wait_ends_at_its_deadline_and_not_before(void **state)
{
	pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	pthread_cond_t never;
	int64_t before = ghi_clock_monotonic_us();
	struct timespec until = ghi_clock_deadline(20);
	int end = 0;
	(void)state;

	assert_int_equal(ghi_clock_condition_init(&never), 0);
	pthread_mutex_lock(&lock);
	while (end == 0)
		end = pthread_cond_timedwait(&never, &lock, &until);
	pthread_mutex_unlock(&lock);
	pthread_cond_destroy(&never);
	assert_int_equal(end, ETIMEDOUT);
	assert_true(ghi_clock_monotonic_us() >= before + 20000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_wall_clock_counts_milliseconds_since_1970),
		cmocka_unit_test(the_monotonic_clock_never_goes_back),
		cmocka_unit_test(a_deadline_is_that_far_ahead_in_valid_parts),
		cmocka_unit_test(a_wait_ends_at_its_deadline_and_not_before),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

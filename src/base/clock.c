#include "base/clock.h"

static struct timespec clock_read(clockid_t clock)
{
	struct timespec t = { 0 };

	clock_gettime(clock, &t); /* fails only for a clock that does not exist */
	return t;
}

int64_t ghi_clock_wall_ms(void)
{
	struct timespec t = clock_read(CLOCK_REALTIME);

	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t ghi_clock_monotonic_ms(void)
{
	return ghi_clock_monotonic_us() / 1000;
}

int64_t ghi_clock_monotonic_us(void)
{
	struct timespec t = clock_read(CLOCK_MONOTONIC);

	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

struct timespec ghi_clock_deadline(int64_t ms)
{
	struct timespec t = clock_read(CLOCK_MONOTONIC);

	t.tv_sec += (time_t)(ms / 1000);
	t.tv_nsec += (long)(ms % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}

int ghi_clock_condition_init(pthread_cond_t *condition)
{
	pthread_condattr_t attr;
	int error = pthread_condattr_init(&attr);

	if (error)
		return error;
	error = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	if (error == 0)
		error = pthread_cond_init(condition, &attr);
	pthread_condattr_destroy(&attr);
	return error;
}

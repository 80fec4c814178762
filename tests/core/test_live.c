#include "tests.h"

#include "core/live.h"

static void listener_wake(void *ctx)
{
	(*(int *)ctx)++;
}

static void who_listens_is_woken_until_he_leaves(void **state)
{
	struct live *l = live_new();
	int a = 0, b = 0;
	(void)state;

	struct live_listener *first = live_listen(l, listener_wake, &a);
	struct live_listener *second = live_listen(l, listener_wake, &b);
	live_grew(l, STREAM_PUNCH, 7);
	live_leave(l, first);
	live_grew(l, STREAM_PUNCH, 9);
	assert_int_equal(a, 1);
	assert_int_equal(b, 2);
	assert_int_equal(live_seq(l, STREAM_PUNCH), 9);
	assert_int_equal(live_listeners(l), 1);
	live_leave(l, second);
	live_free(l);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_listens_is_woken_until_he_leaves),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

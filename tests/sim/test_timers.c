#include "tests.h"

#include "sim/prng.h"
#include "sim/timers.h"

static void deadlines_come_in_order_whatever_the_order_they_were_set_in(void **state)
{
	enum { N = 500 };
	struct sim_prng g = { 7 };
	struct sim_timers t;
	int64_t last = 0;
	uint32_t id, n = 0;
	(void)state;

	assert_int_equal(sim_timers_open(&t, N), GH_OK);
	for (uint32_t round = 0; round < 4; round++) /* set, then moved three times */
		for (uint32_t i = 0; i < N; i++)
			sim_timers_set(&t, i, (int64_t)sim_below(&g, 1000));
	for (uint32_t i = 0; i < N; i += 5)
		sim_timers_set(&t, i, SIM_NEVER);
	while (t.n) {
		int64_t first = sim_timers_first(&t);

		assert_true(first >= last);
		assert_false(sim_timers_due(&t, first - 1, &id));
		assert_true(sim_timers_due(&t, first, &id));
		assert_int_not_equal(id % 5, 0);
		last = first;
		n++;
	}
	assert_int_equal(n, N - N / 5);
	assert_int_equal(sim_timers_first(&t), SIM_NEVER);
	sim_timers_close(&t);
}

static void a_number_has_one_deadline(void **state)
{
	struct sim_timers t;
	uint32_t id;
	(void)state;

	assert_int_equal(sim_timers_open(&t, 2), GH_OK);
	sim_timers_set(&t, 1, 10);
	sim_timers_set(&t, 1, 30);
	assert_false(sim_timers_due(&t, 20, &id));
	assert_true(sim_timers_due(&t, 30, &id));
	assert_false(sim_timers_due(&t, 1000, &id));
	sim_timers_close(&t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(deadlines_come_in_order_whatever_the_order_they_were_set_in),
		cmocka_unit_test(a_number_has_one_deadline),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

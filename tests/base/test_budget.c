#include "tests.h"

#include <pthread.h>

#include "base/arena.h"
#include "base/budget.h"
#include "slices.h"

static void what_fits_is_charged_and_the_rest_refused(void **state)
{
	struct budget b = { .ceiling = 1000 };
	struct budget_share s = { .budget = &b };
	(void)state;

	assert_true(ghi_budget_charge(&s, 600));
	assert_false(ghi_budget_charge(&s, 401));
	assert_false(ghi_budget_charge(&s, SIZE_MAX));
	assert_int_equal(atomic_load(&b.used), 600);
	assert_int_equal(atomic_load(&b.refusals), 2);
	assert_true(ghi_budget_charge(&s, 400));
	assert_false(ghi_budget_charge(&s, 1));
	ghi_budget_release(&s, 1000);
	assert_int_equal(atomic_load(&b.used), 0);
	assert_true(ghi_budget_charge(&s, 1000));
}

static void a_share_leaves_its_reserve_to_others(void **state)
{
	struct budget b = { .ceiling = 1000 };
	struct budget_share devices = { &b, 100 }, admin = { &b, 0 }, none = { &b, 2000 };
	(void)state;

	assert_true(ghi_budget_charge(&devices, 900));
	assert_false(ghi_budget_charge(&devices, 1));
	assert_true(ghi_budget_charge(&admin, 100));
	assert_false(ghi_budget_charge(&admin, 1));
	assert_false(ghi_budget_charge(&none, 1));
}

static void little_may_go_a_quarter_beyond_and_no_further(void **state)
{
	struct budget b = { .ceiling = 1000 };
	struct budget_share s = { &b, 100 };
	(void)state;

	assert_true(ghi_budget_charge(&s, 900));
	assert_true(ghi_budget_charge_small(&s, 350));
	assert_false(ghi_budget_charge_small(&s, 1));
	assert_false(ghi_budget_charge(&s, 1));
	ghi_budget_release(&s, 350);
	assert_true(ghi_budget_charge_small(&s, 1));
}

static void without_a_budget_nothing_is_refused(void **state)
{
	struct budget_share s = { 0 };
	(void)state;

	assert_true(ghi_budget_charge(NULL, SIZE_MAX));
	assert_true(ghi_budget_charge_small(&s, SIZE_MAX));
	ghi_budget_release(NULL, 1);
	ghi_budget_release(&s, 1);
}

static void an_arena_charges_its_blocks_and_releases_them(void **state)
{
	struct budget b = { .ceiling = 100000 };
	struct budget_share s = { .budget = &b };
	struct arena a = { .share = &s }, beside = ghi_arena_beside(&a);
	(void)state;

	assert_non_null(ghi_arena_alloc(&a, 10));
	size_t first = atomic_load(&b.used);
	assert_true(first >= 10);
	assert_non_null(ghi_arena_alloc(&beside, 50000));
	assert_true(atomic_load(&b.used) >= first + 50000);
	assert_false(a.failed);
	assert_null(ghi_arena_alloc(&a, 60000));
	assert_true(a.failed);
	assert_false(beside.failed);
	assert_non_null(ghi_arena_alloc(&a, 10));
	assert_true(a.failed);
	ghi_arena_clear(&a);
	assert_false(a.failed);
	ghi_arena_clear(&beside);
	assert_int_equal(atomic_load(&b.used), 0);
}

static void the_first_blocks_of_an_arena_may_go_beyond_the_ceiling(void **state)
{
	struct budget b = { .ceiling = 100000 };
	struct budget_share s = { .budget = &b };
	struct arena a = { .share = &s, .small = 4096 };
	(void)state;

	assert_true(ghi_budget_charge(&s, 100000));
	assert_non_null(ghi_arena_alloc(&a, 100));
	assert_non_null(ghi_arena_alloc(&a, 1500));
	assert_null(ghi_arena_alloc(&a, 4000));
	assert_true(atomic_load(&b.used) <= 100000 + 4096);
	ghi_arena_clear(&a);
	assert_int_equal(atomic_load(&b.used), 100000);
}

static void *charger_run(void *arg)
{
	struct budget_share *s = arg;

	for (int i = 0; i < 100000; i++)
		if (ghi_budget_charge(s, 7))
			ghi_budget_release(s, 7);
	return NULL;
}

static void threads_lose_nothing(void **state)
{
	struct budget b = { .ceiling = 20 };
	struct budget_share s = { .budget = &b };
	pthread_t t[4];
	(void)state;

	for (size_t i = 0; i < COUNT(t); i++)
		assert_int_equal(pthread_create(&t[i], NULL, charger_run, &s), 0);
	for (size_t i = 0; i < COUNT(t); i++)
		pthread_join(t[i], NULL);
	assert_int_equal(atomic_load(&b.used), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_fits_is_charged_and_the_rest_refused),
		cmocka_unit_test(a_share_leaves_its_reserve_to_others),
		cmocka_unit_test(little_may_go_a_quarter_beyond_and_no_further),
		cmocka_unit_test(without_a_budget_nothing_is_refused),
		cmocka_unit_test(an_arena_charges_its_blocks_and_releases_them),
		cmocka_unit_test(the_first_blocks_of_an_arena_may_go_beyond_the_ceiling),
		cmocka_unit_test(threads_lose_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

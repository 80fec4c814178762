/* Plans of random devices, carried out through the words of the dialect. */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define WORLDS 150

static void world_choose(struct world *w, uint64_t seed)
{
	world_begin(w, seed);
	world_device_choose(w);
	world_contents_choose(w);
	world_targets_choose(w);
}

static void plan_is_empty(struct world *w, const struct sync_plan *plan)
{
	world_claim(w, plan->orders == 0 && plan->withdrawals == 0,
		    "a second plan has nothing");
}

static void a_plan_that_is_carried_out_gives_what_is_to_be_there(void **state)
{
	static struct world w;
	struct sync_plan plan;

	(void)state;
	for (uint64_t seed = 1; seed <= WORLDS; seed++) {
		world_choose(&w, seed);
		world_plan(&w, &plan);
		world_queue(&w, &plan);
		world_plan(&w, &plan);
		plan_is_empty(&w, &plan);
		world_claim(&w, plan.kept == w.queued, "all that waits is kept");
		while (w.queued)
			world_carry_out(&w, true);
		world_plan(&w, &plan);
		plan_is_empty(&w, &plan);
		world_claim_settled(&w, &plan);
		world_end(&w);
	}
}

/* A part of the queue is carried out, of which the answer to the last one may be lost. */
static void queue_some(struct world *w)
{
	size_t n = sim_below(&w->chance, w->queued + 1);

	while (n-- && w->queued)
		world_carry_out(w, n > 0 || sim_chance(&w->chance, 500));
}

static void lost_answers_and_changes_between_orders_converge(void **state)
{
	static struct world w;
	struct sync_plan plan;

	(void)state;
	for (uint64_t seed = 1; seed <= WORLDS; seed++) {
		world_choose(&w, seed * 1000003);
		for (int round = 0; round < 4; round++) {
			world_plan(&w, &plan);
			world_queue(&w, &plan);
			queue_some(&w);
			if (sim_chance(&w.chance, 600))
				world_targets_choose(&w);
			if (sim_chance(&w.chance, 300))
				world_wait_choose(&w);
		}
		/* What others put there by an order is put there from here once that is done. */
		for (int round = 0; round < 2; round++) {
			world_plan(&w, &plan);
			world_queue(&w, &plan);
			while (w.queued)
				world_carry_out(&w, true);
		}
		world_plan(&w, &plan);
		plan_is_empty(&w, &plan);
		world_claim_settled(&w, &plan);
		world_end(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plan_that_is_carried_out_gives_what_is_to_be_there),
		cmocka_unit_test(lost_answers_and_changes_between_orders_converge),
	};

	return cmocka_run_group_tests_name("sync", tests, NULL, NULL);
}

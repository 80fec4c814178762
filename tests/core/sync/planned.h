/* What the tests of single decisions have in common: one device, its plan, and claims about the plan. Each program has a
 * copy of its own. */
#ifndef GH_TESTS_CORE_SYNC_PLANNED_H
#define GH_TESTS_CORE_SYNC_PLANNED_H

#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct world w;
static struct sync_plan plan;

static inline int device_ready(void **state)
{
	(void)state;
	world_begin(&w, 1);
	device_bio_option_see(&w.device.bio, GH_LIT("FPVersion"), GH_LIT("10"));
	device_bio_option_see(&w.device.bio, GH_LIT("FaceVersion"), GH_LIT("12"));
	return 0;
}

static inline int device_end(void **state)
{
	(void)state;
	world_end(&w);
	return 0;
}

static inline void types_unify(const char *types)
{
	device_bio_option_see(&w.device.bio, GH_LIT("MultiBioDataSupport"), gh_slice_of(types));
	device_bio_option_see(&w.device.bio, GH_LIT("MultiBioVersion"),
			      GH_LIT("0:10:12:0:0:0:0:3:5:40"));
}

static inline void plan_made(void)
{
	world_sort(&w);
	world_plan(&w, &plan);
}

static inline void order_is(size_t i, enum command_kind kind, const char *arguments)
{
	assert_true(i < plan.orders);
	assert_string_equal(command_kind_row(plan.order[i].kind)->name,
			    command_kind_row(kind)->name);
	gh_slice a = plan.order[i].arguments;

	if (!gh_slice_eq(a, gh_slice_of(arguments)))
		fail_msg("%.*s instead of %s", GH_FMT(a), arguments);
}

static inline void row_is(size_t i, enum sync_state state, enum sync_reason reason)
{
	assert_true(i < plan.rows);
	assert_string_equal(sync_state_name(plan.row[i].state), sync_state_name(state));
	assert_string_equal(sync_reasons[plan.row[i].reason].word, sync_reasons[reason].word);
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, device_ready, device_end)

#endif

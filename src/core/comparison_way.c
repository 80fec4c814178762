/* In which way a log is compared: what its device does not know, and what failed. */
#include "core/comparison_step_private.h"

/* In so many comparisons one after the other. */
static int64_t way_fails(const struct comparison *c, enum comparison_way w)
{
	return c->fails >> (8 * w) & 0xff;
}

bool comparison_way_fails(struct comparison *c, enum comparison_way w, int64_t code)
{
	int64_t n = way_fails(c, w) + 1;

	c->failed |= INT64_C(1) << w;
	c->failed_code = code;
	if (n <= COMPARISON_FAILS)
		c->fails += INT64_C(1) << (8 * w);
	return n >= COMPARISON_FAILS;
}

void comparison_way_works(struct comparison *c, enum comparison_way w)
{
	c->fails &= ~(INT64_C(0xff) << (8 * w));
}

bool comparison_way_is_open(struct comparison *c, enum comparison_way w)
{
	if (way_fails(c, w) >= COMPARISON_FAILS)
		c->failed |= INT64_C(1) << w;
	return !((c->refused | c->failed) & (INT64_C(1) << w));
}

void comparison_way_choose(struct comparison *c)
{
	enum comparison_way w = COMPARISON_VERIFY_SUM;

	while (w < COMPARISON_COUNTERS && !comparison_way_is_open(c, w))
		w++;
	c->way = w;
	/* Days alone: today is not over. */
	if (c->way == COMPARISON_ACCOUNT)
		c->walk_to = comparison_day_before(c->walk_to);
}

/* What the other way counted is not needed. */
static void way_next(struct comparison *c)
{
	comparison_way_choose(c);
	comparison_unfind(c);
	comparison_walk(c);
	if (c->way == COMPARISON_COUNTERS)
		counter_begin(c);
}

/* It did not count. */
void comparison_count_failed(struct comparison *c, const struct comparison_answer *a)
{
	if (a->what == COMPARISON_REFUSED)
		c->refused |= INT64_C(1) << c->way;
	else
		(void)comparison_way_fails(c, c->way, a->code);
	way_next(c);
}

/* Comparisons by what a device reports: how many punches, people and fingerprints it has (INFO). */
#include "core/comparison_step_private.h"

#define AROUND_S (INT64_C(24) * 3600)
#define PEOPLE_TRIES 3

/* All that is stored of it is compared with all it has. */
static void range_whole(struct comparison *c)
{
	c->range_from = COMPARISON_FIRST;
	c->range_to = COMPARISON_LAST;
}

/* Its people are sent again where their number is another one than before, some times. */
static void people_note(struct comparison *c, const struct comparison_answer *a)
{
	bool differ = (a->people >= 0 && a->people != a->people_stored) ||
		      (a->fingers >= 0 && a->fingers != a->fingers_stored);
	bool same = c->people_counted == a->people && c->people_stored == a->people_stored &&
		    c->fingers_counted == a->fingers && c->fingers_stored == a->fingers_stored;

	if (!differ)
		c->people_due = 0;
	else if (!same || c->wanted)
		c->people_due = PEOPLE_TRIES;
	c->people_counted = a->people;
	c->people_stored = a->people_stored;
	c->fingers_counted = a->fingers;
	c->fingers_stored = a->fingers_stored;
}

static void counter_end(struct comparison *c, int64_t now_ms)
{
	comparison_close(c, now_ms);
	if (c->people_due > 0) {
		c->people_due--;
		c->step = c->refused & COMPARISON_NO_SYNC ? COMPARISON_PEOPLE_QUERY
							  : COMPARISON_PEOPLE;
	} else {
		comparison_stop(c);
	}
}

/* --- whether what it counts is right --- */

void counter_check(struct comparison *c, int64_t now_ms)
{
	if (c->refused & (INT64_C(1) << COMPARISON_COUNTERS)) {
		counter_end(c, now_ms);
		return;
	}
	range_whole(c);
	c->step = COMPARISON_INFO;
}

void counter_recheck(struct comparison *c)
{
	range_whole(c);
	c->sum = -1;
	c->step = COMPARISON_INFO;
}

static void info_take(struct comparison *c, const struct comparison_answer *a)
{
	if (a->what == COMPARISON_REFUSED || a->n < 0) {
		c->refused |= INT64_C(1) << COMPARISON_COUNTERS;
		c->lies = 0;
		/* Nothing was counted: it begins there. */
		if (c->sum < 0)
			comparison_walk(c);
		else
			counter_end(c, a->now_ms);
		return;
	}
	c->counter = a->n;
	people_note(c, a);
	if (c->counter != c->sum) {
		c->step = COMPARISON_SUM;
		return;
	}
	c->lies = 0;
	counter_end(c, a->now_ms);
}

static void counts_agree(struct comparison *c, int64_t now_ms)
{
	bool walk = c->sum < 0;

	c->lies = 0;
	if (walk)
		comparison_walk(c);
	else
		counter_end(c, now_ms);
}

static void sum_take(struct comparison *c, const struct comparison_answer *a)
{
	if (a->what == COMPARISON_REFUSED || a->n == c->counter) {
		counts_agree(c, a->now_ms);
		return;
	}
	c->counted = a->n;
	c->step = COMPARISON_INFO_AGAIN;
}

static void info_again_take(struct comparison *c, const struct comparison_answer *a)
{
	if (a->what == COMPARISON_REFUSED || a->n == c->counted) {
		counts_agree(c, a->now_ms);
		return;
	}
	c->counter = a->n;
	c->lies = 1;
	c->step = COMPARISON_RELOAD;
}

static ghi_civil time_since(const struct comparison *c)
{
	return c->complete_to == GHI_CIVIL_NONE ? COMPARISON_FIRST
						: comparison_after(c->complete_to, 1);
}

/* What was found by counting is not known to be so. */
static void reload_take(struct comparison *c, const struct comparison_answer *a)
{
	c->way = COMPARISON_READ;
	c->found_from = GHI_CIVIL_NONE;
	c->found_missing = 0;
	c->counted = c->counter;
	c->stored = a->stored;
	if (a->what == COMPARISON_REFUSED)
		comparison_found(c, time_since(c), c->walk_to, COMPARISON_QUERY_REFUSED);
	else if (c->counter > a->stored)
		comparison_found(c, time_since(c), c->walk_to, COMPARISON_MORE);
	counter_end(c, a->now_ms);
}

/* --- what it reports is all there is --- */

void counter_begin(struct comparison *c)
{
	range_whole(c);
	c->way = COMPARISON_COUNTERS;
	c->step = COMPARISON_COUNTER;
}

static void counter_first_take(struct comparison *c, const struct comparison_answer *a)
{
	if (a->what == COMPARISON_REFUSED || a->n < 0) {
		c->refused |= INT64_C(1) << COMPARISON_COUNTERS;
		c->compared_ms = a->now_ms;
		comparison_stop(c);
		return;
	}
	people_note(c, a);
	c->counter = a->n;
	/* As many as are stored may be others, where its log is full; what is new is little. */
	if (a->n == 0) {
		c->gone = a->stored - a->n;
		counter_end(c, a->now_ms);
	} else {
		c->step = COMPARISON_COUNTER_QUERY;
	}
}

static void counter_again_take(struct comparison *c, const struct comparison_answer *a)
{
	bool first = c->complete_to == GHI_CIVIL_NONE;

	c->counted = a->n;
	c->stored = a->stored;
	c->counter = a->n;
	if (a->what == COMPARISON_COUNTED && a->n >= 0 && a->n <= a->stored &&
	    (!first || a->seen >= a->n)) {
		c->gone = a->stored - a->n;
		counter_end(c, a->now_ms);
	} else if (++c->tries < COMPARISON_TRIES) {
		c->step = COMPARISON_COUNTER_QUERY;
	} else {
		comparison_found(c, time_since(c), c->walk_to,
				 a->n > a->stored ? COMPARISON_MORE : COMPARISON_NOT_SENT);
		counter_end(c, a->now_ms);
	}
}

static void counter_query_take(struct comparison *c, const struct comparison_answer *a)
{
	if (a->what != COMPARISON_REFUSED) {
		/* Where all was queried, that is in it. */
		c->step = c->step == COMPARISON_COUNTER_QUERY &&
					  c->complete_to != GHI_CIVIL_NONE && c->tries == 0
				  ? COMPARISON_COUNTER_EARLY
				  : COMPARISON_COUNTER_AGAIN;
		return;
	}
	c->counted = c->counter;
	c->stored = a->stored;
	comparison_found(c, time_since(c), c->walk_to, COMPARISON_QUERY_REFUSED);
	counter_end(c, a->now_ms);
}

/* --- people --- */

static void people_take(struct comparison *c, const struct comparison_answer *a)
{
	if (c->step == COMPARISON_PEOPLE && a->what == COMPARISON_REFUSED) {
		c->refused |= COMPARISON_NO_SYNC;
		c->step = COMPARISON_PEOPLE_QUERY;
	} else {
		comparison_stop(c);
	}
}

void counter_take(struct comparison *c, const struct comparison_answer *a)
{
	switch ((enum comparison_step)c->step) {
	case COMPARISON_INFO:
		info_take(c, a);
		break;
	case COMPARISON_SUM:
		sum_take(c, a);
		break;
	case COMPARISON_INFO_AGAIN:
		info_again_take(c, a);
		break;
	case COMPARISON_RELOAD:
		reload_take(c, a);
		break;
	case COMPARISON_COUNTER:
		counter_first_take(c, a);
		break;
	case COMPARISON_COUNTER_QUERY:
	case COMPARISON_COUNTER_EARLY:
		counter_query_take(c, a);
		break;
	case COMPARISON_COUNTER_AGAIN:
		counter_again_take(c, a);
		break;
	default:
		people_take(c, a);
		break;
	}
}

void counter_question(const struct comparison *c, struct comparison_question *q)
{
	switch ((enum comparison_step)c->step) {
	case COMPARISON_INFO:
	case COMPARISON_INFO_AGAIN:
	case COMPARISON_COUNTER:
	case COMPARISON_COUNTER_AGAIN:
		q->kind = COMMAND_KIND_INFO;
		break;
	case COMPARISON_RELOAD:
		q->kind = COMMAND_KIND_QUERY_PUNCHES;
		q->from = time_since(c);
		q->to = c->walk_to;
		break;
	case COMPARISON_COUNTER_QUERY:
		/* First a day more than what is new; then all. */
		q->kind = COMMAND_KIND_QUERY_PUNCHES;
		q->from = c->complete_to == GHI_CIVIL_NONE || c->tries
				  ? COMPARISON_FIRST
				  : comparison_after(c->complete_to, -AROUND_S);
		q->to = COMPARISON_LAST;
		break;
	case COMPARISON_COUNTER_EARLY:
		q->kind = COMMAND_KIND_QUERY_PUNCHES;
		q->from = COMPARISON_FIRST;
		q->to = comparison_after(COMPARISON_MODERN, -1);
		break;
	case COMPARISON_PEOPLE:
		q->kind = COMMAND_KIND_SEND_PEOPLE;
		break;
	case COMPARISON_PEOPLE_QUERY:
		q->kind = COMMAND_KIND_QUERY_PERSON;
		break;
	default:
		break;
	}
}

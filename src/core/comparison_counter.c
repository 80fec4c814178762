/* Comparisons by what a device reports: how many punches, people and fingerprints it has (INFO).
 *
 * How many it has proves nothing of a log that lost some: as many may have come as were lost. It is complete where it
 * sent all it has, as many rows as it then reports; what is stored and not among them is `gone` from it. Later it is
 * complete, too, where as many are gone as before, what is new came again, and so did its earliest day: it lost none. */
#include "core/comparison_step_private.h"

#define AROUND_S (INT64_C(24) * 3600) /* that is queried besides what is new */
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
	if (!comparison_way_is_open(c, COMPARISON_COUNTERS)) {
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

/* The device reports nothing, or may another time; whether it is tried no more. */
static bool info_lacks(struct comparison *c, const struct comparison_answer *a)
{
	if (a->what == COMPARISON_FAILED)
		return comparison_way_fails(c, COMPARISON_COUNTERS, a->code);
	c->refused |= INT64_C(1) << COMPARISON_COUNTERS;
	return true;
}

/* It ends, and shows nothing. */
static void comparison_end_unshown(struct comparison *c, int64_t now_ms)
{
	c->compared_ms = now_ms;
	comparison_stop(c);
}

/* What it counted cannot be compared with what it reports: only where it never reports is that the end of it. */
static void info_take_none(struct comparison *c, const struct comparison_answer *a)
{
	if (info_lacks(c, a) && c->sum >= 0)
		counter_end(c, a->now_ms);
	else
		comparison_end_unshown(c, a->now_ms);
}

static bool info_is_there(struct comparison *c, const struct comparison_answer *a)
{
	if (a->what != COMPARISON_COUNTED || a->n < 0)
		return false;
	comparison_way_works(c, COMPARISON_COUNTERS);
	return true;
}

static void counts_agree(struct comparison *c, const struct comparison_answer *a)
{
	c->lies = 0;
	if (c->sum < 0) {
		comparison_walk(c);
		return;
	}
	if (c->found_from == GHI_CIVIL_NONE) {
		c->gone = a->stored - c->counter;
		c->first_rows = 0;
	}
	counter_end(c, a->now_ms);
}

static void info_take(struct comparison *c, const struct comparison_answer *a)
{
	if (!info_is_there(c, a)) {
		info_take_none(c, a);
		return;
	}
	c->counter = a->n;
	people_note(c, a);
	if (c->counter == c->sum)
		counts_agree(c, a);
	else
		c->step = COMPARISON_SUM;
}

/* Where it does not count all at once, that is no count. */
static void sum_take(struct comparison *c, const struct comparison_answer *a)
{
	if (a->what == COMPARISON_COUNTED && a->n == c->counter) {
		counts_agree(c, a);
		return;
	}
	c->counted = a->what == COMPARISON_COUNTED ? a->n : -1;
	c->step = COMPARISON_INFO_AGAIN;
}

static ghi_civil time_since(const struct comparison *c)
{
	return c->complete_to == GHI_CIVIL_NONE ? COMPARISON_FIRST
						: comparison_after(c->complete_to, 1);
}

/* --- what it sends is compared with what it reports --- */

/* All is to be sent; what is new, where it was proven before. */
static bool query_is_whole(const struct comparison *c)
{
	return c->tries > 0 || c->complete_to == GHI_CIVIL_NONE || c->first_rows == 0;
}

static ghi_civil query_from(const struct comparison *c)
{
	return query_is_whole(c)
		       ? COMPARISON_FIRST
		       : comparison_after(comparison_day_over(c->complete_to), 1 - AROUND_S);
}

/* The same was found several times. */
static bool counter_is_quiet(const struct comparison *c)
{
	return c->gap_runs >= COMPARISON_QUIET && c->wanted == 0 &&
	       c->gap_from != GHI_CIVIL_NONE;
}

static void counter_doubt(struct comparison *c, enum comparison_doubt why, int64_t now_ms)
{
	comparison_found(c, time_since(c), c->walk_to, why);
	counter_end(c, now_ms);
}

static void counter_accept(struct comparison *c, const struct comparison_answer *a)
{
	int64_t gone = c->stored - c->counter;

	c->lost = c->complete_to != GHI_CIVIL_NONE && gone > c->gone;
	c->gone = gone;
	counter_end(c, a->now_ms);
}

static void counter_query_begin(struct comparison *c, const struct comparison_answer *a)
{
	c->stored = a->stored;
	c->counted = c->counter = a->n;
	if (c->counter == 0) {
		c->first_rows = 0;
		counter_accept(c, a);
		return;
	}
	if (counter_is_quiet(c) && c->gap_counted == c->counted && c->gap_stored == c->stored) {
		counter_doubt(c, (enum comparison_doubt)c->gap_why, a->now_ms);
		return;
	}
	/* More are gone than before: that no query of a part mends. */
	c->tries = counter_is_quiet(c)		      ? COMPARISON_TRIES - 1
		   : c->stored - c->counter > c->gone ? 1
						      : 0;
	c->step = query_is_whole(c) ? COMPARISON_COUNTER_QUERY : COMPARISON_COUNTER_EARLY;
}

/* What was found by counting is not known to be so. */
static void info_again_take(struct comparison *c, const struct comparison_answer *a)
{
	if (!info_is_there(c, a)) {
		info_take_none(c, a);
		return;
	}
	if (a->n == c->counted) {
		c->counter = a->n;
		counts_agree(c, a);
		return;
	}
	c->lies = 1;
	c->way = COMPARISON_READ;
	comparison_unfind(c);
	counter_query_begin(c, a);
}

void counter_begin(struct comparison *c)
{
	range_whole(c);
	c->way = COMPARISON_COUNTERS;
	c->step = COMPARISON_COUNTER;
}

static void counter_first_take(struct comparison *c, const struct comparison_answer *a)
{
	if (!info_is_there(c, a)) {
		(void)info_lacks(c, a);
		comparison_end_unshown(c, a->now_ms);
		return;
	}
	people_note(c, a);
	counter_query_begin(c, a);
}

/* All it has is stored. */
static bool counter_is_proven(const struct comparison *c, const struct comparison_answer *a)
{
	if (a->what != COMPARISON_COUNTED || a->n < 0)
		return false;
	if (query_is_whole(c))
		return a->seen >= a->n;
	return a->stored - a->n == c->gone && a->seen >= a->queried &&
	       a->first_seen >= c->first_rows;
}

static void counter_again_take(struct comparison *c, const struct comparison_answer *a)
{
	bool whole = query_is_whole(c);

	c->stored = a->stored;
	if (a->what == COMPARISON_COUNTED && a->n >= 0)
		c->counted = c->counter = a->n;
	if (counter_is_proven(c, a)) {
		if (whole) {
			c->first_to = a->first_to;
			c->first_rows = a->first_rows;
		}
		counter_accept(c, a);
	} else if (whole && a->seen + a->unplaced >= c->counted) {
		counter_doubt(c, COMPARISON_QUARANTINED, a->now_ms);
	} else if (++c->tries < COMPARISON_TRIES) {
		c->step = COMPARISON_COUNTER_QUERY;
	} else {
		counter_doubt(c, c->counted > c->stored ? COMPARISON_MORE : COMPARISON_NOT_SENT,
			      a->now_ms);
	}
}

static void counter_query_take(struct comparison *c, const struct comparison_answer *a)
{
	if (a->what == COMPARISON_REFUSED) {
		c->counted = c->counter;
		c->stored = a->stored;
		counter_doubt(c, COMPARISON_QUERY_REFUSED, a->now_ms);
		return;
	}
	c->step = c->step == COMPARISON_COUNTER_EARLY ? COMPARISON_COUNTER_QUERY
						      : COMPARISON_COUNTER_AGAIN;
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
	case COMPARISON_COUNTER:
		counter_first_take(c, a);
		break;
	case COMPARISON_RELOAD:
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
	case COMPARISON_COUNTER_QUERY:
		q->kind = COMMAND_KIND_QUERY_PUNCHES;
		q->from = query_from(c);
		q->to = COMPARISON_LAST;
		break;
	case COMPARISON_COUNTER_EARLY:
		q->kind = COMMAND_KIND_QUERY_PUNCHES;
		q->from = COMPARISON_FIRST;
		q->to = c->first_to;
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

#include "core/comparison_step_private.h"

#define BORDER_DAYS 2  /* that are queried of what it still has, where it may have lost some */
#define EARLY_MOST 500 /* punches of an early date that are queried whatever is counted */

ghi_civil comparison_after(ghi_civil t, int64_t seconds)
{
	return ghi_civil_from_seconds(ghi_civil_to_seconds(t) + seconds);
}

static int64_t civil_day(ghi_civil t)
{
	return t / 1000000;
}

/* The last second of the day that is so many after that of t. */
static ghi_civil day_end(ghi_civil t, int64_t days)
{
	return comparison_after(civil_day(t) * 1000000 + 235959, days * 86400);
}

static int64_t range_days(const struct comparison *c)
{
	return (ghi_civil_to_seconds(day_end(c->range_to, 0)) -
		ghi_civil_to_seconds(day_end(c->range_from, 0))) /
		       86400 +
	       1;
}

/* The last second of the last day that is over then. */
ghi_civil comparison_day_over(ghi_civil t)
{
	return t == day_end(t, 0) ? t : day_end(t, -1);
}

ghi_civil comparison_day_before(ghi_civil t)
{
	return day_end(t, -1);
}

/* It is not parted any further. */
static bool range_is_single(const struct comparison *c)
{
	return c->range_from < COMPARISON_MODERN ||
	       civil_day(c->range_from) == civil_day(c->range_to);
}

/* The end of the days that were complete before; GHI_CIVIL_NONE, which is earlier than any: of none. */
static ghi_civil past_end(const struct comparison *c)
{
	ghi_civil past = c->complete_to == GHI_CIVIL_NONE ? GHI_CIVIL_NONE
							  : comparison_day_over(c->complete_to);

	return past < comparison_day_over(c->walk_to) ? past : comparison_day_over(c->walk_to);
}

/* Whether the range is of what was complete before. */
static bool range_is_past(const struct comparison *c)
{
	return c->range_from <= past_end(c);
}

/* Each range begins with a day; that of today is one of its own. */
static void range_end(struct comparison *c)
{
	ghi_civil over = comparison_day_over(c->walk_to);
	ghi_civil most = range_is_past(c)	 ? past_end(c)
			 : c->range_from <= over ? over
						 : c->walk_to;

	if (c->range_days)
		c->range_to = day_end(c->range_from, c->range_days - 1);
	else
		c->range_to = most;
	if (c->range_to > most)
		c->range_to = most;
}

static void range_halve(struct comparison *c)
{
	c->range_days = range_days(c) / 2;
	range_end(c);
	c->step = COMPARISON_COUNT;
}

/* --- the walk --- */

/* Last, because it is known then whether the device has lost some. */
static void range_early(struct comparison *c)
{
	c->range_from = COMPARISON_FIRST;
	c->range_to = comparison_after(COMPARISON_MODERN, -1);
}

static void range_after(struct comparison *c)
{
	c->range_from = comparison_after(c->walk_to, 1);
	c->range_to = COMPARISON_LAST;
	c->step = COMPARISON_AFTER;
}

static void range_next(struct comparison *c)
{
	bool past = range_is_past(c);

	c->tries = 0;
	c->sum += c->counted;
	if (c->range_from < COMPARISON_MODERN) {
		range_after(c);
		return;
	}
	if (c->range_to == day_end(c->range_to, 0))
		c->total += c->counted;
	if (past && c->range_to == past_end(c)) {
		/* It has lost some of what it had; or its log begins behind that. */
		if (c->total < c->past || c->total == 0) {
			c->border = BORDER_DAYS;
			c->lost = 1;
		}
		c->range_days = 0;
	} else {
		c->range_days *= 2;
	}
	c->range_from = comparison_after(c->range_to, 1);
	if (c->range_from > c->walk_to)
		range_early(c);
	else
		range_end(c);
	c->step = COMPARISON_COUNT;
}

/* Which of those of an early date it has lost does not show; they are few, so they are queried each time. */
static bool range_is_border(const struct comparison *c)
{
	return c->range_from < COMPARISON_MODERN ? c->lost || c->counted <= EARLY_MOST
						 : c->border > 0;
}

static void range_accept(struct comparison *c)
{
	if (c->counted > 0 && c->border > 0)
		c->border--;
	range_next(c);
}

static void range_doubt(struct comparison *c, enum comparison_doubt why)
{
	comparison_found(c, c->range_from, c->range_to, why);
	range_accept(c);
}

/* The same was found several times, and nothing came of it. */
static bool comparison_is_quiet(const struct comparison *c)
{
	return c->found_days >= COMPARISON_DAYS ||
	       (c->gap_runs >= COMPARISON_QUIET && c->wanted == 0 &&
		c->gap_from != GHI_CIVIL_NONE && c->range_to <= c->compared_to);
}

static bool day_is_settled(const struct comparison *c)
{
	return c->settled_at == c->range_from && c->range_to <= c->compared_to &&
	       (c->range_from >= COMPARISON_MODERN || c->counted > EARLY_MOST) &&
	       c->settled_counted == c->counted && c->settled_stored == c->stored;
}

static void counted_take(struct comparison *c)
{
	if (c->counted == 0 || (c->counted == c->stored && !range_is_border(c)))
		range_accept(c);
	else if (!range_is_single(c))
		range_halve(c);
	else if (day_is_settled(c))
		range_accept(c);
	else if (comparison_is_quiet(c))
		range_doubt(c, c->counted > c->stored ? COMPARISON_MORE : COMPARISON_NOT_SENT);
	else
		c->step = COMPARISON_QUERY;
}

/* What it sent is all it counts there. More than are stored are the same punch again, in one second, or are kept in
 * quarantine: that many are no punches of their own, and counted as stored from now on. */
static struct comparison_extra recount_accept(struct comparison *c)
{
	struct comparison_extra extra = { .day = c->range_from / 1000000 };
	bool over = c->range_to == day_end(c->range_to, 0);

	if (c->counted > c->stored && over)
		extra.n = c->counted - c->stored;
	if (c->counted > 0 && c->counted < c->stored) {
		c->settled_at = c->range_from;
		c->settled_counted = c->counted;
		c->settled_stored = c->stored;
	}
	c->extra += extra.n;
	range_accept(c);
	return extra;
}

static struct comparison_extra recounted_take(struct comparison *c,
					      const struct comparison_answer *a)
{
	bool sent = a->seen >= c->counted;

	if (c->counted == 0 || sent || (c->counted == c->stored && !range_is_border(c)))
		return recount_accept(c);
	if (a->seen + a->unplaced >= c->counted)
		range_doubt(c, COMPARISON_QUARANTINED);
	else if (++c->tries < COMPARISON_TRIES)
		c->step = COMPARISON_QUERY;
	else
		range_doubt(c, c->counted > c->stored ? COMPARISON_MORE : COMPARISON_NOT_SENT);
	return (struct comparison_extra){ 0 };
}

/* --- the beginning --- */

void comparison_walk(struct comparison *c)
{
	bool fresh = c->complete_to == GHI_CIVIL_NONE;

	c->range_from = COMPARISON_MODERN;
	c->range_days = 0;
	c->tries = c->total = c->sum = c->counted = c->stored = 0;
	c->border = fresh ? BORDER_DAYS : 0;
	c->lost = fresh;
	range_end(c);
	c->step = COMPARISON_COUNT;
}

void comparison_begin(struct comparison *c, const struct comparison_start *s)
{
	if (c->firmware != s->firmware || c->wanted)
		c->refused = c->fails = 0;
	if (c->firmware != s->firmware)
		c->lies = 0;
	c->firmware = s->firmware;
	c->walk_to = s->end;
	c->begun_ms = s->now_ms;
	c->command = 0;
	c->failed = c->failed_code = 0;
	comparison_unfind(c);
	comparison_way_choose(c);
	comparison_walk(c);
	if (c->way == COMPARISON_COUNTERS)
		counter_begin(c);
	else if (c->lies)
		counter_recheck(c);
}

struct comparison_question comparison_question(const struct comparison *c)
{
	struct comparison_question q = { .kind = COMMAND_KINDS,
					 .from = c->range_from,
					 .to = c->range_to,
					 .stored = c->stored };

	switch ((enum comparison_step)c->step) {
	case COMPARISON_COUNT:
	case COMPARISON_RECOUNT:
	case COMPARISON_AFTER:
	case COMPARISON_SUM:
		q.kind = c->way == COMPARISON_ACCOUNT ? COMMAND_KIND_COMPARE_PUNCHES
						      : COMMAND_KIND_VERIFY_SUM;
		break;
	case COMPARISON_QUERY:
	case COMPARISON_AFTER_QUERY:
		q.kind = COMMAND_KIND_QUERY_PUNCHES;
		break;
	default:
		counter_question(c, &q);
		break;
	}
	return q;
}

/* What bears a time that is not yet is fetched, once; it is no gap. */
static void after_take(struct comparison *c, const struct comparison_answer *a)
{
	if (a->what == COMPARISON_COUNTED)
		c->sum += a->n;
	if (a->what == COMPARISON_COUNTED && a->n > a->stored)
		c->step = COMPARISON_AFTER_QUERY;
	else
		counter_check(c, a->now_ms);
}

static void query_take(struct comparison *c, const struct comparison_answer *a)
{
	if (a->what == COMPARISON_REFUSED)
		range_doubt(c, COMPARISON_QUERY_REFUSED);
	else
		c->step = COMPARISON_RECOUNT;
}

/* A person's order stays, some times. */
static void comparison_lost(struct comparison *c)
{
	int64_t wanted = c->wanted;

	comparison_stop(c);
	c->wanted = wanted && wanted < COMPARISON_LOST_MOST ? wanted + 1 : 0;
}

static struct comparison_extra count_take(struct comparison *c,
					  const struct comparison_answer *a)
{
	if (a->what != COMPARISON_COUNTED) {
		comparison_count_failed(c, a);
		return (struct comparison_extra){ 0 };
	}
	comparison_way_works(c, c->way);
	c->counted = a->n;
	c->stored = a->stored;
	if (c->step == COMPARISON_RECOUNT)
		return recounted_take(c, a);
	counted_take(c);
	return (struct comparison_extra){ 0 };
}

struct comparison_extra comparison_take(struct comparison *c, const struct comparison_answer *a)
{
	c->command = 0;
	if (a->what == COMPARISON_LOST) {
		comparison_lost(c);
		return (struct comparison_extra){ 0 };
	}
	switch ((enum comparison_step)c->step) {
	case COMPARISON_COUNT:
	case COMPARISON_RECOUNT:
		return count_take(c, a);
	case COMPARISON_QUERY:
		query_take(c, a);
		break;
	case COMPARISON_AFTER:
		after_take(c, a);
		break;
	case COMPARISON_AFTER_QUERY:
		counter_check(c, a->now_ms);
		break;
	default:
		counter_take(c, a);
		break;
	}
	return (struct comparison_extra){ 0 };
}

/* What a comparison found that is not complete, and what of it is shown when it ends. */
#include "core/comparison_step_private.h"

void comparison_unfind(struct comparison *c)
{
	c->found_from = c->found_to = GHI_CIVIL_NONE;
	c->found_counted = c->found_stored = c->found_missing = c->found_past = 0;
	c->found_days = 0;
	c->found_why = COMPARISON_MORE;
}

void comparison_found(struct comparison *c, ghi_civil from, ghi_civil to,
		      enum comparison_doubt why)
{
	if (c->found_from == GHI_CIVIL_NONE || from < c->found_from) {
		c->found_from = from;
		c->found_to = to;
		c->found_counted = c->counted;
		c->found_stored = c->stored;
		c->found_why = why;
		c->found_past = c->range_from < COMPARISON_MODERN ? 0 : c->total;
	}
	c->found_days++;
	c->found_missing += c->counted > c->stored ? c->counted - c->stored : 0;
}

static void gap_close(struct comparison *c, int64_t now_ms)
{
	bool same = c->gap_from == c->found_from && c->missing == c->found_missing;

	if (c->found_from == GHI_CIVIL_NONE)
		c->gap_since_ms = c->gap_runs = 0;
	else if (c->gap_from == GHI_CIVIL_NONE)
		c->gap_since_ms = now_ms;
	if (c->found_from != GHI_CIVIL_NONE)
		c->gap_runs = same ? c->gap_runs + 1 : 1;
	c->gap_from = c->found_from;
	c->gap_to = c->found_to;
	c->gap_counted = c->found_counted;
	c->gap_stored = c->found_stored;
	c->gap_why = c->found_why;
	c->missing = c->found_missing;
}

void comparison_stop(struct comparison *c)
{
	c->step = COMPARISON_IDLE;
	c->begun_ms = 0;
	c->wanted = 0;
	c->command = 0;
}

void comparison_whole(struct comparison *c, enum comparison_way by, int64_t now_ms)
{
	comparison_unfind(c);
	c->complete_by = by;
	c->compared_ms = now_ms;
	gap_close(c, now_ms);
}

void comparison_close(struct comparison *c, int64_t now_ms)
{
	bool whole = c->found_from == GHI_CIVIL_NONE;

	/* Of one that was never compared it is not known. */
	c->shrunk = c->lost && c->complete_to != GHI_CIVIL_NONE;
	c->complete_to = whole ? c->walk_to
			 : c->found_from > COMPARISON_FIRST
				 ? comparison_after(c->found_from, -1)
				 : GHI_CIVIL_NONE;
	c->complete_by = c->way;
	c->past = whole ? c->total : c->found_past;
	c->compared_to = c->walk_to;
	c->compared_ms = now_ms;
	gap_close(c, now_ms);
}

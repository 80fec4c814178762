/* The two halves of a comparison: periods that are counted (comparison_step.c), and the counters that a device
 * reports (comparison_counter.c). Not included elsewhere. */
#ifndef GH_CORE_COMPARISON_STEP_PRIVATE_H
#define GH_CORE_COMPARISON_STEP_PRIVATE_H

#include "core/comparison_step.h"

/* Bits of `refused` besides those of the ways. */
#define COMPARISON_NO_SYNC (INT64_C(1) << COMPARISON_WAYS)

/* The walk ended, or nothing is to be counted; what is found is then shown. */
void comparison_close(struct comparison *c, int64_t now_ms);
void comparison_stop(struct comparison *c);
/* A period that is not complete: the earliest one is kept. */
void comparison_found(struct comparison *c, ghi_civil from, ghi_civil to,
		      enum comparison_doubt why);
/* What was found is not so. */
void comparison_unfind(struct comparison *c);
/* A way failed, and it may be another time. True: it failed too often to be tried again by itself. */
bool comparison_way_fails(struct comparison *c, enum comparison_way w, int64_t code);
void comparison_way_works(struct comparison *c, enum comparison_way w);
/* Whether it may be used now. */
bool comparison_way_is_open(struct comparison *c, enum comparison_way w);
void comparison_way_choose(struct comparison *c);
/* It did not count: the next way is taken, from the beginning. */
void comparison_count_failed(struct comparison *c, const struct comparison_answer *a);
/* From the beginning. */
void comparison_walk(struct comparison *c);
ghi_civil comparison_after(ghi_civil t, int64_t seconds);
/* The last second of the last day that is over then. */
ghi_civil comparison_day_over(ghi_civil t);
/* That of the day before. */
ghi_civil comparison_day_before(ghi_civil t);

/* --- counters --- */

/* The device only reports how many its log has. */
void counter_begin(struct comparison *c);
/* What it counted is compared with what it reports. */
void counter_check(struct comparison *c, int64_t now_ms);
/* It is known that these differ; that is looked at first. */
void counter_recheck(struct comparison *c);
/* The answer of a step of this half. */
void counter_take(struct comparison *c, const struct comparison_answer *a);
/* The order of such a step. */
void counter_question(const struct comparison *c, struct comparison_question *q);

#endif

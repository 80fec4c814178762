/* Deadlines of many numbered things, the earliest first. Each number has one deadline. */
#ifndef GH_SIM_TIMERS_H
#define GH_SIM_TIMERS_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

#define SIM_NEVER INT64_MAX

struct sim_timers {
	struct sim_timer {
		int64_t at_ms;
		uint32_t id;
	} * heap;
	uint32_t *place; /* of each number in the heap, from 1; 0: not in it */
	uint32_t n;
};

/* Room for the numbers 0 to ids - 1. GH_ENOMEM. */
GH_MUST_CHECK enum gh_err sim_timers_open(struct sim_timers *t, uint32_t ids);
void sim_timers_close(struct sim_timers *t);

/* Set or move a deadline; SIM_NEVER takes it away. */
void sim_timers_set(struct sim_timers *t, uint32_t id, int64_t at_ms);

/* The earliest deadline, SIM_NEVER when there is none. */
static inline int64_t sim_timers_first(const struct sim_timers *t)
{
	return t->n ? t->heap[0].at_ms : SIM_NEVER;
}

/* Take the earliest out when it is due at `now_ms`; false: none is. */
bool sim_timers_due(struct sim_timers *t, int64_t now_ms, uint32_t *id);

#endif

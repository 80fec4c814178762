#include "sim/timers.h"

#include <stdlib.h>

enum gh_err sim_timers_open(struct sim_timers *t, uint32_t ids)
{
	*t = (struct sim_timers){ .heap = calloc(ids ? ids : 1, sizeof(*t->heap)),
				  .place = calloc(ids ? ids : 1, sizeof(*t->place)) };
	if (t->heap && t->place)
		return GH_OK;
	sim_timers_close(t);
	return GH_ENOMEM;
}

void sim_timers_close(struct sim_timers *t)
{
	free(t->heap);
	free(t->place);
	*t = (struct sim_timers){ 0 };
}

static void timer_put(struct sim_timers *t, uint32_t at, struct sim_timer what)
{
	t->heap[at] = what;
	t->place[what.id] = at + 1;
}

static void timer_rise(struct sim_timers *t, uint32_t at)
{
	struct sim_timer what = t->heap[at];

	while (at && what.at_ms < t->heap[(at - 1) / 2].at_ms) {
		timer_put(t, at, t->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	timer_put(t, at, what);
}

static void timer_sink(struct sim_timers *t, uint32_t at)
{
	struct sim_timer what = t->heap[at];

	for (;;) {
		uint32_t child = 2 * at + 1;

		if (child + 1 < t->n && t->heap[child + 1].at_ms < t->heap[child].at_ms)
			child++;
		if (child >= t->n || t->heap[child].at_ms >= what.at_ms)
			break;
		timer_put(t, at, t->heap[child]);
		at = child;
	}
	timer_put(t, at, what);
}

static void timers_remove(struct sim_timers *t, uint32_t at)
{
	struct sim_timer last = t->heap[--t->n];

	t->place[t->heap[at].id] = 0;
	if (at == t->n)
		return;
	timer_put(t, at, last);
	timer_sink(t, at);
	timer_rise(t, t->place[last.id] - 1);
}

void sim_timers_set(struct sim_timers *t, uint32_t id, int64_t at_ms)
{
	if (t->place[id])
		timers_remove(t, t->place[id] - 1);
	if (at_ms == SIM_NEVER)
		return;
	timer_put(t, t->n++, (struct sim_timer){ at_ms, id });
	timer_rise(t, t->n - 1);
}

bool sim_timers_due(struct sim_timers *t, int64_t now_ms, uint32_t *id)
{
	if (t->n == 0 || t->heap[0].at_ms > now_ms)
		return false;
	*id = t->heap[0].id;
	timers_remove(t, 0);
	return true;
}

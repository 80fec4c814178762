#include "sim/attendance/unit.h"

#include "sim/attendance/calendar.h"
#include "sim/attendance/execute.h"
#include "sim/attendance/query.h"

#include <stdio.h>

enum gh_err unit_open(struct unit *u, const struct plan *plan, uint32_t number,
		      struct account *account)
{
	int n;

	*u = (struct unit){ .plan = plan,
			    .persona = plan->mix.persona[number % plan->mix.n],
			    .account = account,
			    .number = number,
			    .prng = { sim_hash(plan->seed, number, 'D') },
			    .delay_ms = 30000,
			    .error_delay_ms = 60000,
			    .flush_ms = SIM_NEVER };
	n = snprintf(u->sn, sizeof(u->sn), "%s%06u", plan->sn_prefix, number + 1);
	if (n < 0 || (size_t)n >= sizeof(u->sn))
		return GH_ETOOBIG;
	u->batch = u->persona->batch;
	/* Not all at once: a fleet wakes up over a while. */
	u->ready_ms = plan_wait(plan, (int64_t)sim_below(&u->prng, 2 * plan->devices));
	return GH_OK;
}

void unit_close(struct unit *u)
{
	holdings_clear(&u->holdings);
	query_end(u);
	g_free((void *)(uintptr_t)u->push_options.p);
	g_free((void *)(uintptr_t)u->trans_times.p);
	if (u->commands)
		g_byte_array_free(u->commands, TRUE);
	if (u->results)
		g_byte_array_free(u->results, TRUE);
	if (u->events)
		g_array_free(u->events, TRUE);
	if (u->errors)
		g_array_free(u->errors, TRUE);
	if (u->options)
		g_array_free(u->options, TRUE);
	*u = (struct unit){ 0 };
}

void unit_event(struct unit *u, enum table_id t, unsigned op, gh_slice keys)
{
	struct unit_event e = { .table = (uint8_t)t, .op = (uint8_t)op };

	if (u->events == NULL)
		u->events = g_array_new(FALSE, TRUE, sizeof(e));
	if (u->events->len >= UNIT_EVENTS || keys.n >= sizeof(e.keys))
		return;
	if (keys.n)
		memcpy(e.keys, keys.p, keys.n);
	g_array_append_val(u->events, e);
}

int64_t unit_shift_s(const struct unit *u, uint32_t index)
{
	int64_t by_s = 0;

	for (size_t i = 0; i < u->shifts && u->shift[i].from <= index; i++)
		by_s = u->shift[i].by_s;
	return by_s;
}

int64_t unit_clock_s(const struct unit *u)
{
	return u->plan->start_s + u->now_ms / 1000 + unit_shift_s(u, UINT32_MAX);
}

int64_t unit_wake(const struct unit *u)
{
	int64_t at = u->poll_ms, due;

	if (u->asked != ASK_NOTHING)
		return SIM_NEVER;
	if (u->state != UNIT_READY || u->now_ms < u->ready_ms)
		return u->ready_ms;
	due = calendar_due_ms(u->plan, u->number, stream_end(u, STREAM_ATTLOG));
	if (u->realtime && due < at)
		at = due;
	if (!u->realtime && u->flush_ms < at)
		at = u->flush_ms;
	return at;
}

bool unit_idle(const struct unit *u)
{
	if (u->state != UNIT_READY || u->asked != ASK_NOTHING || !u->informed ||
	    u->settings_due || u->check || u->reboot || execute_busy(u) ||
	    (u->results && u->results->len) || u->again.to > u->again.from)
		return false;
	for (enum stream_id s = 0; s < STREAMS; s++)
		if (stream_open(u, s) && u->cursor[s].next < stream_end(u, s))
			return false;
	return true;
}

uint64_t unit_pending(const struct unit *u, enum stream_id s)
{
	uint32_t end = stream_end(u, s);
	uint64_t n = 0;

	for (uint32_t i = u->cursor[s].next; stream_open(u, s) && i < end; i++)
		n += stream_holds(u, s, i);
	return n;
}

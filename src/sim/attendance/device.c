#include "sim/attendance/device.h"

#include "sim/attendance/calendar.h"
#include "sim/attendance/execution.h"
#include "sim/attendance/query.h"

#include <stdio.h>

enum gh_err sim_device_open(struct sim_device *d, const struct plan *plan, uint32_t number,
			    struct statistics *statistics)
{
	int n;

	*d = (struct sim_device){ .plan = plan,
				  .persona = plan->mix.persona[number % plan->mix.n],
				  .statistics = statistics,
				  .number = number,
				  .prng = { sim_hash(plan->seed, number, 'D') },
				  .delay_ms = 30000,
				  .error_delay_ms = 60000,
				  .flush_ms = SIM_NEVER };
	n = snprintf(d->sn, sizeof(d->sn), "%s%06u", plan->sn_prefix, number + 1);
	if (n < 0 || (size_t)n >= sizeof(d->sn))
		return GH_ETOOBIG;
	d->batch = d->persona->batch;
	/* The devices of a fleet start one after the other. */
	d->ready_ms = plan_wait(plan, (int64_t)sim_below(&d->prng, 2 * plan->devices));
	return GH_OK;
}

void sim_device_close(struct sim_device *d)
{
	sim_contents_clear(&d->contents);
	query_end(d);
	g_free((void *)(uintptr_t)d->push_options.p);
	g_free((void *)(uintptr_t)d->trans_times.p);
	g_free(d->proxy);
	if (d->commands)
		g_byte_array_free(d->commands, TRUE);
	if (d->results)
		g_byte_array_free(d->results, TRUE);
	if (d->events)
		g_array_free(d->events, TRUE);
	GArray *const arrays[] = { d->gaps,   d->barred, d->screen,
				   d->guests, d->errors, d->options };

	for (size_t i = 0; i < sizeof(arrays) / sizeof(arrays[0]); i++)
		if (arrays[i])
			g_array_free(arrays[i], TRUE);
	*d = (struct sim_device){ 0 };
}

void sim_device_event(struct sim_device *d, enum table_id t, unsigned op, gh_slice keys)
{
	struct sim_event e = { .table = (uint8_t)t, .op = (uint8_t)op };

	if (d->events == NULL)
		d->events = g_array_new(FALSE, TRUE, sizeof(e));
	if (d->events->len >= SIM_EVENTS_MAX || keys.n >= sizeof(e.keys))
		return;
	if (keys.n)
		memcpy(e.keys, keys.p, keys.n);
	g_array_append_val(d->events, e);
}

int64_t sim_device_shift_s(const struct sim_device *d, uint32_t index)
{
	int64_t by_s = 0;

	for (size_t i = 0; i < d->shifts && d->shift[i].from <= index; i++)
		by_s = d->shift[i].by_s;
	return by_s;
}

int64_t sim_device_clock_s(const struct sim_device *d)
{
	return d->plan->start_s + d->now_ms / 1000 + sim_device_shift_s(d, UINT32_MAX);
}

int64_t sim_device_wake_ms(const struct sim_device *d)
{
	int64_t at = d->poll_ms, due;

	if (d->in_flight != REQUEST_NOTHING)
		return SIM_NEVER;
	if (d->state != SIM_READY || d->now_ms < d->ready_ms)
		return d->ready_ms;
	due = calendar_due_ms(d->plan, d->number, stream_end(d, STREAM_ATTLOG));
	if (d->realtime && due < at)
		at = due;
	if (!d->realtime && d->flush_ms < at)
		at = d->flush_ms;
	return at;
}

bool sim_device_idle(const struct sim_device *d)
{
	if (d->state != SIM_READY || d->in_flight != REQUEST_NOTHING || !d->informed ||
	    d->settings_due || d->check || d->reboot || execution_busy(d) ||
	    (d->results && d->results->len) || d->repeat.to > d->repeat.from)
		return false;
	for (enum stream_id s = 0; s < STREAMS; s++)
		if (stream_open(d, s) && d->cursor[s].next < stream_end(d, s))
			return false;
	return true;
}

uint64_t sim_device_pending(const struct sim_device *d, enum stream_id s)
{
	uint32_t end = stream_end(d, s);
	uint64_t n = 0;

	for (uint32_t i = d->cursor[s].next; stream_open(d, s) && i < end; i++)
		n += stream_holds(d, s, i);
	return n;
}

#include "sim/attendance/fleet.h"
#include "sim/attendance/proxy.h"

#include "sim/fleet.h"

#include <stdlib.h>

#define REFUSED_MIN 2 /* once may be an accident */

struct fleet {
	const struct plan *plan;
	struct statistics *statistics;
	struct sim_device *devices;
	uint32_t devices_n; /* opened */
	struct sim_scratch *scratch;
	struct sim_fleet fleet;
};

static bool device_next_request(void *device, int64_t now_ms, void *scratch,
				struct sim_request *out)
{
	return sim_device_next_request(device, now_ms, scratch, out);
}

static int64_t device_wake_ms(const void *device)
{
	return sim_device_wake_ms(device);
}

static void device_response(void *device, int64_t now_ms, const struct sim_reply *reply)
{
	sim_device_response(device, now_ms, reply);
}

static void device_no_response(void *device, int64_t now_ms)
{
	sim_device_no_response(device, now_ms);
}

static void device_poll_now(void *device)
{
	((struct sim_device *)device)->poll_ms = 0;
}

static bool device_idle(const void *device)
{
	return sim_device_idle(device);
}

static void fleet_progress_show(const struct fleet *f)
{
	struct fleet_progress p = { .devices = f->devices_n,
				    .refusal = f->statistics->refusal };

	for (uint32_t i = 0; i < f->devices_n; i++) {
		p.refused += f->devices[i].refused >= REFUSED_MIN;
		for (enum stream_id s = 0; s < STREAMS; s++)
			p.pending += sim_device_pending(&f->devices[i], s);
	}
	for (enum stream_id s = 0; s < STREAMS; s++)
		p.acknowledged += f->statistics->stream[s].acknowledged;
	f->plan->progress(f->plan->progress_ctx, &p);
}

static enum gh_err fleet_turn(void *ctx, bool show)
{
	const struct fleet *f = ctx;

	statistics_sync(f->statistics);
	if (f->plan->progress && show)
		fleet_progress_show(f);
	return f->statistics->broken ? GH_EIO : GH_OK;
}

static enum gh_err fleet_connect(struct fleet *f)
{
	static const struct sim_fleet_kind kind = { .size = sizeof(struct sim_device),
						    .next_request = device_next_request,
						    .wake_ms = device_wake_ms,
						    .response = device_response,
						    .no_response = device_no_response,
						    .poll_now = device_poll_now,
						    .server = proxy_of_fleet,
						    .idle = device_idle };
	const struct sim_fleet_plan plan = { .kind = &kind,
					     .devices = f->devices,
					     .n = f->devices_n,
					     .scratch = f->scratch,
					     .server = &f->plan->server,
					     .speed = f->plan->speed,
					     .once = f->plan->once,
					     .turn = fleet_turn,
					     .ctx = f };

	return sim_fleet_open(&plan, &f->statistics->traffic, &f->fleet);
}

enum gh_err fleet_open(const struct plan *plan, struct statistics *statistics,
		       struct fleet **out)
{
	struct fleet *f = calloc(1, sizeof(*f));
	enum gh_err err = GH_ENOMEM;

	if (f == NULL)
		return GH_ENOMEM;
	*f = (struct fleet){ .plan = plan,
			     .statistics = statistics,
			     .devices = calloc(plan->devices, sizeof(*f->devices)),
			     .scratch = malloc(sizeof(*f->scratch)) };
	if (f->devices && f->scratch)
		err = GH_OK;
	while (err == GH_OK && f->devices_n < plan->devices) {
		err = sim_device_open(&f->devices[f->devices_n], plan, f->devices_n,
				      statistics);
		f->devices_n++;
	}
	if (err == GH_OK)
		err = fleet_connect(f);
	if (err) {
		fleet_close(f);
		return err;
	}
	*out = f;
	return GH_OK;
}

void fleet_close(struct fleet *f)
{
	if (f == NULL)
		return;
	sim_fleet_close(&f->fleet);
	for (uint32_t i = 0; i < f->devices_n; i++)
		sim_device_close(&f->devices[i]);
	free(f->devices);
	free(f->scratch);
	free(f);
}

enum gh_err fleet_run(struct fleet *f, int64_t duration_ms)
{
	return sim_fleet_run(&f->fleet, duration_ms);
}

bool fleet_complete(const struct fleet *f)
{
	return sim_fleet_complete(&f->fleet);
}

void fleet_report(const struct fleet *f, struct json *j)
{
	uint64_t pending[STREAMS] = { 0 };
	struct statistics total = *f->statistics;

	total.traffic.bytes_received = sim_fleet_received(&f->fleet);
	for (uint32_t i = 0; i < f->devices_n; i++)
		for (enum stream_id s = 0; s < STREAMS; s++)
			pending[s] += sim_device_pending(&f->devices[i], s);
	statistics_report(&total, f->plan, f->fleet.now_ms, fleet_complete(f), pending, j);
}

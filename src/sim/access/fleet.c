#include "sim/access/fleet.h"

#include "sim/access/subs.h"
#include "sim/access/visits.h"
#include "sim/fleet.h"

#include <stdlib.h>

#define REFUSED_MIN 2 /* once may be an accident */

struct acc_fleet {
	const struct acc_plan *plan;
	struct acc_statistics *statistics;
	struct unit *units;
	uint32_t units_n; /* opened */
	struct unit_scratch *scratch;
	struct sim_fleet fleet;
};

static bool fleet_unit_next(void *device, int64_t now_ms, void *scratch,
			    struct sim_request *out)
{
	return unit_next_request(device, now_ms, scratch, out);
}

static int64_t fleet_unit_wake_ms(const void *device)
{
	return unit_wake_ms(device);
}

static void fleet_unit_response(void *device, int64_t now_ms, const struct sim_reply *reply)
{
	unit_response(device, now_ms, reply);
}

static void fleet_unit_no_response(void *device, int64_t now_ms)
{
	unit_no_response(device, now_ms);
}

static void fleet_unit_poll_now(void *device)
{
	((struct unit *)device)->poll_ms = 0;
}

static bool fleet_unit_idle(const void *device)
{
	return unit_idle(device);
}

static void acc_fleet_progress(const struct acc_fleet *f)
{
	struct fleet_progress p = { .devices = f->units_n,
				    .refusal = f->statistics->refusal,
				    .acknowledged = f->statistics->events_acknowledged };

	for (uint32_t i = 0; i < f->units_n; i++) {
		p.refused += f->units[i].refused >= REFUSED_MIN;
		p.pending += unit_pending(&f->units[i]);
	}
	f->plan->progress(f->plan->progress_ctx, &p);
}

static enum gh_err acc_fleet_turn(void *ctx, bool show)
{
	const struct acc_fleet *f = ctx;
	enum gh_err err = GH_OK;

	if (f->plan->progress && show)
		acc_fleet_progress(f);
	if (f->plan->visits)
		err = acc_visits_read(f->plan->visits, f->units, f->units_n);
	if (err)
		return err;
	return f->statistics->broken ? GH_EIO : GH_OK;
}

static enum gh_err acc_fleet_connect(struct acc_fleet *f)
{
	static const struct sim_fleet_kind kind = { .size = sizeof(struct unit),
						    .next_request = fleet_unit_next,
						    .wake_ms = fleet_unit_wake_ms,
						    .response = fleet_unit_response,
						    .no_response = fleet_unit_no_response,
						    .poll_now = fleet_unit_poll_now,
						    .idle = fleet_unit_idle };
	const struct sim_fleet_plan plan = { .kind = &kind,
					     .devices = f->units,
					     .n = f->units_n,
					     .scratch = f->scratch,
					     .server = &f->plan->server,
					     .speed = f->plan->speed,
					     .once = f->plan->once,
					     .turn = acc_fleet_turn,
					     .ctx = f };

	return sim_fleet_open(&plan, &f->statistics->traffic, &f->fleet);
}

enum gh_err acc_fleet_open(const struct acc_plan *plan, struct acc_statistics *statistics,
			   struct acc_fleet **out)
{
	struct acc_fleet *f = calloc(1, sizeof(*f));
	enum gh_err err = GH_ENOMEM;

	if (f == NULL)
		return GH_ENOMEM;
	*f = (struct acc_fleet){ .plan = plan,
				 .statistics = statistics,
				 .units = calloc(plan->devices, sizeof(*f->units)),
				 .scratch = malloc(sizeof(*f->scratch)) };
	if (f->units && f->scratch)
		err = GH_OK;
	while (err == GH_OK && f->units_n < plan->devices) {
		err = unit_open(&f->units[f->units_n], plan, f->units_n, statistics);
		f->units_n++;
	}
	if (err == GH_OK)
		err = acc_fleet_connect(f);
	if (err) {
		acc_fleet_close(f);
		return err;
	}
	*out = f;
	return GH_OK;
}

void acc_fleet_close(struct acc_fleet *f)
{
	if (f == NULL)
		return;
	sim_fleet_close(&f->fleet);
	for (uint32_t i = 0; i < f->units_n; i++)
		unit_close(&f->units[i]);
	free(f->units);
	free(f->scratch);
	free(f);
}

enum gh_err acc_fleet_run(struct acc_fleet *f, int64_t duration_ms)
{
	return sim_fleet_run(&f->fleet, duration_ms);
}

bool acc_fleet_complete(const struct acc_fleet *f)
{
	return sim_fleet_complete(&f->fleet);
}

void acc_fleet_report(const struct acc_fleet *f, struct json *j)
{
	struct acc_statistics total = *f->statistics;
	uint64_t pending = 0;

	total.traffic.bytes_received = sim_fleet_received(&f->fleet);
	for (uint32_t i = 0; i < f->units_n; i++)
		pending += unit_pending(&f->units[i]);
	acc_statistics_report(&total, f->plan, f->fleet.now_ms, acc_fleet_complete(f), pending,
			      j);
}

static void panel_rows_write(const struct panel *p, const char *sn, struct json *j)
{
	for (enum panel_table_id id = 0; id < PANEL_TABLES; id++)
		for (size_t i = 0; i < panel_rows(&p->tables, id); i++)
			panel_row_write(&p->tables, id, i, sn, j);
}

void acc_fleet_rows_write(const struct acc_fleet *f, uint32_t n, struct json *j)
{
	const struct unit *u = &f->units[n];

	panel_rows_write(&u->panel, u->sn, j);
	for (unsigned i = 1; i <= u->subs_n; i++)
		panel_rows_write(&acc_sub_at(u, i)->panel, acc_sub_at(u, i)->sn, j);
}

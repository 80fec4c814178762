/* A terminal's clock: compared with the time it must show, and set if the policy allows it. */
#include <stdio.h>
#include <stdlib.h>

#include "core/device_options.h"
#include "session/terminal/job.h"
#include "session/terminal/worker.h"

enum {
	CLOCK_OFF_MAX_S = 5,   /* further off, and it is set ... */
	CLOCK_UNASKED_S = 120, /* ... but not by more than this where its zone was not set */
};

static struct gh_time time_of_civil(ghi_civil t)
{
	struct ghi_civil_parts p = ghi_civil_split(t);

	return (struct gh_time){ (uint16_t)p.year,
				 (uint8_t)p.month,
				 (uint8_t)p.day,
				 (uint8_t)p.hour,
				 (uint8_t)p.minute,
				 (uint8_t)p.second,
				 1 };
}

bool terminal_clock_is_moved(enum clock_policy policy, const struct device_row *row, bool valid,
			     int64_t off_s)
{
	bool far = !valid || off_s < -CLOCK_UNASKED_S || off_s > CLOCK_UNASKED_S;

	if (policy == CLOCK_OFF || (valid && llabs((long long)off_s) <= CLOCK_OFF_MAX_S))
		return false;
	return policy != CLOCK_AUTO || !far || row->zone.n > 0;
}

/* The zone it is to show the time of, referenced. */
static struct zone *clock_zone(struct terminal_worker *w, enum clock_policy policy)
{
	struct zone *utc;

	if (policy == CLOCK_UTC && zone_open(GH_LIT("UTC"), &utc) == GH_OK)
		return utc;
	return device_zone(w->device);
}

static int64_t clock_wall_now(struct terminal_worker *w, const struct zone *zone)
{
	int64_t now = w->manager->server->now_ms() / 1000;

	return now + zone_offset_at(zone, now);
}

static void offset_publish(struct terminal_worker *w, bool valid, int64_t off_s, bool moved)
{
	if (valid)
		device_clock_seen(w->device, moved ? 0 : off_s, w->manager->server->now_ms());
	pthread_mutex_lock(&w->manager->lock);
	w->status.has_clock_offset = valid;
	w->status.clock_offset_s = off_s;
	w->status.clock_moved = moved;
	pthread_mutex_unlock(&w->manager->lock);
}

static void clock_report(struct terminal_worker *w, enum gh_err err, const char *text)
{
	terminal_worker_trace(w, "clock", text);
	LOG(w->manager->server->log, err ? LOG_WARNING : LOG_INFO, "terminal's clock",
	    { "sn", device_sn(w->device) }, { "clock", gh_slice_of(text) });
}

/* From now on what it records is in that zone; waits until that is stored. */
static enum gh_err zone_store(struct terminal_worker *w, const struct zone *zone)
{
	struct device_row change = { .present = DEVICE_FIELDS_OF(DEVICE_clock_zone),
				     .clock_zone = zone_name(zone) };
	struct terminal_job *j;

	if (gh_slice_eq(w->row.clock_zone, zone_name(zone)))
		return GH_OK;
	j = terminal_job_new(w);
	if (j == NULL)
		return GH_ENOMEM;
	enum gh_err err = device_change(w->manager->server, w->device, &change,
					terminal_job_core_done, j);

	if (err == GH_OK)
		err = terminal_job_wait(&j);
	terminal_job_free(j);
	return err;
}

static enum gh_err clock_set(struct terminal_worker *w, struct gh_terminal *t,
			     const struct zone *zone, bool valid, int64_t off)
{
	struct gh_time clock = time_of_civil(ghi_civil_from_seconds(clock_wall_now(w, zone)));
	enum gh_err err = gh_terminal_time_set(t, &clock);
	char text[80];

	if (err)
		snprintf(text, sizeof(text), "cannot be set: %s", gh_strerror(err));
	else if (valid)
		snprintf(text, sizeof(text), "set; it was %lld seconds off", (long long)off);
	else
		snprintf(text, sizeof(text), "set; it showed no real time");
	clock_report(w, err, text);
	return err;
}

static enum gh_err clock_leave(struct terminal_worker *w, enum clock_policy policy, bool valid,
			       int64_t off)
{
	char text[120];

	if (valid && llabs((long long)off) <= CLOCK_UNASKED_S)
		return GH_OK;
	snprintf(text, sizeof(text),
		 valid ? "left as it is, %lld seconds off: %s"
		       : "left as it is, it shows no real time%.0lld: %s",
		 (long long)off,
		 policy == CLOCK_OFF ? "clock is off"
				     : "neither its zone nor its clock was set");
	clock_report(w, GH_OK, text);
	return GH_OK;
}

static enum gh_err clock_compare(struct terminal_worker *w, struct gh_terminal *t,
				 enum clock_policy policy, const struct zone *zone)
{
	struct gh_time clock;
	enum gh_err err = gh_terminal_time_get(t, &clock);

	if (err)
		return err;
	ghi_civil shown = ghi_civil_join((struct ghi_civil_parts){
		clock.year, clock.month, clock.day, clock.hour, clock.minute, clock.second });
	bool valid = clock.valid && ghi_civil_valid(shown);
	int64_t off = valid ? ghi_civil_to_seconds(shown) - clock_wall_now(w, zone) : 0;
	bool moved = terminal_clock_is_moved(policy, &w->row, valid, off);

	err = moved ? clock_set(w, t, zone, valid, off) : clock_leave(w, policy, valid, off);
	moved &= err == GH_OK;
	offset_publish(w, valid, off, moved);
	if (valid)
		device_clock_judge(w->manager->server, w->device, moved ? 0 : off);
	return err;
}

enum gh_err terminal_clock_adjust(struct terminal_worker *w, struct gh_terminal *t)
{
	enum clock_policy policy = device_clock_policy(w->manager->server->settings, &w->row);
	struct zone *zone = clock_zone(w, policy);
	enum gh_err err = clock_compare(w, t, policy, zone);

	/* Where it could not be set it runs on in the zone it was in. */
	if (err == GH_OK && zone_store(w, zone) == GH_ECANCELLED)
		err = GH_ECANCELLED;
	zone_close(zone);
	return terminal_connection_lost(t, err) ? err : GH_OK;
}

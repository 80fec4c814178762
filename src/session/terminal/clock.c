/* A terminal's clock, set to the wall time of the device's zone. */
#include <stdio.h>

#include "session/terminal/worker.h"

#define CLOCK_OFF_MAX_S 5 /* a larger difference is corrected */

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

static int64_t clock_wall_now(struct terminal_worker *w)
{
	struct zone *z = device_zone(w->device);
	int64_t now = w->manager->server->now_ms() / 1000;

	now += zone_offset_at(z, now);
	zone_close(z);
	return now;
}

enum gh_err terminal_clock_adjust(struct terminal_worker *w, struct gh_terminal *t)
{
	struct gh_time clock;
	enum gh_err err = gh_terminal_time_get(t, &clock);

	if (err)
		return terminal_connection_lost(t, err) ? err : GH_OK;
	ghi_civil shown = ghi_civil_join((struct ghi_civil_parts){
		clock.year, clock.month, clock.day, clock.hour, clock.minute, clock.second });
	int64_t wall = clock_wall_now(w);
	bool valid = clock.valid && ghi_civil_valid(shown);
	int64_t off = valid ? ghi_civil_to_seconds(shown) - wall : 0;

	pthread_mutex_lock(&w->manager->lock);
	w->status.has_clock_offset = valid;
	w->status.clock_offset_s = off;
	pthread_mutex_unlock(&w->manager->lock);
	if (valid && off >= -CLOCK_OFF_MAX_S && off <= CLOCK_OFF_MAX_S)
		return GH_OK;
	clock = time_of_civil(ghi_civil_from_seconds(clock_wall_now(w)));
	err = gh_terminal_time_set(t, &clock);
	char text[80];

	if (err)
		snprintf(text, sizeof(text), "cannot be set: %s", gh_strerror(err));
	else if (valid)
		snprintf(text, sizeof(text), "set; it was %lld seconds off", (long long)off);
	else
		snprintf(text, sizeof(text), "set; it showed no real time");
	terminal_worker_trace(w, "clock", text);
	LOG(w->manager->server->log, err ? LOG_WARNING : LOG_INFO, "terminal's clock",
	    { "sn", device_sn(w->device) }, { "clock", gh_slice_of(text) });
	return terminal_connection_lost(t, err) ? err : GH_OK;
}

/* A terminal's clock, kept at the wall time of the device's zone. */
#include <stdio.h>

#include "session/terminal/caller.h"

#define OFF_MAX_S 5 /* further off, and it is set */

static struct gh_time time_of(ghi_civil t)
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

static int64_t wall_now(struct terminal_caller *l)
{
	struct zone *z = device_zone(l->device);
	int64_t now = l->keeper->server->now_ms() / 1000;

	now += zone_offset_at(z, now);
	zone_close(z);
	return now;
}

enum gh_err terminal_keep_clock(struct terminal_caller *l, struct gh_terminal *t)
{
	struct gh_time clock;
	enum gh_err err = gh_terminal_time_get(t, &clock);

	if (err)
		return terminal_caller_broken(t, err) ? err : GH_OK;
	ghi_civil shown = ghi_civil_join((struct ghi_civil_parts){
		clock.year, clock.month, clock.day, clock.hour, clock.minute, clock.second });
	int64_t wall = wall_now(l);
	bool valid = clock.valid && ghi_civil_valid(shown);
	int64_t off = valid ? ghi_civil_to_seconds(shown) - wall : 0;

	pthread_mutex_lock(&l->keeper->lock);
	l->status.has_clock_offset = valid;
	l->status.clock_offset_s = off;
	pthread_mutex_unlock(&l->keeper->lock);
	if (valid && off >= -OFF_MAX_S && off <= OFF_MAX_S)
		return GH_OK;
	clock = time_of(ghi_civil_from_seconds(wall_now(l)));
	err = gh_terminal_time_set(t, &clock);
	char text[80];

	if (err)
		snprintf(text, sizeof(text), "cannot be set: %s", gh_strerror(err));
	else if (valid)
		snprintf(text, sizeof(text), "set; it was %lld seconds off", (long long)off);
	else
		snprintf(text, sizeof(text), "set; it showed no real time");
	terminal_caller_note(l, "clock", text);
	LOG(l->keeper->server->log, err ? LOG_WARNING : LOG_INFO, "terminal's clock",
	    { "sn", device_sn(l->device) }, { "clock", gh_slice_of(text) });
	return terminal_caller_broken(t, err) ? err : GH_OK;
}

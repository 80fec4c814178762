/* When a device is compared. */
#include "base/zone.h"
#include "core/comparisons_private.h"

#define HOUR_MS INT64_C(3600000)
#define FIRST_MS (6 * HOUR_MS) /* a new device is not compared before */
#define BEHIND_S 60	       /* what is later may still be on its way */
#define NIGHT_FROM_S 3600
#define NIGHT_S 14400

/* The moment of the night after `earliest_ms`, by the device's own time. */
static int64_t night_ms(struct device *d, int64_t earliest_ms)
{
	struct zone *z = device_zone(d);
	int64_t earliest_s = earliest_ms / 1000, offset_s = zone_offset_at(z, earliest_s),
		local_s = earliest_s + offset_s, at_s;

	zone_close(z);
	at_s = local_s - local_s % 86400 + NIGHT_FROM_S +
	       (int64_t)(device_text_hash(device_sn(d)) % NIGHT_S);
	if (at_s < local_s)
		at_s += 86400;
	return (at_s - offset_s) * 1000;
}

/* The device's own setting, or the server's. */
static int64_t comparison_hours(const struct server *server, struct device *d)
{
	int64_t hours = -1;

	pthread_mutex_lock(&d->lock);
	if (model_has(&d->row, DEVICE_compare_h))
		hours = d->row.attendance.compare_h;
	pthread_mutex_unlock(&d->lock);
	return hours >= 0 ? hours : server->settings->compare_h;
}

bool comparison_is_regular(const struct server *server, struct device *d)
{
	return comparison_hours(server, d) > 0;
}

int64_t comparison_next_ms(const struct server *server, struct device *d, int64_t now_ms)
{
	int64_t hours = comparison_hours(server, d);

	if (hours == 0)
		return 0;
	return hours % 24 ? now_ms + hours * HOUR_MS
			  : night_ms(d, now_ms + (hours - 12) * HOUR_MS);
}

int64_t comparison_first_ms(struct device *d, int64_t now_ms)
{
	return night_ms(d, now_ms + FIRST_MS);
}

/* A time of day that went back does not delay it by more than its interval. */
bool comparison_is_due(const struct server *server, struct device *d,
		       const struct comparison *c, int64_t now_ms)
{
	int64_t hours = comparison_hours(server, d);

	/* One that was lost waits for its time. */
	return c->wanted == 1 || (c->wanted && now_ms >= c->next_ms) ||
	       (hours &&
		(now_ms >= c->next_ms || c->next_ms - now_ms > (hours + 24) * HOUR_MS));
}

/* A clock that is behind makes punches that are earlier than the present. */
ghi_civil comparison_walk_to(struct device *d, int64_t now_ms)
{
	struct zone *z = device_zone(d);
	int64_t off_s = 0, now_s = now_ms / 1000, offset_s = zone_offset_at(z, now_s);

	zone_close(z);
	/* One that lost its time is of no use for that. */
	if (!device_clock_offset(d, &off_s) || off_s > 0 || off_s < -86400)
		off_s = 0;
	return ghi_civil_from_seconds(now_s + offset_s + off_s - BEHIND_S);
}

void comparing_begin(struct comparisons *cs, struct comparing *c)
{
	struct device *d = c->device;
	int64_t now_ms = cs->server->now_ms();
	struct device_row row;

	c->changed = true;
	if (c->wanted)
		c->row.wanted = 1;
	if (c->row.present == 0)
		c->row.next_ms = comparison_first_ms(d, now_ms);
	if (!c->calls || !comparison_is_due(cs->server, d, &c->row, now_ms))
		return;
	device_row(d, &cs->arena, &row);

	struct comparison_start start = {
		.now_ms = now_ms,
		.end = comparison_walk_to(d, now_ms),
		.firmware = (int64_t)(device_text_hash(row.firmware) >> 1),
	};

	if (start.end <= COMPARISON_MODERN)
		return;
	comparison_begin(&c->row, &start);
	if (c->row.step == COMPARISON_IDLE)
		c->row.next_ms = comparison_next_ms(cs->server, d, now_ms);
}

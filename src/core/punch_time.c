#include "core/punch_time.h"

#include "core/device_options.h"

/* A clock that is set by us is some seconds off; an upload takes some seconds, too. */
#define AHEAD_MS INT64_C(600000)
/* A clock that lost its battery begins at 1970-01-01 or 2000-01-01, and runs on. The protocols are
 * younger (QUIRKS, clocks). */
#define ANCIENT_BEFORE 20010101000000

/* Whether the clock showed this while it ran at an offset that its zone had no longer. */
static bool punch_is_fixed(const struct device_time *t, struct punch *p)
{
	if (t->fixed == NULL)
		return false;
	int64_t utc = ghi_civil_to_seconds(p->time) - t->fixed_offset_s;

	if (utc < t->since_s || zone_offset_at(t->zone, utc) == t->fixed_offset_s)
		return false;
	p->zone = zone_name(t->fixed);
	p->utc = utc;
	return true;
}

void punch_place_in_time(struct punch *p, const struct device_time *t, struct zone_cache *cache)
{
	p->zone = zone_name(t->zone);
	if (!(p->flags & PUNCH_EPOCH)) {
		p->utc = PUNCH_NO_UTC;
		if (!ghi_civil_valid(p->time)) {
			p->flags |= PUNCH_IMPOSSIBLE;
			return;
		}
		if (!punch_is_fixed(t, p)) {
			switch (zone_to_utc_cached(cache, p->time, &p->utc)) {
			case ZONE_GAP:
				p->flags |= PUNCH_GAP;
				break;
			case ZONE_OVERLAP:
				p->flags |= PUNCH_OVERLAP;
				break;
			case ZONE_EXACT:
				break;
			}
		}
	}
	if (p->utc > (p->received_ms + AHEAD_MS) / 1000)
		p->flags |= PUNCH_AHEAD;
	if (p->time < ANCIENT_BEFORE)
		p->flags |= PUNCH_ANCIENT;
}

#define HALF_HOUR 1800
#define SHIFT_MAX (14 * 3600)
bool punch_is_shifted(const struct punch *p)
{
	if (p->utc == PUNCH_NO_UTC)
		return false;
	int64_t off = p->utc - p->received_ms / 1000, size = off < 0 ? -off : off;
	int64_t steps = (size + HALF_HOUR / 2) / HALF_HOUR, rest = size - steps * HALF_HOUR;

	return steps > 0 && size <= SHIFT_MAX + PUNCH_SHIFT_SPREAD_S &&
	       rest >= -PUNCH_SHIFT_SPREAD_S && rest <= PUNCH_SHIFT_SPREAD_S;
}

uint32_t punch_flags_again(const struct punch *p, uint32_t before)
{
	return before & PUNCH_SHIFTED && punch_is_shifted(p) ? PUNCH_SHIFTED : 0;
}

/* The moment of a punch: what the digits a clock showed mean in UTC, and what is odd about them. */
#ifndef GH_CORE_PUNCH_TIME_H
#define GH_CORE_PUNCH_TIME_H

#include "base/zone.h"
#include "model/punch.h"

struct device_time;

/* How exactly a clock that is off by whole or half hours is, in seconds. */
#define PUNCH_SHIFT_SPREAD_S 90

/* Derive the UTC moment of a punch whose digits and time of arrival are set, and what is odd about
 * it; its zone's name is borrowed from `t`. `cache` is of t->zone. */
void punch_place_in_time(struct punch *p, const struct device_time *t,
			 struct zone_cache *cache);

/* The flags of a punch that depend on its arrival, if they are still valid for its present UTC. */
uint32_t punch_flags_again(const struct punch *p, uint32_t before);

/* Whether its time is off from that of its arrival by whole or half hours, up to 14, and
 * PUNCH_SHIFT_SPREAD_S at the most besides. */
bool punch_is_shifted(const struct punch *p);

#endif

/* Time zones: an IANA name ("Europe/Istanbul"), "UTC", or a fixed offset ("+05:30").
 * Rules come from the system's zone database through GLib. Safe from any thread. */
#ifndef GH_BASE_ZONE_H
#define GH_BASE_ZONE_H

#include "base/civil_time.h"

struct zone; /* immutable, reference counted */

#define ZONE_NAME_MAX 64 /* bytes */

/* Take a reference to the zone of that name. GH_EINVALID: no such zone. */
GH_MUST_CHECK enum gh_err zone_open(gh_slice name, struct zone **out);
/* The same of an offset from UTC in seconds, by the name "+05:30" ("+05:30:15"). GH_EINVALID: a day
 * or more. */
GH_MUST_CHECK enum gh_err zone_open_offset(int offset_s, struct zone **out);
#define ZONE_OFFSET_NAME 12
gh_slice zone_offset_name(int offset_s, char room[ZONE_OFFSET_NAME]);
struct zone *zone_ref(struct zone *z);
void zone_close(struct zone *z); /* NULL is fine */

/* The system's zone name, "UTC" when it has none. Static. */
const char *zone_system_name(void);

/* The name it was opened with, borrowed from z. */
gh_slice zone_name(const struct zone *z);

enum zone_fit {
	ZONE_EXACT,
	ZONE_GAP,     /* the clocks skipped this wall time; the result is as if they had not */
	ZONE_OVERLAP, /* the wall time occurred twice; the result is the first */
};

/* UTC seconds since 1970 of a valid wall time. */
enum zone_fit zone_to_utc(const struct zone *z, ghi_civil wall, int64_t *utc);

/* Offset from UTC in seconds at a moment, east positive. */
int zone_offset_at(const struct zone *z, int64_t utc);

/* The same with the last result cached, for many wall times of one device in a row. */
struct zone_cache {
	const struct zone *zone;
	int64_t from, until; /* local seconds for which `offset` is valid and exact */
	int offset;
};
enum zone_fit zone_to_utc_cached(struct zone_cache *c, ghi_civil wall, int64_t *utc);

#endif

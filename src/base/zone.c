#include "base/zone.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

struct zone {
	gatomicrefcount refs;
	GTimeZone *tz;
	size_t n;
	char name[];
};

/* GLib uses a name as a path below the zone directory, which has other files, too: accepted
 * names have no dots and do not begin with a slash. */
static bool zone_name_is_valid(gh_slice name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!g_ascii_isalnum(name.p[i]) && !strchr("+-_:/", name.p[i]))
			return false;
	return name.p[0] != '/';
}

enum gh_err zone_open(gh_slice name, struct zone **out)
{
	if (name.n == 0 || name.n > ZONE_NAME_MAX || memchr(name.p, '\0', name.n))
		return GH_EINVALID;
	struct zone *z = malloc(sizeof(*z) + name.n + 1);
	if (z == NULL)
		return GH_ENOMEM;
	memcpy(z->name, name.p, name.n);
	z->name[name.n] = '\0';
	z->n = name.n;
	z->tz = zone_name_is_valid(name) ? g_time_zone_new_identifier(z->name) : NULL;
	if (z->tz == NULL) {
		free(z);
		return GH_EINVALID;
	}
	g_atomic_ref_count_init(&z->refs);
	*out = z;
	return GH_OK;
}

gh_slice zone_offset_name(int offset_s, char room[ZONE_OFFSET_NAME])
{
	unsigned n = (unsigned)abs(offset_s);
	int size = snprintf(room, ZONE_OFFSET_NAME, n % 60 ? "%c%02u:%02u:%02u" : "%c%02u:%02u",
			    offset_s < 0 ? '-' : '+', n / 3600 % 100, n / 60 % 60, n % 60);

	return (gh_slice){ (const uint8_t *)room, size > 0 ? (size_t)size : 0 };
}

enum gh_err zone_open_offset(int offset_s, struct zone **out)
{
	char name[ZONE_OFFSET_NAME];

	if (offset_s <= -86400 || offset_s >= 86400)
		return GH_EINVALID;
	return zone_open(zone_offset_name(offset_s, name), out);
}

struct zone *zone_ref(struct zone *z)
{
	g_atomic_ref_count_inc(&z->refs);
	return z;
}

void zone_close(struct zone *z)
{
	if (z && g_atomic_ref_count_dec(&z->refs)) {
		g_time_zone_unref(z->tz);
		free(z);
	}
}

const char *zone_system_name(void)
{
	static gsize once;
	static const char *name;

	if (g_once_init_enter(&once)) {
		GTimeZone *local = g_time_zone_new_local();
		const char *id = g_time_zone_get_identifier(local);
		struct zone *z = NULL;

		name = "UTC";
		if (zone_open(gh_slice_of(id), &z) == GH_OK && !strstr(id, "localtime"))
			name = g_intern_string(id);
		zone_close(z);
		g_time_zone_unref(local);
		g_once_init_leave(&once, 1);
	}
	return name;
}

gh_slice zone_name(const struct zone *z)
{
	return (gh_slice){ (const uint8_t *)z->name, z->n };
}

enum zone_fit zone_to_utc(const struct zone *z, ghi_civil wall, int64_t *utc)
{
	struct zone_cache c = { .zone = z };

	return zone_to_utc_cached(&c, wall, utc);
}

int zone_offset_at(const struct zone *z, int64_t utc)
{
	int interval = g_time_zone_find_interval(z->tz, G_TIME_TYPE_UNIVERSAL, utc);

	return g_time_zone_get_offset(z->tz, interval);
}

/* Every zone's rules keep an offset for at least some hours, so two moments a day apart on
 * either side of a wall time see the offsets before and after any change near it. */
#define AROUND 86400

enum zone_fit zone_to_utc_cached(struct zone_cache *c, ghi_civil wall, int64_t *utc)
{
	int64_t local = ghi_civil_to_seconds(wall);

	if (local >= c->from && local < c->until) {
		*utc = local - c->offset;
		return ZONE_EXACT;
	}
	int before = zone_offset_at(c->zone, local - AROUND);
	int after = zone_offset_at(c->zone, local + AROUND);

	if (before == after) {
		*utc = local - before;
		if (zone_offset_at(c->zone, *utc) == before) {
			c->from = local - AROUND / 2;
			c->until = local + AROUND / 2;
			c->offset = before;
			/* Cached only where both ends of the span have the same offset. */
			if (zone_offset_at(c->zone, c->from - before) != before ||
			    zone_offset_at(c->zone, c->until - before) != before)
				c->until = c->from;
			return ZONE_EXACT;
		}
	}
	bool fits_before = zone_offset_at(c->zone, local - before) == before;
	bool fits_after = zone_offset_at(c->zone, local - after) == after;

	/* Before the change the earlier offset applies: it gives the first of two moments, and
	 * counts a skipped hour on as if the clocks had not been changed. */
	*utc = local - (fits_before || !fits_after ? before : after);
	if (fits_before && fits_after && before != after)
		return ZONE_OVERLAP;
	return fits_before || fits_after ? ZONE_EXACT : ZONE_GAP;
}

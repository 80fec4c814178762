#include "core/command_guard.h"

#include <stdio.h>

enum command_guard_id command_guard_of(enum command_kind kind)
{
	if (kind == COMMAND_KIND_CLEAR_LOG || kind == COMMAND_KIND_CLEAR_DATA)
		return GUARD_PUNCHES;
	return kind == COMMAND_KIND_CLEAR_PHOTOS ? GUARD_PHOTOS : GUARDS;
}

/* No device reports how many attendance photos it holds (Attendance PUSH 2020-03, 8 and 9). */
static void guard_photos(char why[COMMAND_GUARD_WHY])
{
	snprintf(why, COMMAND_GUARD_WHY,
		 "waits: the device does not report how many attendance photos it holds, so it "
		 "is "
		 "not known whether all are stored");
}

static void guard_punches(int64_t counted, const struct store_held *held,
			  char why[COMMAND_GUARD_WHY])
{
	if (held->quarantined)
		snprintf(why, COMMAND_GUARD_WHY,
			 "waits: %lld records of the device are in quarantine, where it is not "
			 "known whether they are punches",
			 (long long)held->quarantined);
	else if (counted > held->punches)
		snprintf(why, COMMAND_GUARD_WHY,
			 "waits: the device reports %lld punches, of which %lld are stored",
			 (long long)counted, (long long)held->punches);
	else if (counted < held->punches)
		snprintf(why, COMMAND_GUARD_WHY,
			 "waits: the device reports %lld punches, fewer than are stored since "
			 "it "
			 "was erased from here; whether all of these are among them is not "
			 "known",
			 (long long)counted);
}

enum gh_err command_guard_examine(const struct store_ops *ops, struct store *s,
				  struct device *d, enum command_guard_id id, int64_t now_ms,
				  char why[COMMAND_GUARD_WHY])
{
	int64_t counted = atomic_load(&d->punches_counted);
	int64_t age_ms = now_ms - atomic_load(&d->counted_ms);
	struct store_held held;
	enum gh_err err;

	why[0] = 0;
	if (id == GUARD_PHOTOS) {
		guard_photos(why);
		return GH_OK;
	}
	if (counted < 0 || age_ms > COMMAND_GUARD_FRESH_MS || age_ms < 0) {
		snprintf(why, COMMAND_GUARD_WHY,
			 "waits: the device has not reported within the last %d s how many "
			 "punches "
			 "it holds",
			 COMMAND_GUARD_FRESH_MS / 1000);
		return GH_OK;
	}
	err = ops->device_held(s, d->id, counted + 1, &held);
	if (err == GH_OK)
		guard_punches(counted, &held, why);
	return err;
}

#include "core/command_guard.h"

#include <stdio.h>

#include "core/access/unit_erasure.h"
#include "core/comparisons.h"
#include "wire/attendance/command.h"

_Static_assert(UNIT_ERASURE_WHY == COMMAND_GUARD_WHY, "a reason has the same room");

bool command_is_shell(enum command_kind kind, gh_slice arguments)
{
	gh_slice words, rest;

	return kind == COMMAND_KIND_SHELL ||
	       (kind == COMMAND_KIND_RAW &&
		command_argument(arguments, ARGUMENT_written, &words) &&
		ghi_command_words_kind(gh_slice_trim(words), &rest) == COMMAND_KIND_SHELL);
}

/* Nothing counts a device's photos; a photo is of a punch, and comes with it. */
enum command_guard_id command_guard_of(enum command_kind kind, gh_slice arguments)
{
	if (kind == COMMAND_KIND_DELETE_EVENTS)
		return GUARD_EVENTS;
	if (command_is_shell(kind, arguments))
		return GUARD_SHELL;
	return kind == COMMAND_KIND_CLEAR_LOG || kind == COMMAND_KIND_CLEAR_DATA ||
			       kind == COMMAND_KIND_CLEAR_PHOTOS
		       ? GUARD_PUNCHES
		       : GUARDS;
}

/* `extra`: rows that comparisons found to be no punches of their own. They cannot be distinguished from punches that
 * never came: a row that was sent twice is counted as two are. So they are shown, and add nothing to what is stored. */
static void guard_punches(int64_t counted, const struct store_held *held, int64_t extra,
			  char why[COMMAND_GUARD_WHY])
{
	if (held->quarantined)
		snprintf(why, COMMAND_GUARD_WHY,
			 "waits: %lld records of the device are in quarantine, where it is not "
			 "known whether they are punches",
			 (long long)held->quarantined);
	else if (held->far)
		snprintf(why, COMMAND_GUARD_WHY,
			 "waits: the stored punches of the device are to be counted first");
	else if (counted > held->log.n && extra)
		snprintf(why, COMMAND_GUARD_WHY,
			 "waits: the device reports %lld punches, of which %lld are stored; "
			 "comparisons found %lld rows without a punch of their own, which "
			 "cannot be distinguished from punches that never came",
			 (long long)counted, (long long)held->log.n, (long long)extra);
	else if (counted > held->log.n)
		snprintf(why, COMMAND_GUARD_WHY,
			 "waits: the device reports %lld punches, of which %lld are stored",
			 (long long)counted, (long long)held->log.n);
	else if (counted < held->log.n)
		snprintf(why, COMMAND_GUARD_WHY,
			 "waits: the device reports %lld punches, fewer than are stored since "
			 "it "
			 "was erased from here; whether all of these are among them is not "
			 "known",
			 (long long)counted);
}

enum gh_err command_guard_examine(struct server *server, const struct store_ops *ops,
				  struct store *s, struct device *d, enum command_guard_id id,
				  int64_t now_ms, struct store_log_count *log, bool *far,
				  char why[COMMAND_GUARD_WHY])
{
	int64_t counted = atomic_load(&d->punches_counted);
	int64_t age_ms = now_ms - atomic_load(&d->counted_ms),
		fresh_ms = device_count_fresh_ms(server, d);
	struct store_held held;
	struct comparison compared;
	enum gh_err err;

	why[0] = 0;
	*far = false;
	if (id == GUARD_SHELL) {
		if (!server->settings->allow_shell)
			snprintf(why, COMMAND_GUARD_WHY,
				 "waits: the server is not started with --allow-shell");
		return GH_OK;
	}
	if (id == GUARD_EVENTS) {
		unit_erasure_judge(server, d, why);
		return GH_OK;
	}
	if (counted < 0 || age_ms > fresh_ms || age_ms < 0 || !device_count_holds(d)) {
		snprintf(why, COMMAND_GUARD_WHY,
			 "waits: the device has not reported within the last %lld s, and since "
			 "its "
			 "last upload, how many punches it holds",
			 (long long)fresh_ms / 1000);
		device_count_order(server, d);
		return GH_OK;
	}
	err = ops->device_held(s, d->id, log, &held);
	if (err)
		return err;
	device_comparison(d, &compared);
	guard_punches(counted, &held, compared.extra, why);
	/* Punches may have come since it was counted. */
	if (why[0])
		device_count_order(server, d);
	*log = held.log;
	*far = held.far;
	return GH_OK;
}

/* Whether a device is in contact as often as it usually is. */
#include "core/device_private.h"

#define USUAL_MS 30000	   /* between two contacts, before anything is known of it */
#define ATTENTIVE_MS 60000 /* nothing is late before */
#define PATIENCE_MS 600000 /* nor silent before this */
#define LONGEST_MS 3600000 /* a longer gap was an absence, and no part of its rhythm */
#define LATE_RHYTHMS 3
#define SILENT_RHYTHMS 10

void device_rhythm_note(struct device *d, int64_t gap_ms)
{
	int64_t rhythm = atomic_load_explicit(&d->rhythm_ms, memory_order_relaxed);

	if (gap_ms <= 0 || gap_ms > LONGEST_MS || gap_ms == rhythm)
		return;
	/* The longest usual gap: at once up, slowly down, so that a burst of uploads between two polls
	 * makes no poll late. */
	rhythm = gap_ms > rhythm ? gap_ms : rhythm - (rhythm - gap_ms) / 64;
	atomic_store_explicit(&d->rhythm_ms, rhythm, memory_order_relaxed);
}

int64_t device_next_contact_ms(const struct server *server, struct device *d)
{
	int64_t seen_ms = device_seen_ms(d), interval_ms;

	if (seen_ms == 0 || device_state(d) != DEVICE_APPROVED || device_is_terminal(d) ||
	    d->parent_size || device_dialect(d) == DEVICE_DIALECTS)
		return 0;
	interval_ms = device_interval_ms(server, d);
	return interval_ms > 0 ? seen_ms + interval_ms : 0;
}

enum device_contact device_contact(const struct device *d, int64_t now_ms)
{
	int64_t seen = device_seen_ms(d), silent = now_ms - seen;
	int64_t rhythm = atomic_load_explicit(&d->rhythm_ms, memory_order_relaxed), late, gone;

	if (seen == 0)
		return DEVICE_NEVER;
	if (rhythm == 0)
		rhythm = USUAL_MS;
	late = rhythm * LATE_RHYTHMS;
	gone = rhythm * SILENT_RHYTHMS;
	if (silent <= (late > ATTENTIVE_MS ? late : ATTENTIVE_MS))
		return DEVICE_ONLINE;
	return silent <= (gone > PATIENCE_MS ? gone : PATIENCE_MS) ? DEVICE_LATE
								   : DEVICE_SILENT;
}

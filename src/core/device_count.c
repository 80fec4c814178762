/* How many punches a device has, where that is to be known now: it is ordered to report it. */
#include "core/comparisons_private.h"
#include "core/server_clock.h"

#define COUNT_AGAIN_MS 30000 /* at most so often */
#define COUNT_WAIT_MS 5000
#define FRESH_LEAST_MS 60000
#define FRESH_MOST_MS 600000
#define FRESH_SLACK_MS 30000 /* a poll may be late by that */

int64_t device_count_fresh_ms(struct server *server, struct device *d)
{
	int64_t delay_s = device_delay_s(d), fresh_ms;

	/* Access units that were set no interval poll each few seconds. */
	if (delay_s <= 0 && device_dialect(d) != DEVICE_ACCESS)
		delay_s = server->settings->delay_s;
	fresh_ms = delay_s * 1000 + FRESH_SLACK_MS;
	if (fresh_ms < FRESH_LEAST_MS)
		return FRESH_LEAST_MS;
	return fresh_ms < FRESH_MOST_MS ? fresh_ms : FRESH_MOST_MS;
}

static void count_ordered(void *ctx, enum gh_err err, const struct command *c)
{
	(void)ctx;
	(void)err;
	(void)c;
}

void device_count_look(struct server *server, struct device *d, int64_t mono_ms)
{
	struct command_request info = { .kind = COMMAND_KIND_INFO,
					.requested_by = COMMAND_BY_SERVER,
					.ttl_s = device_count_fresh_ms(server, d) / 1000 };
	int64_t before_ms = atomic_load(&d->count_ordered_ms);

	if (!atomic_load(&d->count_wanted) ||
	    (before_ms && mono_ms - before_ms < COUNT_AGAIN_MS))
		return;
	atomic_store(&d->count_wanted, false);
	if (command_queue(server, d, &info, count_ordered, NULL) == GH_OK)
		atomic_store(&d->count_ordered_ms, mono_ms ? mono_ms : 1);
}

void device_count_order(struct server *server, struct device *d)
{
	int64_t now_ms = server_monotonic_ms(server),
		before_ms = atomic_load(&d->count_ordered_ms);

	if (atomic_exchange(&d->count_wanted, true))
		return;
	/* It may report it by itself, with its next poll. */
	if (before_ms == 0 || now_ms - before_ms >= COUNT_AGAIN_MS)
		atomic_store(&d->count_ordered_ms, now_ms - COUNT_AGAIN_MS + COUNT_WAIT_MS);
	if (server->comparisons)
		atomic_store(&server->comparisons->due, true);
}

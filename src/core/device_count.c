/* How many punches a device has, where that is to be known now: it is ordered to report it. */
#include "core/comparisons_private.h"
#include "core/device_options.h"
#include "core/server_clock.h"

#define COUNT_AGAIN_MS 30000 /* at most so often */
#define COUNT_WAIT_MS 5000
#define FRESH_LEAST_MS 60000
#define FRESH_MOST_MS 600000
#define FRESH_SLACK_MS 30000 /* a poll may be late by that */
#define FAST_S \
	60 /* between the polls of a device that is set to poll more rarely than that is fresh */
#define ERASURE_POLLS 4 /* of such a device; an erasure waits that long */

int64_t device_interval_ms(const struct server *server, struct device *d)
{
	int64_t delay_s = device_delay_s(d);

	/* Access units that were set no interval poll each few seconds. */
	if (delay_s <= 0 && device_dialect(d) != DEVICE_ACCESS)
		delay_s = server->settings->delay_s;
	return delay_s * 1000;
}

static bool interval_is_long(int64_t interval_ms)
{
	return interval_ms + FRESH_SLACK_MS > FRESH_MOST_MS;
}

int64_t device_count_fresh_ms(struct server *server, struct device *d)
{
	int64_t interval_ms = device_interval_ms(server, d), fresh_ms;

	if (interval_is_long(interval_ms) && device_dialect(d) != DEVICE_ACCESS)
		interval_ms = FAST_S * 1000;
	fresh_ms = interval_ms + FRESH_SLACK_MS;
	if (fresh_ms < FRESH_LEAST_MS)
		return FRESH_LEAST_MS;
	return fresh_ms < FRESH_MOST_MS ? fresh_ms : FRESH_MOST_MS;
}

uint32_t device_poll_limit_s(struct server *server, struct device *d, uint32_t delay_s)
{
	int64_t waits_ms = atomic_load(&d->erasure_waits_ms),
		interval_ms = delay_s * INT64_C(1000);

	if (waits_ms == 0 || !interval_is_long(interval_ms) || device_commands(d) == 0 ||
	    server_monotonic_ms(server) - waits_ms > 2 * interval_ms)
		return delay_s;
	return FAST_S;
}

int64_t device_erasure_life_ms(const struct server *server, struct device *d, int64_t life_ms)
{
	int64_t interval_ms = device_interval_ms(server, d),
		least_ms = ERASURE_POLLS * interval_ms,
		most_ms = server->settings->command_ttl_ms;

	if (!interval_is_long(interval_ms) || least_ms < life_ms)
		return life_ms;
	return least_ms < most_ms ? least_ms : most_ms;
}

void device_erasure_waits(struct server *server, struct device *d, bool waits)
{
	int64_t now_ms = server_monotonic_ms(server),
		before_ms = atomic_exchange(&d->erasure_waits_ms, !waits   ? 0
								  : now_ms ? now_ms
									   : 1);

	if (waits == (before_ms != 0) || !interval_is_long(device_interval_ms(server, d)))
		return;
	atomic_store(&d->interval_changed, true);
	if (server->comparisons)
		atomic_store(&server->comparisons->due, true);
}

/* An order is there when the device polls next, however rarely it does. */
static int64_t count_order_ms(struct server *server, struct device *d)
{
	int64_t fresh_ms = device_count_fresh_ms(server, d),
		next_ms = device_interval_ms(server, d) + FRESH_SLACK_MS;

	return next_ms > fresh_ms ? next_ms : fresh_ms;
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
					.ttl_s = count_order_ms(server, d) / 1000 };
	int64_t before_ms = atomic_load(&d->count_ordered_ms);

	/* Where it fails the next tick of options sends it. */
	if (atomic_exchange(&d->interval_changed, false) &&
	    device_options_send(server, d, false, COMMAND_BY_SERVER, NULL, NULL) == GH_ENOMEM)
		atomic_store(&d->interval_changed, true);
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

void device_erasure_ordered(struct server *server, struct device *d)
{
	if (!interval_is_long(device_interval_ms(server, d)))
		return;
	device_erasure_waits(server, d, true);
	device_count_order(server, d);
}

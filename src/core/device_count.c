/* How many punches a device has, where that is to be known now: it is ordered to report it. */
#include "core/comparisons_private.h"
#include "core/server_clock.h"

#define COUNT_AGAIN_MS 30000 /* at most so often */
#define COUNT_WAIT_MS 5000
#define COUNT_LIFE_MS 60000

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
					.ttl_s = device_patience_ms(d, COUNT_LIFE_MS) / 1000 };
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

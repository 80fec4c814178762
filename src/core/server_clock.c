#include "core/server_clock.h"

#include <stdlib.h>

#include "core/command_job.h"
#include "core/device_private.h"

struct step_job {
	struct store_job job;
	struct server *server;
	int64_t by_ms, now_ms;
};

int64_t server_monotonic_ms(struct server *server)
{
	return server->monotonic_ms ? server->monotonic_ms() : server->now_ms();
}

void server_clock_start(struct server *server)
{
	atomic_store(&server->steady_ahead_ms, server->now_ms() - server_monotonic_ms(server));
	atomic_store(&server->held_ahead_ms, 0);
}

int64_t server_steady_ms(struct server *server)
{
	return server->monotonic_ms
		       ? server->monotonic_ms() + atomic_load(&server->steady_ahead_ms)
		       : server->now_ms();
}

int64_t server_aging_ms(struct server *server)
{
	int64_t now = server->now_ms(), steady = server_steady_ms(server);

	/* A step that was not found yet counts, too. */
	if (now - steady >= SERVER_CLOCK_STEP_MS)
		now = steady;
	return now - atomic_load(&server->stepped_ms);
}

void server_clock_known(struct server *server, int64_t known_ms)
{
	int64_t ahead_ms = known_ms - server->now_ms();

	if (ahead_ms >= SERVER_CLOCK_STEP_MS && ahead_ms > atomic_load(&server->held_ahead_ms))
		atomic_store(&server->held_ahead_ms, ahead_ms);
}

int64_t server_held_ahead_ms(struct server *server)
{
	return atomic_load(&server->held_ahead_ms);
}

void server_clock_stored(struct server *server, int64_t stored_ms)
{
	int64_t newest_ms = atomic_load(&server->newest_ms);

	while (stored_ms > newest_ms &&
	       !atomic_compare_exchange_weak(&server->newest_ms, &newest_ms, stored_ms))
		continue;
}

int64_t server_clock_behind_ms(struct server *server)
{
	int64_t now_ms = server->now_ms(), behind_ms;

	server_clock_stored(server, now_ms);
	behind_ms = atomic_load(&server->newest_ms) - now_ms;
	return behind_ms < SERVER_CLOCK_STEP_MS ? 0 : behind_ms;
}

/* The clock is set forwards, perhaps to what it would be had it not been set back before. */
static void held_forwards(struct server *server, int64_t by_ms)
{
	int64_t ahead_ms = atomic_load(&server->held_ahead_ms);

	atomic_store(&server->held_ahead_ms, ahead_ms > by_ms ? ahead_ms - by_ms : 0);
}

/* When the scheduler looks at them next was set in the old time. */
static bool offer_look_again(void *ctx, struct device *d)
{
	(void)ctx;
	if (device_commands(d))
		command_offer_at(d, 0);
	return true;
}

static enum gh_err step_run(struct store_job *job, const struct store_ops *ops, struct store *s)
{
	struct step_job *j = (struct step_job *)job;

	return ops->commands_shift(s, j->by_ms, j->now_ms);
}

static void step_done(struct store_job *job, enum gh_err err)
{
	struct step_job *j = (struct step_job *)job;
	struct server *server = j->server;

	if (err == GH_OK) {
		/* First the sum: what is aged between the two is too young, not too old. */
		if (j->by_ms > 0) {
			atomic_fetch_add(&server->stepped_ms, j->by_ms);
			held_forwards(server, j->by_ms);
		}
		atomic_fetch_add(&server->steady_ahead_ms, j->by_ms);
		devices_each(server->devices, offer_look_again, NULL);
	}
	atomic_store(&server->stepping, false);
	free(j);
}

static void step_begin(struct server *server, int64_t by_ms)
{
	struct step_job *j = malloc(sizeof(*j));

	if (j == NULL)
		return;
	*j = (struct step_job){ .job = { .run = step_run, .done = step_done },
				.server = server,
				.by_ms = by_ms,
				.now_ms = server_steady_ms(server) + by_ms };
	atomic_store(&server->stepping, true);
	/* A full queue: the next tick comes soon. */
	if (store_put(server->queue, &j->job)) {
		atomic_store(&server->stepping, false);
		free(j);
	}
}

static void step_log(struct server *server, int64_t by_ms)
{
	struct ghi_writer seconds = ghi_writer_on((uint8_t[24]){ 0 }, 24);

	/* Once a step, however often it is tried to store it. */
	if (llabs(by_ms - server->step_logged_ms) < SERVER_CLOCK_STEP_MS)
		return;
	server->step_logged_ms = by_ms;
	ghi_put_signed(&seconds, by_ms / 1000);
	LOG(server->log, LOG_WARNING, "the machine's clock was set; lifetimes go on as before",
	    { "seconds", ghi_written(&seconds) });
}

void server_clock_tick(struct server *server)
{
	server_clock_stored(server, server->now_ms());
	if (server->monotonic_ms == NULL || atomic_load(&server->stepping))
		return;
	int64_t by_ms = server->now_ms() - server_steady_ms(server);

	if (by_ms > -SERVER_CLOCK_STEP_MS && by_ms < SERVER_CLOCK_STEP_MS) {
		atomic_fetch_add(&server->steady_ahead_ms, by_ms);
		server->step_logged_ms = 0;
		return;
	}
	step_log(server, by_ms);
	step_begin(server, by_ms);
}

#include "core/access/account.h"

#include <stdlib.h>

#include "base/zone.h"
#include "core/access/subs.h"
#include "core/commands.h"
#include "core/device_private.h"
#include "core/server_clock.h"
#include "wire/access/parameters.h"

#define FUNCTION_ACCOUNT 11
#define MACHINE_PULL \
	GH_LIT("101") /* 11.7: what a unit of the PULL family registers as its MachineType */
#define SEEN_MS         \
	(INT64_C(120) * \
	 1000) /* a unit that is silent for longer gets its order when it calls again */
#define AROUND_S \
	(INT64_C(24) * 3600) /* what is sent again before and after the time in question */

static void account_queried(void *ctx, enum gh_err err, const struct command *c)
{
	(void)ctx;
	(void)err;
	(void)c;
}

void account_query(struct server *server, struct device *d)
{
	struct command_request query = { .kind = COMMAND_KIND_QUERY_TABLE,
					 .arguments = GH_LIT("table=transaction\n"),
					 .requested_by = COMMAND_BY_SERVER };
	int64_t now_ms = server_monotonic_ms(server), before;

	before = atomic_load(&d->account_query_ms);
	if (before && now_ms - before < ACCOUNT_QUERY_MS)
		return;
	if (!atomic_compare_exchange_strong(&d->account_query_ms, &before,
					    now_ms > 0 ? now_ms : 1))
		return;
	LOG(server->log, LOG_WARNING,
	    "packed events of a unit are not complete; they are queried",
	    { "sn", device_sn(d) });
	if (command_queue(server, d, &query, account_queried, NULL))
		atomic_store(&d->account_query_ms, 0);
}

/* --- by the clock --- */

struct account_turn {
	struct server *server;
	int64_t every_ms;
	size_t n;
	struct device *due[ACCOUNT_TURN]; /* referenced */
};

/* The lock of the device is held. */
static bool account_offered(const struct device *d)
{
	gh_slice functions;

	return ghi_parameters_get(d->row.access.parameters, "AccSupportFunList", &functions) &&
	       ghi_flags_has(functions, FUNCTION_ACCOUNT);
}

/* A time of day that went back counts as long ago; what was not answered is ordered again as late as the next. */
static bool account_is_due(struct server *server, struct device *d, int64_t every_ms)
{
	int64_t now_ms = server->now_ms(), ordered_ms = atomic_load(&d->account_ordered_ms),
		mono_ms = server_monotonic_ms(server), seen_ms = device_seen_ms(d);
	bool due;

	if (device_state(d) != DEVICE_APPROVED || device_dialect(d) != DEVICE_ACCESS ||
	    device_registration(d) != DEVICE_CONFIGURED || device_parent(d).n ||
	    now_ms - seen_ms > SEEN_MS || (ordered_ms && mono_ms - ordered_ms < every_ms))
		return false;
	pthread_mutex_lock(&d->lock);
	int64_t last_ms = d->row.access.accounted_ms;

	due = account_offered(d) && (now_ms < last_ms || now_ms - last_ms >= every_ms);
	pthread_mutex_unlock(&d->lock);
	return due;
}

/* Of those that are due, the ones whose turn is the longest ago: what fails each time keeps no other waiting. */
static bool account_look(void *ctx, struct device *d)
{
	struct account_turn *t = ctx;
	size_t at = t->n;

	if (!atomic_load(&d->account_answered_ms) &&
	    !(t->every_ms && account_is_due(t->server, d, t->every_ms)))
		return true;
	while (at && t->due[at - 1]->account_turn > d->account_turn)
		at--;
	if (at == ACCOUNT_TURN)
		return true;
	if (t->n == ACCOUNT_TURN)
		device_unref(t->due[--t->n]);
	memmove(&t->due[at + 1], &t->due[at], (t->n - at) * sizeof(t->due[0]));
	t->due[at] = device_ref(d);
	t->n++;
	return true;
}

struct account_ordering {
	struct server *server;
	struct device *device; /* referenced */
};

static void account_ordered(void *ctx, enum gh_err err, const struct command *c)
{
	struct account_ordering *o = ctx;

	(void)c;
	/* Due again at once. */
	if (err)
		atomic_store(&o->device->account_ordered_ms, 0);
	device_unref(o->device);
	free(o);
}

/* By the form of its family. That of PULL devices (9.2.1) has no times, and an index proves nothing about what is
 * missing below it: they are ordered to send all that they store. */
static enum gh_err account_put(struct server *server, struct device *d, gh_slice arguments,
			       bool pull)
{
	struct command_request account = { .kind = pull ? COMMAND_KIND_ACCOUNT_PACKAGE
							: COMMAND_KIND_ACCOUNT,
					   .arguments = arguments,
					   .requested_by = COMMAND_BY_SERVER };
	struct account_ordering *o = malloc(sizeof(*o));
	int64_t mono_ms = server_monotonic_ms(server);
	enum gh_err err;

	if (o == NULL)
		return GH_ENOMEM;
	*o = (struct account_ordering){ server, device_ref(d) };
	atomic_store(&d->account_ordered_ms, mono_ms ? mono_ms : 1);
	err = command_queue(server, d, &account, account_ordered, o);
	if (err)
		account_ordered(o, err, NULL);
	return err;
}

static void account_order(struct server *server, struct device *d)
{
	uint8_t text[96];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	struct zone *z = device_zone(d);
	int64_t now_s = server->now_ms() / 1000, since_s, offset_s = zone_offset_at(z, now_s);
	gh_slice machine;
	bool pull;

	zone_close(z);
	pthread_mutex_lock(&d->lock);
	since_s = d->row.access.accounted_ms / 1000;
	pull = ghi_parameters_get(d->row.access.parameters, "MachineType", &machine) &&
	       gh_slice_eq(gh_slice_trim(machine), MACHINE_PULL);
	pthread_mutex_unlock(&d->lock);
	/* A time that is still to come is of a clock that was wrong. */
	if (pull || since_s == 0 || since_s > now_s) {
		ghi_put(&w, GH_LIT("max_index=0\n"));
	} else {
		ghi_put(&w, GH_LIT("from="));
		ghi_put_civil(&w, ghi_civil_from_seconds(since_s + offset_s - AROUND_S));
		ghi_put(&w, GH_LIT("\nto="));
		ghi_put_civil(&w, ghi_civil_from_seconds(now_s + offset_s + AROUND_S));
		ghi_put(&w, GH_LIT("\n"));
	}
	if (w.err || account_put(server, d, ghi_written(&w), pull))
		LOG(server->log, LOG_WARNING, "the stored events of a unit are not ordered yet",
		    { "sn", device_sn(d) });
}

/* On a full queue: at the next turn. */
static void account_answer_store(struct server *server, struct device *d, int64_t ordered_ms)
{
	struct device_row change = { .present = DEVICE_FIELDS_OF(DEVICE_accounted_ms),
				     .access.accounted_ms = ordered_ms };

	if (device_change(server, d, &change, NULL, NULL) == GH_OK)
		atomic_compare_exchange_strong(&d->account_answered_ms, &ordered_ms, 0);
}

void accounts_tick(struct server *server)
{
	struct account_turn t = { .server = server,
				  .every_ms = (int64_t)server->settings->access_account_h *
					      3600000 };

	devices_each(server->devices, account_look, &t);
	for (size_t i = 0; i < t.n; i++) {
		t.due[i]->account_turn = ++server->account_turns;
		int64_t answered_ms = atomic_load(&t.due[i]->account_answered_ms);

		if (answered_ms)
			account_answer_store(server, t.due[i], answered_ms);
		else
			account_order(server, t.due[i]);
		device_unref(t.due[i]);
	}
}

void account_answered(struct device *d, int64_t ordered_ms)
{
	atomic_store(&d->account_answered_ms, ordered_ms);
}

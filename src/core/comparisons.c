#include "core/comparisons.h"

#include <stdlib.h>

#include "core/comparisons_private.h"
#include "core/metrics.h"
#include "core/server_clock.h"

#define BEGIN_AT_ONCE 32 /* devices of one pass that begin */
#define LOOK_MS 10000	 /* at all devices */
#define AGAIN_MS 8000	 /* at one whose order was not answered */
#define SEEN_MS INT64_C(120000)

/* --- which devices --- */

struct comparison_search {
	struct comparisons *cs;
	int64_t now_ms, mono_ms;
	size_t begin;
	bool all; /* not only those of which something came */
};

static bool device_can_compare(const struct device *d)
{
	return device_state(d) == DEVICE_APPROVED && device_dialect(d) != DEVICE_ACCESS &&
	       !device_deleted(d);
}

static bool comparing_begins(const struct comparison_search *x, struct device *d,
			     const struct comparing *c)
{
	const struct server *server = x->cs->server;

	if (c->wanted)
		return true;
	if (c->read)
		return true;
	if (device_is_terminal(d))
		return false;
	if (c->row.present == 0)
		return comparison_is_regular(server, d);
	return c->calls && comparison_is_due(server, d, &c->row, x->now_ms);
}

static bool comparison_search_see(void *ctx, struct device *d)
{
	struct comparison_search *x = ctx;
	struct comparisons *cs = x->cs;
	struct comparing *c = &cs->of[cs->n];
	bool answered = atomic_load(&d->compare_answered),
	     wanted = atomic_load(&d->compare_wanted);
	ghi_civil read = atomic_load(&d->compare_read);

	if (x->all)
		comparison_problems_see(cs->server, d, x->now_ms);
	device_count_look(cs->server, d, x->mono_ms);
	if ((!x->all && !answered && !wanted && !read) || !device_can_compare(d))
		return true;
	*c = (struct comparing){ .wanted = wanted && !device_is_terminal(d),
				 .read = read,
				 .calls = x->now_ms - device_seen_ms(d) < SEEN_MS };
	device_comparison(d, &c->row);
	if (c->row.step == COMPARISON_IDLE) {
		if (!comparing_begins(x, d, c) || x->begin == BEGIN_AT_ONCE)
			return true;
		x->begin++;
	} else if (!answered && !wanted &&
		   x->mono_ms - atomic_load(&d->compare_looked_ms) < AGAIN_MS) {
		return true;
	}
	atomic_store(&d->compare_looked_ms, x->mono_ms);
	atomic_store(&d->compare_answered, false);
	atomic_store(&d->compare_wanted, false);
	atomic_compare_exchange_strong(&d->compare_read, &read, 0);
	c->device = device_ref(d);
	return ++cs->n < COMPARISONS_AT_ONCE;
}

/* --- one pass after the other --- */

static void comparisons_drop(struct comparisons *cs)
{
	while (cs->n)
		device_unref(cs->of[--cs->n].device);
	ghi_arena_clear(&cs->arena);
}

static void comparisons_kick(struct comparisons *cs);

void comparisons_end(struct comparisons *cs)
{
	comparisons_drop(cs);
	atomic_store(&cs->busy, false);
	comparisons_kick(cs);
}

void comparisons_again(struct comparisons *cs, enum gh_err err)
{
	LOG(cs->server->log, LOG_WARNING, "logs are compared later",
	    { "why", gh_slice_of(gh_strerror(err)) });
	for (size_t i = 0; i < cs->n; i++) {
		atomic_store(&cs->of[i].device->compare_answered, true);
		if (cs->of[i].wanted)
			atomic_store(&cs->of[i].device->compare_wanted, true);
		if (cs->of[i].read)
			atomic_store(&cs->of[i].device->compare_read, cs->of[i].read);
	}
	atomic_store(&cs->due, true);
	comparisons_drop(cs);
	atomic_store(&cs->busy, false);
}

/* A job of its own for each device: its time is its own, and so is its failure. */
static void comparisons_read_run(struct read_job *job, struct store_reader *r, enum gh_err err)
{
	struct comparisons *cs = (struct comparisons *)job;
	struct comparing *c = &cs->of[cs->at];

	c->err = err;
	if (r)
		comparing_turn(cs, r, c);
}

/* It is looked at again when the others are. */
static void comparing_fail(struct comparisons *cs, struct comparing *c)
{
	LOG(cs->server->log, LOG_WARNING, "a log is compared later",
	    { "sn", device_sn(c->device) }, { "why", gh_slice_of(gh_strerror(c->err)) });
	c->changed = false;
	c->question.kind = COMMAND_KINDS;
	if (c->wanted)
		atomic_store(&c->device->compare_wanted, true);
	if (c->read)
		atomic_store(&c->device->compare_read, c->read);
}

/* All were read. */
static void comparisons_write(struct comparisons *cs)
{
	bool changed = false;
	enum gh_err err;

	for (size_t i = 0; i < cs->n; i++) {
		if (cs->of[i].err)
			comparing_fail(cs, &cs->of[i]);
		changed |= cs->of[i].changed;
	}
	if (!changed) {
		comparisons_end(cs);
		return;
	}
	err = store_put(cs->server->queue, &cs->write);
	if (err)
		comparisons_again(cs, err);
}

static void comparisons_were_read(struct read_job *job)
{
	struct comparisons *cs = (struct comparisons *)job;
	enum gh_err err;

	if (++cs->at == cs->n) {
		comparisons_write(cs);
		return;
	}
	/* It is another thread's from then on. */
	err = readers_put(cs->server->readers, READERS_LIST, &cs->read);
	if (err)
		comparisons_again(cs, err);
}

static void comparisons_read_put(struct comparisons *cs)
{
	enum gh_err err;

	cs->at = 0;
	err = readers_put(cs->server->readers, READERS_LIST, &cs->read);
	if (err)
		comparisons_again(cs, err);
}

static size_t answered_take(struct comparisons *cs, struct device *out[COMPARISONS_AT_ONCE])
{
	size_t n;

	pthread_mutex_lock(&cs->lock);
	n = cs->answered_n;
	memcpy(out, cs->answered, n * sizeof(*out));
	cs->answered_n = 0;
	pthread_mutex_unlock(&cs->lock);
	return n;
}

/* A pass over those of which answers came, without waiting for the next tick. */
static void comparisons_kick(struct comparisons *cs)
{
	struct device *d[COMPARISONS_AT_ONCE];
	size_t n;

	if (atomic_load(&cs->look) || atomic_exchange(&cs->busy, true))
		return;
	n = answered_take(cs, d);

	struct comparison_search x = { .cs = cs,
				       .now_ms = cs->server->now_ms(),
				       .mono_ms = server_monotonic_ms(cs->server) };

	for (size_t i = 0; i < n; i++) {
		(void)comparison_search_see(&x, d[i]);
		device_unref(d[i]);
	}
	if (cs->n == 0)
		atomic_store(&cs->busy, false);
	else
		comparisons_read_put(cs);
}

void comparisons_tick(struct comparisons *cs)
{
	struct device *d[COMPARISONS_AT_ONCE];
	int64_t now;

	if (cs == NULL)
		return;
	now = server_monotonic_ms(cs->server);

	struct comparison_search x = { .cs = cs,
				       .now_ms = cs->server->now_ms(),
				       .mono_ms = now,
				       .all = now - cs->looked_ms >= LOOK_MS };

	if (!x.all && !atomic_load(&cs->due)) {
		comparisons_kick(cs);
		return;
	}
	/* Where a pass is under way, this one is the next. */
	atomic_store(&cs->look, true);
	if (atomic_exchange(&cs->busy, true))
		return;
	atomic_store(&cs->due, false);
	if (x.all)
		cs->looked_ms = now;
	/* The search finds these, too. */
	for (size_t n = answered_take(cs, d); n; n--)
		device_unref(d[n - 1]);
	devices_each(cs->server->devices, comparison_search_see, &x);
	/* Others wait, too. */
	if (cs->n == COMPARISONS_AT_ONCE || x.begin == BEGIN_AT_ONCE) {
		atomic_store(&cs->due, true);
		cs->looked_ms = now - LOOK_MS;
	}
	atomic_store(&cs->look, false);
	if (cs->n == 0)
		comparisons_end(cs);
	else
		comparisons_read_put(cs);
}

/* --- from outside --- */

void comparisons_answered(struct comparisons *cs, struct device *d)
{
	if (cs == NULL || !atomic_load(&d->comparing))
		return;
	if (atomic_exchange(&d->compare_answered, true))
		return;
	pthread_mutex_lock(&cs->lock);
	if (cs->answered_n < COMPARISONS_AT_ONCE)
		cs->answered[cs->answered_n++] = device_ref(d);
	else
		atomic_store(&cs->due, true);
	pthread_mutex_unlock(&cs->lock);
	comparisons_kick(cs);
}

void comparison_order(struct server *server, struct device *d)
{
	atomic_store(&d->compare_wanted, true);
	if (server->comparisons)
		atomic_store(&server->comparisons->due, true);
}

void comparison_read(struct server *server, struct device *d, ghi_civil upto)
{
	atomic_store(&d->compare_read, upto);
	if (server->comparisons)
		atomic_store(&server->comparisons->due, true);
}

ghi_civil comparison_moment(struct server *server, struct device *d)
{
	return comparison_walk_to(d, server->now_ms());
}

struct comparisons *comparisons_new(struct server *server)
{
	struct comparisons *cs = calloc(1, sizeof(*cs));

	if (cs == NULL)
		return NULL;
	cs->server = server;
	pthread_mutex_init(&cs->lock, NULL);
	cs->read = (struct read_job){ .run = comparisons_read_run,
				      .done = comparisons_were_read,
				      .admitted = true };
	comparisons_write_init(cs);
	atomic_init(&cs->due, true);
	return cs;
}

void comparisons_free(struct comparisons *cs)
{
	if (cs == NULL)
		return;
	comparisons_drop(cs);
	while (cs->answered_n)
		device_unref(cs->answered[--cs->answered_n]);
	pthread_mutex_destroy(&cs->lock);
	free(cs);
}

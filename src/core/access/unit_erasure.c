#include "core/access/unit_erasure.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/access/subs.h"
#include "core/command_job.h"
#include "core/device_private.h"
#include "core/readers.h"
#include "core/server_clock.h"

#define AGAIN_MS 5000 /* at most so often one unit is made to count */
#define LIFE_S 600    /* of a count, and so long its answer is awaited */
#define AT_ONCE 32    /* units whose stored events are counted in one job of a reader */

struct erasure_unit {
	struct device *device; /* referenced */
	uint32_t uploads;
	int64_t known;
	enum gh_err err;
};

struct unit_erasures {
	struct read_job read;
	struct server *server;
	_Atomic bool busy;  /* the rest is the job's then */
	_Atomic bool waits; /* some device's erasure */
	struct erasure_unit of[AT_ONCE];
	size_t n;
};

/* --- what the unit does --- */

void unit_erasure_uploaded(struct device *d)
{
	atomic_fetch_add(&d->erasure.uploads, 1);
}

/* A sub-controller has no requests of its own. */
static uint32_t erasure_polls(struct server *server, struct device *d)
{
	gh_slice parent = device_parent(d);
	struct device *main = parent.n ? devices_find(server->devices, parent) : NULL;
	uint32_t polls = atomic_load(&(main ? main : d)->erasure.polls);

	device_unref(main);
	return polls;
}

static uint32_t erasure_uploads(struct server *server, struct device *d)
{
	gh_slice parent = device_parent(d);
	struct device *main = parent.n ? devices_find(server->devices, parent) : NULL;
	uint32_t uploads = atomic_load(&(main ? main : d)->erasure.uploads);

	device_unref(main);
	return uploads;
}

static int64_t erasure_fresh_ms(struct server *server, struct device *d)
{
	gh_slice parent = device_parent(d);
	struct device *main = parent.n ? devices_find(server->devices, parent) : NULL;
	int64_t fresh_ms = device_count_fresh_ms(server, main ? main : d);

	device_unref(main);
	return fresh_ms;
}

/* With the lock. */
static void erasure_compare(struct unit_erasure *e)
{
	e->why[0] = 0;
	if (e->counted > e->known)
		snprintf(
			e->why, sizeof(e->why),
			"waits: the unit counts %lld events, of which %lld are stored; a query "
			"of the table transaction brings the others",
			(long long)e->counted, (long long)e->known);
	else if (e->counted < e->known)
		snprintf(e->why, sizeof(e->why),
			 "waits: the unit counts %lld events, fewer than the %lld that are "
			 "stored since it was erased; whether all of these are among them is "
			 "not known",
			 (long long)e->counted, (long long)e->known);
}

void unit_erasure_counted(struct server *server, struct device *d, int64_t command,
			  int64_t counted)
{
	uint32_t polls = erasure_polls(server, d);
	bool is;

	pthread_mutex_lock(&d->lock);
	struct unit_erasure *e = &d->erasure;

	is = command && e->count == command && !e->answered;
	if (is) {
		e->open = false;
		e->answered = true;
		e->counted = counted;
		e->counted_ms = server_monotonic_ms(server);
		e->polls_then = polls;
		erasure_compare(e);
	}
	pthread_mutex_unlock(&d->lock);
	/* The very next request is looked at, also where the result of the command is still to come. */
	if (is)
		command_offer_at(d, 0);
}

void unit_erasure_returned(struct server *server, struct device *d, int64_t command,
			   int64_t code)
{
	if (code > 0) {
		unit_erasure_counted(server, d, command, code);
		return;
	}
	/* With a result of nothing the count has come, or is still to come: a slow unit takes its time, and another
	 * count would make this one worthless. */
	if (code == 0)
		return;
	pthread_mutex_lock(&d->lock);
	if (d->erasure.count == command)
		d->erasure.open = false;
	pthread_mutex_unlock(&d->lock);
}

/* --- whether it may be erased --- */

void unit_erasure_judge(struct server *server, struct device *d, char why[UNIT_ERASURE_WHY])
{
	uint32_t polls = erasure_polls(server, d), uploads = erasure_uploads(server, d);
	int64_t now_ms = server_monotonic_ms(server), fresh_ms = erasure_fresh_ms(server, d);

	pthread_mutex_lock(&d->lock);
	struct unit_erasure *e = &d->erasure;

	if (e->answered && e->why[0] == 0) {
		if (uploads != e->uploads_then)
			snprintf(e->why, sizeof(e->why),
				 "waits: events came while the unit counted; it is to count "
				 "again");
		else if (polls - e->polls_then > 1 || now_ms - e->counted_ms > fresh_ms)
			snprintf(e->why, sizeof(e->why),
				 "waits: it could not be given directly after the unit had "
				 "counted; it is to count again");
	}
	if (!e->answered && e->why[0] == 0)
		snprintf(why, UNIT_ERASURE_WHY, "waits: the unit is to count its events first");
	else
		memcpy(why, e->why, UNIT_ERASURE_WHY);
	pthread_mutex_unlock(&d->lock);
}

void unit_erasure_waits(struct server *server, struct device *d)
{
	atomic_store(&d->erasure.waits, true);
	if (server->unit_erasures)
		atomic_store(&server->unit_erasures->waits, true);
}

void unit_erasure_given(struct device *d)
{
	pthread_mutex_lock(&d->lock);
	d->erasure.count = 0;
	d->erasure.open = false;
	d->erasure.answered = false;
	d->erasure.why[0] = 0;
	pthread_mutex_unlock(&d->lock);
}

/* --- a unit is made to count --- */

/* After the commit of the command; `ctx` is the device, referenced. */
static void erasure_count_queued(void *ctx, enum gh_err err, const struct command *c)
{
	struct device *d = ctx;

	pthread_mutex_lock(&d->lock);
	d->erasure.count = err ? 0 : c->id;
	d->erasure.open = err == GH_OK;
	pthread_mutex_unlock(&d->lock);
	device_unref(d);
}

static void erasure_order(struct unit_erasures *u, const struct erasure_unit *of)
{
	struct command_request count = { .kind = COMMAND_KIND_COUNT_TABLE,
					 .arguments = GH_LIT("table=transaction\n"),
					 .requested_by = COMMAND_BY_SERVER,
					 .ttl_s = LIFE_S };
	struct device *d = of->device;
	int64_t now_ms = server_monotonic_ms(u->server);

	pthread_mutex_lock(&d->lock);
	struct unit_erasure *e = &d->erasure;

	e->ordered_ms = now_ms ? now_ms : 1;
	e->open = true;
	e->count = 0;
	e->known = of->known;
	e->uploads_then = of->uploads;
	e->answered = false;
	pthread_mutex_unlock(&d->lock);
	if (command_queue(u->server, device_ref(d), &count, erasure_count_queued, d) == GH_OK)
		return;
	pthread_mutex_lock(&d->lock);
	d->erasure.open = false;
	pthread_mutex_unlock(&d->lock);
	device_unref(d);
}

static void erasures_read_run(struct read_job *job, struct store_reader *r, enum gh_err err)
{
	struct unit_erasures *u = (struct unit_erasures *)job;

	/* An event that comes from now on shows, whether it is counted here or not. */
	for (size_t i = 0; i < u->n; i++) {
		struct erasure_unit *of = &u->of[i];

		of->err = r ? err : GH_ESTATE;
		of->uploads = erasure_uploads(u->server, of->device);
		if (of->err == GH_OK)
			of->err = u->server->db.ops->access_held(r, device_id(of->device),
								 INT64_MAX, &of->known);
	}
}

static void erasures_drop(struct unit_erasures *u)
{
	while (u->n)
		device_unref(u->of[--u->n].device);
	atomic_store(&u->busy, false);
}

static void erasures_was_read(struct read_job *job)
{
	struct unit_erasures *u = (struct unit_erasures *)job;

	for (size_t i = 0; i < u->n; i++)
		if (u->of[i].err == GH_OK)
			erasure_order(u, &u->of[i]);
		else
			unit_erasure_waits(u->server, u->of[i].device);
	erasures_drop(u);
}

/* A count that is not answered is over with its command. */
static bool erasure_is_due(struct unit_erasures *u, struct device *d)
{
	int64_t now_ms = server_monotonic_ms(u->server), age_ms;
	bool due;

	pthread_mutex_lock(&d->lock);
	age_ms = d->erasure.ordered_ms ? now_ms - d->erasure.ordered_ms : INT64_MAX;
	due = age_ms >= (d->erasure.open ? LIFE_S * INT64_C(1000) : AGAIN_MS);
	pthread_mutex_unlock(&d->lock);
	return due;
}

static bool erasure_see(void *ctx, struct device *d)
{
	struct unit_erasures *u = ctx;

	if (!atomic_load(&d->erasure.waits))
		return true;
	if (u->n < AT_ONCE && erasure_is_due(u, d)) {
		atomic_store(&d->erasure.waits, false);
		u->of[u->n++] = (struct erasure_unit){ .device = device_ref(d) };
	} else {
		atomic_store(&u->waits, true);
	}
	return true;
}

void unit_erasures_tick(struct unit_erasures *u)
{
	if (u == NULL || !atomic_load(&u->waits) || atomic_exchange(&u->busy, true))
		return;
	atomic_store(&u->waits, false);
	devices_each(u->server->devices, erasure_see, u);
	if (u->n && readers_put(u->server->readers, READERS_LIST, &u->read) == GH_OK)
		return;
	for (size_t i = 0; i < u->n; i++)
		unit_erasure_waits(u->server, u->of[i].device);
	erasures_drop(u);
}

struct unit_erasures *unit_erasures_new(struct server *server)
{
	struct unit_erasures *u = calloc(1, sizeof(*u));

	if (u == NULL)
		return NULL;
	u->server = server;
	u->read = (struct read_job){ .run = erasures_read_run,
				     .done = erasures_was_read,
				     .admitted = true };
	return u;
}

void unit_erasures_free(struct unit_erasures *u)
{
	if (u == NULL)
		return;
	erasures_drop(u);
	free(u);
}

#include "core/upgrade.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/retry.h"
#include "core/server_clock.h"

#define AGAIN_MS 60000 /* after a failure of the store */

enum step { STEP_PEOPLE, STEP_BEGIN, STEP_QUARANTINE, STEP_UPLOADS, STEP_LOG, STEP_END, STEPS };

struct upgrade {
	struct store_job job;
	struct server *server;
	struct store_upgrade now; /* to be stored */
	char before[sizeof(((struct store_upgrade *)0)->version)];
	bool read;	   /* nothing is to be read again: it ends after STEP_PEOPLE */
	_Atomic bool busy; /* a step is under way; what follows is its own then */
	int step;
	bool more;	   /* of STEP_PEOPLE: it is done again */
	enum gh_err err;   /* of the latest step */
	int64_t failed_ms; /* monotonic; 0: it did not */
	struct retry_result records, uploads;
};

static void step_end(struct upgrade *u, enum gh_err err)
{
	u->err = err;
	u->step += err == GH_OK;
	if (u->step == STEP_BEGIN && u->read)
		u->step = STEPS;
	atomic_store(&u->busy, false);
}

/* The text by which people are found is made of those whom an older version stored without it. */
static enum gh_err people_search(struct store_job *job, const struct store_ops *ops,
				 struct store *s)
{
	return ops->people_search_fill(s, &((struct upgrade *)job)->more);
}

static void people_searched(struct store_job *job, enum gh_err err)
{
	struct upgrade *u = (struct upgrade *)job;

	if (err == GH_OK && u->more)
		atomic_store(&u->busy, false);
	else
		step_end(u, err);
}

static enum gh_err state_put(struct store_job *job, const struct store_ops *ops,
			     struct store *s)
{
	return ops->upgrade_put(s, &((struct upgrade *)job)->now);
}

static void state_stored(struct store_job *job, enum gh_err err)
{
	step_end((struct upgrade *)job, err);
}

/* On a reader thread or the store thread. */
static void kept_tried(void *ctx, enum gh_err err, const struct retry_result *result)
{
	struct upgrade *u = ctx;

	*(u->step == STEP_UPLOADS ? &u->uploads : &u->records) = *result;
	step_end(u, err);
}

static gh_slice count_print(char to[24], int64_t n)
{
	snprintf(to, 24, "%lld", (long long)n);
	return gh_slice_of(to);
}

static void result_log(struct upgrade *u)
{
	const struct retry_result *r = &u->records, *w = &u->uploads;
	char text[5][24];

	if (r->tried + w->tried == 0)
		return;
	LOG(u->server->log, LOG_INFO, "what another version could not read was read again",
	    { "version", gh_slice_of(u->now.version) }, { "before", gh_slice_of(u->before) },
	    { "records", count_print(text[0], r->tried) },
	    { "recordsUnderstood", count_print(text[1], r->left) },
	    { "uploads", count_print(text[2], w->tried) },
	    { "uploadsUnderstood", count_print(text[3], w->left) },
	    { "newPunches", count_print(text[4], r->punches + w->punches) });
}

static enum gh_err upgrade_step(struct upgrade *u)
{
	struct retry_select select = { .of = RETRY_QUARANTINE, .idle = true };

	u->job.run = u->step == STEP_PEOPLE ? people_search : state_put;
	u->job.done = u->step == STEP_PEOPLE ? people_searched : state_stored;
	switch (u->step) {
	case STEP_UPLOADS:
		select.of = RETRY_UPLOADS;
		return retry_begin(u->server, select, kept_tried, u);
	case STEP_QUARANTINE:
		return retry_begin(u->server, select, kept_tried, u);
	case STEP_LOG:
		result_log(u);
		step_end(u, GH_OK);
		return GH_OK;
	case STEP_END:
		u->now.ended = true;
		return store_put(u->server->queue, &u->job);
	default:
		return store_put(u->server->queue, &u->job);
	}
}

static bool step_is_due(struct upgrade *u)
{
	int64_t now_ms = server_monotonic_ms(u->server);

	if (atomic_load(&u->busy) || u->step == STEPS)
		return false;
	if (u->err && u->failed_ms == 0)
		u->failed_ms = now_ms;
	if (u->failed_ms && now_ms - u->failed_ms < AGAIN_MS)
		return false;
	u->failed_ms = 0;
	u->err = GH_OK;
	return true;
}

void upgrade_tick(struct upgrade *u)
{
	if (u == NULL || !step_is_due(u))
		return;
	atomic_store(&u->busy, true);
	enum gh_err err = upgrade_step(u);

	if (err)
		step_end(u, err);
}

struct upgrade *upgrade_new(struct server *server, const char *version,
			    const struct store_upgrade *was)
{
	struct upgrade *u = calloc(1, sizeof(*u));

	if (u == NULL)
		return NULL;
	u->server = server;
	u->job = (struct store_job){ .lane = LANE_CONTROL, .upkeep = true };
	snprintf(u->now.version, sizeof(u->now.version), "%s", version);
	snprintf(u->before, sizeof(u->before), "%s", was->version);
	bool same = strcmp(u->now.version, was->version) == 0;

	u->now.begun = (same ? was->begun : 0) + 1;
	if (same && was->ended) {
		u->read = true;
	} else if (u->now.begun > UPGRADE_TRIES) {
		u->read = true;
		LOG(server->log, LOG_WARNING,
		    "reading again what another version could not read never came to its end; "
		    "the rest: gatehouse quarantine retry",
		    { "version", gh_slice_of(version) });
	}
	return u;
}

void upgrade_free(struct upgrade *u)
{
	free(u);
}

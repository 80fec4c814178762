#include "core/upkeep.h"

#include <stdlib.h>

#include "base/clock.h"
#include "core/live.h"
#include "core/server_clock.h"
#include "store/queue.h"

/* Rows of a piece: it is halved when one took longer than PIECE_MOST_US, and doubled when it took less
 * than PIECE_LEAST_US. */
#define ROWS_FIRST 64
#define ROWS_LEAST 16
#define ROWS_MOST 4096
/* Of punches and access events at least: what a piece costs is mostly for each device that is in it. */
#define PUNCHES_LEAST 2048
#define PIECE_LEAST_US 2000
#define PIECE_MOST_US 8000
/* Thousandths of the time that removing for age takes while other jobs come, so that of a hundred uploads
 * less than one waits for it: 2048 punches in 30 ms every six seconds are still 29 million a day. */
#define REMOVAL_SHARE 5
/* How often it is looked for what is too old. */
#define PASS_MS INT64_C(86400000)

/* What a piece is of: something that is too old, or records of deleted devices, which go first. */
enum { TASK_CLEAR = STORE_KEPT, TASK_NONE };

struct upkeep {
	struct store_job job;
	struct server *server;
	_Atomic bool busy;     /* the job is put, or runs; what follows is its own then */
	_Atomic bool clearing; /* records of deleted devices may be there */
	bool clears;	       /* a pass through deleted devices is not at its end */
	int expires;	       /* what is being removed for its age; TASK_NONE */
	int task;	       /* of this piece: TASK_CLEAR, or what expires */
	struct store_expiry expiry;
	int64_t keep_ms[STORE_KEPT]; /* of the latest pass; below 0: there was none */
	int64_t pass_ms[STORE_KEPT]; /* when it began; monotonic */
	size_t rows;		     /* of a piece */
	bool more;		     /* after this piece */
	int64_t begun_us;	     /* monotonic */
	int64_t floor;		     /* of the ledger, before this piece */
};

/* Whether the task removes rows of a stream. */
static bool upkeep_stream(const struct upkeep *u, enum store_stream *stream)
{
	*stream = u->task == KEPT_ACCESS ? STREAM_ACCESS : STREAM_PUNCH;
	return u->task == KEPT_PUNCHES || u->task == KEPT_ACCESS;
}

static enum gh_err upkeep_run(struct store_job *job, const struct store_ops *ops,
			      struct store *s)
{
	struct upkeep *u = (struct upkeep *)job;
	enum store_stream stream;
	size_t removed;

	u->begun_us = ghi_clock_monotonic_us();
	if (u->task == TASK_CLEAR)
		return ops->devices_clear(s, u->rows, &removed, &u->more);
	u->expiry.limit = u->rows;
	if (upkeep_stream(u, &stream) && u->rows < PUNCHES_LEAST)
		u->expiry.limit = PUNCHES_LEAST;
	enum gh_err err = ops->rows_expire(s, &u->expiry);

	/* Before the commit; see live.h. */
	if (err == GH_OK && upkeep_stream(u, &stream))
		live_floor_set(u->server->live, stream, u->expiry.floor);
	u->more = u->expiry.more;
	return err;
}

/* With its commit, whose time grows with the pages that were changed. */
static void upkeep_size(struct upkeep *u)
{
	int64_t took_us = ghi_clock_monotonic_us() - u->begun_us;

	if (took_us > PIECE_MOST_US && u->rows > ROWS_LEAST)
		u->rows /= 2;
	else if (took_us < PIECE_LEAST_US && u->rows < ROWS_MOST)
		u->rows *= 2;
}

/* --- what is due --- */

static bool pass_is_due(const struct upkeep *u, enum store_kept what)
{
	int64_t keep_ms = u->server->settings->keep_ms[what];

	return keep_ms && (keep_ms != u->keep_ms[what] ||
			   server_monotonic_ms(u->server) - u->pass_ms[what] >= PASS_MS);
}

static void pass_begin(struct upkeep *u, enum store_kept what)
{
	u->keep_ms[what] = u->server->settings->keep_ms[what];
	u->pass_ms[what] = server_monotonic_ms(u->server);
	/* A step of the machine's clock makes nothing old. */
	u->expiry = (struct store_expiry){
		.what = what,
		.before_ms = server_aging_ms(u->server) - u->keep_ms[what],
		.now_ms = server_aging_ms(u->server),
	};
}

/* What the next piece is of; false: nothing is due. */
static bool task_choose(struct upkeep *u)
{
	/* A device that is deleted from now on may be missed by the last piece. */
	u->clears |= atomic_exchange(&u->clearing, false);
	for (int what = 0; what < STORE_KEPT && u->expires == TASK_NONE; what++)
		if (pass_is_due(u, (enum store_kept)what)) {
			pass_begin(u, (enum store_kept)what);
			u->expires = what;
		}
	u->task = u->clears ? TASK_CLEAR : u->expires;
	return u->task != TASK_NONE;
}

/* --- one piece after the other --- */

static void upkeep_piece_put(struct upkeep *u)
{
	enum store_stream stream;

	(void)upkeep_stream(u, &stream);
	u->floor = live_floor(u->server->live, stream);
	u->job.share = u->task == TASK_CLEAR ? 0 : REMOVAL_SHARE;
	if (store_put(u->server->queue, &u->job))
		atomic_store(&u->busy, false);
}

static void task_failed(struct upkeep *u)
{
	enum store_stream stream;

	if (upkeep_stream(u, &stream))
		live_floor_set(u->server->live, stream, u->floor);
	if (u->task == TASK_CLEAR) {
		u->clears = false;
		atomic_store(&u->clearing, true);
	} else {
		u->keep_ms[u->task] = -1;
		u->expires = TASK_NONE;
	}
}

static void piece_ended(struct upkeep *u)
{
	if (u->task == TASK_CLEAR) {
		u->clears = u->more;
		return;
	}
	u->expiry.after = u->expiry.reached;
	if (!u->more)
		u->expires = TASK_NONE;
}

/* After an error the next tick tries again. */
static void upkeep_done(struct store_job *job, enum gh_err err)
{
	struct upkeep *u = (struct upkeep *)job;

	upkeep_size(u);
	if (err)
		task_failed(u);
	else
		piece_ended(u);
	if (err == GH_OK && task_choose(u))
		upkeep_piece_put(u);
	else
		atomic_store(&u->busy, false);
}

void upkeep_tick(struct upkeep *u)
{
	if (atomic_exchange(&u->busy, true))
		return;
	if (task_choose(u))
		upkeep_piece_put(u);
	else
		atomic_store(&u->busy, false);
}

void upkeep_device_deleted(struct upkeep *u)
{
	if (u)
		atomic_store(&u->clearing, true);
}

struct upkeep *upkeep_new(struct server *server)
{
	struct upkeep *u = calloc(1, sizeof(*u));

	if (u == NULL)
		return NULL;
	u->job = (struct store_job){
		.run = upkeep_run, .done = upkeep_done, .lane = LANE_CONTROL, .upkeep = true
	};
	u->server = server;
	u->rows = ROWS_FIRST;
	u->expires = TASK_NONE;
	for (enum store_kept what = 0; what < STORE_KEPT; what++)
		u->keep_ms[what] = -1;
	atomic_init(&u->clearing, true);
	return u;
}

void upkeep_free(struct upkeep *u)
{
	free(u);
}

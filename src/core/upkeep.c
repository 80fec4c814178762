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
/* How often it is looked for what is too old. */
#define PASS_MS INT64_C(86400000)

/* What is done, in this order. */
enum { TASK_CLEAR = STORE_KEPT, TASKS }; /* before it: to remove what is too old */

struct upkeep {
	struct store_job job;
	struct server *server;
	_Atomic bool busy;     /* the job is put, or runs; what follows is its own then */
	_Atomic bool clearing; /* records of deleted devices may be there */
	int task;
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

/* False: nothing is due. */
static bool task_begin(struct upkeep *u)
{
	u->task = TASK_CLEAR;
	/* A device that is deleted from now on may be missed by the last piece. */
	if (atomic_exchange(&u->clearing, false))
		return true;
	for (u->task = 0; u->task < STORE_KEPT; u->task++)
		if (pass_is_due(u, (enum store_kept)u->task)) {
			pass_begin(u, (enum store_kept)u->task);
			return true;
		}
	return false;
}

/* --- one piece after the other --- */

static void upkeep_piece_put(struct upkeep *u)
{
	enum store_stream stream;

	(void)upkeep_stream(u, &stream);
	u->floor = live_floor(u->server->live, stream);
	if (store_put(u->server->queue, &u->job))
		atomic_store(&u->busy, false);
}

static void task_failed(struct upkeep *u)
{
	enum store_stream stream;

	if (upkeep_stream(u, &stream))
		live_floor_set(u->server->live, stream, u->floor);
	if (u->task == TASK_CLEAR)
		atomic_store(&u->clearing, true);
	else
		u->keep_ms[u->task] = -1;
}

/* After an error the next tick tries again. */
static void upkeep_done(struct store_job *job, enum gh_err err)
{
	struct upkeep *u = (struct upkeep *)job;

	upkeep_size(u);
	if (err)
		task_failed(u);
	u->expiry.after = u->expiry.reached;
	if (err == GH_OK && (u->more || task_begin(u)))
		upkeep_piece_put(u);
	else
		atomic_store(&u->busy, false);
}

void upkeep_tick(struct upkeep *u)
{
	if (atomic_exchange(&u->busy, true))
		return;
	if (task_begin(u))
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
	for (enum store_kept what = 0; what < STORE_KEPT; what++)
		u->keep_ms[what] = -1;
	atomic_init(&u->clearing, true);
	return u;
}

void upkeep_free(struct upkeep *u)
{
	free(u);
}

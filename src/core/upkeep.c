#include "core/upkeep.h"

#include <stdlib.h>

#include "base/clock.h"
#include "store/queue.h"

/* Rows of a piece: it is halved when one took longer than PIECE_MOST_US, and doubled when it took less
 * than PIECE_LEAST_US. */
#define ROWS_FIRST 64
#define ROWS_LEAST 16
#define ROWS_MOST 4096
#define PIECE_LEAST_US 2000
#define PIECE_MOST_US 8000

struct upkeep {
	struct store_job job;
	struct server *server;
	_Atomic bool busy;     /* the job is put, or runs */
	_Atomic bool clearing; /* records of deleted devices may be there */
	size_t rows;	       /* of a piece */
	bool more;	       /* after this piece */
	int64_t begun_us;      /* monotonic */
};

static enum gh_err upkeep_run(struct store_job *job, const struct store_ops *ops,
			      struct store *s)
{
	struct upkeep *u = (struct upkeep *)job;
	size_t removed;

	u->begun_us = ghi_clock_monotonic_us();
	return ops->devices_clear(s, u->rows, &removed, &u->more);
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

static void upkeep_piece_put(struct upkeep *u)
{
	if (store_put(u->server->queue, &u->job))
		atomic_store(&u->busy, false);
}

/* After an error the next tick tries again. */
static void upkeep_done(struct store_job *job, enum gh_err err)
{
	struct upkeep *u = (struct upkeep *)job;

	upkeep_size(u);
	if (err == GH_OK && u->more) {
		upkeep_piece_put(u);
		return;
	}
	if (err)
		atomic_store(&u->clearing, true);
	atomic_store(&u->busy, false);
}

void upkeep_tick(struct upkeep *u)
{
	if (!atomic_load(&u->clearing) || atomic_exchange(&u->busy, true))
		return;
	/* Of a device that is deleted from now on nothing may be seen by the piece that is the last. */
	atomic_store(&u->clearing, false);
	upkeep_piece_put(u);
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
	atomic_init(&u->clearing, true);
	return u;
}

void upkeep_free(struct upkeep *u)
{
	free(u);
}

#include "core/punch_index.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

#include "core/live.h"
#include "core/readers.h"

/* More punches in a second than this are much ... */
#define MUCH 10000
/* ... and it is waited until so many are not indexed. */
#define BEHIND_MOST 2000000
#define PART_JOB_BYTES 400000

struct punch_index {
	struct server *server;
	pthread_mutex_t lock; /* of `stopped` and `busy`, held while a job is put */
	/* What follows is the job's, and the tick's while there is none. */
	bool stopped, busy;
	struct read_job read;
	struct store_job write;
	struct punch_index_part *part;
	enum gh_err err;
	bool again;	 /* a part was stored, so there may be another */
	int64_t made_at; /* the ledger's end when it was last looked whether there is one ... */
	int64_t tick_at; /* ... and at the last tick; the main thread's */
};

static struct punch_index *index_of_write(struct store_job *job)
{
	return (struct punch_index *)((uint8_t *)job - offsetof(struct punch_index, write));
}

static struct punch_index *index_of_read(struct read_job *job)
{
	return (struct punch_index *)((uint8_t *)job - offsetof(struct punch_index, read));
}

/* What is left is for a later tick. */
static void index_rest(struct punch_index *x)
{
	pthread_mutex_lock(&x->lock);
	x->busy = false;
	pthread_mutex_unlock(&x->lock);
}

static void index_next(struct punch_index *x)
{
	pthread_mutex_lock(&x->lock);
	x->busy =
		!x->stopped && readers_put(x->server->readers, READERS_LIST, &x->read) == GH_OK;
	pthread_mutex_unlock(&x->lock);
}

static void part_read(struct read_job *job, struct store_reader *reader, enum gh_err err)
{
	struct punch_index *x = index_of_read(job);

	x->err = err;
	x->part = NULL;
	x->again = false;
	x->made_at = live_seq(x->server->live, STREAM_PUNCH);
	if (err == GH_OK)
		x->err = x->server->db.ops->punch_index_make(reader, x->made_at, &x->part);
}

static void part_was_read(struct read_job *job)
{
	struct punch_index *x = index_of_read(job);

	if (x->part && store_put(x->server->queue, &x->write) == GH_OK)
		return;
	x->server->db.ops->punch_index_free(x->part);
	x->part = NULL;
	index_rest(x);
}

static enum gh_err part_write(struct store_job *job, const struct store_ops *ops,
			      struct store *s)
{
	return ops->punch_index_put(s, index_of_write(job)->part);
}

static void part_was_written(struct store_job *job, enum gh_err err)
{
	struct punch_index *x = index_of_write(job);
	struct store_queue_stats stats;

	x->server->db.ops->punch_index_free(x->part);
	x->part = NULL;
	store_queue_stats(x->server->queue, &stats);
	x->again = err == GH_OK;
	if (err || stats.waiting)
		index_rest(x);
	else
		index_next(x);
}

void punch_index_tick(struct punch_index *x)
{
	int64_t seq, grown;

	if (x == NULL)
		return;
	seq = live_seq(x->server->live, STREAM_PUNCH);
	grown = seq - x->tick_at;
	x->tick_at = seq;
	pthread_mutex_lock(&x->lock);
	bool due = !x->busy && (x->again || seq != x->made_at) &&
		   (grown <= MUCH || seq - x->made_at >= BEHIND_MOST);

	x->busy |= due;
	pthread_mutex_unlock(&x->lock);
	if (due)
		index_next(x);
}

struct punch_index *punch_index_new(struct server *server)
{
	struct punch_index *x = calloc(1, sizeof(*x));

	if (x == NULL)
		return NULL;
	x->server = server;
	x->tick_at = live_seq(server->live, STREAM_PUNCH);
	x->read = (struct read_job){ .run = part_read, .done = part_was_read };
	x->write = (struct store_job){ .run = part_write,
				       .done = part_was_written,
				       .lane = LANE_CONTROL,
				       .bytes = PART_JOB_BYTES };
	pthread_mutex_init(&x->lock, NULL);
	return x;
}

void punch_index_stop(struct punch_index *x)
{
	if (x == NULL)
		return;
	pthread_mutex_lock(&x->lock);
	x->stopped = true;
	pthread_mutex_unlock(&x->lock);
}

void punch_index_free(struct punch_index *x)
{
	if (x == NULL)
		return;
	pthread_mutex_destroy(&x->lock);
	free(x);
}

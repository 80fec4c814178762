/*
 * The threads that write to a database. Jobs of all devices that wait are gathered into one
 * transaction; after its commit each job's done() runs.
 *
 * Threads: store_put() and store_queue_stats() from any thread; run() and done() are called on
 * the thread of the job's lane (store.h).
 */
#ifndef GH_STORE_QUEUE_H
#define GH_STORE_QUEUE_H

#include "store/store.h"

struct store_job {
	/* Called on the thread of the lane inside a transaction, with the job's own writes only.
	 * It may run again (another job of the group failed, or the database requires it), so it
	 * changes nothing but the database and its own results. */
	enum gh_err (*run)(struct store_job *job, const struct store_ops *ops, struct store *s);
	/* Called once on the thread of the lane: GH_OK after the commit, otherwise why nothing
	 * of this job is stored. It may put further jobs; the job is the caller's again. */
	void (*done)(struct store_job *job, enum gh_err err);
	enum store_lane lane;
	int64_t device; /* it writes for; 0: for none or several. Locks of a shared database
			 * are taken in this order */
	size_t bytes;	/* roughly what it holds in memory while it waits */
	size_t rows;	/* it appends to a stream */
	/* Upkeep: it waits until nothing else does, but no longer than a second, and has a
	 * transaction of its own. Where it shares a thread with LANE_LEDGER, as much time passes
	 * as it took before the next one begins. It is not among what the statistics count as
	 * waiting. */
	bool upkeep;
	/* Of upkeep: thousandths of the time that jobs with a share take at most, as long as jobs
	 * other than upkeep come; 0: no such limit. */
	unsigned share;
	/* The queue's. */
	int64_t put_us; /* of upkeep: when it was put; monotonic */
	struct store_job *next;
};

struct store_queue;

struct store_queue_limits {
	size_t jobs;	   /* waiting; more are refused */
	size_t bytes;	   /* of all that wait; more are refused, but one job always may */
	size_t group_jobs; /* at most so many in one transaction */
	size_t group_bytes;
	/* After a failure of the database it counts as working again when a transaction no
	 * smaller than the failed one was committed and none failed for settle_ms. Every probe_ms
	 * it is tried whether one can be (probe_put, probe_clear); 0: never. */
	uint32_t settle_ms, probe_ms;
};

struct store_queue_stats {
	size_t waiting, waiting_bytes;
	uint64_t jobs, commits, failures; /* since start */
	uint64_t commit_us;		  /* time spent in commits, microseconds */
	/* How often the lane's thread came round, at least once a second while it waits for jobs. */
	uint64_t turns[STORE_LANES];
	/* Why the database cannot be relied on to store what devices send; GH_OK: it can, within
	 * store_queue_limits. */
	enum gh_err last_error;
	char why[STORE_WHY]; /* a sentence about it, or empty */
};

/* GH_EINVALID: a limit of 0 jobs. */
GH_MUST_CHECK enum gh_err store_queue_open(struct store_handle *h,
					   struct store_queue_limits limits,
					   struct store_queue **out);
/* The program ends: jobs are put and run as before, but a database that does not answer is left after
 * some seconds. */
void store_queue_quiesce(struct store_queue *q);
/* Run what waits, then end the threads. */
void store_queue_close(struct store_queue *q);

/* Never blocks. GH_EBUSY: the queue is full (or closing), done() will not be called. */
GH_MUST_CHECK enum gh_err store_put(struct store_queue *q, struct store_job *job);

void store_queue_stats(struct store_queue *q, struct store_queue_stats *out);

#endif

/* Threads that read the store, each with a reading handle of its own. A listener's thread never
 * waits for the database: it puts a job here, and the job returns its result.
 *
 * There are two classes, so that a long list does not delay a short read. Each class has its own
 * threads and a bounded queue.
 *
 * Threads: readers_put() may be called from any thread. One thread more, the watch, looks at the
 * running jobs several times a second and stops jobs whose result is not needed any more, jobs
 * that take too long, and, after readers_quiesce(), all jobs. The lock of the queues is held
 * while a job is taken or added; the lock of a thread guards which job it runs. No lock is held
 * while a job runs. */
#ifndef GH_CORE_READERS_H
#define GH_CORE_READERS_H

#include <stdatomic.h>

#include "store/store.h"

enum readers_class {
	READERS_SHORT, /* one thing, or a bounded piece of a list */
	READERS_LIST,  /* lists and exports, which may have to read every row */
	READERS_CLASSES
};

struct readers;

/* The job belongs to its owner until done() returns. All three functions run on other threads. */
struct read_job {
	/* Read the store. reader NULL: not available, because of err. */
	void (*run)(struct read_job *job, struct store_reader *reader, enum gh_err err);
	/* After run(): the last use of the job, which done() may free. */
	void (*done)(struct read_job *job);
	/* Called while the job waits or runs: whether its result is not needed any more. NULL:
	 * never. */
	bool (*left)(struct read_job *job);
	/* The job belongs to a stream that was already accepted and has one job at a time: a
	 * full queue accepts it nevertheless. */
	bool admitted;
	/* Why the reader was stopped; the interrupted call of the store returned GH_ECANCELLED.
	 * GH_OK: it was not. GH_ETIMEOUT: it took too long. GH_ECLOSED: the program ends.
	 * GH_ECANCELLED: the result is not needed. */
	atomic_int stopped;
	struct read_job *next;
};

struct readers_limits {
	unsigned threads; /* of each class */
	unsigned waiting; /* jobs that wait, of each class */
	int64_t most_ms;  /* a job may take; 0: no limit */
};

GH_MUST_CHECK enum gh_err readers_new(const struct store_handle *db,
				      const struct readers_limits *limits,
				      struct readers **out);
/* Stop the running jobs; waiting and new jobs are refused (GH_ECLOSED). */
void readers_quiesce(struct readers *rs);
/* Waits until every job is done; later ones are refused. NULL is fine. */
void readers_stop(struct readers *rs);
/* After readers_stop(), or instead of it, when nothing puts a job any more. NULL is fine. */
void readers_free(struct readers *rs);

/* GH_EBUSY: the queue is full. GH_ECLOSED. In both cases the job was not accepted. */
GH_MUST_CHECK enum gh_err readers_put(struct readers *rs, enum readers_class class,
				      struct read_job *job);

/* Whether the last attempt to open the store for reading succeeded. */
enum gh_err readers_last_error(const struct readers *rs);

#endif

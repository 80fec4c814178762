#include "core/readers.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"

#define WATCH_MS 100

struct reader_queue {
	struct read_job *first, **last;
	unsigned waiting;
	pthread_cond_t added;
};

struct reader_thread {
	struct readers *readers;
	enum readers_class class;
	pthread_t thread;
	struct store_reader *reader; /* opened at its first job */
	pthread_mutex_t lock;
	struct read_job
		*job; /* the running job; its reader may be stopped only under the lock */
	int64_t began_ms;
};

struct readers {
	const struct store_handle *db;
	struct readers_limits limits;
	atomic_int last_error;
	pthread_mutex_t lock; /* guards the fields below, except those of single threads */
	struct reader_queue queue[READERS_CLASSES];
	pthread_cond_t began; /* a job runs, or the program ends: wakes the watch */
	unsigned running;
	bool closing, ending;
	bool stopped; /* by the thread that closes the server */
	bool watched;
	pthread_t watch;
	unsigned started; /* threads */
	struct reader_thread thread[];
};

/* --- the threads that read --- */

static enum gh_err reader_ensure(struct reader_thread *t)
{
	struct readers *rs = t->readers;
	enum gh_err err = GH_OK;

	if (t->reader == NULL)
		err = rs->db->ops->reader_open(rs->db->store, &t->reader);
	if (err)
		t->reader = NULL;
	atomic_store(&rs->last_error, err);
	return err;
}

/* The next job of the class; NULL: there will be none. */
static struct read_job *job_take(struct readers *rs, enum readers_class class, bool *closing)
{
	struct reader_queue *q = &rs->queue[class];
	struct read_job *job;

	pthread_mutex_lock(&rs->lock);
	while (q->first == NULL && !rs->ending)
		pthread_cond_wait(&q->added, &rs->lock);
	job = q->first;
	if (job) {
		q->first = job->next;
		if (q->first == NULL)
			q->last = &q->first;
		q->waiting--;
		rs->running++;
		pthread_cond_signal(&rs->began);
	}
	*closing = rs->closing;
	pthread_mutex_unlock(&rs->lock);
	return job;
}

static void job_run(struct reader_thread *t, struct read_job *job, bool closing)
{
	enum gh_err err = closing			? GH_ECLOSED
			  : job->left && job->left(job) ? GH_ECANCELLED
							: GH_OK;

	atomic_store(&job->stopped, err);
	if (err == GH_OK)
		err = reader_ensure(t);
	pthread_mutex_lock(&t->lock);
	t->job = job;
	t->began_ms = ghi_clock_monotonic_ms();
	pthread_mutex_unlock(&t->lock);
	job->run(job, err ? NULL : t->reader, err);
	pthread_mutex_lock(&t->lock);
	t->job = NULL;
	pthread_mutex_unlock(&t->lock);
	job->done(job);
}

static void *reader_loop(void *ctx)
{
	struct reader_thread *t = ctx;
	struct readers *rs = t->readers;
	struct read_job *job;
	bool closing;

	while ((job = job_take(rs, t->class, &closing))) {
		job_run(t, job, closing);
		pthread_mutex_lock(&rs->lock);
		rs->running--;
		pthread_mutex_unlock(&rs->lock);
	}
	if (t->reader)
		rs->db->ops->reader_close(t->reader);
	return NULL;
}

/* --- the watch --- */

static enum gh_err reader_stop_reason(const struct readers *rs, struct reader_thread *t,
				      bool closing)
{
	if (closing)
		return GH_ECLOSED;
	if (t->job->left && t->job->left(t->job))
		return GH_ECANCELLED;
	if (rs->limits.most_ms && ghi_clock_monotonic_ms() - t->began_ms > rs->limits.most_ms)
		return GH_ETIMEOUT;
	return GH_OK;
}

/* A job may call the store several times, so its reader is stopped repeatedly until the job
 * ends. */
static void reader_check(struct readers *rs, struct reader_thread *t, bool closing)
{
	pthread_mutex_lock(&t->lock);
	if (t->job && t->reader) {
		enum gh_err why = atomic_load(&t->job->stopped);

		if (why == GH_OK)
			why = reader_stop_reason(rs, t, closing);
		atomic_store(&t->job->stopped, why);
		if (why)
			rs->db->ops->reader_stop(t->reader);
	}
	pthread_mutex_unlock(&t->lock);
}

static void *watch_loop(void *ctx)
{
	const struct timespec pause = { .tv_nsec = WATCH_MS * 1000000L };
	struct readers *rs = ctx;

	for (;;) {
		bool closing;

		pthread_mutex_lock(&rs->lock);
		while (rs->running == 0 && !rs->ending)
			pthread_cond_wait(&rs->began, &rs->lock);
		closing = rs->closing;
		if (rs->ending && rs->running == 0) {
			pthread_mutex_unlock(&rs->lock);
			return NULL;
		}
		pthread_mutex_unlock(&rs->lock);
		for (unsigned i = 0; i < rs->started; i++)
			reader_check(rs, &rs->thread[i], closing);
		nanosleep(&pause, NULL);
	}
}

/* --- the pool --- */

static bool reader_start(struct readers *rs, enum readers_class class)
{
	struct reader_thread *t = &rs->thread[rs->started];

	t->readers = rs;
	t->class = class;
	pthread_mutex_init(&t->lock, NULL);
	if (pthread_create(&t->thread, NULL, reader_loop, t)) {
		pthread_mutex_destroy(&t->lock);
		return false;
	}
	rs->started++;
	return true;
}

enum gh_err readers_new(const struct store_handle *db, const struct readers_limits *limits,
			struct readers **out)
{
	size_t n = (size_t)limits->threads * READERS_CLASSES;
	struct readers *rs = calloc(1, sizeof(*rs) + n * sizeof(rs->thread[0]));
	bool ok = true;

	if (rs == NULL)
		return GH_ENOMEM;
	rs->db = db;
	rs->limits = *limits;
	pthread_mutex_init(&rs->lock, NULL);
	pthread_cond_init(&rs->began, NULL);
	for (enum readers_class c = 0; c < READERS_CLASSES; c++) {
		rs->queue[c].last = &rs->queue[c].first;
		pthread_cond_init(&rs->queue[c].added, NULL);
	}
	for (size_t i = 0; i < n && ok; i++)
		ok = reader_start(rs, (enum readers_class)(i % READERS_CLASSES));
	/* Last: it reads how many threads there are. */
	rs->watched = ok && pthread_create(&rs->watch, NULL, watch_loop, rs) == 0;
	if (!rs->watched) {
		readers_free(rs);
		return GH_ENOMEM;
	}
	*out = rs;
	return GH_OK;
}

void readers_quiesce(struct readers *rs)
{
	pthread_mutex_lock(&rs->lock);
	rs->closing = true;
	pthread_mutex_unlock(&rs->lock);
}

void readers_stop(struct readers *rs)
{
	if (rs == NULL || rs->stopped)
		return;
	rs->stopped = true;
	pthread_mutex_lock(&rs->lock);
	rs->closing = rs->ending = true;
	for (enum readers_class c = 0; c < READERS_CLASSES; c++)
		pthread_cond_broadcast(&rs->queue[c].added);
	pthread_cond_signal(&rs->began);
	pthread_mutex_unlock(&rs->lock);
	for (unsigned i = 0; i < rs->started; i++)
		pthread_join(rs->thread[i].thread, NULL);
	pthread_mutex_lock(&rs->lock);
	pthread_cond_signal(&rs->began);
	pthread_mutex_unlock(&rs->lock);
	if (rs->watched)
		pthread_join(rs->watch, NULL);
}

void readers_free(struct readers *rs)
{
	if (rs == NULL)
		return;
	readers_stop(rs);
	for (unsigned i = 0; i < rs->started; i++)
		pthread_mutex_destroy(&rs->thread[i].lock);
	for (enum readers_class c = 0; c < READERS_CLASSES; c++)
		pthread_cond_destroy(&rs->queue[c].added);
	pthread_cond_destroy(&rs->began);
	pthread_mutex_destroy(&rs->lock);
	free(rs);
}

enum gh_err readers_put(struct readers *rs, enum readers_class class, struct read_job *job)
{
	struct reader_queue *q = &rs->queue[class];
	enum gh_err err = GH_OK;

	job->next = NULL;
	atomic_init(&job->stopped, GH_OK);
	pthread_mutex_lock(&rs->lock);
	if (rs->closing) {
		err = GH_ECLOSED;
	} else if (q->waiting >= rs->limits.waiting && !job->admitted) {
		err = GH_EBUSY;
	} else {
		*q->last = job;
		q->last = &job->next;
		q->waiting++;
		pthread_cond_signal(&q->added);
	}
	pthread_mutex_unlock(&rs->lock);
	return err;
}

enum gh_err readers_last_error(const struct readers *rs)
{
	return (enum gh_err)atomic_load(&rs->last_error);
}

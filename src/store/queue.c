#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "store/store.h"

/* How long nothing has to come before the back end gets time for upkeep. */
#define IDLE_MS 50

struct job_list {
	struct store_job *first, **end;
	size_t jobs, bytes;
};

struct store_queue {
	struct store_handle db;
	struct store_queue_limits limits;
	pthread_t thread;

	pthread_mutex_t lock; /* of everything below */
	pthread_cond_t wake;
	struct job_list waiting;
	bool asleep; /* the thread waits for `wake` and nobody has given it yet */
	bool closing;
	struct store_queue_stats stats;
};

static void list_clear(struct job_list *l)
{
	*l = (struct job_list){ 0 };
	l->end = &l->first;
}

static void list_add(struct job_list *l, struct store_job *job)
{
	job->next = NULL;
	*l->end = job;
	l->end = &job->next;
	l->jobs++;
	l->bytes += job->bytes;
}

static struct store_job *list_take(struct job_list *l)
{
	struct store_job *job = l->first;

	l->first = job->next;
	if (l->first == NULL)
		l->end = &l->first;
	l->jobs--;
	l->bytes -= job->bytes;
	job->next = NULL;
	return job;
}

enum gh_err store_put(struct store_queue *q, struct store_job *job)
{
	enum gh_err err = GH_OK;

	pthread_mutex_lock(&q->lock);
	const struct job_list *w = &q->waiting;

	if (q->closing || w->jobs >= q->limits.jobs ||
	    (w->jobs &&
	     (w->bytes > q->limits.bytes || job->bytes > q->limits.bytes - w->bytes))) {
		err = GH_EBUSY;
	} else {
		list_add(&q->waiting, job);
		/* Under the lock: as soon as it is free the job may end, and the queue too. */
		if (q->asleep)
			pthread_cond_signal(&q->wake);
		q->asleep = false;
	}
	pthread_mutex_unlock(&q->lock);
	return err;
}

/* Jobs that share a transaction, and what became of the group. */
struct group {
	struct job_list jobs;
	uint64_t commits, commit_us;
	bool told; /* whether `last_error` says anything about the database */
	enum gh_err last_error;
};

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* An error that says something about the database and not only about the job. */
static bool is_storage(enum gh_err err)
{
	return err == GH_EFULL || err == GH_EIO || err == GH_ECORRUPT || err == GH_ENOMEM;
}

/* Run the jobs up to the first that fails; that one is taken out of the group. */
static struct store_job *run_jobs(struct store_queue *q, struct group *g, enum gh_err *err)
{
	struct store_job **at = &g->jobs.first;

	while (*at) {
		struct store_job *job = *at;

		*err = job->run(job, q->db.ops, q->db.store);
		if (*err) {
			*at = job->next;
			if (*at == NULL)
				g->jobs.end = at;
			g->jobs.jobs--;
			g->jobs.bytes -= job->bytes;
			return job;
		}
		at = &job->next;
	}
	return NULL;
}

/* Counted first: whoever hears of his job finds it in the numbers. */
static void fail(struct store_queue *q, struct store_job *job, enum gh_err err)
{
	pthread_mutex_lock(&q->lock);
	q->stats.jobs++;
	q->stats.failures++;
	pthread_mutex_unlock(&q->lock);
	job->next = NULL;
	job->done(job, err);
}

static void tell(struct group *g, enum gh_err err)
{
	g->told = true;
	g->last_error = err;
}

static enum gh_err commit(struct store_queue *q, struct group *g)
{
	uint64_t start = now_us();
	bool wrote = q->db.ops->wrote(q->db.store);
	enum gh_err err = q->db.ops->commit(q->db.store);

	g->commit_us += now_us() - start;
	g->commits += err == GH_OK;
	if (wrote || err)
		tell(g, err);
	return err;
}

/* One transaction of all jobs but those that fail. The result is that of the transaction. */
static enum gh_err run_group(struct store_queue *q, struct group *g)
{
	while (g->jobs.first) {
		enum gh_err err = q->db.ops->begin(q->db.store);
		if (err) {
			tell(g, err);
			return err;
		}
		struct store_job *failed = run_jobs(q, g, &err);

		if (failed == NULL)
			return commit(q, g);
		q->db.ops->rollback(q->db.store);
		if (is_storage(err))
			tell(g, err);
		fail(q, failed, err);
	}
	return GH_OK;
}

static void take_group(struct store_queue *q, struct group *g)
{
	*g = (struct group){ .last_error = GH_OK };
	list_clear(&g->jobs);
	while (q->waiting.first && g->jobs.jobs < q->limits.group_jobs &&
	       (g->jobs.jobs == 0 ||
		g->jobs.bytes + q->waiting.first->bytes <= q->limits.group_bytes))
		list_add(&g->jobs, list_take(&q->waiting));
}

static void count(struct store_queue *q, const struct group *g, enum gh_err err)
{
	pthread_mutex_lock(&q->lock);
	q->stats.jobs += g->jobs.jobs;
	q->stats.failures += err ? g->jobs.jobs : 0;
	q->stats.commits += g->commits;
	q->stats.commit_us += g->commit_us;
	if (g->told)
		q->stats.last_error = g->last_error;
	pthread_mutex_unlock(&q->lock);
}

static void run_waiting(struct store_queue *q)
{
	struct group g;

	take_group(q, &g);
	pthread_mutex_unlock(&q->lock);
	enum gh_err err = run_group(q, &g);

	count(q, &g, err);
	while (g.jobs.first) {
		struct store_job *job = list_take(&g.jobs);

		job->done(job, err);
	}
	pthread_mutex_lock(&q->lock);
}

/* Until something waits, or the queue closes. */
static bool wait_a_moment(struct store_queue *q, const struct timespec *until)
{
	int timeout = 0;

	while (q->waiting.first == NULL && !q->closing && !timeout) {
		q->asleep = true;
		timeout = until ? pthread_cond_timedwait(&q->wake, &q->lock, until)
				: pthread_cond_wait(&q->wake, &q->lock);
	}
	q->asleep = false;
	return q->waiting.first || q->closing;
}

static struct timespec idle_time(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_nsec += IDLE_MS * 1000000L;
	t.tv_sec += t.tv_nsec / 1000000000L;
	t.tv_nsec %= 1000000000L;
	return t;
}

static void *store_thread(void *arg)
{
	struct store_queue *q = arg;

	pthread_mutex_lock(&q->lock);
	while (q->waiting.first || !q->closing) {
		struct timespec until = idle_time();

		if (!wait_a_moment(q, &until)) {
			pthread_mutex_unlock(&q->lock);
			q->db.ops->idle(q->db.store);
			pthread_mutex_lock(&q->lock);
			wait_a_moment(q, NULL);
		}
		if (q->waiting.first)
			run_waiting(q);
	}
	pthread_mutex_unlock(&q->lock);
	return NULL;
}

static void lock_init(struct store_queue *q)
{
	pthread_condattr_t attr;

	pthread_mutex_init(&q->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&q->wake, &attr);
	pthread_condattr_destroy(&attr);
}

/* Signals are for the threads of the program that wait for them. */
static int thread_start(struct store_queue *q)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int rc = pthread_create(&q->thread, NULL, store_thread, q);

	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc;
}

static void queue_free(struct store_queue *q)
{
	pthread_cond_destroy(&q->wake);
	pthread_mutex_destroy(&q->lock);
	free(q);
}

enum gh_err store_queue_open(struct store_handle *h, struct store_queue_limits limits,
			     struct store_queue **out)
{
	if (limits.jobs == 0 || limits.group_jobs == 0)
		return GH_EINVALID;
	struct store_queue *q = calloc(1, sizeof(*q));
	if (q == NULL)
		return GH_ENOMEM;
	q->db = *h;
	q->limits = limits;
	list_clear(&q->waiting);
	lock_init(q);
	if (thread_start(q)) {
		queue_free(q);
		return GH_ENOMEM;
	}
	*out = q;
	return GH_OK;
}

void store_queue_close(struct store_queue *q)
{
	if (q == NULL)
		return;
	pthread_mutex_lock(&q->lock);
	q->closing = true;
	pthread_cond_signal(&q->wake);
	pthread_mutex_unlock(&q->lock);
	pthread_join(q->thread, NULL);
	queue_free(q);
}

void store_queue_stats(struct store_queue *q, struct store_queue_stats *out)
{
	pthread_mutex_lock(&q->lock);
	*out = q->stats;
	out->waiting = q->waiting.jobs;
	out->waiting_bytes = q->waiting.bytes;
	pthread_mutex_unlock(&q->lock);
}

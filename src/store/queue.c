/* The threads that write. A lane has one, unless the back end has one handle for both lanes:
 * then the second lane is the first, and jobs run in the order of store_put. `lock` guards
 * the lists and the statistics; it is not held while a job runs or ends. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "store/queue_private.h"

/* How long nothing has to come before the back end gets time for upkeep. */
#define IDLE_MS 50
/* How often it is given more, and it is looked whether a shared database can be reached. */
#define WATCH_MS 1000
/* How long upkeep waits while jobs never cease to come. */
#define UPKEEP_WAIT_US 1000000
/* After so long without a job, upkeep has all the time it can use. */
#define QUIET_US INT64_C(3000000)
/* At the end, after so long without a job that ended, the database is not waited for any more. */
#define ABANDON_US 15000000

enum gh_err store_put(struct store_queue *q, struct store_job *job)
{
	struct queue_lane *lane = q->lane[job->lane];
	enum gh_err err = GH_OK;

	pthread_mutex_lock(&q->lock);
	if (q->closing ||
	    (!job->upkeep && (q->jobs >= q->limits.jobs ||
			      (q->jobs && (q->bytes > q->limits.bytes ||
					   job->bytes > q->limits.bytes - q->bytes))))) {
		err = GH_EBUSY;
	} else {
		if (job->upkeep) {
			job->put_us = ghi_clock_monotonic_us();
			job_list_add(&lane->upkeep, job);
		} else {
			q->jobs++;
			q->bytes += job->bytes;
			job_list_add(&lane->waiting, job);
		}
		/* Under the lock: as soon as it is free the job may end, and the queue too. */
		if (lane->asleep)
			pthread_cond_signal(&lane->wake);
		lane->asleep = false;
	}
	pthread_mutex_unlock(&q->lock);
	return err;
}

/* With the lock, on the thread of the lane. */
static void lane_reached(struct queue_lane *lane, enum gh_err err)
{
	lane->unreachable = err;
	queue_why_copy(lane->why, err ? lane->q->db.ops->why(lane->store) : NULL);
}

static void group_count(struct queue_lane *lane, const struct group *g, enum gh_err err)
{
	struct store_queue *q = lane->q;

	pthread_mutex_lock(&q->lock);
	lane_reached(lane, g->unreachable);
	if (g->fault)
		queue_why_copy(q->fault_why, q->db.ops->why(lane->store));
	q->stats.jobs += g->jobs.jobs;
	q->stats.failures += err ? g->jobs.jobs : 0;
	q->stats.commits += g->commits;
	q->stats.commit_us += g->commit_us;
	queue_fault_update(q, g);
	pthread_mutex_unlock(&q->lock);
}

/* Without the lock. */
static void lane_run(struct queue_lane *lane, struct group *g)
{
	enum gh_err err = group_run(lane, g);

	group_count(lane, g, err);
	while (g->jobs.first) {
		struct store_job *job = job_list_take(&g->jobs);

		job->done(job, err);
	}
}

static void lane_run_waiting(struct queue_lane *lane)
{
	struct store_queue *q = lane->q;
	struct group g;

	group_take(lane, &g);
	pthread_mutex_unlock(&q->lock);
	lane_run(lane, &g);
	pthread_mutex_lock(&q->lock);
	q->worked_us = ghi_clock_monotonic_us();
}

/* With the lock: when a job of upkeep may begin. */
static int64_t upkeep_from(const struct queue_lane *lane, const struct store_job *job)
{
	int64_t from_us = 0;

	if (job->share) {
		int64_t quiet_us = lane->q->worked_us + QUIET_US;

		from_us = lane->share_from_us < quiet_us ? lane->share_from_us : quiet_us;
	}
	return from_us > lane->upkeep_from_us ? from_us : lane->upkeep_from_us;
}

/* Whether jobs that wait have kept it long enough: since it was put, and since the last of upkeep. */
static bool upkeep_waited(const struct queue_lane *lane, const struct store_job *job,
			  int64_t now_us)
{
	int64_t since_us =
		job->put_us > lane->upkeep_last_us ? job->put_us : lane->upkeep_last_us;

	return now_us - since_us >= UPKEEP_WAIT_US;
}

/* With the lock: the place of the first that may begin now; NULL: none. */
static struct store_job **lane_upkeep_due(struct queue_lane *lane)
{
	int64_t now_us = ghi_clock_monotonic_us();

	for (struct store_job **at = &lane->upkeep.first; *at; at = &(*at)->next)
		if ((lane->q->closing || now_us >= upkeep_from(lane, *at)) &&
		    (lane->waiting.first == NULL || upkeep_waited(lane, *at, now_us)))
			return at;
	return NULL;
}

/* A long series of it leaves the lane no idle time, so the back end gets its own here. */
static void lane_run_upkeep(struct queue_lane *lane, struct store_job **at)
{
	struct store_queue *q = lane->q;
	int64_t start = ghi_clock_monotonic_us();
	unsigned share = (*at)->share;
	struct group g;

	group_take_upkeep(lane, &g, at);
	lane->upkeep_last_us = start;
	pthread_mutex_unlock(&q->lock);
	lane_run(lane, &g);
	enum gh_err err = q->db.ops->idle(lane->store);
	int64_t end = ghi_clock_monotonic_us();

	pthread_mutex_lock(&q->lock);
	lane_reached(lane, err);
	lane->upkeep_from_us = lane == q->lane[LANE_LEDGER] ? end + (end - start) : end;
	if (share)
		lane->share_from_us = end + (end - start) * (1000 - share) / share;
}

/* In so many milliseconds, or when upkeep that waits may begin. */
static struct timespec lane_deadline(const struct queue_lane *lane, uint32_t ms)
{
	int64_t now_us = ghi_clock_monotonic_us();

	for (const struct store_job *job = lane->upkeep.first; job; job = job->next) {
		int64_t left_ms = (upkeep_from(lane, job) - now_us) / 1000 + 1;

		if (left_ms < (int64_t)ms)
			ms = left_ms > 0 ? (uint32_t)left_ms : 0;
	}
	return ghi_clock_deadline(ms);
}

/* Until something may be run, the queue closes, or it is late. */
static bool lane_wait(struct queue_lane *lane, const struct timespec *until)
{
	struct store_queue *q = lane->q;
	int timeout = 0;

	while (lane->waiting.first == NULL && !q->closing && !timeout &&
	       !lane_upkeep_due(lane)) {
		lane->asleep = true;
		timeout = pthread_cond_timedwait(&lane->wake, &q->lock, until);
	}
	lane->asleep = false;
	return lane->waiting.first || q->closing || lane_upkeep_due(lane);
}

static void lane_idle(struct queue_lane *lane)
{
	struct store_queue *q = lane->q;

	pthread_mutex_unlock(&q->lock);
	enum gh_err err = q->db.ops->idle(lane->store);

	pthread_mutex_lock(&q->lock);
	lane_reached(lane, err);
	struct timespec until = lane_deadline(lane, WATCH_MS);

	lane_wait(lane, &until);
}

static void *lane_thread(void *arg)
{
	struct queue_lane *lane = arg;
	struct store_queue *q = lane->q;

	pthread_mutex_lock(&q->lock);
	while (lane->waiting.first || lane->upkeep.first || !q->closing) {
		struct timespec until = lane_deadline(lane, IDLE_MS);

		lane->turns++;
		if (!lane_wait(lane, &until))
			lane_idle(lane);
		if (lane->waiting.first)
			lane_run_waiting(lane);
		struct store_job **due = lane_upkeep_due(lane);

		if (due)
			lane_run_upkeep(lane, due);
		if (lane_probe_due(lane))
			lane_probe(lane);
	}
	lane->ended = true;
	pthread_cond_signal(&lane->wake);
	pthread_mutex_unlock(&q->lock);
	return NULL;
}

/* Signals are for the threads of the program that wait for them. */
static int lane_start(struct queue_lane *lane)
{
	sigset_t all, before;

	ghi_clock_condition_init(&lane->wake);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int rc = pthread_create(&lane->thread, NULL, lane_thread, lane);

	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc)
		pthread_cond_destroy(&lane->wake);
	return rc;
}

static void lane_init(struct store_queue *q, enum store_lane id, struct store *s)
{
	struct queue_lane *lane = &q->own[id];
	struct store_traits traits;

	q->db.ops->traits(q->db.store, &traits);
	lane->q = q;
	lane->store = s;
	lane->shared = traits.shared;
	if (id == LANE_LEDGER) {
		lane->group_rows = traits.ledger_rows;
		lane->group_bytes = traits.ledger_bytes;
	}
	job_list_clear(&lane->waiting);
	job_list_clear(&lane->upkeep);
	q->lane[id] = lane;
}

/* Wait for the end of a lane. A database that does not answer may not keep the program. */
static void lane_join(struct queue_lane *lane)
{
	struct store_queue *q = lane->q;
	int64_t since_us = ghi_clock_monotonic_us();
	uint64_t jobs = 0;
	bool abandoned = q->db.ops->abandon == NULL;

	pthread_mutex_lock(&q->lock);
	while (!lane->ended && !abandoned) {
		struct timespec until = ghi_clock_deadline(WATCH_MS);

		pthread_cond_timedwait(&lane->wake, &q->lock, &until);
		int64_t now_us = ghi_clock_monotonic_us();

		if (q->stats.jobs != jobs)
			since_us = now_us;
		jobs = q->stats.jobs;
		abandoned = now_us - since_us >= ABANDON_US;
	}
	abandoned &= !lane->ended && q->db.ops->abandon;
	pthread_mutex_unlock(&q->lock);
	if (abandoned)
		q->db.ops->abandon(q->db.store);
	pthread_join(lane->thread, NULL);
}

/* Stop the first n lanes that have a thread of their own. */
static void lanes_stop(struct store_queue *q, int n)
{
	pthread_mutex_lock(&q->lock);
	q->closing = true;
	for (int i = 0; i < n; i++)
		if (q->lane[i] == &q->own[i])
			pthread_cond_signal(&q->own[i].wake);
	pthread_mutex_unlock(&q->lock);
	for (int i = 0; i < n; i++)
		if (q->lane[i] == &q->own[i]) {
			lane_join(&q->own[i]);
			pthread_cond_destroy(&q->own[i].wake);
		}
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
	pthread_mutex_init(&q->lock, NULL);
	for (int i = 0; i < STORE_LANES; i++) {
		struct store *s = h->ops->lane(h->store, (enum store_lane)i);

		if (i > 0 && s == q->own[0].store)
			q->lane[i] = &q->own[0];
		else
			lane_init(q, (enum store_lane)i, s);
	}
	for (int i = 0; i < STORE_LANES; i++)
		if (q->lane[i] == &q->own[i] && lane_start(&q->own[i])) {
			lanes_stop(q, i);
			return GH_ENOMEM;
		}
	*out = q;
	return GH_OK;
}

void store_queue_quiesce(struct store_queue *q)
{
	if (q->db.ops->ending)
		q->db.ops->ending(q->db.store);
}

void store_queue_close(struct store_queue *q)
{
	if (q)
		lanes_stop(q, STORE_LANES);
}

void store_queue_stats(struct store_queue *q, struct store_queue_stats *out)
{
	pthread_mutex_lock(&q->lock);
	*out = q->stats;
	out->last_error = queue_fault(q);
	queue_why_copy(out->why, out->last_error ? q->fault_why : NULL);
	for (int i = 0; i < STORE_LANES && out->last_error == GH_OK; i++) {
		out->last_error = q->lane[i]->unreachable;
		queue_why_copy(out->why, q->lane[i]->why);
	}
	for (int i = 0; i < STORE_LANES; i++)
		out->turns[i] = q->lane[i]->turns;
	out->waiting = q->jobs;
	out->waiting_bytes = q->bytes;
	pthread_mutex_unlock(&q->lock);
}

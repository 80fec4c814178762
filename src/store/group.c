/* Jobs that share a transaction. One that fails is taken out and ended, and the rest run again. */
#include <time.h>

#include "base/clock.h"
#include "store/queue_private.h"

/* How often a transaction is run again that failed for a passing reason, and the longest
 * wait before, in microseconds, for each time it failed. */
#define AGAIN_TRIES 5
#define AGAIN_WAIT_US 2000

/* An error of the database and not only of the job. */
static bool error_is_storage(enum gh_err err)
{
	return err == GH_EFULL || err == GH_EIO || err == GH_ECORRUPT || err == GH_ENOMEM;
}

static void group_fault(struct group *g, enum gh_err err, size_t bytes)
{
	g->fault = err;
	g->fault_bytes = bytes;
}

/* Run the jobs up to the first that fails; its place in the list, or NULL. */
static struct store_job **group_run_jobs(struct queue_lane *lane, struct group *g,
					 enum gh_err *err)
{
	const struct store_ops *ops = lane->q->db.ops;
	int n = 0;

	for (struct store_job **at = &g->jobs.first; *at; at = &(*at)->next) {
		ops->job(lane->store, n++);
		*err = (*at)->run(*at, ops, lane->store);
		if (*err)
			return at;
	}
	return NULL;
}

static struct store_job **group_place(struct group *g, int n)
{
	struct store_job **at = &g->jobs.first;

	while (n-- > 0 && *at)
		at = &(*at)->next;
	return at;
}

/* Take one job out of the group and end it. It is counted first, so the statistics include it
 * when its owner is called. */
static void group_fail(struct queue_lane *lane, struct group *g, struct store_job **at,
		       enum gh_err err)
{
	struct store_queue *q = lane->q;
	struct store_job *job = *at;

	job_list_remove(&g->jobs, at);
	pthread_mutex_lock(&q->lock);
	q->stats.jobs++;
	q->stats.failures++;
	pthread_mutex_unlock(&q->lock);
	job->done(job, err);
}

static enum gh_err group_commit(struct queue_lane *lane, struct group *g,
				struct store_outcome *out)
{
	const struct store_ops *ops = lane->q->db.ops;
	uint64_t start = (uint64_t)ghi_clock_monotonic_us();
	bool wrote = ops->wrote(lane->store);
	enum gh_err err = ops->commit(lane->store, out);

	g->commit_us += (uint64_t)ghi_clock_monotonic_us() - start;
	g->commits += err == GH_OK;
	g->wrote = wrote && err == GH_OK;
	g->written = g->jobs.bytes;
	return err;
}

/* Another waiter is unlikely to choose the same time. */
static void again_wait(unsigned tries)
{
	struct timespec t = { .tv_nsec = (ghi_clock_monotonic_us() * 7919 % AGAIN_WAIT_US + 1) *
					 (long)tries * 1000 };

	nanosleep(&t, NULL);
}

enum gh_err group_run(struct queue_lane *lane, struct group *g)
{
	const struct store_ops *ops = lane->q->db.ops;
	unsigned tries = 0;

	while (g->jobs.first) {
		struct store_outcome out = { .job = -1 };
		enum gh_err err = ops->begin(lane->store);
		if (err) {
			if (lane->shared)
				g->unreachable = err;
			else
				group_fault(g, err, g->jobs.bytes);
			return err;
		}
		struct store_job **failed = group_run_jobs(lane, g, &err);

		if (failed) {
			ops->rollback(lane->store);
			if (error_is_storage(err))
				group_fault(g, err, (*failed)->bytes);
			group_fail(lane, g, failed, err);
			continue;
		}
		err = group_commit(lane, g, &out);
		if (err == GH_OK)
			return GH_OK;
		failed = group_place(g, out.job);
		if (out.job >= 0 && *failed) {
			group_fail(lane, g, failed, err);
		} else if (!out.again || ++tries > AGAIN_TRIES) {
			group_fault(g, err, g->jobs.bytes);
			return out.again ? GH_EBUSY : err;
		} else {
			again_wait(tries);
		}
	}
	return GH_OK;
}

static size_t smaller_cap(size_t a, size_t b)
{
	return b && b < a ? b : a;
}

void group_take_upkeep(struct queue_lane *lane, struct group *g, struct store_job **at)
{
	struct store_job *job = *at;

	*g = (struct group){ .fault = GH_OK };
	job_list_clear(&g->jobs);
	job_list_remove(&lane->upkeep, at);
	job_list_add(&g->jobs, job);
}

void group_take(struct queue_lane *lane, struct group *g)
{
	struct store_queue *q = lane->q;
	struct job_list *w = &lane->waiting;
	size_t bytes = smaller_cap(q->limits.group_bytes, lane->group_bytes);
	size_t rows = smaller_cap(SIZE_MAX, lane->group_rows);

	*g = (struct group){ .fault = GH_OK };
	job_list_clear(&g->jobs);
	while (w->first && g->jobs.jobs < q->limits.group_jobs &&
	       (g->jobs.jobs == 0 || (g->jobs.bytes + w->first->bytes <= bytes &&
				      g->jobs.rows + w->first->rows <= rows))) {
		q->jobs--;
		q->bytes -= w->first->bytes;
		job_list_add(&g->jobs, job_list_take(w));
	}
	if (lane->shared)
		job_list_sort(&g->jobs);
}

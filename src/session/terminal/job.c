/* Waiting for jobs in the store's queue, for threads that call terminals. */
#include <stdlib.h>

#include "session/terminal/job.h"

#define JOB_SMALL \
	16384 /* bytes charged also when the budget is used up: an answer, an option */

struct terminal_job *terminal_job_new(struct terminal_worker *w)
{
	struct terminal_job *j = calloc(1, sizeof(*j));

	if (j == NULL)
		return NULL;
	j->manager = w->manager;
	j->worker = w;
	j->arena.share = &w->manager->server->share;
	j->arena.small = JOB_SMALL;
	return j;
}

void terminal_job_free(struct terminal_job *j)
{
	if (j == NULL)
		return;
	command_list_clear(&j->commands);
	ghi_arena_clear(&j->arena);
	free(j);
}

void terminal_job_end(struct terminal_job *j, enum gh_err err)
{
	struct terminal_manager *m = j->manager;

	pthread_mutex_lock(&m->lock);
	bool waiting = j->worker != NULL;

	if (waiting) {
		j->err = err;
		j->done = true;
		pthread_cond_signal(&j->worker->changed);
	}
	pthread_mutex_unlock(&m->lock);
	if (!waiting)
		terminal_job_free(j);
}

void terminal_job_core_done(void *job, enum gh_err err)
{
	terminal_job_end(job, err);
}

void terminal_job_ingest_done(void *job, enum gh_err err, const struct ingest_result *result)
{
	struct terminal_job *j = job;

	j->result = *result;
	terminal_job_end(j, err);
}

enum gh_err terminal_job_wait(struct terminal_job **job)
{
	struct terminal_job *j = *job;
	struct terminal_manager *m = j->manager;
	struct terminal_worker *w = j->worker;

	pthread_mutex_lock(&m->lock);
	while (!j->done && !m->stopping)
		pthread_cond_wait(&w->changed, &m->lock);
	bool done = j->done;

	if (!done)
		j->worker = NULL;
	pthread_mutex_unlock(&m->lock);
	if (done)
		return j->err;
	*job = NULL;
	return GH_ECANCELLED;
}

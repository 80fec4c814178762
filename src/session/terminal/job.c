/* A thread that calls a terminal waits for what it put into the store's queue. */
#include <stdlib.h>

#include "session/terminal/caller.h"

struct terminal_job *terminal_job_new(struct terminal_caller *l)
{
	struct terminal_job *j = calloc(1, sizeof(*j));

	if (j == NULL)
		return NULL;
	j->keeper = l->keeper;
	j->link = l;
	return j;
}

void terminal_job_free(struct terminal_job *j)
{
	if (j == NULL)
		return;
	ghi_arena_clear(&j->arena);
	free(j);
}

void terminal_job_end(struct terminal_job *j, enum gh_err err)
{
	struct terminals_keeper *k = j->keeper;

	pthread_mutex_lock(&k->lock);
	bool wanted = j->link != NULL;

	if (wanted) {
		j->err = err;
		j->done = true;
		pthread_cond_signal(&j->link->news);
	}
	pthread_mutex_unlock(&k->lock);
	if (!wanted)
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
	struct terminals_keeper *k = j->keeper;
	struct terminal_caller *l = j->link;

	pthread_mutex_lock(&k->lock);
	while (!j->done && !k->stopping)
		pthread_cond_wait(&l->news, &k->lock);
	bool done = j->done;

	if (!done)
		j->link = NULL;
	pthread_mutex_unlock(&k->lock);
	if (done)
		return j->err;
	*job = NULL;
	return GH_ECANCELLED;
}

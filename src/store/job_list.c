#include <utlist.h>

#include "store/queue_private.h"

void job_list_clear(struct job_list *l)
{
	*l = (struct job_list){ 0 };
	l->end = &l->first;
}

void job_list_add(struct job_list *l, struct store_job *job)
{
	job->next = NULL;
	*l->end = job;
	l->end = &job->next;
	l->jobs++;
	l->bytes += job->bytes;
	l->rows += job->rows;
}

void job_list_remove(struct job_list *l, struct store_job **at)
{
	struct store_job *job = *at;

	*at = job->next;
	if (*at == NULL)
		l->end = at;
	l->jobs--;
	l->bytes -= job->bytes;
	l->rows -= job->rows;
	job->next = NULL;
}

struct store_job *job_list_take(struct job_list *l)
{
	struct store_job *job = l->first;

	job_list_remove(l, &l->first);
	return job;
}

static int job_order(const struct store_job *a, const struct store_job *b)
{
	return (a->device > b->device) - (a->device < b->device);
}

void job_list_sort(struct job_list *l)
{
	LL_SORT(l->first, job_order);
	for (l->end = &l->first; *l->end;)
		l->end = &(*l->end)->next;
}

/* A call that reads: its handler runs on a reader thread, and the listener's thread sends what
 * it answered. */
#include "api/call.h"
#include "core/readers.h"

/* In the request's arena. */
struct call_job {
	struct read_job job;
	struct call *c;
};

static struct call *job_call(struct read_job *job)
{
	return ((struct call_job *)job)->c;
}

static bool call_left(struct read_job *job)
{
	return http_peer_left(job_call(job)->r);
}

static void call_run(struct read_job *job, struct store_reader *reader, enum gh_err err)
{
	struct call *c = job_call(job);

	c->reader = reader;
	c->unread = err;
	c->stopped = &job->stopped;
	c->route->handler(c);
}

static void call_then(void *ctx)
{
	struct call *c = ctx;

	c->then(c);
}

static void call_resume(struct call *c)
{
	if (c->then)
		http_resume_with(c->r, call_then, c);
	else
		http_resume(c->r);
}

static void call_ran(struct read_job *job)
{
	struct call *c = job_call(job);

	/* The call belongs to no reader any more. */
	c->reader = NULL;
	c->stopped = NULL;
	call_resume(c);
}

void call_read(struct call *c, enum readers_class class)
{
	struct call_job *j = ghi_arena_alloc(call_arena(c), sizeof(*j));
	enum gh_err err = GH_ENOMEM;

	if (j) {
		j->c = c;
		j->job.run = call_run;
		j->job.done = call_ran;
		j->job.left = call_left;
		/* A continuation whose peer has closed: the request is over. */
		if (!http_defer(c->r))
			return;
		/* Once it is taken, the request may have ended before this returns. */
		err = readers_put(c->api->readers, class, &j->job);
		if (err == GH_OK)
			return;
	}
	/* Its handler reports it, or does without the store. */
	c->unread = err;
	c->route->handler(c);
	if (j)
		call_resume(c);
}

struct store_reader *call_reader(struct call *c)
{
	if (c->reader == NULL)
		call_fail_err(c, c->unread);
	return c->reader;
}

/* A job of a worker in the store's queue. The worker puts it and waits; the store thread ends
 * it. If the server ends meanwhile, the worker stops waiting, and the end of the job frees it. */
#ifndef GH_SESSION_TERMINAL_JOB_H
#define GH_SESSION_TERMINAL_JOB_H

#include "core/commands.h"
#include "core/ingest.h"
#include "session/terminal/worker.h"

struct terminal_job {
	struct terminal_manager *manager;
	struct arena
		arena; /* of what the job carries, charged to the server's share; lives until
			     * its end */

	/* Under the manager's lock. */
	struct terminal_worker *worker; /* which waits; NULL: it does not wait any more */
	bool done;
	enum gh_err err;

	/* Written by the store thread before the end, read by the worker after it. */
	struct ingest_result result;
	struct command_list commands; /* of an offer */
};

/* NULL: out of memory. */
struct terminal_job *terminal_job_new(struct terminal_worker *w);
void terminal_job_free(struct terminal_job *j); /* NULL is fine */
/* Called by the store thread when the job has ended; it may be freed. */
void terminal_job_end(struct terminal_job *j, enum gh_err err);
/* The same as callbacks of core and of ingest. */
void terminal_job_core_done(void *job, enum gh_err err);
void terminal_job_ingest_done(void *job, enum gh_err err, const struct ingest_result *result);
/* Wait for the end; the worker frees the job. GH_ECANCELLED: the server ends, and *j is NULL. */
GH_MUST_CHECK enum gh_err terminal_job_wait(struct terminal_job **j);

#endif

/* Records of a terminal other than punches, gathered into jobs of the store. */
#ifndef GH_SESSION_TERMINAL_BATCH_H
#define GH_SESSION_TERMINAL_BATCH_H

#include "session/terminal/job.h"

struct terminal_batch {
	struct terminal_worker *worker;
	gh_slice table;
	struct terminal_job *job;
	struct ingest *in;
	size_t n, total;
};

/* All of these: GH_EFULL when the store did not take it (error_text says why), GH_ENOTFOUND when the
 * device was deleted, GH_ECANCELLED when the server is being stopped. */

/* Room in the job's arena for what the next record points to. */
GH_MUST_CHECK enum gh_err terminal_batch_begin(struct terminal_batch *b, struct arena **out);
GH_MUST_CHECK enum gh_err terminal_batch_add(struct terminal_batch *b, enum model_kind_id kind,
					     const void *record);
GH_MUST_CHECK enum gh_err terminal_batch_option(struct terminal_batch *b, const char *key,
						const char *value);
/* Store what was gathered. On every way out, one of these two ends the batch. */
GH_MUST_CHECK enum gh_err terminal_batch_end(struct terminal_batch *b);
void terminal_batch_drop(struct terminal_batch *b);

#endif

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
	int64_t since_ms; /* the earliest time of receipt; once there is one */
	size_t unread;	  /* texts in a character set that is not known */
};

/* Errors of all of these: GH_EFULL when the store did not accept it (error_text has the reason),
 * GH_ENOTFOUND when the device was deleted, GH_ECANCELLED when the server ends. */

/* The arena of the job, for the data of the next record. */
GH_MUST_CHECK enum gh_err terminal_batch_begin(struct terminal_batch *b, struct arena **out);
GH_MUST_CHECK enum gh_err terminal_batch_add(struct terminal_batch *b, enum model_kind_id kind,
					     const void *record);
GH_MUST_CHECK enum gh_err terminal_batch_option(struct terminal_batch *b, const char *key,
						const char *value);
/* Store the gathered records. Every batch is ended by one of these two functions. */
GH_MUST_CHECK enum gh_err terminal_batch_end(struct terminal_batch *b);
void terminal_batch_drop(struct terminal_batch *b);

#endif

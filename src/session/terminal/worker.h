/* Between the files that keep terminals: what they share, and the life of one terminal. */
#ifndef GH_SESSION_TERMINAL_WORKER_H
#define GH_SESSION_TERMINAL_WORKER_H

#include <gatehouse/terminal.h>
#include <pthread.h>
#include <stdatomic.h>
#include <uthash.h>

#include "core/ingest.h"
#include "session/terminal/manager.h"

struct terminal_attempt;

struct terminal_manager {
	struct server *server;
	struct terminal_manager_settings settings;
	struct terminals face;

	pthread_mutex_t lock; /* of everything below, and of what links and attempts share */
	struct terminal_worker *by_device;
	size_t links;
	struct terminal_worker *ended; /* threads to be joined */
	struct terminal_attempt *attempts, *attempts_ended;
	size_t attempts_n;
	bool discovering;
	bool stopping;
};

/* One terminal and the thread that calls it. */
struct terminal_worker {
	UT_hash_handle hh;
	struct terminal_manager *manager;
	struct device *device; /* referenced; the key of the table */
	pthread_t thread;
	bool running; /* has a thread */
	struct terminal_worker *next;

	/* Under the manager's lock. */
	pthread_cond_t news;	      /* for the thread: woken, stopping, a job's end */
	bool woken;		      /* somebody wants it to look around */
	bool listening, cancelled;    /* it waits for live events; and was told to stop that */
	struct gh_terminal *terminal; /* while it has one */
	struct terminal_status status;

	/* The thread's own. */
	char error_text[200]; /* what failed, where the terminal's error does not say it */
};

/* --- manager.c --- */

/* Call a device that is not called yet, or have its thread look around. */
void terminal_manager_wake(struct terminal_manager *m, struct device *d);
/* The thread of a device that is no terminal any more wants to end. False: it was woken. */
bool terminal_worker_retire(struct terminal_worker *w);
/* Join the threads that have ended so. */
void terminal_manager_reap(struct terminal_manager *m);

/* --- worker.c --- */

void *terminal_worker_run(void *worker);
/* False: the server is being stopped. */
bool terminal_worker_goes_on(struct terminal_worker *w);
/* Wait so long, unless the server is stopped: GH_ECANCELLED. */
GH_MUST_CHECK enum gh_err terminal_worker_pause(struct terminal_worker *w, int64_t ms);
void terminal_worker_link_set(struct terminal_worker *w, enum terminal_link state);
/* What happened, for the device's trace and for our log. */
void terminal_worker_trace(struct terminal_worker *w, const char *what, const char *note);
/* A step failed: whether the connection is of no more use. */
bool terminal_connection_lost(struct gh_terminal *t, enum gh_err err);

/* --- clock.c --- */

/* Compare its clock with the time in the device's zone, and set it where it is off. An error means
 * that the connection is of no more use. */
GH_MUST_CHECK enum gh_err terminal_clock_adjust(struct terminal_worker *w,
						struct gh_terminal *t);

/* --- job.c: waiting for the store --- */

/* Memory of a job that is put into the store's queue, and its end. */
struct terminal_job {
	struct terminal_manager *manager;
	struct terminal_worker *worker; /* who waits; NULL: nobody any more */
	bool done;
	enum gh_err err;
	struct arena arena; /* lives until the job's end */
	struct ingest_result result;
	gh_slice text; /* of an offer, and the commands in it; in the arena */
	int64_t *ids;
	size_t ids_n;
};
struct terminal_job *terminal_job_new(struct terminal_worker *w);
void terminal_job_free(struct terminal_job *j); /* one that was not put */
/* To be called by the store thread when the job has ended. */
void terminal_job_end(struct terminal_job *j, enum gh_err err);
void terminal_job_core_done(void *job, enum gh_err err);
void terminal_job_ingest_done(void *job, enum gh_err err, const struct ingest_result *result);
/* Wait for that; j stays the caller's, to be freed. GH_ECANCELLED: the server is being stopped,
 * and *j became NULL. */
GH_MUST_CHECK enum gh_err terminal_job_wait(struct terminal_job **j);

/* --- read.c --- */

struct terminal_read {
	uint64_t rows;	    /* of the log */
	uint64_t fresh;	    /* that were new to the ledger */
	ghi_civil from, to; /* to count rows of; 0: open */
	uint64_t within;    /* rows in that range */
};

/* Read the whole log into the ledger. Only GH_OK means that the end was reached and every row is
 * stored. GH_ECANCELLED, GH_ENOTFOUND (the device was deleted), GH_EFULL (the store did not take
 * it; `error_text` tells), and what the terminal's calls give. */
GH_MUST_CHECK enum gh_err terminal_read_log(struct terminal_worker *w, struct gh_terminal *t,
					    struct terminal_read *r);
GH_MUST_CHECK enum gh_err terminal_read_oplog(struct terminal_worker *w, struct gh_terminal *t);
/* A punch that was told of live; errors as above. */
GH_MUST_CHECK enum gh_err terminal_read_live(struct terminal_worker *w,
					     const struct gh_punch *p);

/* Other records, gathered into jobs. */
struct terminal_batch {
	struct terminal_worker *worker;
	gh_slice table;
	struct terminal_job *job;
	struct ingest *in;
	size_t n, total;
};
/* Room in the job's arena for what the next record points to. */
GH_MUST_CHECK enum gh_err terminal_batch_begin(struct terminal_batch *b, struct arena **out);
GH_MUST_CHECK enum gh_err terminal_batch_add(struct terminal_batch *b, enum model_kind_id kind,
					     const void *record);
GH_MUST_CHECK enum gh_err terminal_batch_option(struct terminal_batch *b, const char *key,
						const char *value);
/* Store what was gathered. On every way out, one of these two ends the batch. */
GH_MUST_CHECK enum gh_err terminal_batch_end(struct terminal_batch *b);
void terminal_batch_drop(struct terminal_batch *b);

/* --- command.c, control.c --- */

/* Fetch what is queued for the device, carry it out, and store the answers. An error means that
 * the connection is of no more use, or the store; what has no answer then is offered again. */
GH_MUST_CHECK enum gh_err terminal_commands_execute(struct terminal_worker *w,
						    struct gh_terminal *t);
/* What the terminal says about itself, as options of the device. */
GH_MUST_CHECK enum gh_err terminal_info_store(struct terminal_worker *w, struct gh_terminal *t);

/* --- attempt.c, discover.c --- */

/* A thread of its own that asks some address, and the handles it does that with. */
struct terminal_attempt {
	struct terminal_manager *manager;
	pthread_t thread;
	struct terminal_attempt *next;
	struct arena arena; /* of what was asked for */
	void *(*run)(void *attempt);
	struct gh_terminal **handle; /* being used; NULL: not at the moment */
	size_t handles;
};
/* Its thread runs from here on and calls terminal_attempt_end() last. GH_EBUSY, GH_ECLOSED,
 * GH_ENOMEM: `a` is still the caller's. */
GH_MUST_CHECK enum gh_err terminal_attempt_start(struct terminal_manager *m,
						 struct terminal_attempt *a);
void terminal_attempt_end(struct terminal_attempt *a);
void terminal_attempts_reap(struct terminal_manager *m);
void terminal_attempt_free(struct terminal_attempt *a);
/* Show or hide a handle, so that the end of the server can cancel it. False: it is ending. */
bool terminal_attempt_use(struct terminal_attempt *a, size_t i, struct gh_terminal *t);

enum gh_err terminal_manager_add(void *manager, const struct terminal_request *request,
				 terminal_added_fn *done, void *ctx);
enum gh_err terminal_manager_discover(void *manager, gh_slice cidr, terminal_found_fn *done,
				      void *ctx);

/* The comm key as the protocol has it. False: it is no number of 32 bits. */
bool terminal_key(gh_slice text, uint32_t *key);

#endif

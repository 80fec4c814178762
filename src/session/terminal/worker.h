/* What the files of this folder share: the manager of terminals and its workers.
 *
 * A terminal is a device on port 4370 that the server calls. The manager (manager.c) has one
 * worker for each: a thread (worker.c) that drives the terminal's life (life.h) and runs the
 * activity of each state (activity.c, live.c; clock.c, read.c; command.c and what it calls).
 * Records are stored by jobs (job.h, batch.h). Addresses that are no device yet are called by
 * other threads (attempt.h): an addition (addition.c), a search of a subnet (discovery.c).
 *
 * Threads: the workers; their starter; the attempts; the store's, which ends jobs and reports
 * changed devices; those of the API, which call server->terminals. Locks: one, the manager's. It
 * guards the members marked so here and in job.h and attempt.h, is held only briefly, and is the
 * last one in the lock order: its holder does not wait (except on its own conditions, which
 * release it), and calls neither a terminal (except gh_terminal_cancel(), which does not wait)
 * nor the store nor the log. */
#ifndef GH_SESSION_TERMINAL_WORKER_H
#define GH_SESSION_TERMINAL_WORKER_H

#include <gatehouse/terminal.h>
#include <pthread.h>
#include <uthash.h>

#include "base/arena.h"
#include "session/terminal/life.h"
#include "session/terminal/manager.h"

struct terminal_attempt;

struct terminal_manager {
	struct server *server;
	struct terminal_manager_settings settings;
	struct terminals service; /* server->terminals points to it */

	pthread_mutex_t lock;

	/* Under the lock. */
	struct terminal_worker *by_device;
	size_t threads;				 /* workers that have one */
	struct terminal_worker *ended;		 /* workers whose threads are to be joined */
	struct terminal_attempt *attempts;	 /* that run */
	struct terminal_attempt *attempts_ended; /* whose threads are to be joined */
	size_t attempts_n;
	bool discovering; /* a search of a subnet runs */
	bool stopping;
	pthread_cond_t ending; /* a worker or an attempt has ended */

	/* The thread that makes workers for terminals that have none (terminal_manager_start()). */
	pthread_t starter;
	bool has_starter;
	bool unserved; /* under the lock: there may be such terminals */
	pthread_cond_t starting;
};

struct terminal_worker {
	UT_hash_handle hh;
	struct terminal_manager *manager;
	struct device *device; /* referenced; the key of by_device */
	pthread_t thread;
	bool has_thread; /* false: there were too many terminals */

	/* Under the manager's lock. */
	struct terminal_worker *next; /* in `ended` */
	pthread_cond_t changed;	      /* woken, a job's end, the manager is stopping */
	bool woken;		      /* the device changed since the worker looked at it */
	bool live_waiting;   /* the thread waits for a live event, which may be cancelled */
	bool live_cancelled; /* and was */
	struct gh_terminal *handle; /* written by the thread alone, which reads it without */
	struct terminal_status status;

	/* The thread's own. */
	struct terminal_life life;
	struct arena row_arena;
	struct device_row row; /* the device as it was seen last */
	struct arena used_arena;
	struct device_row used;	       /* the device as it was when the connection was begun */
	struct gh_terminal_live *live; /* while it listens */
	int32_t punches_held; /* by the terminal after the last read; negative: not known */
	int32_t oplogs_read;
	uint64_t quarantined
		[1000]; /* hashes of records put in quarantine (TERMINAL_QUARANTINE_MAX) */
	size_t quarantined_n;
	uint64_t quarantined_logged; /* as many as the log's last warning named */
	bool described;		     /* what the terminal is was stored */
	char error_text
		[200]; /* of what failed, where the handle's own error does not have it */
	char logged_error[200]; /* the last one, not to log it again */
};

/* --- manager.c --- */

/* A device changed or has a command: wake its worker, or create one. Not on the store thread,
 * where the starter creates workers (server->terminals). */
void terminal_manager_wake(struct terminal_manager *m, struct device *d);
/* The worker's thread is about to end. False: it was woken, and must continue. */
bool terminal_manager_retire(struct terminal_worker *w);
/* Join the threads of workers that have ended. The caller must not hold the lock. */
void terminal_manager_reap(struct terminal_manager *m);

/* --- worker.c --- */

/* The thread's function. */
void *terminal_worker_run(void *worker);
/* Wait for a time. GH_ECANCELLED: the server ends. */
GH_MUST_CHECK enum gh_err terminal_worker_pause(struct terminal_worker *w, int64_t ms);
/* A line for the device's trace. */
void terminal_worker_trace(struct terminal_worker *w, const char *what, const char *note);
/* Store a sentence about a failure; returns err. */
enum gh_err terminal_worker_explain(struct terminal_worker *w, enum gh_err err,
				    const char *why);
/* Wait until the device changes (CAUSE_WOKEN), at most for the time given. */
enum terminal_life_cause terminal_worker_wait(struct terminal_worker *w, int64_t ms);

/* --- activity.c: the activity of each state --- */

/* Run the activity of the present state once; returns its result. CAUSE_NONE: it continues. */
enum terminal_life_cause terminal_activity_run(struct terminal_worker *w,
					       const struct terminal_facts *facts);
/* Returns CAUSE_FAILED; sets the error's text unless there is a more specific one. */
enum terminal_life_cause terminal_activity_failed(struct terminal_worker *w, enum gh_err err);
/* End the connection, if there is one. */
void terminal_activity_disconnect(struct terminal_worker *w);
/* A call failed and the connection is unusable. */
bool terminal_connection_lost(struct gh_terminal *t, enum gh_err err);

/* --- live.c --- */

/* CAUSE_SUBSCRIBED, CAUSE_LIVE_UNSUPPORTED, CAUSE_FAILED. */
enum terminal_life_cause terminal_live_subscribe(struct terminal_worker *w);
/* Wait for an event for the time given, and store it: CAUSE_NONE, CAUSE_WOKEN,
 * CAUSE_RECONNECTED, CAUSE_FAILED. */
enum terminal_life_cause terminal_live_listen(struct terminal_worker *w, int64_t ms);
void terminal_live_unsubscribe(struct terminal_worker *w);
/* Under the lock, from any thread: end a wait for events. */
void terminal_live_interrupt(struct terminal_worker *w);

/* --- clock.c --- */

/* Whether a clock that is so far off is set. */
bool terminal_clock_is_moved(enum clock_policy policy, const struct device_row *row, bool valid,
			     int64_t off_s);
/* Compare the terminal's clock with the time it must show, and correct it if the policy allows it.
 * An error means that the connection is unusable. */
GH_MUST_CHECK enum gh_err terminal_clock_adjust(struct terminal_worker *w,
						struct gh_terminal *t);

/* --- command.c, control.c --- */

/* Fetch the commands queued for the device, execute them, and store the answers. An error means
 * that the connection or the store is unusable; unanswered commands are offered again. */
GH_MUST_CHECK enum gh_err terminal_commands_execute(struct terminal_worker *w,
						    struct gh_terminal *t);
/* What the terminal reports about itself, as options of the device. *unstored: an error is the
 * store's. */
GH_MUST_CHECK enum gh_err terminal_info_store(struct terminal_worker *w, struct gh_terminal *t,
					      bool *unstored);

#endif

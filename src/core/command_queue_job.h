/* The job by which orders are put into devices' queues, for the files that share it. */
#ifndef GH_CORE_COMMAND_QUEUE_JOB_H
#define GH_CORE_COMMAND_QUEUE_JOB_H

#include "core/command_job.h"

/* A text of 4 MiB, and as it was written. */
#define COMMAND_ARGUMENTS_MAX (9u << 20)

/* A list of orders while it is queued, one job of the store after the other. */
struct queue_job {
	struct command_job base;
	core_done_fn *done;
	struct arena arena; /* the texts of orders[].stored */
	struct command_order *orders;
	size_t n, from, to; /* of all; of this job */
	bool whole;	    /* all in one job, and with one that is refused none is queued */
	/* First in each run; with an error of it none is queued. There need be no orders then. NULL: nothing. */
	enum gh_err (*before)(void *ctx, const struct store_ops *ops, struct store *s);
	/* Last in each run, when all are stored; orders[].stored.id is there once the store has settled. NULL: nothing. */
	enum gh_err (*after)(void *ctx, const struct store_ops *ops, struct store *s);
	void *before_ctx;
	enum gh_err err; /* of the latest job; until `done` returns */
	/* While it runs: what the orders of a part of the list are about. */
	struct command_about *about;
	struct command **added;
	size_t part; /* the first of these orders */
	struct command_list replaced;
};

/* NULL: no memory. `orders` stay the caller's until `done` is called. */
struct queue_job *command_queue_job_new(struct server *server, struct command_order *orders,
					size_t n, core_done_fn *done, void *ctx);
/* The job is freed when this fails. */
enum gh_err command_queue_job_put(struct queue_job *j);
void command_queue_job_free(struct queue_job *j);

/* --- on the store's thread, of the n orders from j->part on --- */

/* Cancel the waiting commands that those of the part supersede, and find the openings that they join. */
enum gh_err command_queue_replace(struct queue_job *j, const struct store_ops *ops,
				  struct store *s, size_t n);
/* Of all orders of the job: those that were stored before under the same key. */
enum gh_err command_queue_repeats_find(struct queue_job *j, const struct store_ops *ops,
				       struct store *s);
/* Keep the keys of those that were stored now. */
enum gh_err command_queue_keys_put(struct queue_job *j, const struct store_ops *ops,
				   struct store *s, size_t n);

#endif

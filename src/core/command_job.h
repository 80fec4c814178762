/* What the jobs that change commands have in common; not included outside core. */
#ifndef GH_CORE_COMMAND_JOB_H
#define GH_CORE_COMMAND_JOB_H

#include "base/arena.h"
#include "core/command_step.h"
#include "core/commands.h"
#include "core/device_private.h"

/* A job that changes open commands. What happened is counted while it runs, and shown in
 * the register and the metrics only after its commit. */
struct command_job {
	struct store_job job;
	struct server *server;
	struct device *device; /* referenced; NULL: of several devices */
	int64_t now_ms;
	size_t ended; /* commands that were open and are no more */
	size_t sent, acknowledged, failed, expired, unknown;
	void *ctx;
};

/* At the start of each run: a job may run twice. */
void command_job_begin(struct command_job *j);
/* Move a command along an edge and store it. GH_ESTATE: there is no such edge. */
GH_MUST_CHECK enum gh_err command_job_move(struct command_job *j, const struct store_ops *ops,
					   struct store *s, struct command *c,
					   enum command_input in, gh_slice detail);
/* No answer came, or none may come any more: what that means for a command of its nature.
 * `repeated`: what it becomes where it may be given twice. */
enum command_input command_job_unanswered(const struct command_job *j, const struct command *c,
					  enum command_input repeated);
/* First thing in done. */
void command_job_end(struct command_job *j, enum gh_err err);

/* From when on a poll of the device has to ask the store; DEVICE_NO_OFFER: never. */
void command_offer_at(struct device *d, int64_t when_ms);

/* Queueing in two steps, for a job whose done() puts another: everything is made in the first. NULL:
 * *err says why, as command_queue(). */
struct queue_single;
struct queue_single *command_queue_new(struct server *server, struct device *d,
				       const struct command_request *request,
				       command_queued_fn *done, void *ctx, enum gh_err *err);
/* It is gone after it, whatever the result. */
GH_MUST_CHECK enum gh_err command_queue_put(struct queue_single *q);
void command_queue_drop(struct queue_single *q); /* NULL is fine */

/* The words a device is told for that, with secrets hidden. Heap; NULL: out of memory. */
uint8_t *command_shown_new(enum command_kind kind, gh_slice arguments, size_t *n);

/* A copy whose text lives in `a`. false: out of memory. */
bool command_copy(struct arena *a, const struct command *from, struct command *to);

/* Let an update of a person in the list name all that the device holds of it, where that is asked
 * for: what is stored, what those before it in the list write, and over that its own. */
GH_MUST_CHECK enum gh_err command_person_merge(const struct store_ops *ops, struct store *s,
					       struct command_list *l,
					       struct command_item *item);
/* Store what an acknowledged command says about the people on its device. */
GH_MUST_CHECK enum gh_err command_person_settle(const struct store_ops *ops, struct store *s,
						const struct command *c, int64_t now_ms);

/* To a list of commands read from the store, to be changed once the reading is over. false, with l->err set: out of memory. */
bool command_list_add(struct command_list *l, const struct command *c);

#endif

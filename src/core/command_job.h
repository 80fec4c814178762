/* What the jobs that change commands share; not included outside core. */
#ifndef GH_CORE_COMMAND_JOB_H
#define GH_CORE_COMMAND_JOB_H

#include "base/arena.h"
#include "core/command_step.h"
#include "core/commands.h"
#include "core/device_private.h"

/* A job that changes open commands. Changes are counted while it runs, and published to the
 * register and the metrics after its commit. */
struct command_job {
	struct store_job job;
	struct server *server;
	struct device *device; /* referenced; NULL: of several devices */
	int64_t now_ms;
	const struct audit_row *by; /* whose act it is; NULL: the server's, or an answer */
	size_t ended;		    /* commands that ended */
	bool contents; /* one that was about what plans bring to devices (syncs.h) */
	size_t sent, acknowledged, failed, expired, uncertain, unknown;
	void *ctx;
};

/* At the start of each run: a job may run twice. */
void command_job_begin(struct command_job *j);
/* Move a command along an edge and store it. GH_ESTATE: there is no such edge. */
GH_MUST_CHECK enum gh_err command_job_move(struct command_job *j, const struct store_ops *ops,
					   struct store *s, struct command *c,
					   enum command_input in, gh_slice detail);
/* Whether the command has its secrets no more: one of a plan that has ended. */
bool command_is_bare(const struct command *c);
/* A command gets no answer: change its state by its nature. `repeated`: the new state of a
 * command that may be sent twice. */
enum command_input command_job_unanswered(const struct command_job *j, const struct command *c,
					  enum command_input repeated);
/* First thing in done. */
void command_job_end(struct command_job *j, enum gh_err err);

/* The time from which a poll of the device has to read the store; DEVICE_NO_OFFER: never. */
void command_offer_at(struct device *d, int64_t when_ms);
/* A command was queued: it is on offer from now on, and who can reach the device sooner than it polls does. */
void command_offer_now(struct server *server, struct device *d);

/* Queueing in two steps, for a job whose done() puts another: the first step allocates
 * everything. NULL: *err is set, as by command_queue(). */
struct queue_single;
struct queue_single *command_queue_new(struct server *server, struct device *d,
				       const struct command_request *request,
				       command_queued_fn *done, void *ctx, enum gh_err *err);
/* It is freed by this call, whatever the result. */
GH_MUST_CHECK enum gh_err command_queue_put(struct queue_single *q);
void command_queue_drop(struct queue_single *q); /* NULL is fine */

/* The words that a device of a dialect gets for the command, with secrets hidden. On the heap; NULL: out of
 * memory. */
uint8_t *command_shown_new(enum device_dialect dialect, enum command_kind kind,
			   gh_slice arguments, size_t *n);
/* The same of one device, as it is set. */
uint8_t *command_shown_of(struct device *d, enum command_kind kind, gh_slice arguments,
			  size_t *n);

/* After the commit: these, of whichever devices, have ended. command_job_end() counts those of one. */
void command_list_ended(struct server *server, const struct command_list *l);

/* A copy with its text in `a`. false: out of memory. */
bool command_copy(struct arena *a, const struct command *from, struct command *to);

/* Complete the updates of people in the list, where requested: an update then has all fields the
 * device has of the person: the stored ones, those of earlier commands in the list and of those whose
 * result is still to come, and its own. Both lists are in the order of numbers. */
GH_MUST_CHECK enum gh_err command_person_merge(const struct store_ops *ops, struct store *s,
					       struct command_list *l,
					       const struct command_list *deferred,
					       struct command_item *item);
/* Set what an answer refused, where it did; verdict may be NULL. */
void command_verdict_set(struct command_verdict *verdict, const struct command *c);
/* The query for the person of an update, to be queued before it; its texts are in `a`. `ttl_ms`: the
 * server's setting. */
GH_MUST_CHECK enum gh_err command_person_query(struct arena *a, enum device_dialect dialect,
					       const struct command *update, int64_t ttl_ms,
					       struct command *out);
/* Whether it is such an update, and a query for that person stands before it in the list: it waits for
 * what the query brings. */
bool command_person_queried(const struct command_list *l, const struct command_item *item);
/* Store the effect of an acknowledged command on the people of its device. */
/* The same of templates and photos. */
GH_MUST_CHECK enum gh_err command_credential_settle(const struct store_ops *ops,
						    struct store *s, const struct command *c,
						    int64_t now_ms);
GH_MUST_CHECK enum gh_err command_person_settle(const struct store_ops *ops, struct store *s,
						const struct command *c, int64_t now_ms);

/* Add a command read from the store to the list, to be changed after the read. false: out of
 * memory, l->err is set. */
bool command_list_add(struct command_list *l, const struct command *c);

#endif

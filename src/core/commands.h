/* The command queue: durable, in order for each device. A command is stored by its meaning
 * (model/command_kind.h); the dialect of the device turns it into words or calls when it is
 * offered.
 *
 *   queued -> sent -> acknowledged | failed
 *     |        |  ^        a device answers -5000: deferred, the real answer comes later
 *     |        |  | no answer: offered again with the same id, where its nature allows that
 *     |        +--+
 *     |        +-> uncertain: no answer, and a second time could do harm
 *     +-> expired, cancelled
 *
 * Newest wins: a state, or what closes a door, is called off while it waits when a newer command
 * about the same names all that it names (model/command_subject.h); an opening is called off by a
 * closing, and the other way round. An answer to a command that is queued counts: the device has
 * it from an earlier offer, or from before the database was restored.
 *
 * While a command is sent and unanswered, later ones of its device wait: a device may have
 * missed the reply, and nothing may overtake what it missed. */
#ifndef GH_CORE_COMMANDS_H
#define GH_CORE_COMMANDS_H

#include "base/arena.h"
#include "core/devices.h"
#include "model/command.h"

/* Commands with the memory they are in. */
struct command_list {
	struct arena arena;
	struct command_item {
		struct command command;
		struct command_item *next;
	} * first, **last;
	size_t n;
	enum gh_err err;
};
void command_list_init(struct command_list *l);
void command_list_clear(struct command_list *l);
/* What is in `from` moves to `to`; `from` is empty then. */
void command_list_move(struct command_list *to, struct command_list *from);

/* Ends a poll's question, on the store thread: what is on offer now, in order, empty when there
 * is nothing or with an error. The callee may move the list; what it leaves is freed. */
typedef void command_offer_fn(void *ctx, enum gh_err err, struct command_list *offered);
/* `c` is borrowed until the callback returns. */
typedef void command_queued_fn(void *ctx, enum gh_err err, const struct command *c);

/* An order: what a device is to do. */
struct command_request {
	enum command_kind kind;
	gh_slice arguments;
	gh_slice asked_by;
	int64_t ttl_s; /* 0: what the kind has */
};

/* One answer of a device, as the codec read it. */
struct command_answer {
	int64_t id; /* 0: none that could be one of ours */
	int64_t return_code;
	gh_slice result; /* everything else it said */
	gh_slice sub_serial;
};

/* Put a command into a device's queue; the request is copied. GH_EINVALID: the kind does not
 * live so long; GH_ETOOBIG; GH_EBUSY. */
GH_MUST_CHECK enum gh_err command_queue(struct server *server, struct device *d,
					const struct command_request *request,
					command_queued_fn *done, void *ctx);

/* One of several commands that are queued together. */
struct command_order {
	struct device *device;		/* NULL: not to be queued */
	struct command_request request; /* texts live until done */
	/* From done on. */
	enum gh_err err;       /* why it is not queued: as command_queue, and GH_ENOTFOUND */
	struct command stored; /* with GH_OK; its texts live until done returns */
	size_t replaced;       /* how many it took the place of */
};
/* Queue them in their order, some hundred in a transaction. Each ends on its own: `done` comes with
 * GH_OK, and orders[].err tells. Orders and devices are the caller's and stay until `done`. An
 * error at once: none is queued, and `done` is not called. */
GH_MUST_CHECK enum gh_err command_queue_many(struct server *server,
					     struct command_order *orders, size_t n,
					     core_done_fn *done, void *ctx);

/* What a poll is answered with. What is offered is marked sent before it leaves. */
GH_MUST_CHECK enum gh_err command_offer(struct server *server, struct device *d,
					command_offer_fn *done, void *ctx);
/* A reply with these commands broke off, or their execution did: they may have been carried out,
 * or not. Those that may be given twice are on offer again at the next poll. */
void command_undelivered(struct server *server, struct device *d, const int64_t *ids, size_t n);
/* These never reached the device: they are on offer again, whatever they are. */
void command_withdraw(struct server *server, struct device *d, const int64_t *ids, size_t n);
/* The device started anew: what it was sent and did not answer is on offer again where it may be
 * given twice, and a restart has its answer. */
void command_device_restarted(struct server *server, struct device *d);

/* Answers, single or in a batch. An answer to an unknown or ended command is ignored (and
 * counted). Slices must live until `done`. */
GH_MUST_CHECK enum gh_err command_answers(struct server *server, struct device *d,
					  const struct command_answer *answer, size_t n,
					  core_done_fn *done, void *ctx);

/* An open command is called off. GH_ENOTFOUND, or GH_ESTATE when it has ended, in done. */
GH_MUST_CHECK enum gh_err command_cancel(struct server *server, int64_t id, core_done_fn *done,
					 void *ctx);

/* Give kinds to the commands of a database that was written before there were any: their words
 * are read, what an opening or restart waited for too long ends. Before the store's queue is
 * opened. */
GH_MUST_CHECK enum gh_err commands_convert(struct server *server);

/* Expire what is past its time. Called every few seconds. */
void commands_tick(struct server *server, int64_t now_ms);

#endif

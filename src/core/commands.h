/* The command queue: durable, in order for each device, delivered at least once.
 *
 *   queued -> sent -> acknowledged | failed
 *     |        |  ^        a device answers -5000: deferred, the real answer comes later
 *     |        +--+ no answer: offered again with the same id
 *     +-> expired, cancelled
 *
 * While a command is sent and unanswered, later ones of its device wait: a device may have
 * missed the reply, and nothing may overtake what it missed. */
#ifndef GH_CORE_COMMANDS_H
#define GH_CORE_COMMANDS_H

#include "core/devices.h"
#include "model/command.h"

/* Ends a poll's question: `text` is what to reply ("C:1:CHECK\n…"), empty when nothing is on
 * offer; ids are the commands in it. All borrowed until the callback returns. */
typedef void command_offer_fn(void *ctx, enum gh_err err, gh_slice text, const int64_t *ids,
			      size_t n);
typedef void command_queued_fn(void *ctx, enum gh_err err, const struct command *c);

/* One answer of a device, as the codec read it. */
struct command_answer {
	gh_slice id;
	int64_t return_code;
	gh_slice result; /* everything else it said */
	gh_slice sub_serial;
};

/* Put a command into a device's queue. `text` is copied. ttl_ms 0 means the default.
 * GH_EINVALID: empty, or with a CR, LF or NUL in it (`why` says which); GH_ETOOBIG;
 * GH_EBUSY. */
GH_MUST_CHECK enum gh_err command_queue(struct server *server, struct device *d, gh_slice text,
					int64_t ttl_ms, command_queued_fn *done, void *ctx);

/* What a poll is answered with. What is offered is marked sent before it leaves. */
GH_MUST_CHECK enum gh_err command_offer(struct server *server, struct device *d,
					command_offer_fn *done, void *ctx);
/* A reply with these commands broke off: they are on offer again at the next poll. */
void command_undelivered(struct server *server, struct device *d, const int64_t *ids, size_t n);
/* The device started anew: what it was sent and did not answer is on offer again. */
void command_device_restarted(struct server *server, struct device *d);

/* Answers, single or in a batch. An answer to an unknown or ended command is ignored (and
 * counted). Slices must live until `done`. */
GH_MUST_CHECK enum gh_err command_answers(struct server *server, struct device *d,
					  const struct command_answer *answer, size_t n,
					  core_done_fn *done, void *ctx);

/* An open command is called off. GH_ENOTFOUND, or GH_ESTATE when it has ended, in done. */
GH_MUST_CHECK enum gh_err command_cancel(struct server *server, int64_t id, core_done_fn *done,
					 void *ctx);

/* Expire what is past its time. Called every few seconds. */
void commands_tick(struct server *server, int64_t now_ms);

#endif

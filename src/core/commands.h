/* The command queue: durable, in order for each device. A command is stored by its meaning
 * (model/command_kind.h); the dialect of the device turns it into words or calls when it is
 * offered.
 *
 *   queued -> sent -> acknowledged | failed
 *     |        |  ^        a device answers -5000: deferred, the real answer comes later
 *     |        |  | no answer: offered again with the same id, if its nature allows that
 *     |        +--+
 *     |        +-> uncertain: no answer, and a second time could do harm
 *     +-> expired, cancelled
 *
 * The newest command wins: a waiting command for a state, or one that closes a door, is
 * cancelled by a newer command about the same thing that names all that it names
 * (model/command_subject.h); an opening is cancelled by a closing, and the other way round. An
 * answer to a queued command is accepted: the device has the command from an earlier offer, or
 * from before the database was restored.
 *
 * While a command is sent and unanswered, later ones of its device wait: a device may have
 * missed the reply, and nothing may overtake what it missed. */
#ifndef GH_CORE_COMMANDS_H
#define GH_CORE_COMMANDS_H

#include "base/arena.h"
#include "core/devices.h"
#include "model/audit.h"
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
/* Move the contents of `from` to `to`; `from` is empty afterwards. */
void command_list_move(struct command_list *to, struct command_list *from);

/* The result of command_offer(), on the store thread or a reader's: the commands to send, in order; empty when
 * there are none, and on an error. The callee may move the list; otherwise it is freed. */
typedef void command_offer_fn(void *ctx, enum gh_err err, struct command_list *offered);
/* `c` is borrowed until the callback returns. */
typedef void command_queued_fn(void *ctx, enum gh_err err, const struct command *c);

/* Who requests what no person does. */
#define COMMAND_BY_SERVER GH_LIT("server")
#define COMMAND_BY_PLAN GH_LIT("plan") /* and of what plans send */
#define COMMAND_BY_SYNC GH_LIT("sync") /* and of what brings devices to the roster (syncs.h) */

/* Whether the order brings a device what the roster has for it: by itself, or by a plan that was applied. */
static inline bool command_author_is_roster(gh_slice name)
{
	return gh_slice_eq(name, COMMAND_BY_SYNC) || gh_slice_eq(name, COMMAND_BY_PLAN);
}

/* Whether it stands for the server, in whatever case: no token and no account has such a name. */
static inline bool command_author_is_server(gh_slice name)
{
	return gh_slice_ieq(name, COMMAND_BY_SERVER) || gh_slice_ieq(name, COMMAND_BY_PLAN) ||
	       gh_slice_ieq(name, COMMAND_BY_SYNC);
}

/* An order: what a device shall do. */
struct command_request {
	enum command_kind kind;
	gh_slice arguments;
	gh_slice requested_by;
	int64_t ttl_s; /* 0: the default of the kind */
	/* What the caller calls it, empty: nothing: within 24 hours one of the same token with the same name
	 * is the same order. */
	gh_slice key;
	int64_t token;
	int64_t hold_until_ms; /* of a hold: it is ended then; 0: it is not */
	/* Who requests it, for the audit; copied. NULL: the server does. */
	const struct audit_row *audit;
};

/* What an answer refused of a person. */
struct command_verdict {
	bool refused;
	enum command_kind kind;
	char pin[32]; /* cut where it is longer */
};

enum {
	COMMAND_OUTPUT_KEPT =
		64 << 10, /* bytes of an answer with the output of a system command */
	COMMAND_ANSWER_KEPT =
		1 << 20, /* of any other, but that with a file, which is kept whole */
};

/* One answer of a device, as the codec read it. */
struct command_answer {
	int64_t id; /* 0: not an id of this server */
	int64_t return_code;
	gh_slice result; /* everything else in the answer */
	gh_slice sub_serial;
	bool elsewhere; /* not from where the device is at home: it shows nothing of its clock */
	struct command_verdict *verdict; /* set by the time of done; NULL: not requested */
};

/* Put a command into a device's queue; the request is copied. GH_EINVALID: the lifetime is
 * beyond the limit of the kind; GH_ETOOBIG; GH_EBUSY. */
GH_MUST_CHECK enum gh_err command_queue(struct server *server, struct device *d,
					const struct command_request *request,
					command_queued_fn *done, void *ctx);

/* One of several commands that are queued together. */
struct command_order {
	struct device *device;		/* NULL: it is not queued */
	struct command_request request; /* texts live until done */
	/* The update of a person whose record is not stored: the device is queried for it first,
	 * in the same transaction, and the update is completed with what comes. */
	bool query_first;
	bool incomplete; /* the device has people that are not stored, and is not queried */
	/* From done on. */
	enum gh_err
		err; /* errors as of command_queue(), GH_ENOTFOUND, and GH_EEXISTS: another order
			  * to open that door waits, for another time */
	struct command stored; /* with GH_OK; its texts live until done returns */
	size_t replaced;       /* the number of commands it superseded */
	bool repeated;	       /* it was queued before, by its key */
	bool joined; /* it is the one that waited: the same door is opened for as long */
	struct command query;	/* the one before it, with query_first */
	struct audit_row audit; /* for command_queue.c */
	struct command end;	/* the end of a hold, with hold_until_ms */
};
/* Queue the orders in sequence, some hundred in a transaction. Each one succeeds or fails on its
 * own: `done` gets GH_OK, and orders[].err has the results. Orders and devices belong to the
 * caller and must live until `done`. If an error is returned, none is queued, and `done` is not
 * called. */
GH_MUST_CHECK enum gh_err command_queue_many(struct server *server,
					     struct command_order *orders, size_t n,
					     core_done_fn *done, void *ctx);
/* All of them in one transaction, or where one is refused none: the others have GH_ECANCELLED then. */
GH_MUST_CHECK enum gh_err command_queue_whole(struct server *server,
					      struct command_order *orders, size_t n,
					      core_done_fn *done, void *ctx);

/* The commands for the reply to a poll. They are marked as sent before the reply leaves. */
GH_MUST_CHECK enum gh_err command_offer(struct server *server, struct device *d,
					command_offer_fn *done, void *ctx);
/* A reply with these commands was interrupted, or their execution was: they may have been
 * executed or not. Those that may be sent twice are offered again at the next poll. */
void command_undelivered(struct server *server, struct device *d, const int64_t *ids, size_t n);
/* These never reached the device: all of them are offered again. */
void command_withdraw(struct server *server, struct device *d, const int64_t *ids, size_t n);
/* It was offered, and the dialect cannot write it: it has failed. */
void command_unwritable(struct server *server, struct device *d, int64_t id);
/* The device restarted: unanswered commands are offered again if they may be sent twice, and a restart command is
 * answered. What a unit of the access dialect had put off is offered again, too, where it was given nothing since;
 * otherwise it is uncertain. An upgrade that was put off stays so. */
void command_device_restarted(struct server *server, struct device *d);

/* Answers, single or in a batch. An answer to an unknown or ended command is ignored (and
 * counted). Slices must live until `done`. */
GH_MUST_CHECK enum gh_err command_answers(struct server *server, struct device *d,
					  const struct command_answer *answer, size_t n,
					  core_done_fn *done, void *ctx);

/* Raise a problem where answers refused what was ordered of people. After done with GH_OK, not on the
 * store thread. */
void command_verdicts_report(struct server *server, struct device *d,
			     const struct command_answer *answer, size_t n);

/* Cancel an open command; `audit`: who does, or NULL. In done: GH_ENOTFOUND, or GH_ESTATE when it has already ended. */
GH_MUST_CHECK enum gh_err command_cancel(struct server *server, int64_t id,
					 const struct audit_row *audit, core_done_fn *done,
					 void *ctx);

/* Give kinds to the commands of a database of a version without kinds: their words are read;
 * openings and restarts that waited too long end. Called before the store's queue is opened. */
GH_MUST_CHECK enum gh_err commands_convert(struct server *server);

/* End the expired commands. Called every few seconds. */
void commands_tick(struct server *server, int64_t now_ms);

#endif

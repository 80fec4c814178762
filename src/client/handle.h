/* The contents of struct gh_terminal, and the calls of which the public functions consist.
 *
 * Threads: a handle belongs to one thread at a time. Only gh_terminal_cancel() runs on others: it
 * sets an atomic flag and writes to an eventfd. There are no locks. */
#ifndef GH_CLIENT_HANDLE_H
#define GH_CLIENT_HANDLE_H

#include <gatehouse/terminal.h>

#include <stdatomic.h>

#include "client/transport.h"
#include "wire/terminal/conversation.h"

enum {
	GHI_DATA_MAX = 64 << 20, /* ceiling of an answer that is collected */
	GHI_UID_COUNT = 65536,
};

struct gh_terminal {
	struct gh_terminal_options options;
	char *encoding; /* owns options.encoding */
	struct ghi_address address;
	struct ghi_transport transport;
	struct gh_terminal_error error;
	const char *attempt; /* what the running call is for */
	atomic_bool cancelled;
	bool connected;
	bool ever;	  /* was connected: a lost connection may be replaced */
	bool restoring;	  /* the connection is replaced or restored: not to be interrupted */
	enum gh_err lost; /* how the last connection ended */
	unsigned silent;  /* calls in a row without an answer */
	int wake;	  /* eventfd of gh_terminal_cancel() */
	bool busy;	  /* an iterator is open */
	void *iterator;	  /* that one, and how to close it when the handle goes */
	void (*abandon)(void *iterator);
	void (*on_event)(void *context, uint16_t code, gh_slice data); /* of every live event */
	void *on_event_context;
	bool disabled; /* by us, and to be undone */
	bool sdk_set;  /* SDKBuild likewise; sdk_old is what it was */
	char sdk_old[GH_TEXT_SIZE];
	bool no_buffered;     /* this device ignores or refuses buffered reads */
	uint8_t user_size;    /* of a user record; 0: not known */
	uint64_t done, total; /* progress of the read */
	uint8_t *data;	      /* collected answer, borrowed by the caller */
	size_t data_n, data_cap;
	struct ghi_conversation conversation;
};

struct ghi_answer {
	uint16_t code, field;
	gh_slice data; /* borrowed from the handle until the next call */
};

/* Begin a public call: checks that t is free for it (GH_ESTATE) and connected (GH_ECLOSED). */
GH_MUST_CHECK enum gh_err ghi_call_begin(struct gh_terminal *t, const char *attempt);

/* Note a failure; returns err. */
enum gh_err ghi_call_fail(struct gh_terminal *t, enum gh_err err, const char *text);
enum gh_err ghi_call_fail_at(struct gh_terminal *t, enum gh_err err, uint64_t expected,
			     uint64_t got, const char *text);
/* GH_ETRUNCATED: there are fewer records than there must be. */
enum gh_err ghi_call_fail_short(struct gh_terminal *t, uint64_t expected, uint64_t got,
				const char *text);
enum gh_err ghi_call_fail_reply(struct gh_terminal *t, enum gh_err err, uint16_t command,
				uint16_t reply);
enum gh_err ghi_call_fail_fault(struct gh_terminal *t, const struct ghi_terminal_fault *f);

/* Move bytes until there is an event other than NOTHING, or the moment `until` (GHI_NEVER) has
 * come: GH_ETIMEOUT, with the conversation as it was. Events are given to t->on_event, and are
 * given to the caller as well, as is FAILED; a GH_ error here is the socket's or a
 * cancellation. */
GH_MUST_CHECK enum gh_err ghi_call_wait_event(struct gh_terminal *t,
					      enum ghi_conversation_event *event,
					      struct ghi_conversation_details *details,
					      gh_ms until);

/* Send a request and return the whole answer: `code` is GH_CMD_DATA for data. Refusals are
 * GH_OK. A dead connection is replaced once where repeating the command does no harm. */
GH_MUST_CHECK enum gh_err ghi_call_request(struct gh_terminal *t, uint16_t command,
					   gh_slice data, struct ghi_answer *out);
/* The same with refusals as errors. out may be NULL. */
GH_MUST_CHECK enum gh_err ghi_call_command(struct gh_terminal *t, uint16_t command,
					   gh_slice data, struct ghi_answer *out);
/* A command without data, with its public call around it. */
GH_MUST_CHECK enum gh_err ghi_call_simple(struct gh_terminal *t, const char *attempt,
					  uint16_t command);
/* A command whose data is one 32-bit number. */
GH_MUST_CHECK enum gh_err ghi_call_simple_number(struct gh_terminal *t, const char *attempt,
						 uint16_t command, uint32_t number);

/* The same without end and without events; FAILED is an error, and noted. */
GH_MUST_CHECK enum gh_err ghi_call_next_event(struct gh_terminal *t,
					      enum ghi_conversation_event *event,
					      struct ghi_conversation_details *details);
/* Wait for the answer to the request of the conversation (BEGIN, REPLY and so on). */
GH_MUST_CHECK enum gh_err ghi_call_collect(struct gh_terminal *t, struct ghi_answer *out);

/* Wait for nothing but a cancellation. */
GH_MUST_CHECK enum gh_err ghi_call_pause(struct gh_terminal *t, gh_ms until);

/* Connect without looking at state; used by connect and by repair. */
GH_MUST_CHECK enum gh_err ghi_connection_open(struct gh_terminal *t);
/* The connection is gone: make a new one, with disabled and SDKBuild as they are to be. */
GH_MUST_CHECK enum gh_err ghi_connection_reopen(struct gh_terminal *t);
void ghi_connection_close(struct gh_terminal *t);

/* Options, inside another call. */
GH_MUST_CHECK enum gh_err ghi_option_read(struct gh_terminal *t, const char *name, char *out,
					  size_t size);
GH_MUST_CHECK enum gh_err ghi_option_write(struct gh_terminal *t, const char *name,
					   const char *value);
GH_MUST_CHECK enum gh_err ghi_counters_read(struct gh_terminal *t, struct gh_counters *out);
/* Set SDKBuild where it is not set yet; old firmware refuses, which is fine. */
GH_MUST_CHECK enum gh_err ghi_sdk_set(struct gh_terminal *t);
GH_MUST_CHECK enum gh_err ghi_sdk_restore(struct gh_terminal *t);

/* Begin a call that gives out an iterator: zeroed memory, which the caller frees. NULL: *err. */
void *ghi_iterator_new(struct gh_terminal *t, const char *attempt, size_t size,
		       enum gh_err *err);
/* An iterator takes and returns the handle. */
static inline void ghi_iterator_hold(struct gh_terminal *t, void *iterator,
				     void (*abandon)(void *))
{
	t->busy = true;
	t->iterator = iterator;
	t->abandon = abandon;
}
static inline void ghi_iterator_release(struct gh_terminal *t)
{
	t->busy = false;
	t->iterator = NULL;
	t->abandon = NULL;
}

#endif

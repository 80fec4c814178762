/* One conversation with one terminal, as a state machine without a socket and a clock. The
 * blocking library, a test with a fake clock and a fuzzer drive the same machine. TCP and UDP
 * differ in the frame's prefix only.
 *
 *	request -> send output -> feed bytes -> take events -> sleep until the deadline
 *
 * One request at a time. Live events may come at any time and are acknowledged here. */
#ifndef GH_WIRE_TERMINAL_CONVERSATION_H
#define GH_WIRE_TERMINAL_CONVERSATION_H

#include "wire/terminal/frame.h"
#include "wire/terminal/stream.h"

typedef int64_t gh_ms; /* monotonic milliseconds, from the caller */

#define GHI_NEVER INT64_MAX

enum {
	GHI_CHUNK_TCP = 65472,			     /* a packet stays below 64 KiB */
	GHI_CHUNK_UDP = 16384,			     /* sixteen datagrams */
	GHI_CHUNK_ONE = 1024,			     /* one datagram */
	GHI_CHUNK_TRIES = 3,			     /* of a piece that comes out wrong */
	GHI_REQUEST_MAX = 65535 - GHI_TERMINAL_HEAD, /* bytes of data in a request */
	GHI_FINAL_ACK_MS = 300, /* for the ACK_OK that ends a stream, which may never come */
};

struct ghi_conversation_options {
	bool tcp;
	bool ignore_checksum; /* over TCP; over UDP a damaged datagram is lost */
	uint32_t comm_key;
	gh_ms reply_ms; /* silence that ends a request */
	gh_ms retry_ms; /* UDP: it is repeated after this time without an answer, doubled each time.
			   Repeating too early delays a late answer, so it exceeds the round trip */
	uint32_t chunk; /* bytes of one READ_BUFFER; 0: the usual */
};

/* Why a request failed. */
struct ghi_terminal_fault {
	enum gh_err err;
	uint16_t command;	/* the request */
	uint16_t code;		/* that was answered; 0: none */
	uint64_t expected, got; /* bytes, or what `text` names; both 0: unknown */
	const char *text;	/* static */
	bool broken;		/* the connection is of no use any more */
};

enum ghi_conversation_event {
	GHI_CONVERSATION_NOTHING,   /* feed bytes, or wait until the deadline */
	GHI_CONVERSATION_CONNECTED, /* answer to _connect */
	GHI_CONVERSATION_REPLY,	    /* the answer: code, field, data */
	GHI_CONVERSATION_BEGIN,	    /* the answer is data: `total` bytes will come */
	GHI_CONVERSATION_DATA,	    /* the next bytes, in order, each once */
	GHI_CONVERSATION_END,	    /* all of them came */
	GHI_CONVERSATION_EVENT,	    /* a live event: its code in `field`, data */
	GHI_CONVERSATION_FAILED,    /* the request is over: fault */
};

struct ghi_conversation_details {
	uint16_t code;	/* of a reply */
	uint16_t field; /* the session field of the packet */
	uint64_t total; /* bytes announced */
	gh_slice data;	/* borrowed: until the next call on the conversation */
	struct ghi_terminal_fault fault;
};

enum ghi_conversation_step {
	GHI_STEP_IDLE,
	GHI_STEP_CONNECT,
	GHI_STEP_AUTH,
	GHI_STEP_REQUEST, /* a request of the caller */
	GHI_STEP_STREAM,  /* its answer is a stream */
	GHI_STEP_PREPARE, /* PREPARE_BUFFER */
	GHI_STEP_CHUNK,	  /* READ_BUFFER: nothing of the piece yet */
	GHI_STEP_COLLECT, /* its stream */
	GHI_STEP_SETTLE,  /* the piece is whole, its ACK_OK is not there */
	GHI_STEP_FREE,	  /* FREE_DATA */
};

struct ghi_conversation {
	struct ghi_conversation_options options;
	enum ghi_conversation_step step;
	enum ghi_conversation_step after_login; /* what the login interrupted; IDLE: _connect */
	gh_ms now, deadline, resend_at, resend_wait;
	gh_ms read_until;	  /* a read that is not over by then ends with an error */
	uint16_t session, reply;  /* reply: id of the request on its way */
	uint16_t command;	  /* of that request */
	uint16_t request_command; /* the caller's command, also of a table */
	unsigned acks;		  /* events not acknowledged yet */
	bool wrong_ids;		  /* this firmware answers with wrong reply ids */
	bool no_final_ack;	  /* this firmware does not end its streams */
	bool other_session;	  /* UDP: this request was answered under another session */
	bool relogged;		  /* in this question */
	bool retried_auth;
	bool begun;  /* the event BEGIN of this request was given */
	bool closed; /* the other side is gone */

	struct ghi_terminal_stream stream;
	uint64_t total, offset; /* of the table; delivered bytes */
	uint32_t chunk;		/* bytes requested at a time */
	uint32_t chunk_max;	/* where nothing gets lost */
	uint32_t window;	/* bytes requested */
	unsigned tries;		/* of this piece without progress */

	/* Events that are due, at most one of each. */
	bool event_begin, event_end, event_connected;
	struct ghi_terminal_fault fault;
	gh_slice ready; /* data to hand out */

	unsigned stale, damaged, resent, relogins; /* counters for the caller */

	size_t in_at, in_n;   /* unread input is in[in_at, in_n) */
	size_t out_at, out_n; /* unsent part of the packet */
	size_t ack_at;	      /* sent part of the acknowledgement */
	size_t request_n;     /* data of the caller's request */
	size_t odd_n;	      /* a packet with a wrong id that came meanwhile; 0: none */
	uint8_t ack[GHI_TERMINAL_PREFIX + GHI_TERMINAL_HEAD];
	uint8_t odd[2048];
	uint8_t request[GHI_REQUEST_MAX + 1];
	uint8_t packet[GHI_TERMINAL_PREFIX + GHI_TERMINAL_SEND_MAX + 1];
	uint8_t piece[GHI_CHUNK_TCP];
	uint8_t in[GHI_TERMINAL_PREFIX + GHI_TERMINAL_LENGTH_MAX];
};

/* The buffers are not cleared: their pages are not used before they are needed. */
void ghi_conversation_init(struct ghi_conversation *c,
			   const struct ghi_conversation_options *options);

/* Requests. GH_ESTATE: another one is under way; GH_ETOOBIG: too much data. The answer comes
 * as events: CONNECTED; REPLY, or BEGIN, DATA ... END; or FAILED. */
GH_MUST_CHECK enum gh_err ghi_conversation_connect(struct ghi_conversation *c, gh_ms now);
GH_MUST_CHECK enum gh_err ghi_conversation_request(struct ghi_conversation *c, uint16_t command,
						   gh_slice data, gh_ms now);
/* A table by buffered read; a REPLY means that the device refused. */
GH_MUST_CHECK enum gh_err ghi_conversation_read(struct ghi_conversation *c, uint16_t command,
						uint32_t table, uint32_t extra, gh_ms now);

/* The same over a new connection for a table of `total` bytes, from `offset` on: DATA and END, without
 * BEGIN. A table that has another size by now is FAILED. */
GH_MUST_CHECK enum gh_err ghi_conversation_read_rest(struct ghi_conversation *c,
						     uint16_t command, uint32_t table,
						     uint32_t extra, uint64_t total,
						     uint64_t offset, gh_ms now);

/* Abandon the request, if there is one. Later answers to it are dropped. */
void ghi_conversation_drop(struct ghi_conversation *c);

static inline bool ghi_conversation_idle(const struct ghi_conversation *c)
{
	return c->step == GHI_STEP_IDLE;
}

/* Where bytes received from a TCP stream, or one datagram, may be stored; never empty. Call
 * _received with their number. Earlier slices become invalid. */
uint8_t *ghi_conversation_space(struct ghi_conversation *c, size_t *n);
void ghi_conversation_received(struct ghi_conversation *c, size_t n, gh_ms now);
/* The same with a copy; more than fits is fed in steps by the caller (TCP). */
void ghi_conversation_input(struct ghi_conversation *c, gh_slice bytes, gh_ms now);
/* The other side closed, or the socket failed. */
void ghi_conversation_closed(struct ghi_conversation *c, gh_ms now);
/* The time has passed. */
void ghi_conversation_tick(struct ghi_conversation *c, gh_ms now);
/* The caller waits for bytes from now on: what it did since the last call is not the device's time. */
void ghi_conversation_waits(struct ghi_conversation *c, gh_ms now);

/* What is to be sent, empty when nothing is: part of the stream over TCP, a whole datagram over
 * UDP. Borrowed until _sent. */
gh_slice ghi_conversation_output(const struct ghi_conversation *c);
void ghi_conversation_sent(struct ghi_conversation *c, size_t n);

/* The next event; call until NOTHING. **details is filled as described at enum
 * ghi_conversation_event. */
enum ghi_conversation_event ghi_conversation_next(struct ghi_conversation *c,
						  struct ghi_conversation_details *details);

/* When _tick must be called at the latest; GHI_NEVER: no deadline. */
gh_ms ghi_conversation_deadline(const struct ghi_conversation *c);

#endif

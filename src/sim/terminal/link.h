/* One connection of a simulated terminal: bytes in, bytes out. A TCP connection, or a peer over
 * UDP. It has no socket; its owner reads into its room and sends its output. */
#ifndef GH_SIM_TERMINAL_LINK_H
#define GH_SIM_TERMINAL_LINK_H

#include "sim/terminal/dataset.h"
#include "sim/terminal/outbox.h"
#include "wire/terminal/frame.h"

enum {
	TERM_UPLOAD_MAX = 16 << 20, /* bytes sent in pieces before they are used */
	TERM_CACHE = 2048,	    /* of the answer to a datagram that may come again */
};

enum term_stage {
	TERM_DISCONNECTED, /* before CONNECT */
	TERM_KEY_PENDING,  /* CONNECT came; the comm key is due */
	TERM_CONNECTED,
};

struct term_link {
	struct term_device *device;
	enum term_stage stage;
	bool tcp, closing; /* closing: when everything is sent */
	uint16_t session, reply;
	uint32_t events; /* mask */
	uint8_t *in;	 /* TCP: bytes that are no whole frame yet; UDP: datagrams that wait */
	size_t in_n, in_cap;
	struct term_outbox out;
	struct term_dataset prepared;
	uint8_t *upload;
	size_t upload_n, upload_size;
	struct term_stream {
		struct term_dataset data;
		bool active, borrowed; /* borrowed: `data` is that of `prepared` */
		size_t at, end;
		uint32_t size;
		uint16_t index;
	} stream;
	struct term_cache {
		uint16_t command, reply, checksum;
		bool filled, filling;
		uint8_t p[TERM_CACHE];
		size_t n;
	} cache;
	int64_t received_ms;
	uint8_t *scratch; /* data of one packet */
};

/* NULL: there are too many. The device keeps it in its list until term_link_free(). */
struct term_link *term_link_new(struct term_device *d, bool tcp);
void term_link_free(struct term_link *l);

/* TCP: where bytes may be read to, and that n of them came. *room is 0 while earlier
 * requests are answered. false: this is not the protocol; close it. */
uint8_t *term_link_space(struct term_link *l, size_t *room);
bool term_link_received(struct term_link *l, size_t n);
/* UDP: a datagram. */
void term_link_datagram(struct term_link *l, gh_slice packet);

/* What is to be sent now, over UDP one datagram; borrowed until the next call. Empty: *at_ms is
 * when there may be more. */
gh_slice term_link_output(struct term_link *l, int64_t *at_ms);
void term_link_sent(struct term_link *l, size_t n);

/* Whether the socket is to be closed now. */
bool term_link_over(const struct term_link *l);

/* 0 where no event may be sent. */
uint32_t term_link_mask(const struct term_link *l);
void term_link_event(struct term_link *l, const struct gh_event *e);

/* For the commands. */
void term_answer(struct term_link *l, uint16_t code, gh_slice data);
void term_answer_field(struct term_link *l, uint16_t code, uint16_t field, gh_slice data);
/* Bytes from `at` to `end` of a table as a stream; the table is taken over, or stays the
 * link's where it is `prepared`. */
void term_answer_stream(struct term_link *l, struct term_dataset *data, size_t at, size_t end);
static inline void term_answer_ok(struct term_link *l)
{
	term_answer(l, GH_ACK_OK, (gh_slice){ 0 });
}
static inline void term_answer_error(struct term_link *l)
{
	term_answer(l, GH_ACK_ERROR, (gh_slice){ 0 });
}

#endif

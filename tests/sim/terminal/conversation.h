/* A conversation with a simulated terminal without a socket: bytes in, bytes out. */
#ifndef GH_TESTS_SIM_TERMINAL_CONVERSATION_H
#define GH_TESTS_SIM_TERMINAL_CONVERSATION_H

#include "sim/terminal/link.h"

enum { FRAMES = 600 };

struct answer {
	struct ghi_terminal_frame frame[FRAMES];
	size_t n, pieces;
	GByteArray *bytes;
};

struct conversation {
	struct term_plan plan;
	struct term_statistics statistics;
	struct term_device device;
	struct term_link *link;
	uint16_t session, reply;
};

/* A terminal of twenty users and 3000 punches, and a link to it. */
void conversation_open(struct conversation *t, const char *persona, bool tcp);
void conversation_close(struct conversation *t);

/* Bytes to the terminal; all that it sends until it waits for more, freed by answer_free(). */
void conversation_send(struct conversation *t, gh_slice bytes);
void conversation_receive(struct conversation *t, struct answer *a);
void answer_free(struct answer *a);

/* A request with the present session and reply id; the bytes written. */
size_t conversation_request(const struct conversation *t, uint16_t command, gh_slice data,
			    uint8_t *to, size_t cap);
/* Send one under the next reply id, and read the answer; or just the code of an answer that is
 * one packet. */
void conversation_exchange(struct conversation *t, uint16_t command, const void *data, size_t n,
			   struct answer *a);
uint16_t conversation_code(struct conversation *t, uint16_t command, const void *data,
			   size_t n);
/* CONNECT under reply id 0. */
void conversation_connect(struct conversation *t);

#endif

/* Talking to a simulated terminal without a socket: bytes in, bytes out. */
#ifndef GH_TESTS_SIM_TERMINAL_TALKING_H
#define GH_TESTS_SIM_TERMINAL_TALKING_H

#include "sim/terminal/link.h"

enum { FRAMES = 600 };

struct answer {
	struct ghi_terminal_frame frame[FRAMES];
	size_t n, pieces;
	GByteArray *bytes;
};

struct talk {
	struct term_plan plan;
	struct term_account account;
	struct term_device device;
	struct term_link *link;
	uint16_t session, reply;
};

/* A terminal of twenty users and 3000 punches, and a link to it. */
void talk_open(struct talk *t, const char *persona, bool tcp);
void talk_close(struct talk *t);

/* Its bytes; all that the terminal says to them, however long it takes: forget() frees it. */
void give(struct talk *t, gh_slice bytes);
void hear(struct talk *t, struct answer *a);
void forget(struct answer *a);

/* A request with the present session and reply id; the bytes written. */
size_t request(const struct talk *t, uint16_t command, gh_slice data, uint8_t *to, size_t cap);
/* Send one under the next reply id, and hear the answer; or just the code of an answer that is
 * one packet. */
void ask(struct talk *t, uint16_t command, const void *data, size_t n, struct answer *a);
uint16_t code_of(struct talk *t, uint16_t command, const void *data, size_t n);
/* CONNECT under reply id 0. */
void enter(struct talk *t);

#endif

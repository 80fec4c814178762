/* A conversation under test: both ends of the line, and a clock that moves when told. */
#ifndef GH_TESTS_WIRE_TERMINAL_TALK_H
#define GH_TESTS_WIRE_TERMINAL_TALK_H

#include "tests.h"

#include "wire/terminal/code.h"
#include "wire/terminal/conversation.h"

enum { REPLY_MS = 1000, RETRY_MS = 100, SESSION = 0x6BA0 };

struct talk {
	struct ghi_conversation c;
	gh_ms now;
	struct ghi_terminal_frame asked; /* what went out last */
	uint8_t out[70000];
	size_t out_n;
	unsigned sent; /* packets */
	struct ghi_conversation_details details;
};

struct talk *new_talk(bool tcp, uint32_t key);
/* The same, connected. */
struct talk *connected(bool tcp);

/* Take what it wants to send, in t->asked; false: nothing. */
bool take(struct talk *t);
void expect_asked(struct talk *t, uint16_t command);
/* A packet as the device sends it. */
size_t packet(struct talk *t, uint8_t *out, size_t cap, uint16_t command, uint16_t session,
	      uint16_t reply, gh_slice data);
void say_as(struct talk *t, uint16_t command, uint16_t session, uint16_t reply, gh_slice data);
/* Answer what it asked. */
void say(struct talk *t, uint16_t command, gh_slice data);

enum ghi_conversation_event next(struct talk *t);
void nothing(struct talk *t);
void failed(struct talk *t, enum gh_err err);
void at(struct talk *t, gh_ms after);

#endif

/* A conversation under test: both ends of the line, and a clock that the test moves. */
#ifndef GH_TESTS_WIRE_TERMINAL_CONVERSATION_H
#define GH_TESTS_WIRE_TERMINAL_CONVERSATION_H

#include "tests.h"

#include "wire/terminal/code.h"
#include "wire/terminal/conversation.h"

enum { REPLY_MS = 1000, RETRY_MS = 100, SESSION = 0x6BA0 };

struct conversation_test {
	struct ghi_conversation c;
	gh_ms now;
	struct ghi_terminal_frame request; /* what went out last */
	uint8_t out[70000];
	size_t out_n;
	unsigned sent; /* packets */
	struct ghi_conversation_details details;
};

struct conversation_test *conversation_new(bool tcp, uint32_t key);
/* The same, connected. */
struct conversation_test *conversation_connected(bool tcp);

/* Take its output, in t->request; false: nothing. */
bool conversation_take(struct conversation_test *t);
void expect_request(struct conversation_test *t, uint16_t command);
/* A packet as the device sends it. */
size_t conversation_packet(struct conversation_test *t, uint8_t *out, size_t cap,
			   uint16_t command, uint16_t session, uint16_t reply, gh_slice data);
void reply_as(struct conversation_test *t, uint16_t command, uint16_t session, uint16_t reply,
	      gh_slice data);
/* Answer its request. */
void conversation_reply(struct conversation_test *t, uint16_t command, gh_slice data);

enum ghi_conversation_event conversation_next(struct conversation_test *t);
void conversation_is_quiet(struct conversation_test *t);
void conversation_failed(struct conversation_test *t, enum gh_err err);
void conversation_tick_at(struct conversation_test *t, gh_ms after);

#endif

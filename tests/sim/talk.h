/* A unit and somebody to talk to it: requests come as text, answers are given as text, and
 * time passes as fast as it is wanted. */
#ifndef GH_TESTS_SIM_TALK_H
#define GH_TESTS_SIM_TALK_H

#include "sim/attendance/unit.h"

struct talk {
	struct plan plan;
	struct account account;
	struct unit unit;
	struct unit_scratch *scratch;
	struct unit_request request;
	int64_t now_ms;
	char *text; /* of the last request, head and body, NUL-terminated */
	size_t text_n;
};

#define HELLO "GET OPTION FROM: x\nServerVer=2.4.1\nErrorDelay=60\nDelay=30\nRealtime=1\n"
#define ALL_FLAGS                                                                              \
	"TransFlag=TransData AttLog\tOpLog\tAttPhoto\tEnrollFP\tEnrollUser\tFPImag\tChgUser\t" \
	"ChgFP\tFACE\tUserPic\tWORKCODE\tBioPhoto\n"

/* A fleet of one. Change t->plan before talk_open for anything else. */
struct talk talk_of(const char *persona);
void talk_open(struct talk *t);
void talk_close(struct talk *t);

/* Let time pass until the next request, at most `within_ms`; its text, or NULL. */
const char *talk_ask(struct talk *t, int64_t within_ms);
/* Answer it with 200 and that body. */
void talk_say(struct talk *t, const char *body);
void talk_say_bytes(struct talk *t, int status, const char *header, gh_slice body);
void talk_lose(struct talk *t);

/* The same, failing the test when the next request is not about `what` (part of its text). */
const char *talk_expect(struct talk *t, const char *what);
/* Handshake with ALL_FLAGS and `more`, settings, first poll: all answered. */
void talk_begin(struct talk *t, const char *more);
/* Answer all uploads with OK until there are none; how many there were. */
unsigned talk_drain(struct talk *t);
/* Give a command at the next poll; everything it makes the unit send is answered, up to the
 * result, whose text this returns. */
const char *talk_command(struct talk *t, const char *line);

#endif

/* A simulated device without a socket: its requests and the responses to them are text, and the
 * test sets the time. */
#ifndef GH_TESTS_SIM_CONVERSATION_H
#define GH_TESTS_SIM_CONVERSATION_H

#include "sim/attendance/device.h"

struct conversation {
	struct plan plan;
	struct statistics statistics;
	struct sim_device device;
	struct sim_scratch *scratch;
	struct sim_request request;
	int64_t now_ms;
	char *text; /* of the last request, head and body, NUL-terminated */
	size_t text_n;
};

#define HANDSHAKE "GET OPTION FROM: x\nServerVer=2.4.1\nErrorDelay=60\nDelay=30\nRealtime=1\n"
#define ALL_FLAGS                                                                              \
	"TransFlag=TransData AttLog\tOpLog\tAttPhoto\tEnrollFP\tEnrollUser\tFPImag\tChgUser\t" \
	"ChgFP\tFACE\tUserPic\tWORKCODE\tBioPhoto\n"

/* A fleet of one. Change t->plan before conversation_open for anything else. */
struct conversation conversation_of(const char *persona);
void conversation_open(struct conversation *t);
void conversation_close(struct conversation *t);

/* Let time pass until the next request, at most `within_ms`; its text, or NULL. */
const char *conversation_request(struct conversation *t, int64_t within_ms);
/* The body of the last request. */
const char *conversation_body(const struct conversation *t);
/* How often `what` occurs in a text. */
unsigned conversation_count(const char *text, const char *what);
/* Answer it with 200 and that body. */
void conversation_respond(struct conversation *t, const char *body);
void conversation_respond_bytes(struct conversation *t, int status, const char *header,
				gh_slice body);
void conversation_no_response(struct conversation *t);

/* The same, failing the test when the next request is not about `what` (part of its text). */
const char *conversation_expect(struct conversation *t, const char *what);
/* Handshake with ALL_FLAGS and `more`, settings, first poll: all answered. */
void conversation_begin(struct conversation *t, const char *more);
/* Answer all uploads with OK until there are none; how many there were. */
unsigned conversation_drain(struct conversation *t);
/* Give a command at the next poll; everything it makes the device send is answered, up to the
 * result, whose text this returns. */
const char *conversation_command(struct conversation *t, const char *line);

#endif

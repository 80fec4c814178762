/* A simulated access device without a socket: its requests and the responses to them are text, and the
 * test sets the time. */
#ifndef GH_TESTS_SIM_ACCESS_UNIT_TEST_H
#define GH_TESTS_SIM_ACCESS_UNIT_TEST_H

#include "sim/access/unit.h"

struct unit_test {
	struct acc_plan plan;
	struct acc_statistics statistics;
	struct unit unit;
	struct unit_scratch *scratch;
	struct sim_request request;
	int64_t now_ms;
	char *text; /* of the last request, head and body, NUL-terminated */
};

#define UNIT_CONFIGURATION                                                                   \
	"ServerVersion=3.1.2\nServerName=T\nPushProtVer=3.1.2\nErrorDelay=30\nRequestDelay=" \
	"2\n"                                                                                \
	"TransTimes=00:00;14:00\nTransInterval=1\nRealtime=1\nSessionID=ABCDEF\nTimeoutSec=10"

/* A fleet of one. Change t->plan before unit_test_open for anything else. */
struct unit_test *unit_test_of(const char *persona);
void unit_test_open(struct unit_test *t);
void unit_test_close(struct unit_test *t);

/* Let time pass until the next request, at most `within_ms`; its text, or NULL. */
const char *unit_test_request(struct unit_test *t, int64_t within_ms);
/* The body of the last request. */
const char *unit_test_body(const struct unit_test *t);
/* Answer it. */
void unit_test_respond(struct unit_test *t, const char *body);
void unit_test_respond_status(struct unit_test *t, int status, const char *body);
/* As a server does: a table's count, the time, or OK. */
void unit_test_respond_as_server(struct unit_test *t);
void unit_test_lose(struct unit_test *t);

/* The next request, which must be about `what` (part of its text). */
const char *unit_test_expect(struct unit_test *t, const char *what);
/* Registration, configuration and whatever is uploaded then: all answered. */
void unit_test_begin(struct unit_test *t);
/* Answer all requests as a server would, until there are none for now. */
void unit_test_drain(struct unit_test *t);
/* Give a command at the next poll; everything it makes the device send is answered, up to the result,
 * whose text this returns. */
const char *unit_test_command(struct unit_test *t, const char *line);
/* All requests since the last command that were about `what`, one behind the other; how many. */
unsigned unit_test_seen(const struct unit_test *t, const char *what);

#endif

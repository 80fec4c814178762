/* A server with one approved device, for the tests of commands. */
#ifndef GH_TESTS_CORE_COMMAND_FIXTURE_H
#define GH_TESTS_CORE_COMMAND_FIXTURE_H

#include "server.h"

extern struct server_fixture f;
extern struct device *d;

int command_fixture_open(void **state);
int command_fixture_close(void **state);

/* The line of a reply with that command; static until the next call. */
const char *offer_line(int64_t id, const char *text);

#endif

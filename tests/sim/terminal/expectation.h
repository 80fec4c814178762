/* The contents a simulated terminal must have, computed without it, and what libgatehouse
 * reads from it, side by side. */
#ifndef GH_TESTS_SIM_TERMINAL_EXPECTATION_H
#define GH_TESTS_SIM_TERMINAL_EXPECTATION_H

#include <gatehouse/terminal.h>

#include "program.h"
#include "sim/terminal/log.h"

struct expectation {
	struct term_plan plan;
	struct term_users users;
	struct term_log log;
};

/* As `--persona NAME --users N --punches N` with the default seed; the layouts are the
 * persona's until the plan is changed. */
void expectation_open(struct expectation *t, const char *persona, uint32_t users,
		      uint32_t punches);
void expectation_close(struct expectation *t);

/* With a long time limit, for busy machines, or a shorter one for terminals that do not answer.
 * NULL: it did not work. */
struct gh_terminal *expectation_connect(const char *address, uint32_t comm_key);
struct gh_terminal *expectation_connect_within(const char *address, int reply_ms);

/* Read all and compare. The error is that of the reading; what was read up to there is
 * right. */
enum gh_err expectation_users(const struct expectation *t, struct gh_terminal *device);
enum gh_err expectation_punches(const struct expectation *t, struct gh_terminal *device);

#endif

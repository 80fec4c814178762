/* What a simulated terminal was told to hold, worked out without it, and what libgatehouse
 * reads from it, side by side. */
#ifndef GH_TESTS_SIM_TERMINAL_TRUTH_H
#define GH_TESTS_SIM_TERMINAL_TRUTH_H

#include <gatehouse/terminal.h>

#include "running.h"
#include "sim/terminal/log.h"

struct truth {
	struct term_plan plan;
	struct term_users users;
	struct term_log log;
};

/* As `--persona NAME --users N --punches N` with the default seed; the layouts are the
 * persona's until the plan is changed. */
void truth_open(struct truth *t, const char *persona, uint32_t users, uint32_t punches);
void truth_close(struct truth *t);

/* With patience for busy machines, or with less of it: for terminals that do not answer.
 * NULL: it did not work. */
struct gh_terminal *truth_connect(const char *address, uint32_t comm_key);
struct gh_terminal *truth_connect_within(const char *address, int reply_ms);

/* Read all and compare. The error is that of the reading; what was read up to there is
 * right. */
enum gh_err truth_users(const struct truth *t, struct gh_terminal *device);
enum gh_err truth_punches(const struct truth *t, struct gh_terminal *device);

#endif

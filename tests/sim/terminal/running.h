/* `gatehouse sim terminal` as a program, for tests that call it. */
#ifndef GH_TESTS_SIM_TERMINAL_RUNNING_H
#define GH_TESTS_SIM_TERMINAL_RUNNING_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

struct running {
	pid_t pid;
	FILE *out;
	char tcp[64], udp[64]; /* addresses */
	char report[8192];     /* the line at the end, after running_stop() */
};

/* Start it with these arguments, separated by blanks, on a free port; it is ready then. */
void running_start(struct running *r, const char *arguments);
/* End it; it must have ended as asked. */
void running_stop(struct running *r);
/* A number in the report, -1: it is not there. */
long running_number(const struct running *r, const char *key);

#endif

/* `gatehouse sim terminal` as a program, for tests that call it. */
#ifndef GH_TESTS_SIM_TERMINAL_PROGRAM_H
#define GH_TESTS_SIM_TERMINAL_PROGRAM_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

struct program {
	pid_t pid;
	FILE *out;
	char tcp[64], udp[64]; /* addresses */
	char report[8192];     /* the line at the end, after program_stop() */
};

/* Start it with these arguments, separated by blanks, on a free port; it is ready then. */
void program_start(struct program *r, const char *arguments);
/* End it; it must have ended with the expected status. */
void program_stop(struct program *r);
/* A number in the report, -1: it is not there. */
long program_number(const struct program *r, const char *key);

#endif

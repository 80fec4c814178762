/*
 * Reads a terminal's log with the library, as any program would, and does with each punch the
 * least that needs it.
 *
 *   bench_terminal_read tcp|udp PORT
 *     A line of JSON has the number of punches, the time from gh_terminal_new() to the
 *     end of the read, and how much memory the process held at most.
 */
#include <gatehouse/terminal.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double clock_seconds(clockid_t of)
{
	struct timespec t;

	clock_gettime(of, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Not ru_maxrss, which counts what the process was before it was this program. */
static long peak_kb(void)
{
	char line[128];
	long kb = 0;
	FILE *f = fopen("/proc/self/status", "r");

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, "VmHWM:", 6) == 0)
			kb = strtol(line + 6, NULL, 10);
	if (f)
		fclose(f);
	return kb;
}

static int call_failed(struct gh_terminal *t)
{
	fprintf(stderr, "%s\n", t ? gh_terminal_error(t)->text : "no handle");
	gh_terminal_free(t);
	return 1;
}

int main(int argc, char **argv)
{
	struct gh_terminal_punches *it = NULL;
	struct gh_terminal *t = NULL;
	struct gh_punch p;
	char address[64];
	uint64_t n = 0, sum = 0;
	double start, took;
	enum gh_err err;

	if (argc != 3) {
		fprintf(stderr, "usage: %s tcp|udp PORT\n", argv[0]);
		return 2;
	}
	snprintf(address, sizeof(address), "%s://127.0.0.1:%s", argv[1], argv[2]);
	start = clock_seconds(CLOCK_MONOTONIC);
	if (gh_terminal_new(address, NULL, &t) || gh_terminal_connect(t) ||
	    gh_terminal_punches_open(t, &it))
		return call_failed(t);
	while ((err = gh_terminal_punches_next(it, &p)) == GH_OK) {
		sum += p.time_code ^ p.time.second ^ (uint8_t)p.pin[0];
		n++;
	}
	if (err != GH_EEND)
		return call_failed(t);
	gh_terminal_punches_close(it);
	took = clock_seconds(CLOCK_MONOTONIC) - start;
	gh_terminal_free(t);
	printf("{\"records\": %" PRIu64 ", \"sum\": %" PRIu64 ", \"seconds\": %.6f, "
	       "\"cpu\": %.6f, \"peak_kb\": %ld}\n",
	       n, sum, took, clock_seconds(CLOCK_PROCESS_CPUTIME_ID), peak_kb());
	return 0;
}

/* `gatehouse sim KIND`: simulated devices. */
#include "app/sim/sim.h"
#include "app/subcommands.h"
#include "base/number.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *word;
	int (*run)(int argc, char **argv);
	const char *help;
} kinds[] = {
	{ "attendance", cmd_sim_attendance, "attendance clocks that call a PUSH server" },
	{ "access", cmd_sim_access,
	  "door controllers and access terminals that call a server" },
	{ "terminal", cmd_sim_terminal, "terminals that are called on port 4370" },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static int sim_usage(FILE *to)
{
	fprintf(to, "Usage: gatehouse sim KIND [OPTION...]\n\nKinds of device:\n");
	for (size_t i = 0; i < KINDS; i++)
		fprintf(to, "  %-12s %s\n", kinds[i].word, kinds[i].help);
	fprintf(to, "\n'gatehouse sim KIND --help' describes each.\n");
	return to == stdout ? 0 : 2;
}

int cmd_sim(int argc, char **argv)
{
	if (argc < 2)
		return sim_usage(stderr);
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
		return sim_usage(stdout);
	for (size_t i = 0; i < KINDS; i++)
		if (!strcmp(argv[1], kinds[i].word))
			return kinds[i].run(argc - 1, argv + 1);
	fprintf(stderr, "gatehouse sim: no such kind of device: %s\n", argv[1]);
	return sim_usage(stderr);
}

/* --- for the kinds --- */

uint64_t sim_option_number(struct argp_state *state, const char *name, const char *text,
			   uint64_t min, uint64_t max)
{
	uint64_t n = min;

	if (ghi_number_parse(gh_slice_of(text), max, &n) || n < min)
		argp_error(state, "--%s %s: a number from %llu to %llu is expected", name, text,
			   (unsigned long long)min, (unsigned long long)max);
	return n;
}

double sim_option_real(struct argp_state *state, const char *name, const char *text, double min,
		       double max)
{
	char *end;
	double v = g_ascii_strtod(text, &end);

	if (*text == 0 || *end || !(v >= min && v <= max))
		argp_error(state, "--%s %s: a number from %g to %g is expected", name, text,
			   min, max);
	return v;
}

int sim_report_print(struct json *j)
{
	int bad = 1;

	if (j->text.err == GH_OK)
		bad = printf("%.*s\n", GH_FMT(json_text(j))) < 0 || fflush(stdout);
	json_clear(j);
	return bad;
}

/* The program: picks the subcommand. */
#include <stdio.h>
#include <string.h>

#include "app/subcommands.h"

static const struct {
	const char *word;
	int (*run)(int argc, char **argv);
	const char *help;
} commands[] = {
#define SUBCOMMAND(word, run, help) { word, run, help },
#include "app/subcommand.def"
#undef SUBCOMMAND
	{ 0 },
};

static int main_usage(FILE *to)
{
	fprintf(to, "Usage: gatehouse COMMAND [OPTION...]\n\nCommands:\n");
	for (size_t i = 0; commands[i].word; i++)
		fprintf(to, "  %-10s %s\n", commands[i].word, commands[i].help);
	fprintf(to, "\n'gatehouse COMMAND --help' describes each.\n");
	return to == stdout ? 0 : 2;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return main_usage(stderr);
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
		return main_usage(stdout);
	if (!strcmp(argv[1], "--version")) {
		printf("gatehouse %s\n", GATEHOUSE_VERSION);
		return 0;
	}
	for (size_t i = 0; commands[i].word; i++)
		if (!strcmp(argv[1], commands[i].word))
			return commands[i].run(argc - 1, argv + 1);
	fprintf(stderr, "gatehouse: no such command: %s\n", argv[1]);
	main_usage(stderr);
	return 2;
}

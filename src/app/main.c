/* The program: picks the subcommand. */
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "app/nearest.h"
#include "app/subcommands.h"

static const struct {
	const char *word;
	int (*run)(int argc, char **argv);
	const char *help;
} commands[] = {
#define SUBCOMMAND(word, run, help) { word, run, help },
#include "app/subcommand.def"
#undef SUBCOMMAND
};

static int main_usage(FILE *to)
{
	fprintf(to, "Usage: gatehouse COMMAND [OPTION...]\n\nCommands:\n");
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
		fprintf(to, "  %-10s  %s\n", commands[i].word, commands[i].help);
	fprintf(to,
		"\n'gatehouse help COMMAND' describes each, and 'gatehouse help COMMAND VERB'\n"
		"what it can do. 'gatehouse version' prints the version.\n");
	return to == stdout ? 0 : 2;
}

static int main_unknown(const char *word)
{
	const char *words[G_N_ELEMENTS(commands)], *meant;

	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
		words[i] = commands[i].word;
	meant = word_nearest(word, words, G_N_ELEMENTS(words));
	fprintf(stderr, "gatehouse: no such command: %s", word);
	if (meant)
		fprintf(stderr, "; did you mean %s?\n", meant);
	else
		fprintf(stderr, "; 'gatehouse help' lists them\n");
	return 2;
}

/* In place: `help COMMAND VERB` becomes `COMMAND VERB --help`, and -h becomes --help. Words behind --
 * are left alone. */
static void main_help_words(int argc, char **argv)
{
	static char help[] = "--help";

	if (argc > 2 && !strcmp(argv[1], "help")) {
		memmove(&argv[1], &argv[2], (size_t)(argc - 2) * sizeof(*argv));
		argv[argc - 1] = help;
	}
	for (int i = 2; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (!strcmp(argv[i], "-h"))
			argv[i] = help;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return main_usage(stderr);
	main_help_words(argc, argv);
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
		return main_usage(stdout);
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "version")) {
		printf("gatehouse %s\n", GATEHOUSE_VERSION);
		return 0;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
		if (!strcmp(argv[1], commands[i].word))
			return commands[i].run(argc - 1, argv + 1);
	return main_unknown(argv[1]);
}

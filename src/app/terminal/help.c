#include "app/terminal/help.h"

#include <glib.h>
#include <string.h>

const struct terminal_verb terminal_verbs[] = {
#define TERMINAL_VERB(words, args, least, most, options, run, help) \
	{ words, args, least, most, options, run, help },
#include "app/terminal/verb.def"
#undef TERMINAL_VERB
	{ 0 },
};

static const struct {
	const char *words, *text;
} examples[] = {
#define TERMINAL_EXAMPLE(words, text) { words, text },
#include "app/terminal/verb.def"
#undef TERMINAL_EXAMPLE
};

static const struct {
	const char *name, *arg, *help;
} option_row[TERMINAL_OPTIONS] = {
#define TERMINAL_OPTION(id, name, arg, help) { name, arg, help },
#include "app/terminal/verb.def"
#undef TERMINAL_OPTION
};

static const struct argp_option common[] = {
	{ "comm-key", TERMINAL_KEY_COMM_KEY, "KEY", 0,
	  "The device's comm key, a number (GATEHOUSE_COMM_KEY, which other users of this "
	  "computer do not see)",
	  1 },
	{ "comm-key-file", TERMINAL_KEY_COMM_KEY_FILE, "FILE", 0, "The comm key in this file",
	  1 },
	{ "timeout", TERMINAL_KEY_TIMEOUT, "SECONDS", 0, "Patience for each answer (10)", 1 },
	{ "format", TERMINAL_KEY_FORMAT, "FORMAT", 0,
	  "table (the default), csv, ndjson or json", 1 },
	{ "encoding", TERMINAL_KEY_ENCODING, "NAME", 0,
	  "Of names on the device that are not UTF-8 (GB18030), and then also for writing "
	  "them",
	  1 },
	{ "help", TERMINAL_KEY_HELP, NULL, 0, "Print this help; after a verb, the verb's", 2 },
	{ 0 },
};
_Static_assert(TERMINAL_OPTIONS + G_N_ELEMENTS(common) <= TERMINAL_OPTIONS_MAX, "room");

static const char about[] =
	"Calls a device directly on port 4370. HOST may name the transport:\n"
	"tcp://HOST:PORT or udp://HOST:PORT; without, TCP is tried first. 'discover'\n"
	"needs no HOST.\n";

static const char exit_status[] =
	"\nExit status: 0 done; 1 the device refused, or has no such thing, or a file\n"
	"cannot be read or written; 2 the command line makes no sense; 3 no device, or no\n"
	"answer in time; 4 wrong comm key; 5 incomplete: the read broke off, what was\n"
	"written is not there, or a backup is damaged; 130 interrupted.\n";

const char *terminal_option_name(int option)
{
	return option_row[option].name;
}

bool terminal_verb_takes(const struct terminal_verb *v, int option)
{
	char **words = g_strsplit(v->options, " ", -1);
	bool found = g_strv_contains((const gchar *const *)words, terminal_option_name(option));

	g_strfreev(words);
	return found;
}

void terminal_options_list(const struct terminal_verb *v, struct argp_option *to)
{
	for (int i = 0; i < TERMINAL_OPTIONS; i++)
		if (v == NULL || terminal_verb_takes(v, i))
			*to++ = (struct argp_option){ .name = option_row[i].name,
						      .key = TERMINAL_KEY_OPTION + i,
						      .arg = option_row[i].arg,
						      .doc = option_row[i].help };
	memcpy(to, common, sizeof(common));
}

static void terminal_verbs_print(void)
{
	printf("\nVerbs:\n");
	for (const struct terminal_verb *v = terminal_verbs; v->words; v++) {
		char *usage = g_strconcat(v->words, *v->args ? " " : "", v->args, NULL);

		printf("  %-29s %s\n", usage, v->help);
		g_free(usage);
	}
	printf("\n'gatehouse help terminal VERB' lists the options of each.\n");
}

static void terminal_examples_print(const struct terminal_verb *v, const char *host)
{
	bool found = false;

	printf("\nExamples:\n");
	for (size_t i = 0; i < G_N_ELEMENTS(examples); i++) {
		if (strcmp(examples[i].words, v->words) != 0)
			continue;
		found = true;
		printf("  gatehouse terminal %s%s %s\n", host, v->words, examples[i].text);
	}
	if (!found)
		printf("  gatehouse terminal %s%s\n", host, v->words);
}

void terminal_help_print(const struct terminal_verb *v)
{
	bool hostless = v && !strcmp(v->words, "discover");
	struct argp_option options[TERMINAL_OPTIONS_MAX];
	char *args = v ? g_strconcat(hostless ? "" : "HOST ", v->words, *v->args ? " " : "",
				     v->args, NULL)
		       : g_strdup("HOST VERB [ARGUMENT...]");
	struct argp argp = { .options = options, .args_doc = args };
	char name[] = "gatehouse terminal";

	terminal_options_list(v, options);
	argp_help(&argp, stdout, ARGP_HELP_SHORT_USAGE, name);
	if (v)
		printf("%c%s.\n", g_ascii_toupper(*v->help), v->help + 1);
	else
		fputs(about, stdout);
	if (v == NULL)
		terminal_verbs_print();
	printf("\nOptions, which may stand anywhere:\n");
	argp_help(&argp, stdout, ARGP_HELP_LONG, name);
	if (v)
		terminal_examples_print(v, hostless ? "" : "192.168.1.201 ");
	fputs(exit_status, stdout);
	g_free(args);
}

#include "app/api_client/noun_help.h"

#include <glib.h>
#include <string.h>

#include "app/api_client/wrapped.h"

static const struct {
	const char *name, *arg, *help;
} option_row[CMD_OPTIONS] = {
#define CMD_OPTION(name, arg, help) { #name, arg, help },
#define CMD_OPTION_AS(name, flag, arg, help) { flag, arg, help },
#include "app/api_client/option.def"
#undef CMD_OPTION
#undef CMD_OPTION_AS
};

static const struct {
	const char *noun, *verb; /* NULL: every verb */
	enum cmd_option option;
	const char *help;
} option_help[] = {
#define OPTION_HELP(noun, verb, option, help) { noun, verb, CMD_##option, help },
#include "app/api_client/option_help.def"
#undef OPTION_HELP
};

/* `v` NULL: no verb's. */
static const char *option_help_of(const struct noun *n, const struct verb *v,
				  enum cmd_option option)
{
	for (size_t i = 0; v && i < sizeof(option_help) / sizeof(option_help[0]); i++)
		if (option_help[i].option == option &&
		    strcmp(option_help[i].noun, n->word) == 0 &&
		    (option_help[i].verb == NULL || strcmp(option_help[i].verb, v->word) == 0))
			return option_help[i].help;
	return option_row[option].help;
}

const char *noun_option_name(enum cmd_option option)
{
	return option_row[option].name;
}

bool verb_takes(const struct verb *v, enum cmd_option option)
{
	const char *word = option_row[option].name;
	size_t n = strlen(word);

	for (const char *at = v->options; (at = strstr(at, word)); at += n)
		if ((at == v->options || at[-1] == ' ') && (at[n] == ' ' || at[n] == 0))
			return true;
	return false;
}

static bool noun_takes(const struct noun *n, enum cmd_option option)
{
	for (const struct verb *v = n->verb; v->word; v++)
		if (verb_takes(v, option))
			return true;
	return false;
}

void noun_options_make(struct noun_options *o, const struct noun *noun, const struct verb *verb,
		       enum noun_options_of of)
{
	struct argp_option *to = o->row;

	for (int i = 0; i < CMD_OPTIONS; i++) {
		enum cmd_option option = (enum cmd_option)i;

		if (of == NOUN_OPTIONS_ALL ? !noun_takes(noun, option)
					   : verb == NULL || !verb_takes(verb, option))
			continue;
		*to++ = (struct argp_option){ .name = option_row[i].name,
					      .key = NOUN_KEY_OPTION + i,
					      .arg = option_row[i].arg,
					      .doc = option_help_of(noun, verb, option) };
	}
	o->settings = to;
	o->settings_n = setting_options(SETTING_GROUP_CLIENT, NOUN_KEY_SETTING, 1, to);
	to += o->settings_n;
	*to++ = (struct argp_option){ .name = "json",
				      .key = NOUN_KEY_JSON,
				      .doc = "Print what the API returned",
				      .group = 1 };
	*to++ = (struct argp_option){ .name = "help",
				      .key = NOUN_KEY_HELP,
				      .doc = "Print this help; after a verb, the verb's",
				      .group = 2 };
	*to = (struct argp_option){ 0 };
}

void noun_options_clear(struct noun_options *o)
{
	setting_options_free(o->settings, o->settings_n);
}

/* --- help --- */

static const char exit_status[] =
	"\nExit status: 0 done; 1 the server refused or something failed; 2 the command\n"
	"line makes no sense; 3 no server answers; 4 no token, or one that may not;\n"
	"130 interrupted.\n";

enum { VERB_WIDTH_MOST = 30 };

/* Two blanks end the words of each verb, however long they are: completion splits the lines there. */
static void noun_verbs_print(const struct noun *n)
{
	size_t width = 0;

	for (const struct verb *v = n->verb; v->word; v++)
		width = MAX(width, strlen(v->word) + (*v->args != 0) + strlen(v->args));
	width = MIN(width, VERB_WIDTH_MOST);
	printf("\nVerbs:\n");
	for (const struct verb *v = n->verb; v->word; v++) {
		char *usage = g_strconcat(v->word, *v->args ? " " : "", v->args, NULL);

		size_t at = MAX(width, strlen(usage)) + 4;

		printf("  %-*s  ", (int)width, usage);
		wrapped_print(v->help, (int)at, (int)width + 4);
		g_free(usage);
	}
	printf("\n'gatehouse %s VERB --help' lists the options of each.\n", n->word);
}

enum { HELP_WIDTH = 79 };

/* The blank outside quotes, before an option if there is one, at which a line that is too long goes on in
 * the next; 0: none. */
static size_t example_break(const char *line, size_t indent)
{
	size_t at = 0, option = 0;
	bool quoted = false;

	for (size_t i = 2; line[i] && indent + i <= HELP_WIDTH - 2; i++) {
		quoted ^= line[i] == '\'';
		if (line[i] != ' ' || quoted || line[i - 1] == ' ')
			continue;
		at = i;
		if (line[i + 1] == '-')
			option = i;
	}
	return option ? option : at;
}

/* A shell takes it as it stands, also where it is several lines. */
static void example_print(const char *line)
{
	const char *indent = "";

	while (strlen(indent) + strlen(line) > HELP_WIDTH) {
		size_t at = example_break(line, strlen(indent));

		if (at == 0)
			break;
		printf("%s%.*s \\\n", indent, (int)at, line);
		line += at + 1;
		indent = "      ";
	}
	printf("%s%s\n", indent, line);
}

static void verb_examples_print(const struct noun *n, const struct verb *v)
{
	char **line = g_strsplit(v->examples ? v->examples : "", "\n", -1);

	printf("\nExamples:\n");
	if (*line == NULL)
		printf("  gatehouse %s%s%s\n", n->word, *v->word ? " " : "", v->word);
	for (char **l = line; *l; l++) {
		char *whole = g_strdup_printf("  gatehouse %s%s%s%s%s", n->word,
					      *v->word ? " " : "", v->word, **l ? " " : "", *l);

		example_print(whole);
		g_free(whole);
	}
	g_strfreev(line);
}

void noun_help_print(const struct noun *noun, const struct verb *verb)
{
	const struct verb *v = *noun->verb->word ? verb : noun->verb;
	struct noun_options options;
	struct argp argp = { .options = options.row,
			     .args_doc = v ? *v->args ? v->args : NULL : "VERB [ARGUMENT...]" };
	char *name = g_strconcat("gatehouse ", noun->word, v && *v->word ? " " : "",
				 v ? v->word : "", NULL);

	noun_options_make(&options, noun, v, NOUN_OPTIONS_VERB);
	argp_help(&argp, stdout, ARGP_HELP_SHORT_USAGE, name);
	printf("%s.\n", v && *v->word ? v->help : noun->about);
	if (v == NULL)
		noun_verbs_print(noun);
	printf("\nOptions:\n");
	argp_help(&argp, stdout, ARGP_HELP_LONG, name);
	if (v) {
		if (v->order)
			order_keys_print(v);
		else
			noun_fields_print(v);
		verb_examples_print(noun, v);
	}
	fputs(exit_status, stdout);
	noun_options_clear(&options);
	g_free(name);
}

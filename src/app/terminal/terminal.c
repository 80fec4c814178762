#include "app/terminal/terminal.h"

#include <glib.h>
#include <signal.h>
#include <stdlib.h>

#include "app/message.h"
#include "app/nearest.h"
#include "app/secret.h"
#include "app/subcommands.h"
#include "app/terminal/help.h"
#include "base/number.h"

#define TIMEOUT_MAX 3600
#define HIDDEN '\001' /* before a word that begins with - and is no option */

/* --- the command line --- */

static const char *word_plain(const char *word)
{
	return word && *word == HIDDEN ? word + 1 : word;
}

/* Only words with two dashes are options, and -h: so -5 and "-- closed --" are ordinary
 * arguments.
 */
static bool terminal_is_text(const char *word)
{
	if (word[0] != '-' || word[1] == 0 || !strcmp(word, "-h"))
		return false;
	return word[1] != '-' || word[strcspn(word, " =")] == ' ';
}

static void terminal_key_read(struct argp_state *state, struct terminal *c, const char *text)
{
	uint64_t key;

	if (ghi_number_parse(gh_slice_of(text), UINT32_MAX, &key))
		argp_error(state, "the comm key is a number, 0 for none");
	else
		c->options.comm_key = (uint32_t)key;
}

static void terminal_key_file_read(struct argp_state *state, struct terminal *c,
				   const char *path)
{
	char *text = secret_file_read(path);

	if (text == NULL)
		argp_failure(state, TERMINAL_USAGE, 0, "--comm-key-file %s cannot be used",
			     path);
	else
		terminal_key_read(state, c, text);
	g_free(text);
}

static void terminal_timeout_read(struct argp_state *state, struct terminal *c,
				  const char *text)
{
	char *end;
	double seconds = g_ascii_strtod(text, &end);

	if (*text == 0 || *end || !(seconds > 0 && seconds <= TIMEOUT_MAX)) {
		argp_error(state, "--timeout %s: seconds, %d at most, are expected", text,
			   TIMEOUT_MAX);
		return;
	}
	c->timeout_given = true;
	c->options.reply_ms = (int)(seconds * 1000) + 1;
	c->options.connect_ms = c->options.reply_ms;
}

static void terminal_format_read(struct argp_state *state, struct terminal *c, const char *text)
{
	static const char *const word[] = { [OUT_TABLE] = "table",
					    [OUT_CSV] = "csv",
					    [OUT_NDJSON] = "ndjson",
					    [OUT_JSON] = "json" };

	for (size_t i = 0; i < G_N_ELEMENTS(word); i++)
		if (!strcmp(text, word[i])) {
			c->format = (enum out_format)i;
			c->format_given = true;
			return;
		}
	argp_error(state, "--format %s: table, csv, ndjson or json is expected", text);
}

static error_t terminal_option_read(int key, char *arg, struct argp_state *state)
{
	struct terminal *c = state->input;
	char *value = (char *)(uintptr_t)word_plain(arg);

	if (key >= TERMINAL_KEY_OPTION && key < TERMINAL_KEY_OPTION + TERMINAL_OPTIONS) {
		c->opt[key - TERMINAL_KEY_OPTION] = value ? value : "";
		return 0;
	}
	switch (key) {
	case TERMINAL_KEY_COMM_KEY:
		terminal_key_read(state, c, value);
		if (c->options.comm_key)
			secret_flag_warn("comm-key", "GATEHOUSE_COMM_KEY");
		return 0;
	case TERMINAL_KEY_COMM_KEY_FILE:
		terminal_key_file_read(state, c, value);
		return 0;
	case TERMINAL_KEY_TIMEOUT:
		terminal_timeout_read(state, c, value);
		return 0;
	case TERMINAL_KEY_FORMAT:
		terminal_format_read(state, c, value);
		return 0;
	case TERMINAL_KEY_ENCODING:
		c->options.encoding = value;
		return 0;
	case TERMINAL_KEY_HELP:
		c->help = true;
		return 0;
	case ARGP_KEY_ARG:
		c->argv[c->argc++] = value;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* --- the verb --- */

/* How many words of argv are this verb's; 0: it is another. */
static int terminal_words_of(const struct terminal_verb *v, int argc, char **argv)
{
	const char *second = strchr(v->words, ' ');
	size_t n = second ? (size_t)(second - v->words) : strlen(v->words);

	if (argc < 1 || strlen(argv[0]) != n || memcmp(argv[0], v->words, n) != 0)
		return 0;
	if (second == NULL)
		return 1;
	return argc > 1 && !strcmp(argv[1], second + 1) ? 2 : 0;
}

static bool begins_a_verb(const char *word)
{
	size_t n = strlen(word);

	for (const struct terminal_verb *v = terminal_verbs; v->words; v++)
		if (!strncmp(v->words, word, n) && (v->words[n] == 0 || v->words[n] == ' '))
			return true;
	return false;
}

/* The verb that was meant; a second word counts as part of it. NULL: none is near. */
static const char *terminal_verb_meant(int argc, char **argv)
{
	GPtrArray *words = g_ptr_array_new();
	const char *meant;
	char *both = g_strjoin(" ", argv[0], argc > 1 ? argv[1] : NULL, NULL);

	for (const struct terminal_verb *v = terminal_verbs; v->words; v++)
		g_ptr_array_add(words, (gpointer)(uintptr_t)v->words);
	meant = word_nearest(both, (const char *const *)words->pdata, words->len);
	if (meant == NULL)
		meant = word_nearest(argv[0], (const char *const *)words->pdata, words->len);
	g_ptr_array_unref(words);
	g_free(both);
	return meant;
}

static int terminal_no_such_verb(struct terminal *c)
{
	GString *s = g_string_new(NULL);
	const char *meant = c->argc ? terminal_verb_meant(c->argc, c->argv) : NULL;

	for (const struct terminal_verb *v = terminal_verbs; c->argc && v->words; v++)
		if (g_str_has_prefix(v->words, c->argv[0]) &&
		    v->words[strlen(c->argv[0])] == ' ')
			g_string_append_printf(s, "%s%s", s->len ? ", " : "", v->words);
	if (c->address == NULL || begins_a_verb(c->address))
		message_print("terminal: HOST is missing; it stands before the verb");
	else if (c->argc == 0)
		message_print("terminal %s: a verb is missing", c->address);
	else if (s->len)
		message_print("terminal: which of these? %s", s->str);
	else if (meant)
		message_print("terminal %s: no such verb: %s; did you mean %s?", c->address,
			      c->argv[0], meant);
	else
		message_print("terminal %s: no such verb: %s", c->address, c->argv[0]);
	if (meant == NULL || s->len)
		fprintf(stderr, "'gatehouse terminal --help' lists them.\n");
	g_string_free(s, TRUE);
	return TERMINAL_USAGE;
}

/* The verb that the words begin with, the longest; *words are its. NULL: none. */
static const struct terminal_verb *terminal_verb_of(int argc, char **argv, int *words)
{
	const struct terminal_verb *found = NULL;

	*words = 0;
	for (const struct terminal_verb *v = terminal_verbs; v->words; v++) {
		int n = terminal_words_of(v, argc, argv);

		if (n <= *words)
			continue;
		*words = n;
		found = v;
	}
	return found;
}

/* --help: of the verb that is named, with HOST before it or without. */
static int terminal_help_show(struct terminal *c)
{
	int words;
	const struct terminal_verb *v = terminal_verb_of(c->argc, c->argv, &words);

	if (v == NULL && c->argc > 1)
		v = terminal_verb_of(c->argc - 1, c->argv + 1, &words);
	terminal_help_print(v);
	return TERMINAL_OK;
}

static int terminal_verb_find(struct terminal *c)
{
	int words;

	/* HOST stands before the verb, except for the one verb that needs none. */
	if (c->argc && strcmp(c->argv[0], "discover") != 0) {
		c->address = c->argv[0];
		c->argc--;
		c->argv++;
	}
	c->verb = terminal_verb_of(c->argc, c->argv, &words);
	if (c->verb == NULL)
		return terminal_no_such_verb(c);
	c->argc -= words;
	c->argv += words;
	if (c->argc < c->verb->least || c->argc > c->verb->most) {
		fprintf(stderr, "Usage: gatehouse terminal %s%s %s\n",
			c->address ? "HOST " : "", c->verb->words, c->verb->args);
		return TERMINAL_USAGE;
	}
	for (int i = 0; i < TERMINAL_OPTIONS; i++)
		if (c->opt[i] && !terminal_verb_takes(c->verb, i))
			return terminal_misuse("%s takes no --%s", c->verb->words,
					       terminal_option_name(i));
	return TERMINAL_OK;
}

static int terminal_environment(struct terminal *c)
{
	const char *key = getenv("GATEHOUSE_COMM_KEY");
	uint64_t n;

	if (key == NULL || *key == 0)
		return TERMINAL_OK;
	if (ghi_number_parse(gh_slice_of(key), UINT32_MAX, &n))
		return terminal_misuse("GATEHOUSE_COMM_KEY is no number");
	c->options.comm_key = (uint32_t)n;
	return TERMINAL_OK;
}

/* --- the device --- */

static void terminal_cancel(void *device)
{
	gh_terminal_cancel(device);
}

int terminal_open(struct terminal *c)
{
	enum gh_err err = gh_terminal_new(c->address, &c->options, &c->device);

	if (err == GH_EINVALID)
		return terminal_misuse("%s is no address: write it as HOST, tcp://HOST:PORT or "
				       "udp://HOST:PORT",
				       c->address);
	if (err) {
		message_print("%s", gh_strerror(err));
		return TERMINAL_REFUSED;
	}
	interrupt_watch(c->interrupt, terminal_cancel, c->device);
	return gh_terminal_connect(c->device) ? terminal_failed(c) : TERMINAL_OK;
}

static int terminal_leave(struct terminal *c, int end)
{
	if (c->device && gh_terminal_disconnect(c->device)) {
		message_print("the device may not be as it was: %s",
			      gh_terminal_error(c->device)->text);
		end = end ? end : TERMINAL_INCOMPLETE;
	}
	interrupt_watch(c->interrupt, NULL, NULL);
	gh_terminal_free(c->device);
	return end;
}

static int terminal_run(struct terminal *c)
{
	int end = terminal_verb_find(c);

	if (end)
		return end;
	signal(SIGPIPE, SIG_IGN);
	c->interrupt = interrupt_start();
	if (c->interrupt == NULL) {
		message_print("no thread can be made");
		return TERMINAL_REFUSED;
	}
	end = c->verb->run(c);
	terminal_progress_end(c);
	end = terminal_leave(c, end);
	interrupt_stop(c->interrupt);
	return end;
}

int cmd_terminal(int argc, char **argv)
{
	struct argp_option options[TERMINAL_OPTIONS_MAX];
	struct argp argp = { .options = options, .parser = terminal_option_read };
	char **words = g_new0(char *, (gsize)argc + 1),
	     **given = g_new0(char *, (gsize)argc + 1);
	struct terminal c = { .argv = words };
	int end;

	gh_terminal_options_init(&c.options);
	terminal_options_list(NULL, options);
	given[0] = g_strdup("gatehouse terminal");
	for (int i = 1; i < argc; i++)
		given[i] = terminal_is_text(argv[i]) ? g_strdup_printf("%c%s", HIDDEN, argv[i])
						     : g_strdup(argv[i]);
	end = terminal_environment(&c);
	argp_err_exit_status = TERMINAL_USAGE;
	if (end == TERMINAL_OK)
		argp_parse(&argp, argc, given, ARGP_NO_HELP, NULL, &c);
	if (end == TERMINAL_OK)
		end = c.help ? terminal_help_show(&c) : terminal_run(&c);
	g_free(words);
	for (int i = 0; i < argc; i++)
		g_free(given[i]);
	g_free(given);
	return end;
}

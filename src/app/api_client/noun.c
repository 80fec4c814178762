#include "app/api_client/noun.h"

#include <glib.h>
#include <string.h>

#include "app/api_client/noun_help.h"
#include "app/message.h"
#include "app/nearest.h"

/* --- the command line --- */

/* Several devices are one list. */
static void noun_device_add(struct cmd *c, const char *sn)
{
	char *all = c->opt[CMD_device] ? g_strconcat(c->opt[CMD_device], ",", sn, NULL)
				       : g_strdup(sn);

	g_free(c->devices);
	c->devices = all;
	c->opt[CMD_device] = all;
}

/* The verb that the first word names. A noun whose only verb has no word does one thing only. */
static const struct verb *noun_verb(const struct noun *n, const char *word)
{
	if (*n->verb->word == 0)
		return n->verb;
	for (const struct verb *v = n->verb; word && v->word; v++)
		if (!strcmp(word, v->word))
			return v;
	return NULL;
}

/* An option that no verb takes, or that lacks its value. */
static void noun_option_refused(const struct cmd *c, char **argv, const char *word)
{
	const struct verb *v = NULL;

	/* The words are read only after the options. */
	for (char **w = argv + 1; v == NULL && *w; w++)
		v = noun_verb(c->noun, *w);

	const char *noun = c->noun->word, *verb = v ? v->word : "", *blank = *verb ? " " : "";
	const char *name = word + strspn(word, "-");
	char *key = g_strndup(name, strcspn(name, "="));
	const char *near, *words[CMD_OPTIONS];
	size_t n = 0;

	for (int i = 0; i < CMD_OPTIONS; i++)
		if (v == NULL || verb_takes(v, (enum cmd_option)i))
			words[n++] = noun_option_name((enum cmd_option)i);
	near = word_nearest(key, words, n);
	if (near && strcmp(near, key) == 0)
		message_print("%s%s%s: --%s needs a value, or takes none", noun, blank, verb,
			      key);
	else if (near)
		message_print("%s%s%s: no such option: %s; did you mean --%s?", noun, blank,
			      verb, word, near);
	else if (v && strstr(v->args, "KEY=VALUE"))
		message_print(
			"%s%s%s: no such option: %s; what is changed is written KEY=VALUE, "
			"as %s=VALUE",
			noun, blank, verb, word, key);
	else
		message_print("%s%s%s: no such option: %s", noun, blank, verb, word);
	fprintf(stderr, "'gatehouse help %s%s%s' lists the options.\n", noun, blank, verb);
	g_free(key);
}

static error_t noun_option_read(int key, char *arg, struct argp_state *state)
{
	struct cmd *c = state->input;

	if (key == NOUN_KEY_OPTION + CMD_device) {
		noun_device_add(c, arg);
		return 0;
	}
	if (key >= NOUN_KEY_OPTION && key < NOUN_KEY_OPTION + CMD_OPTIONS) {
		c->opt[key - NOUN_KEY_OPTION] = arg ? arg : "";
		return 0;
	}
	if (key >= NOUN_KEY_SETTING && key < NOUN_KEY_SETTING + SETTING_COUNT) {
		c->client.setting[key - NOUN_KEY_SETTING] = arg;
		return 0;
	}
	switch (key) {
	case NOUN_KEY_JSON:
		c->json = true;
		return 0;
	case NOUN_KEY_HELP:
		c->help = true;
		return 0;
	case ARGP_KEY_ARG:
		c->argv[c->argc++] = arg;
		return 0;
	case ARGP_KEY_ERROR:
		noun_option_refused(c, state->argv, state->argv[state->next - 1]);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int noun_verb_unknown(const struct noun *n, const char *word)
{
	GPtrArray *words = g_ptr_array_new();
	const char *meant;

	for (const struct verb *v = n->verb; v->word; v++)
		g_ptr_array_add(words, (gpointer)(uintptr_t)v->word);
	meant = word ? word_nearest(word, (const char *const *)words->pdata, words->len) : NULL;
	if (meant)
		message_print("%s: no such verb: %s; did you mean %s?", n->word, word, meant);
	else
		message_print(word ? "%s: no such verb: %s; 'gatehouse help %s' lists them"
				   : "%s: a verb is missing%s; 'gatehouse help %s' lists them",
			      n->word, word ? word : "", n->word);
	g_ptr_array_unref(words);
	return CMD_USAGE;
}

/* Too few words after the verb, or too many. */
static int noun_words_wrong(const struct cmd *c)
{
	const char *noun = c->noun->word, *verb = c->verb->word, *blank = *verb ? " " : "";

	if (c->argc < c->verb->least)
		message_print("%s%s%s: %s is expected", noun, blank, verb, c->verb->args);
	else
		message_print("%s%s%s: \"%s\" is one word too many", noun, blank, verb,
			      c->argv[c->verb->most]);
	fprintf(stderr,
		"Usage: gatehouse %s%s%s [OPTION...]%s%s\n'gatehouse help %s%s%s' lists the "
		"options.\n",
		noun, blank, verb, *c->verb->args ? " " : "", c->verb->args, noun, blank, verb);
	return CMD_USAGE;
}

/* c->verb and what follows it. */
static int noun_verb_find(struct cmd *c)
{
	c->verb = noun_verb(c->noun, c->argc ? c->argv[0] : NULL);
	if (c->verb == NULL)
		return noun_verb_unknown(c->noun, c->argc ? c->argv[0] : NULL);
	if (*c->verb->word) {
		c->argc--;
		c->argv++;
	}
	if (c->argc < c->verb->least || (c->verb->most >= 0 && c->argc > c->verb->most))
		return noun_words_wrong(c);
	for (int i = 0; i < CMD_OPTIONS; i++) {
		if (c->opt[i] == NULL || verb_takes(c->verb, (enum cmd_option)i))
			continue;
		message_print("%s %s takes no --%s", c->noun->word, c->verb->word,
			      noun_option_name((enum cmd_option)i));
		return CMD_USAGE;
	}
	return CMD_OK;
}

static int cmd_help(const struct cmd *c)
{
	const struct verb *v = noun_verb(c->noun, c->argc ? c->argv[0] : NULL);

	if (c->argc && v == NULL)
		return noun_verb_unknown(c->noun, c->argv[0]);
	noun_help_print(c->noun, v);
	return CMD_OK;
}

static int cmd_verb_run(struct cmd *c)
{
	int end = noun_verb_find(c);

	if (end || (c->verb->offline && c->verb->offline(c, &end)))
		return end;
	end = client_open(&c->client);
	return end ? end : c->verb->run(c);
}

int cmd_run(const struct noun *n, int argc, char **argv)
{
	struct noun_options options;
	struct argp argp = { .options = options.row, .parser = noun_option_read };
	char **words = g_new0(char *, (gsize)argc + 1);
	char *name = g_strconcat("gatehouse ", n->word, NULL);
	struct cmd c = { .noun = n, .argv = words };
	int end;

	noun_options_make(&options, n, NULL, NOUN_OPTIONS_ALL);
	argv[0] = name;
	if (argp_parse(&argp, argc, argv, ARGP_NO_HELP | ARGP_NO_ERRS, NULL, &c))
		end = CMD_USAGE;
	else
		end = c.help ? cmd_help(&c) : cmd_verb_run(&c);
	noun_options_clear(&options);
	if (end == CMD_OK && (fflush(stdout) || ferror(stdout))) {
		message_print("standard output cannot be written");
		end = CMD_FAILED;
	}
	client_close(&c.client);
	g_free(c.devices);
	g_free(words);
	g_free(name);
	return end;
}

/* --- verbs that need no function of their own --- */

char *cmd_query(struct cmd *c, const char *path)
{
	static const enum cmd_option in_query[] = {
		CMD_device,  CMD_pin,	  CMD_from,    CMD_to,	   CMD_after,	 CMD_limit,
		CMD_state,   CMD_contact, CMD_status,  CMD_kind,   CMD_severity, CMD_subject,
		CMD_query,   CMD_sort,	  CMD_before,  CMD_cursor, CMD_tag,	 CMD_sn,
		CMD_person,  CMD_area,	  CMD_door,    CMD_event,  CMD_class,	 CMD_action,
		CMD_outcome, CMD_by,	  CMD_command, CMD_key,
	};
	GString *s = g_string_new(path);
	char mark = strchr(path, '?') ? '&' : '?';

	for (size_t i = 0; i < sizeof(in_query) / sizeof(in_query[0]); i++) {
		const char *value = c->opt[in_query[i]];
		char *safe = value ? curl_easy_escape(c->client.curl, value, 0) : NULL;

		if (safe == NULL)
			continue;
		g_string_append_printf(
			s, "%c%s=%s", mark,
			in_query[i] == CMD_query ? "q" : noun_option_name(in_query[i]), safe);
		mark = '&';
		curl_free(safe);
	}
	return g_string_free(s, FALSE);
}

int cmd_each(struct cmd *c)
{
	int worst = CMD_OK;

	for (int i = 0; i < c->argc && worst <= CMD_FAILED; i++) {
		char *path = client_path(&c->client, c->verb->path, c->argv[i]);
		int end = client_call(&c->client, c->verb->method, path, NULL, c->json, NULL);

		if (end == CMD_OK && !c->json)
			printf("%s: %s\n", c->argv[i], c->verb->done);
		if (end > worst)
			worst = end;
		g_free(path);
	}
	return worst;
}

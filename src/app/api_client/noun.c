#include "app/api_client/noun.h"

#include <argp.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "app/message.h"

/* --- the command line --- */

enum { KEY_OPTION = 1000, KEY_SETTING = 2000, KEY_JSON = 3000 };

static const struct {
	const char *name, *arg, *help;
} option_row[CMD_OPTIONS] = {
#define CMD_OPTION(name, arg, help) { #name, arg, help },
#define CMD_OPTION_AS(name, flag, arg, help) { flag, arg, help },
#include "app/api_client/option.def"
#undef CMD_OPTION
#undef CMD_OPTION_AS
};

static bool noun_has_word(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = words; (at = strstr(at, word)); at += n)
		if ((at == words || at[-1] == ' ') && (at[n] == ' ' || at[n] == 0))
			return true;
	return false;
}

static bool noun_takes(const struct noun *n, const char *option)
{
	for (const struct verb *v = n->verb; v->word; v++)
		if (noun_has_word(v->options, option))
			return true;
	return false;
}

static error_t noun_option_read(int key, char *arg, struct argp_state *state)
{
	struct cmd *c = state->input;

	if (key >= KEY_OPTION && key < KEY_OPTION + CMD_OPTIONS) {
		c->opt[key - KEY_OPTION] = arg ? arg : "";
		return 0;
	}
	if (key >= KEY_SETTING && key < KEY_SETTING + SETTING_COUNT) {
		c->client.setting[key - KEY_SETTING] = arg;
		return 0;
	}
	switch (key) {
	case KEY_JSON:
		c->json = true;
		return 0;
	case ARGP_KEY_ARG:
		c->argv[c->argc++] = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static char *noun_help_text(const struct noun *n)
{
	GString *s = g_string_new(n->about);

	g_string_append(s, *n->verb->word ? "\n\nVerbs:\n" : "");
	for (const struct verb *v = n->verb; v->word && *v->word; v++) {
		char *usage = g_strconcat(v->word, *v->args ? " " : "", v->args, NULL);

		g_string_append_printf(s, "  %-26s %s\n", usage, v->help);
		g_free(usage);
	}
	g_string_append(s,
			"\nOptions:\v"
			"Exit status: 0 done; 1 the server refused or something failed; 2 the "
			"command line makes no sense; 3 no server answers; 4 no token, or one "
			"that may not.");
	return g_string_free(s, FALSE);
}

/* The options of all verbs of the noun, then those every noun has. Returns where the settings
 * are, *n of them. */
static struct argp_option *noun_options_list(const struct noun *noun, struct argp_option *to,
					     size_t *n)
{
	struct argp_option *settings;

	for (int i = 0; i < CMD_OPTIONS; i++)
		if (noun_takes(noun, option_row[i].name))
			*to++ = (struct argp_option){ .name = option_row[i].name,
						      .key = KEY_OPTION + i,
						      .arg = option_row[i].arg,
						      .doc = option_row[i].help };
	settings = to;
	*n = setting_options(SETTING_GROUP_CLIENT, KEY_SETTING, 1, to);
	to += *n;
	*to++ = (struct argp_option){ .name = "json",
				      .key = KEY_JSON,
				      .doc = "Print what the API returned",
				      .group = 1 };
	*to = (struct argp_option){ 0 };
	return settings;
}

static int noun_verb_find(struct cmd *c)
{
	const char *word = c->argc ? c->argv[0] : NULL;

	/* A noun with a single verb without a word does one thing only. */
	if (*c->noun->verb->word == 0)
		c->verb = c->noun->verb;
	for (const struct verb *v = c->noun->verb; word && v->word; v++)
		if (*v->word && !strcmp(word, v->word))
			c->verb = v;
	if (c->verb == NULL) {
		message_print(word ? "%s: no such verb: %s" : "%s: a verb is missing",
			      c->noun->word, word);
		fprintf(stderr, "'gatehouse %s --help' lists them.\n", c->noun->word);
		return CMD_USAGE;
	}
	if (*c->verb->word) {
		c->argc--;
		c->argv++;
	}
	if (c->argc < c->verb->least || (c->verb->most >= 0 && c->argc > c->verb->most)) {
		fprintf(stderr, "Usage: gatehouse %s %s %s\n", c->noun->word, c->verb->word,
			c->verb->args);
		return CMD_USAGE;
	}
	for (int i = 0; i < CMD_OPTIONS; i++) {
		if (c->opt[i] == NULL || noun_has_word(c->verb->options, option_row[i].name))
			continue;
		message_print("%s %s takes no --%s", c->noun->word, c->verb->word,
			      option_row[i].name);
		return CMD_USAGE;
	}
	return CMD_OK;
}

int cmd_run(const struct noun *n, int argc, char **argv)
{
	struct argp_option options[CMD_OPTIONS + SETTING_COUNT + 2], *settings;
	char *doc = noun_help_text(n), *name = g_strconcat("gatehouse ", n->word, NULL);
	struct argp argp = { .options = options,
			     .parser = noun_option_read,
			     .args_doc = *n->verb->word ? "VERB [ARGUMENT...]" : NULL,
			     .doc = doc };
	char **words = g_new0(char *, (gsize)argc + 1);
	struct cmd c = { .noun = n, .argv = words };
	size_t settings_n;
	int end;

	settings = noun_options_list(n, options, &settings_n);
	argv[0] = name;
	argp_err_exit_status = CMD_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, &c);
	setting_options_free(settings, settings_n);
	end = noun_verb_find(&c);
	if (end == CMD_OK && (c.verb->offline == NULL || !c.verb->offline(&c, &end))) {
		end = client_open(&c.client);
		if (end == CMD_OK)
			end = c.verb->run(&c);
	}
	if (end == CMD_OK && (fflush(stdout) || ferror(stdout))) {
		message_print("standard output cannot be written");
		end = CMD_FAILED;
	}
	client_close(&c.client);
	g_free(words);
	g_free(name);
	g_free(doc);
	return end;
}

/* --- verbs that need no function of their own --- */

char *cmd_query(struct cmd *c, const char *path)
{
	static const enum cmd_option in_query[] = {
		CMD_device,  CMD_pin,	CMD_from,   CMD_to,	CMD_after,
		CMD_limit,   CMD_state, CMD_status, CMD_kind,	CMD_severity,
		CMD_subject, CMD_query, CMD_sort,   CMD_before, CMD_cursor,
	};
	GString *s = g_string_new(path);
	char mark = '?';

	for (size_t i = 0; i < sizeof(in_query) / sizeof(in_query[0]); i++) {
		const char *value = c->opt[in_query[i]];
		char *safe = value ? curl_easy_escape(c->client.curl, value, 0) : NULL;

		if (safe == NULL)
			continue;
		g_string_append_printf(
			s, "%c%s=%s", mark,
			in_query[i] == CMD_query ? "q" : option_row[in_query[i]].name, safe);
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

/* --- KEY=VALUE --- */

/* The type of a field in the server's document: "integer", "boolean" or "string". */
static const char *noun_type_of(json_t *document, const char *schema, const char *type,
				const char *key)
{
	json_t *s = json_object_get(
		json_object_get(json_object_get(document, "components"), "schemas"), schema);
	json_t *fields, *f;
	size_t i;

	if (type == NULL)
		return json_string_value(json_object_get(
			json_object_get(json_object_get(s, "properties"), key), "type"));
	fields =
		json_object_get(json_object_get(json_object_get(s, "x-types"), type), "fields");
	json_array_foreach(fields, i, f)
	{
		const char *name = json_string_value(json_object_get(f, "name"));
		const char *kind = json_string_value(json_object_get(f, "kind"));

		if (name && kind && !strcmp(name, key))
			return !strcmp(kind, "int")    ? "integer"
			       : !strcmp(kind, "bool") ? "boolean"
						       : "string";
	}
	return NULL;
}

static json_t *value_typed(const char *type, const char *text)
{
	static const char *const yes[] = { "true", "yes", "on", "1" };
	static const char *const no[] = { "false", "no", "off", "0" };
	char *end;

	if (type && !strcmp(type, "integer")) {
		long long n = g_ascii_strtoll(text, &end, 10);

		return *text && *end == 0 ? json_integer(n) : NULL;
	}
	for (size_t i = 0; type && !strcmp(type, "boolean"); i++) {
		if (i == 4)
			return NULL;
		if (!strcmp(text, yes[i]))
			return json_true();
		if (!strcmp(text, no[i]))
			return json_false();
	}
	return json_string(text);
}

int cmd_pairs(struct cmd *c, int first, const char *schema, const char *type, json_t **out)
{
	json_t *document = NULL, *object;
	int end = client_call(&c->client, "GET", "/api/openapi.json", NULL, false, &document);

	if (end)
		return end;
	object = json_object();
	for (int i = first; i < c->argc && end == CMD_OK; i++) {
		char **pair = g_strsplit(c->argv[i], "=", 2);
		const char *kind =
			pair[0] ? noun_type_of(document, schema, type, pair[0]) : NULL;
		json_t *value = pair[0] && pair[1] ? value_typed(kind, pair[1]) : NULL;

		if (value == NULL) {
			message_print(pair[0] && pair[1] ? "%s: not %s"
							 : "%s: write it as KEY=VALUE",
				      c->argv[i],
				      kind && !strcmp(kind, "integer") ? "a whole number"
								       : "true or false");
			end = CMD_USAGE;
		} else {
			json_object_set_new(object, pair[0], value);
		}
		g_strfreev(pair);
	}
	json_decref(document);
	if (end)
		json_decref(object);
	else
		*out = object;
	return end;
}

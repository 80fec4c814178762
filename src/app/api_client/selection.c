#include "app/api_client/selection.h"

#include <glib.h>
#include <string.h>

#include "app/api_client/noun_help.h"
#include "app/confirm.h"
#include "app/message.h"
#include "base/pattern.h"

#define PAGE "10000"
#define SHOWN 20 /* devices that are listed before a question */

static const enum cmd_option selecting[] = { CMD_all, CMD_state, CMD_contact, CMD_tag };

/* The first of the options that was given; -1: none. */
static int selecting_option(const struct cmd *c)
{
	for (size_t i = 0; i < sizeof(selecting) / sizeof(selecting[0]); i++)
		if (c->opt[selecting[i]])
			return (int)selecting[i];
	return -1;
}

bool selection_given(const struct cmd *c, const char *word)
{
	return selecting_option(c) >= 0 || (word && ghi_pattern_is(gh_slice_of(word)));
}

/* The devices of a pattern, or (NULL) all, as the options restrict them, page by page. */
static int select_find(struct cmd *c, const char *pattern, struct selection *out,
		       GHashTable *known)
{
	const char *after = c->opt[CMD_after], *sn = c->opt[CMD_sn];
	char next[32];
	bool more = true;
	int end = CMD_OK;

	c->opt[CMD_sn] = pattern;
	c->opt[CMD_limit] = PAGE;
	while (more && end == CMD_OK) {
		char *query = cmd_query(c, "/api/devices");
		char *path = g_strconcat(query, "&total=0", NULL);
		json_t *reply = NULL, *row;
		size_t i;

		end = client_call(&c->client, "GET", path, NULL, false, &reply);
		json_array_foreach(json_object_get(reply, "data"), i, row)
		{
			const char *name = json_string_value(json_object_get(row, "sn"));

			if (name && g_hash_table_add(known, g_strdup(name)))
				json_array_append(out->rows, row);
		}
		more = json_is_true(json_object_get(reply, "more"));
		g_snprintf(next, sizeof(next), "%" JSON_INTEGER_FORMAT,
			   json_integer_value(json_object_get(reply, "next")));
		c->opt[CMD_after] = next;
		json_decref(reply);
		g_free(path);
		g_free(query);
	}
	c->opt[CMD_after] = after;
	c->opt[CMD_sn] = sn;
	c->opt[CMD_limit] = NULL;
	return end;
}

/* What does not go together. */
static bool selection_sound(struct cmd *c, char *const *word, int words)
{
	int option = selecting_option(c);

	if (words == 0 && option < 0) {
		message_print("%s %s: which devices? Give serial numbers, patterns of them as "
			      "'CKUH*', or %s",
			      c->noun->word, c->verb->word, "--all, --state held, --tag TAG");
		return false;
	}
	for (int i = 0; i < words && option >= 0; i++) {
		if (option != CMD_all && ghi_pattern_is(gh_slice_of(word[i])))
			continue;
		message_print(
			"%s does not go with --%s%s%s: it selects devices by itself", word[i],
			option == CMD_all ? "all" : noun_option_name((enum cmd_option)option),
			option == CMD_all ? "" : " ", option == CMD_all ? "" : c->opt[option]);
		return false;
	}
	return true;
}

int selection_read(struct cmd *c, int words, struct selection *out)
{
	return selection_find(c, c->argv, words, out);
}

int selection_find(struct cmd *c, char *const *word, int words, struct selection *out)
{
	GHashTable *known;
	int end = CMD_OK;

	*out = (struct selection){ .chosen = selecting_option(c) >= 0 };
	if (!selection_sound(c, word, words))
		return CMD_USAGE;
	known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	out->rows = json_array();
	if (words == 0)
		end = select_find(c, NULL, out, known);
	for (int i = 0; i < words && end == CMD_OK; i++) {
		if (ghi_pattern_is(gh_slice_of(word[i]))) {
			out->chosen = true;
			end = select_find(c, word[i], out, known);
		} else if (g_hash_table_add(known, g_strdup(word[i]))) {
			json_array_append_new(out->rows, json_pack("{s:s}", "sn", word[i]));
		}
	}
	g_hash_table_destroy(known);
	if (end == CMD_OK && json_array_size(out->rows) == 0) {
		message_print("no device is selected by that; 'gatehouse device list' shows "
			      "those there are");
		end = CMD_FAILED;
	}
	if (end)
		selection_clear(out);
	return end;
}

void selection_clear(struct selection *s)
{
	json_decref(s->rows);
	s->rows = NULL;
}

bool selection_confirm(struct cmd *c, const struct selection *s, const char *what)
{
	static const struct column columns[] = {
		{ "SERIAL NUMBER", "sn", CELL_ID },
		{ "NAME", "name", CELL_TEXT | CELL_DROP(1) },
		{ "STATE", "state", CELL_ID | CELL_DROP(2) },
		{ 0 },
	};
	size_t n = json_array_size(s->rows);
	json_t *some;

	if (c->opt[CMD_yes])
		return true;
	some = json_array();
	for (size_t i = 0; i < n && i < SHOWN; i++)
		json_array_append(some, json_array_get(s->rows, i));
	table_print(stderr, some, columns, table_terminal());
	json_decref(some);
	if (n > SHOWN)
		fprintf(stderr, "and %zu more\n", n - SHOWN);
	return confirm_question(false, "%s (%zu device%s)", what, n, n == 1 ? "" : "s");
}

int selection_each(struct cmd *c, const struct selection *s, const struct selection_act *act)
{
	int worst = CMD_OK;
	json_t *row;
	size_t i;

	json_array_foreach(s->rows, i, row)
	{
		const char *sn = json_string_value(json_object_get(row, "sn"));
		char *path = client_path(&c->client, act->path, sn);
		json_t *body = act->body_of ? act->body_of(c, row) : json_incref(act->body);
		json_t *reply = NULL;

		c->client.subject = sn;
		int end = client_call(&c->client, act->method, path, body, c->json, &reply);
		c->client.subject = NULL;
		if (end == CMD_OK && !c->json && act->print)
			act->print(c, sn, reply);
		else if (end == CMD_OK && !c->json)
			printf("%s: %s\n", sn, act->done);
		if (end > worst)
			worst = end;
		json_decref(reply);
		json_decref(body);
		g_free(path);
		if (worst > CMD_FAILED)
			break;
	}
	return worst;
}

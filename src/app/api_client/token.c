/* gatehouse token … */
#include <glib.h>
#include <string.h>

#include "app/api_client/noun.h"
#include "app/subcommands.h"

static const struct column columns[] = {
	{ "ID", "id", CELL_ID },
	{ "NAME", "name", CELL_TEXT },
	{ "SCOPES", "scopes", CELL_TEXT },
	{ "USED", "lastUsedAt", CELL_AGO | CELL_DROP(3) },
	{ "EXPIRES", "expiresAt", CELL_TIME | CELL_DROP(2) },
	{ "CREATED", "createdAt", CELL_TIME | CELL_DROP(1) },
	{ 0 },
};

/* "read,door" as a list. */
static json_t *token_words_of(const char *list)
{
	gchar **word = g_strsplit(list, ",", -1);
	json_t *words = json_array();

	for (size_t i = 0; word[i]; i++)
		json_array_append_new(words, json_string(g_strstrip(word[i])));
	g_strfreev(word);
	return words;
}

static int token_create(struct cmd *c)
{
	json_t *body = json_pack("{s:s}", "name", c->argv[0]);
	json_t *reply = NULL, *made;

	if (c->opt[CMD_scopes])
		json_object_set_new(body, "scopes", token_words_of(c->opt[CMD_scopes]));
	if (c->opt[CMD_doors])
		json_object_set_new(body, "doors", token_words_of(c->opt[CMD_doors]));
	if (c->opt[CMD_expires])
		json_object_set_new(body, "expires", json_string(c->opt[CMD_expires]));
	if (c->opt[CMD_scope])
		json_object_set_new(body, "scope", json_string(c->opt[CMD_scope]));

	int end = client_call(&c->client, "POST", "/api/tokens", body, c->json, &reply);

	made = json_object_get(reply, "data");
	if (end == CMD_OK && !c->json) {
		printf("%s\n", json_string_value(json_object_get(made, "token")));
		fprintf(stderr,
			"Token %" JSON_INTEGER_FORMAT "; it is shown only now. Keep it safe.\n",
			json_integer_value(json_object_get(made, "id")));
	}
	json_decref(reply);
	json_decref(body);
	return end;
}

/* On the machine itself, where no server runs: for who has no token any more. */
static bool token_create_here(struct cmd *c, int *end)
{
	const char *scope = c->opt[CMD_scope], *scopes = c->opt[CMD_scopes];

	if (!client_setting_given(&c->client, SETTING_CLIENT_DATA) ||
	    client_setting_given(&c->client, SETTING_CLIENT_URL) ||
	    client_setting_given(&c->client, SETTING_CLIENT_TOKEN) ||
	    client_setting_given(&c->client, SETTING_CLIENT_TOKEN_FILE) || c->opt[CMD_doors] ||
	    c->opt[CMD_expires] || (scope && scopes))
		return false;
	if (scope)
		scopes = !strcmp(scope, "write") ? "read,write" : scope;
	return token_create_offline(client_setting(&c->client, SETTING_CLIENT_DATA), c->argv[0],
				    scopes ? scopes : "read", end);
}

static const struct verb verbs[] = {
	{ .word = "list",
	  .args = "",
	  .options = LIST_OPTIONS,
	  .help = "Tokens there are",
	  .run = cmd_list,
	  .path = "/api/tokens",
	  .columns = columns },
	{ .word = "create",
	  .args = "NAME",
	  .least = 1,
	  .most = 1,
	  .options = "scopes scope doors expires",
	  .help = "Make one; prints it",
	  .examples = "payroll --scopes read,metrics\ngatekeeper --scopes read,door --doors "
		      "CJDE231260005:1",
	  .run = token_create,
	  .offline = token_create_here },
	{ .word = "revoke",
	  .args = "ID...",
	  .least = 1,
	  .most = -1,
	  .options = "",
	  .help = "Make tokens invalid",
	  .examples = "3",
	  .run = cmd_each,
	  .method = "DELETE",
	  .path = "/api/tokens/%s",
	  .done = "revoked" },
	{ 0 },
};

int cmd_token(int argc, char **argv)
{
	static const struct noun noun = { "token", "Who may use the API", verbs };

	return cmd_run(&noun, argc, argv);
}

/* gatehouse account … */
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "app/api_client/noun.h"
#include "app/message.h"
#include "app/secret.h"
#include "app/subcommands.h"

#define PASSWORD_VARIABLE "GATEHOUSE_ACCOUNT_PASSWORD"
#define PASSWORD_LINE 1024

static const struct column columns[] = {
	{ "ID", "id", CELL_ID },
	{ "NAME", "name", CELL_TEXT },
	{ "ROLE", "role", CELL_ID },
	{ "AREAS", "areas", CELL_TEXT },
	{ "DISABLED", "disabled", CELL_TEXT | CELL_DROP(2) },
	{ "CREATED", "createdAt", CELL_TIME | CELL_DROP(1) },
	{ 0 },
};

static const struct column session_columns[] = {
	{ "ID", "id", CELL_ID },	{ "NAME", "name", CELL_TEXT },
	{ "FROM", "from", CELL_ID },	{ "BEGUN", "createdAt", CELL_TIME | CELL_DROP(1) },
	{ "USED", "usedAt", CELL_AGO }, { 0 },
};

/* --- passwords: of a file, the environment, or typed --- */

/* A line typed at the terminal, which does not show it. NULL: there is no terminal, or it ended. */
static char *password_type(const char *prompt)
{
	struct termios shown, hidden;
	char line[PASSWORD_LINE];
	char *got;

	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &shown) != 0)
		return NULL;
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	fputs(prompt, stderr);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	got = fgets(line, sizeof(line), stdin);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
	fputc('\n', stderr);
	if (got)
		line[strcspn(line, "\r\n")] = '\0';
	got = got ? g_strdup(line) : NULL;
	explicit_bzero(line, sizeof(line));
	return got;
}

static char *password_type_twice(void)
{
	char *first = password_type("Password: "), *second = NULL;

	if (first)
		second = password_type("The same again: ");
	if (first && second && strcmp(first, second) == 0) {
		explicit_bzero(second, strlen(second));
		g_free(second);
		return first;
	}
	if (first)
		message_print("the two are not the same");
	else
		message_print("no password: use --password-file FILE, " PASSWORD_VARIABLE
			      ", or a terminal");
	g_free(first);
	g_free(second);
	return NULL;
}

/* NULL: a message was printed. */
static char *account_password(struct cmd *c)
{
	const char *file = c->opt[CMD_password_file], *given = g_getenv(PASSWORD_VARIABLE);

	if (file)
		return secret_file_read(file);
	return given ? g_strdup(given) : password_type_twice();
}

static void password_erase(char *password)
{
	if (password)
		explicit_bzero(password, strlen(password));
	g_free(password);
}

/* --- verbs --- */

/* "1,5"; "" is none. NULL: a message was printed. */
static json_t *area_numbers(const char *list)
{
	gchar **word = g_strsplit(list, ",", -1);
	json_t *numbers = json_array();

	for (size_t i = 0; word[i] && numbers; i++) {
		char *rest;
		gint64 n = g_ascii_strtoll(g_strstrip(word[i]), &rest, 10);

		if (*word[i] == '\0')
			continue;
		if (*rest || n < 1) {
			message_print("--areas: \"%s\" is no number of an area", word[i]);
			json_decref(numbers);
			numbers = NULL;
		} else {
			json_array_append_new(numbers, json_integer(n));
		}
	}
	g_strfreev(word);
	return numbers;
}

/* The options that are fields; false: a message was printed. */
static bool account_fields_take(struct cmd *c, json_t *body)
{
	json_t *areas = c->opt[CMD_areas] ? area_numbers(c->opt[CMD_areas]) : NULL;

	if (c->opt[CMD_areas] && areas == NULL)
		return false;
	if (areas)
		json_object_set_new(body, "areas", areas);
	if (c->opt[CMD_role])
		json_object_set_new(body, "role", json_string(c->opt[CMD_role]));
	if (c->opt[CMD_name])
		json_object_set_new(body, "name", json_string(c->opt[CMD_name]));
	if (c->opt[CMD_disable] || c->opt[CMD_enable])
		json_object_set_new(body, "disabled",
				    json_boolean(c->opt[CMD_disable] != NULL));
	return true;
}

static int account_send(struct cmd *c, const char *method, const char *path, json_t *body,
			const char *done)
{
	json_t *reply = NULL;
	int end = client_call(&c->client, method, path, body, c->json, &reply);
	json_t *made = json_object_get(reply, "data");

	if (end == CMD_OK && !c->json)
		printf("%" JSON_INTEGER_FORMAT " %s: %s\n",
		       json_integer_value(json_object_get(made, "id")),
		       json_string_value(json_object_get(made, "name")), done);
	json_decref(reply);
	return end;
}

static int account_add(struct cmd *c)
{
	char *password = account_password(c);
	json_t *body = json_pack("{s:s}", "name", c->argv[0]);
	int end = password ? CMD_OK : CMD_USAGE;

	if (end == CMD_OK && !account_fields_take(c, body))
		end = CMD_USAGE;
	if (end == CMD_OK) {
		json_object_set_new(body, "password", json_string(password));
		if (!c->opt[CMD_role])
			json_object_set_new(body, "role", json_string("viewer"));
		end = account_send(c, "POST", "/api/accounts", body, "made");
	}
	password_erase(password);
	json_decref(body);
	return end;
}

static char *account_password_read(void *ctx)
{
	return account_password(ctx);
}

/* On the machine itself, where no server runs: for who cannot sign in any more. */
static bool account_add_here(struct cmd *c, int *end)
{
	const char *role = c->opt[CMD_role];

	if (!client_setting_given(&c->client, SETTING_CLIENT_DATA) ||
	    client_setting_given(&c->client, SETTING_CLIENT_URL) ||
	    client_setting_given(&c->client, SETTING_CLIENT_TOKEN) ||
	    client_setting_given(&c->client, SETTING_CLIENT_TOKEN_FILE) || c->opt[CMD_areas] ||
	    role == NULL || strcmp(role, "administrator") != 0)
		return false;
	return account_create_offline(client_setting(&c->client, SETTING_CLIENT_DATA),
				      c->argv[0], account_password_read, c, end);
}

static int account_set(struct cmd *c)
{
	json_t *body = json_object();
	char *path = client_path(&c->client, "/api/accounts/%s", c->argv[0]);
	int end = CMD_USAGE;

	if (account_fields_take(c, body))
		end = account_send(c, "PATCH", path, body, "changed");
	g_free(path);
	json_decref(body);
	return end;
}

static int account_password_set(struct cmd *c)
{
	char *password = account_password(c);
	json_t *body = json_object();
	char *path = client_path(&c->client, "/api/accounts/%s", c->argv[0]);
	int end = CMD_USAGE;

	if (password) {
		json_object_set_new(body, "password", json_string(password));
		end = account_send(c, "PATCH", path, body,
				   "has the new password, and no session");
	}
	password_erase(password);
	g_free(path);
	json_decref(body);
	return end;
}

static const struct verb verbs[] = {
	{ .word = "list",
	  .args = "",
	  .options = LIST_OPTIONS,
	  .help = "Accounts there are",
	  .run = cmd_list,
	  .path = "/api/accounts",
	  .columns = columns },
	{ .word = "add",
	  .args = "NAME",
	  .least = 1,
	  .most = 1,
	  .options = "role areas password-file",
	  .help = "Make one",
	  .examples = "ana --role guard --password-file ana.password",
	  .run = account_add,
	  .offline = account_add_here },
	{ .word = "set",
	  .args = "ID",
	  .least = 1,
	  .most = 1,
	  .options = "name role areas disable enable",
	  .help = "Change one",
	  .examples = "3 --role operator --areas 2,5\n3 --disable",
	  .run = account_set },
	{ .word = "password",
	  .args = "ID",
	  .least = 1,
	  .most = 1,
	  .options = "password-file",
	  .help = "Set its password; its sessions end",
	  .examples = "3 --password-file ana.password",
	  .run = account_password_set },
	{ .word = "delete",
	  .args = "ID...",
	  .least = 1,
	  .most = -1,
	  .options = "",
	  .help = "Delete accounts; their sessions end",
	  .examples = "3",
	  .run = cmd_each,
	  .method = "DELETE",
	  .path = "/api/accounts/%s",
	  .done = "deleted" },
	{ .word = "sessions",
	  .args = "",
	  .options = LIST_OPTIONS,
	  .help = "Sessions of all accounts",
	  .run = cmd_list,
	  .path = "/api/sessions",
	  .columns = session_columns },
	{ .word = "sign-out",
	  .args = "SESSION...",
	  .least = 1,
	  .most = -1,
	  .options = "",
	  .help = "End sessions",
	  .examples = "7",
	  .run = cmd_each,
	  .method = "DELETE",
	  .path = "/api/sessions/%s",
	  .done = "ended" },
	{ 0 },
};

int cmd_account(int argc, char **argv)
{
	static const struct noun noun = { "account", "Who may sign in", verbs };

	return cmd_run(&noun, argc, argv);
}

/* gatehouse table … */
#include <glib.h>
#include <string.h>

#include "app/api_client/noun.h"
#include "app/confirm.h"
#include "app/message.h"
#include "app/subcommands.h"

static const struct column table_columns[] = {
	{ "TABLE", "table", CELL_ID },
	{ "AVAILABLE", "available", CELL_TEXT | CELL_DROP(2) },
	{ "ROWS", "rows", CELL_ID },
	{ "AS OF", "asOf", CELL_AGO },
	{ "DOUBTFUL", "doubtful", CELL_TEXT | CELL_DROP(2) },
	{ "RESYNC", "resync", CELL_TEXT | CELL_DROP(2) },
	{ "REFUSED", "refused", CELL_TEXT | CELL_DROP(2) },
	{ "VERBS", "verbs", CELL_TEXT | CELL_DROP(1) },
	{ "ABOUT", "about", CELL_TEXT | CELL_DROP(3) },
	{ 0 },
};

static const struct column row_columns[] = {
	{ "ROW", "row", CELL_TEXT },
	{ "ORIGIN", "origin", CELL_TEXT | CELL_DROP(1) },
	{ "AS OF", "asOf", CELL_AGO | CELL_DROP(2) },
	{ 0 },
};

/* Of the first argument and, where there is one, the second. g_free() it. */
static char *unit_path(struct cmd *c, const char *verb)
{
	char *sn = curl_easy_escape(c->client.curl, c->argv[0], 0);
	char *table = c->argc > 1 ? curl_easy_escape(c->client.curl, c->argv[1], 0) : NULL;
	char *path = g_strconcat("/api/devices/", sn, "/tables", table ? "/" : "",
				 table ? table : "", verb, NULL);

	curl_free(sn);
	curl_free(table);
	return path;
}

/* An object of the API has its rows as one of its members. */
static int unit_rows_print(struct cmd *c, const char *path, const char *member)
{
	json_t *reply = NULL, *data, *list;
	const char *next;
	int end = client_call(&c->client, "GET", path, NULL, c->json, &reply);

	if (end == CMD_OK && !c->json) {
		data = json_object_get(reply, "data");
		list = json_pack("{s:b,s:O?}", "success", 1, "data",
				 json_object_get(data, member));
		end = cmd_list_print(c, list);
		next = json_string_value(json_object_get(data, "next"));
		if (next)
			message_print("there are more: --key '%s'", next);
		json_decref(list);
	}
	json_decref(reply);
	return end;
}

static int unit_table_list(struct cmd *c)
{
	char *path = unit_path(c, "");
	int end = unit_rows_print(c, path, "tables");

	g_free(path);
	return end;
}

static int unit_table_show(struct cmd *c)
{
	char *path = unit_path(c, ""), *whole = cmd_query(c, path);
	int end = unit_rows_print(c, whole, "rows");

	g_free(whole);
	g_free(path);
	return end;
}

/* The pairs behind the table, as they are written; NULL: one is none, and a message was printed. */
static json_t *table_row_of(struct cmd *c)
{
	json_t *row = json_object();

	for (int i = 2; i < c->argc; i++) {
		char *value = strchr(c->argv[i], '=');
		char *name;

		if (value == NULL || value == c->argv[i]) {
			message_print("\"%s\" is no NAME=VALUE", c->argv[i]);
			json_decref(row);
			return NULL;
		}
		name = g_strndup(c->argv[i], (gsize)(value - c->argv[i]));
		json_object_set_new(row, name, json_string(value + 1));
		g_free(name);
	}
	return row;
}

static int unit_order_end(struct cmd *c, json_t *order)
{
	const char *id = json_string_value(json_object_get(order, "commandId")),
		   *wait = c->opt[CMD_wait];

	if (id == NULL)
		return CMD_FAILED;
	if (wait)
		return cmd_wait(c, id, g_ascii_strtod(wait, NULL));
	printf("%s: queued as command %s\n", c->argv[0], id);
	return CMD_OK;
}

/* Commands for the unit; the body is taken. */
static int unit_orders_call(struct cmd *c, const char *method, const char *path, json_t *body)
{
	json_t *reply = NULL, *order, *warning;
	size_t i;
	bool raw = c->json && c->opt[CMD_wait] == NULL;
	int end = client_call(&c->client, method, path, body, raw, &reply), worst = end;

	json_decref(body);
	if (end == CMD_OK && !raw) {
		json_t *data = json_object_get(reply, "data");

		if (json_is_true(json_object_get(data, "unverified")))
			message_print("no document has this form; only programs of the vendor "
				      "were seen to send it");
		json_array_foreach(json_object_get(data, "warnings"), i, warning)
		{
			message_print("warning: %s: %s",
				      json_string_value(json_object_get(warning, "field")),
				      json_string_value(json_object_get(warning, "message")));
		}
		json_array_foreach(json_object_get(data, "orders"), i, order)
		{
			end = unit_order_end(c, order);
			worst = end ? end : worst;
		}
	}
	json_decref(reply);
	return worst;
}

static int unit_table_set(struct cmd *c)
{
	json_t *row = table_row_of(c);
	char *path;
	int end;

	if (row == NULL)
		return CMD_USAGE;
	path = unit_path(c, "");
	end = unit_orders_call(c, "PUT", path, json_pack("{s:[o]}", "rows", row));
	g_free(path);
	return end;
}

/* "?where=Pin%3D1%2CFingerID%3D2" of the pairs, and what else. g_free() it; NULL: a message was printed. */
static char *unit_conditions(struct cmd *c, const char *verb, const char *more)
{
	json_t *row = table_row_of(c), *value;
	const char *name;
	GString *where = g_string_new(NULL);
	char *path = unit_path(c, verb), *safe, *whole;

	json_object_foreach(row, name, value) g_string_append_printf(
		where, "%s%s=%s", where->len ? "," : "", name, json_string_value(value));
	safe = curl_easy_escape(c->client.curl, where->str, (int)where->len);
	whole = where->len ? g_strconcat(path, "?where=", safe, more ? "&" : "",
					 more ? more : "", NULL)
			   : g_strconcat(path, more ? "?" : "", more ? more : "", NULL);
	curl_free(safe);
	g_free(path);
	g_string_free(where, TRUE);
	if (row == NULL) {
		g_free(whole);
		whole = NULL;
	}
	json_decref(row);
	return whole;
}

static int table_rows_delete(struct cmd *c)
{
	bool all = c->opt[CMD_all] != NULL;
	char *path;
	int end;

	if (all == (c->argc > 2)) {
		message_print("table delete: NAME=VALUE names the rows that go, or --all");
		return CMD_USAGE;
	}
	if (all && !confirm_question(c->opt[CMD_yes] != NULL,
				     "All rows of table %s will be deleted from %s.",
				     c->argv[1], c->argv[0]))
		return CMD_USAGE;
	path = unit_conditions(c, "", all ? "all=1" : NULL);
	if (path == NULL)
		return CMD_USAGE;
	end = unit_orders_call(c, "DELETE", path, NULL);
	g_free(path);
	return end;
}

static int unit_table_count(struct cmd *c)
{
	char *path = unit_conditions(c, "/count", NULL);
	int end;

	if (path == NULL)
		return CMD_USAGE;
	end = unit_orders_call(c, "POST", path, NULL);
	g_free(path);
	return end;
}

static int unit_table_query(struct cmd *c)
{
	char *path = unit_conditions(c, "/query", c->opt[CMD_new] ? "new=1" : NULL), *whole;
	int end;

	if (path == NULL)
		return CMD_USAGE;
	whole = cmd_query(c, path);
	end = unit_orders_call(c, "POST", whole, NULL);
	g_free(whole);
	g_free(path);
	return end;
}

static int unit_table_reset(struct cmd *c)
{
	char *path = unit_path(c, "/reset");
	json_t *reply = NULL;
	int end = client_call(&c->client, "POST", path, NULL, c->json, &reply);

	if (end == CMD_OK && !c->json)
		printf("%s: table %s is sent to it again\n", c->argv[0], c->argv[1]);
	json_decref(reply);
	g_free(path);
	return end;
}

static const struct verb verbs[] = {
	{ .word = "list",
	  .args = "SN",
	  .least = 1,
	  .most = 1,
	  .options = "columns format",
	  .help = "Tables of an access unit, and known rows",
	  .examples = "CJDE231260005",
	  .run = unit_table_list,
	  .path = "/api/devices/%s/tables",
	  .columns = table_columns },
	{ .word = "show",
	  .args = "SN TABLE",
	  .least = 2,
	  .most = 2,
	  .options = "key limit columns format",
	  .help = "Rows that are known of a table",
	  .examples = "CJDE231260005 user\nCJDE231260005 timezone --format csv",
	  .run = unit_table_show,
	  .path = "/api/devices/%s/tables/%s",
	  .columns = row_columns },
	{ .word = "set",
	  .args = "SN TABLE NAME=VALUE...",
	  .least = 3,
	  .most = -1,
	  .options = "wait",
	  .help = "Write a row; what is not named stays",
	  .examples = "CJDE231260005 holiday Holiday=20261225 HolidayType=1 Loop=1\n"
		      "CJDE231260005 user Pin=7 Name='Ada Lovelace' --wait 60",
	  .run = unit_table_set },
	{ .word = "delete",
	  .args = "SN TABLE [NAME=VALUE...]",
	  .least = 2,
	  .most = -1,
	  .options = "all wait yes",
	  .help = "Delete rows with these values, or all",
	  .examples = "CJDE231260005 userauthorize Pin=7\nCJDE231260005 holiday --all --yes\n"
		      "CJDE231260005 transaction --all --yes",
	  .run = table_rows_delete },
	{ .word = "count",
	  .args = "SN TABLE [NAME=VALUE...]",
	  .least = 2,
	  .most = -1,
	  .options = "wait",
	  .help = "Make the unit count its rows",
	  .examples = "CJDE231260005 user --wait 60",
	  .run = unit_table_count },
	{ .word = "query",
	  .args = "SN TABLE [NAME=VALUE...]",
	  .least = 2,
	  .most = -1,
	  .options = "from new to wait",
	  .help = "Make the unit send rows",
	  .examples = "CJDE231260005 user\nCJDE231260005 templatev10 Pin=7 --wait 60\n"
		      "CJDE231260005 transaction --new\n"
		      "CJDE231260005 transaction --from 2026-11-01 --to 2026-11-07",
	  .run = unit_table_query },
	{ .word = "reset",
	  .args = "SN TABLE",
	  .least = 2,
	  .most = 2,
	  .options = "",
	  .help = "Send it again what it lacks of the table",
	  .examples = "CJDE231260005 firstcard",
	  .run = unit_table_reset },
	{ 0 },
};

int cmd_table(int argc, char **argv)
{
	static const struct noun noun = { "table", "Tables of access units, row by row",
					  verbs };

	return cmd_run(&noun, argc, argv);
}

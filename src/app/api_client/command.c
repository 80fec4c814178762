/* gatehouse command … */
#include <glib.h>
#include <string.h>

#include "app/api_client/command.h"
#include "app/message.h"
#include "app/subcommands.h"
#include "base/clock.h"

static const struct column list_columns[] = {
	{ "ID", "id", CELL_ID },
	{ "DEVICE", "deviceSerial", CELL_ID },
	{ "STATUS", "status", CELL_ID },
	{ "RETURN", "returnCode", CELL_ID | CELL_DROP(2) },
	{ "MEANING", "meaning", CELL_TEXT | CELL_DROP(1) },
	{ "QUEUED", "createdAt", CELL_AGO | CELL_DROP(3) },
	{ "COMMAND", "command", CELL_TEXT },
	{ 0 },
};

static const struct column type_columns[] = {
	{ "TYPE", "type", CELL_ID },
	{ "SCOPE", "scope", CELL_ID | CELL_DROP(1) },
	{ "FIELDS", "fields", CELL_TEXT },
	{ 0 },
};

static const struct column show_columns[] = {
	{ "Command", "commandId", CELL_TEXT },
	{ "Device", "deviceSerial", CELL_TEXT },
	{ "Text", "command", CELL_TEXT },
	{ "Status", "status", CELL_TEXT },
	{ "Return code", "returnCode", CELL_TEXT },
	{ "Meaning", "meaning", CELL_TEXT },
	{ "Result", "result", CELL_TEXT },
	{ "Content (bytes)", "contentBytes", CELL_TEXT },
	{ "Content fault", "contentFault", CELL_TEXT },
	{ "Carried out by", "subSerial", CELL_TEXT },
	{ "Tries", "tries", CELL_TEXT },
	{ "Queued", "createdAt", CELL_TIME },
	{ "Sent", "sentAt", CELL_TIME },
	{ "Done", "doneAt", CELL_TIME },
	{ "Expires", "expiresAt", CELL_TIME },
	{ 0 },
};

static const struct column history_columns[] = {
	{ "AT", "at", CELL_TIME },
	{ "STATUS", "status", CELL_TEXT },
	{ "DETAIL", "detail", CELL_TEXT },
	{ 0 },
};

static void command_print(json_t *command)
{
	table_print_object(command, show_columns);
	if (json_array_size(json_object_get(command, "history"))) {
		printf("\n");
		table_print(stdout, json_object_get(command, "history"), history_columns,
			    table_terminal());
	}
}

static int command_show(struct cmd *c)
{
	char *path = client_path(&c->client, "/api/commands/%s", c->argv[0]);
	json_t *reply = NULL;
	int end = client_call(&c->client, "GET", path, NULL, c->json, &reply);

	if (end == CMD_OK && !c->json)
		command_print(json_object_get(reply, "data"));
	json_decref(reply);
	g_free(path);
	return end;
}

/* --- send --- */

bool cmd_may_be_answered(const char *status)
{
	return status && (!strcmp(status, "queued") || !strcmp(status, "sent") ||
			  !strcmp(status, "deferred"));
}

static const char *command_status(json_t *reply)
{
	return json_string_value(json_object_get(json_object_get(reply, "data"), "status"));
}

int cmd_wait_read(struct cmd *c, const char *id, double seconds, json_t **reply)
{
	char *path = client_path(&c->client, "/api/commands/%s", id);
	int64_t until = ghi_clock_monotonic_us() + (int64_t)(seconds * G_USEC_PER_SEC);
	int end;

	*reply = NULL;
	for (;;) {
		end = client_call(&c->client, "GET", path, NULL, false, reply);
		if (end || !cmd_may_be_answered(command_status(*reply)) ||
		    ghi_clock_monotonic_us() >= until)
			break;
		json_decref(*reply);
		*reply = NULL;
		g_usleep(G_USEC_PER_SEC / 5);
	}
	g_free(path);
	return end;
}

int cmd_wait(struct cmd *c, const char *id, double seconds)
{
	json_t *reply;
	int end = cmd_wait_read(c, id, seconds, &reply);
	const char *status = command_status(reply);

	if (end == CMD_OK && c->json) {
		json_dumpf(reply, stdout, JSON_COMPACT);
		printf("\n");
	} else if (end == CMD_OK) {
		command_print(json_object_get(reply, "data"));
	}
	if (end == CMD_OK && cmd_may_be_answered(status))
		message_print("the device has not answered yet; it may still");
	if (end == CMD_OK && (status == NULL || strcmp(status, "acknowledged") != 0))
		end = CMD_FAILED;
	json_decref(reply);
	return end;
}

/* Of what follows the first `words` arguments; without its device. */
static int body_of(struct cmd *c, int words, json_t **body)
{
	const char *type = c->opt[CMD_type];
	int end = CMD_OK;

	if (type) {
		end = cmd_pairs(c, words, type, body);
	} else if (c->argc <= words) {
		message_print("command send: the command's text is missing, or --type TYPE");
		end = CMD_USAGE;
	} else {
		char *text = g_strjoinv(" ", c->argv + words);

		*body = json_pack("{s:s,s:b}", "command", text, "raw", c->opt[CMD_raw] != NULL);
		if (*body && c->opt[CMD_unchecked])
			json_object_set_new(*body, "unchecked", json_true());
		g_free(text);
		if (*body == NULL) {
			message_print("the command's text is not UTF-8");
			end = CMD_USAGE;
		}
	}
	if (end)
		return end;
	if (type)
		json_object_set_new(*body, "type", json_string(type));
	if (c->opt[CMD_ttl])
		json_object_set_new(*body, "ttl",
				    json_integer(g_ascii_strtoll(c->opt[CMD_ttl], NULL, 10)));
	return CMD_OK;
}

int cmd_order(struct cmd *c, const char *path, json_t *body)
{
	json_t *reply = NULL;
	const char *id, *hint, *wait = c->opt[CMD_wait];
	int end = client_call(&c->client, "POST", path, body, c->json && !wait, &reply);

	id = json_string_value(json_object_get(reply, "commandId"));
	hint = json_string_value(json_object_get(reply, "hint"));
	if (end == CMD_OK && hint && !c->json)
		message_print("%s: %s", c->argv[0], hint);
	if (end == CMD_OK && wait && id)
		end = cmd_wait(c, id, g_ascii_strtod(wait, NULL));
	else if (end == CMD_OK && !c->json)
		printf("%s: queued as command %s\n", c->argv[0], id ? id : "?");
	json_decref(reply);
	return end;
}

static int command_send_one(struct cmd *c, json_t *body)
{
	json_object_set_new(body, "deviceSerial", json_string(c->argv[0]));
	return cmd_order(c, "/api/commands", body);
}

static int command_send(struct cmd *c)
{
	bool chosen = selection_given(c, NULL);
	json_t *body = NULL;
	int end;

	if (c->opt[CMD_file])
		return command_send_file(c);
	if (!chosen && c->argc == 0) {
		message_print("command send: which device? Give a serial number, a pattern as "
			      "'CKUH*', or --all, --state, --contact, --tag");
		return CMD_USAGE;
	}
	end = body_of(c, chosen ? 0 : 1, &body);
	if (end)
		return end;
	if (chosen)
		end = command_send_many(c, NULL, body);
	else if (selection_given(c, c->argv[0]))
		end = command_send_many(c, c->argv[0], body);
	else
		end = command_send_one(c, body);
	json_decref(body);
	return end;
}

/* --- the types, as the server's document has them --- */

static char *type_fields(json_t *type)
{
	GString *s = g_string_new(NULL);
	json_t *field;
	size_t i;

	json_array_foreach(json_object_get(type, "fields"), i, field)
	{
		g_string_append_printf(s, "%s%s%s", i ? " " : "",
				       json_string_value(json_object_get(field, "name")),
				       json_is_true(json_object_get(field, "required")) ? ""
											: "?");
	}
	return g_string_free(s, FALSE);
}

static int command_types(struct cmd *c)
{
	json_t *document = NULL, *rows = json_array(), *types, *type, *reply;
	const char *name;
	int end = client_call(&c->client, "GET", "/api/openapi.json", NULL, false, &document);

	types = table_member(document, "components.schemas.CommandRequest.x-types");
	json_object_foreach(types, name, type)
	{
		char *fields = type_fields(type);

		json_array_append_new(
			rows,
			json_pack("{s:s,s:s,s:s?}", "type", name, "fields", fields, "scope",
				  json_string_value(json_object_get(type, "scope"))));
		g_free(fields);
	}
	reply = json_pack("{s:b,s:o}", "success", 1, "data", rows);
	if (end == CMD_OK)
		end = cmd_list_print(c, reply);
	json_decref(reply);
	json_decref(document);
	return end;
}

static const struct column row_columns[] = {
	{ "PACKET", "packet", CELL_ID | CELL_DROP(1) },
	{ "LINE", "line", CELL_ID | CELL_DROP(2) },
	{ "ROW", "row", CELL_TEXT },
	{ 0 },
};

/* Behind the rows, on standard error: whether they are all. */
static void rows_state_print(const char *id, json_t *reply)
{
	json_t *answer = json_object_get(reply, "answer");
	const char *state = json_string_value(json_object_get(answer, "state"));

	if (state == NULL)
		message_print("command %s has no answer with rows", id);
	else if (strcmp(state, "incomplete") == 0)
		message_print(
			"command %s: incomplete: %lld of %lld packets have come", id,
			(long long)json_integer_value(json_object_get(answer, "packetsKept")),
			(long long)json_integer_value(json_object_get(answer, "packets")));
	else if (strcmp(state, "truncated") == 0)
		message_print("command %s: truncated: more came than is kept", id);
	else if (strcmp(state, "no-body") == 0)
		message_print("command %s: the unit sends no rows of it", id);
}

static int command_rows(struct cmd *c)
{
	char *path, *whole;
	json_t *reply = NULL;
	int end;

	path = g_strdup_printf("/api/commands/%s/rows", c->argv[0]);
	whole = cmd_query(c, path);
	end = client_call(&c->client, "GET", whole, NULL, c->json, &reply);
	if (end == CMD_OK && !c->json) {
		end = cmd_list_print(c, reply);
		rows_state_print(c->argv[0], reply);
	}
	json_decref(reply);
	g_free(whole);
	g_free(path);
	return end;
}

static const struct verb verbs[] = {
	{ .word = "send",
	  .args = "SN TEXT...",
	  .most = -1,
	  .options = "type file raw unchecked ttl wait yes " SELECT_OPTIONS,
	  .help = "Queue a command, raw or by --type; or one for each record of --file",
	  .fields = "CommandRequest",
	  .examples = "CJDE231260005 --type unlock door=1\nCJDE231260005 INFO --wait 60\n--tag "
		      "branch-2 --type reboot --yes\n'CJDE*' --type info\nCJDE231260005 --type "
		      "update_person --file people.csv",
	  .run = command_send },
	{ .word = "list",
	  .args = "",
	  .options = "device status " LIST_OPTIONS,
	  .help = "Commands, the newest first",
	  .examples = "--device CJDE231260005 --status queued",
	  .run = cmd_list,
	  .path = "/api/commands",
	  .columns = list_columns },
	{ .word = "types",
	  .args = "",
	  .options = "columns format",
	  .help = "What --type may be, and its fields (?: may be left out)",
	  .run = command_types,
	  .columns = type_columns },
	{ .word = "show",
	  .args = "ID",
	  .least = 1,
	  .most = 1,
	  .options = "",
	  .help = "One command and its history",
	  .examples = "17",
	  .run = command_show },
	{ .word = "rows",
	  .args = "ID",
	  .least = 1,
	  .most = 1,
	  .options = "after cursor limit total columns format",
	  .help = "The rows with which an access unit answered",
	  .examples = "17\n17 --format csv",
	  .run = command_rows,
	  .path = "/api/commands/%s/rows",
	  .columns = row_columns },
	{ .word = "cancel",
	  .args = "ID...",
	  .least = 1,
	  .most = -1,
	  .options = "",
	  .help = "Call commands off",
	  .examples = "17 18",
	  .run = cmd_each,
	  .method = "DELETE",
	  .path = "/api/commands/%s",
	  .done = "cancelled" },
	{ 0 },
};

int cmd_command(int argc, char **argv)
{
	static const struct noun noun = { "command", "Commands for devices", verbs };

	return cmd_run(&noun, argc, argv);
}

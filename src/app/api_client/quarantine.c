/* gatehouse quarantine … */
#include <glib.h>

#include "app/api_client/noun.h"
#include "app/subcommands.h"

static const struct column quarantine_columns[] = {
	{ "ID", "id", CELL_ID },
	{ "DEVICE", "deviceSerial", CELL_ID },
	{ "RECEIVED", "receivedAt", CELL_TIME | CELL_DROP(2) },
	{ "TABLE", "table", CELL_TEXT | CELL_DROP(3) },
	{ "LINE", "line", CELL_TEXT | CELL_DROP(1) },
	{ "REASON", "reason", CELL_TEXT },
	{ "RECORD", "raw", CELL_TEXT | CELL_DROP(4) },
	{ 0 },
};

static const struct column upload_columns[] = {
	{ "ID", "id", CELL_TEXT },
	{ "DEVICE", "deviceSerial", CELL_TEXT },
	{ "RECEIVED", "receivedAt", CELL_TIME },
	{ "TABLE", "table", CELL_TEXT },
	{ "SIZE", "size", CELL_TEXT },
	{ "BODY", "body", CELL_TEXT },
	{ 0 },
};

/* What the verb is about: records, or whole uploads. */
static const char *quarantine_path(const struct cmd *c)
{
	return c->opt[CMD_uploads] ? "/api/uploads" : "/api/quarantine";
}

static int quarantine_list(struct cmd *c)
{
	const struct verb *given = c->verb;
	struct verb verb = *given;

	verb.path = quarantine_path(c);
	verb.columns = c->opt[CMD_uploads] ? upload_columns : quarantine_columns;
	c->verb = &verb;
	int end = cmd_list(c);

	c->verb = given;
	return end;
}

static json_int_t count_of(const json_t *reply, const char *key)
{
	return json_integer_value(json_object_get(json_object_get(reply, "data"), key));
}

static int retry_call(struct cmd *c, const char *what, const char *path)
{
	json_t *reply = NULL;
	int end = client_call(&c->client, "POST", path, NULL, c->json, &reply);

	if (end == CMD_OK && !c->json) {
		const char *reason = json_string_value(
			json_object_get(json_object_get(reply, "data"), "reason"));

		printf("%s: %" JSON_INTEGER_FORMAT " read again, %" JSON_INTEGER_FORMAT
		       " understood now (%" JSON_INTEGER_FORMAT
		       " records, %" JSON_INTEGER_FORMAT " new punches), %" JSON_INTEGER_FORMAT
		       " kept%s%s\n",
		       what, count_of(reply, "tried"), count_of(reply, "understood"),
		       count_of(reply, "records"), count_of(reply, "punches"),
		       count_of(reply, "kept"), reason ? "; the last of them: " : "",
		       reason ? reason : "");
	}
	json_decref(reply);
	return end;
}

static int retry_kind(struct cmd *c, const char *what, const char *path)
{
	char *query = cmd_query(c, path);
	int end = retry_call(c, what, query);

	g_free(query);
	return end;
}

static int quarantine_retry(struct cmd *c)
{
	int end = CMD_OK;

	if (c->argc == 0) {
		if (!c->opt[CMD_uploads])
			end = retry_kind(c, "records", "/api/quarantine/retry");
		return end ? end : retry_kind(c, "uploads", "/api/uploads/retry");
	}
	char *path = g_strconcat(quarantine_path(c), "/%s/retry", NULL);

	for (int i = 0; i < c->argc && end == CMD_OK; i++) {
		char *one = client_path(&c->client, path, c->argv[i]);

		end = retry_call(c, c->argv[i], one);
		g_free(one);
	}
	g_free(path);
	return end;
}

static int quarantine_dismiss(struct cmd *c)
{
	const struct verb *given = c->verb;
	struct verb verb = *given;
	char *path = g_strconcat(quarantine_path(c), "/%s/dismiss", NULL);

	verb.path = path;
	c->verb = &verb;
	int end = cmd_each(c);

	c->verb = given;
	g_free(path);
	return end;
}

static const struct verb quarantine_verbs[] = {
	{ .word = "list",
	  .args = "",
	  .options = "device uploads " LIST_OPTIONS,
	  .help = "Malformed records, kept apart",
	  .run = quarantine_list },
	{ .word = "retry",
	  .args = "[ID]...",
	  .most = -1,
	  .options = "device uploads",
	  .help = "Read them again, all or these; what is understood is stored",
	  .examples = "\n--device CJDE231260005",
	  .run = quarantine_retry },
	{ .word = "dismiss",
	  .args = "ID...",
	  .least = 1,
	  .most = -1,
	  .options = "uploads",
	  .help = "Delete records that are of no use",
	  .examples = "17 18",
	  .run = quarantine_dismiss,
	  .method = "POST",
	  .done = "dismissed" },
	{ 0 },
};

int cmd_quarantine(int argc, char **argv)
{
	static const struct noun noun = { "quarantine", "Records that could not be read",
					  quarantine_verbs };

	return cmd_run(&noun, argc, argv);
}

/* gatehouse problem … */
#include <glib.h>

#include "app/api_client/noun.h"
#include "app/message.h"
#include "app/subcommands.h"

static const struct column columns[] = {
	{ "ID", "id", CELL_ID },
	{ "SEVERITY", "severity", CELL_ID | CELL_DROP(5) },
	{ "KIND", "kind", CELL_ID },
	{ "SUBJECT", "subject", CELL_ID },
	{ "STATE", "state", CELL_ID | CELL_DROP(3) },
	{ "SINCE", "since", CELL_TIME | CELL_DROP(1) },
	{ "LAST", "lastAt", CELL_AGO | CELL_DROP(4) },
	{ "COUNT", "count", CELL_TEXT | CELL_DROP(2) },
	{ "DETAIL", "detail", CELL_TEXT | CELL_DROP(6) },
	{ 0 },
};

static int problem_snooze_run(struct cmd *c)
{
	const char *seconds = c->opt[CMD_seconds];
	char *path = client_path(&c->client, "/api/problems/%s/snooze", c->argv[0]),
	     *rest = NULL;
	json_t *body = json_object();
	gint64 n = seconds ? g_ascii_strtoll(seconds, &rest, 10) : 0;
	int end = CMD_USAGE;

	if (seconds && (*seconds == 0 || *rest)) {
		message_print("--seconds is \"%s\": must be a number of seconds", seconds);
	} else {
		if (seconds)
			json_object_set_new(body, "seconds", json_integer(n));
		end = client_call(&c->client, "POST", path, body, c->json, NULL);
	}
	if (end == CMD_OK && !c->json)
		printf("%s: %s\n", c->argv[0], seconds && n == 0 ? "open again" : "snoozed");
	json_decref(body);
	g_free(path);
	return end;
}

static const struct verb verbs[] = {
	{ .word = "list",
	  .args = "",
	  .options = "state kind severity subject " LIST_OPTIONS,
	  .help = "What an administrator has to look at now",
	  .run = cmd_list,
	  .path = "/api/problems",
	  .columns = columns },
	{ .word = "snooze",
	  .args = "ID",
	  .least = 1,
	  .most = 1,
	  .options = "seconds",
	  .help = "Put a problem aside",
	  .examples = "2 --seconds 86400",
	  .run = problem_snooze_run },
	{ 0 },
};

int cmd_problem(int argc, char **argv)
{
	static const struct noun noun = { "problem", "What an administrator has to look at",
					  verbs };

	return cmd_run(&noun, argc, argv);
}

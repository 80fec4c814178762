/* gatehouse plan …: what would be sent to access units, or done about people of a clock or terminal, before it is. */
#include <glib.h>
#include <string.h>

#include "app/api_client/noun.h"
#include "app/api_client/plan_print.h"
#include "app/confirm.h"
#include "app/message.h"
#include "app/subcommands.h"
#include "base/clock.h"

#define POLL_US 200000

static const struct column plan_columns[] = {
	{ "ID", "id", CELL_ID },
	{ "KIND", "kind", CELL_ID | CELL_DROP(4) },
	{ "STATE", "state", CELL_ID },
	{ "BY", "by", CELL_TEXT | CELL_DROP(3) },
	{ "DEVICES", "items", CELL_TEXT },
	{ "COMMANDS", "commands", CELL_TEXT },
	{ "ROWS", "rows", CELL_TEXT },
	{ "DONE", "acknowledged", CELL_TEXT },
	{ "FAILED", "failed", CELL_TEXT },
	{ "REFUSALS", "refusals", CELL_TEXT | CELL_DROP(2) },
	{ "CREATED", "createdAt", CELL_TIME | CELL_DROP(1) },
	{ 0 },
};

/* --- reading --- */

/* Its data, or NULL and *end. */
static json_t *plan_fetch(struct cmd *c, const char *id, int *end)
{
	char *path = client_path(&c->client, "/api/plans/%s", id);
	json_t *reply = NULL, *plan;

	*end = client_call(&c->client, "GET", path, NULL, false, &reply);
	g_free(path);
	plan = json_incref(json_object_get(reply, "data"));
	json_decref(reply);
	return plan;
}

/* Wait until it is found. */
static json_t *plan_await(struct cmd *c, const char *id, int *end)
{
	json_t *plan = plan_fetch(c, id, end);

	while (*end == CMD_OK && strcmp(plan_text_of(plan, "state"), "making") == 0) {
		json_decref(plan);
		g_usleep(POLL_US);
		plan = plan_fetch(c, id, end);
	}
	return plan;
}

/* --- verbs --- */

static int plan_show(struct cmd *c)
{
	int end = CMD_OK;
	json_t *plan;

	if (c->json) {
		char *path = client_path(&c->client, "/api/plans/%s", c->argv[0]);

		end = client_call(&c->client, "GET", path, NULL, true, NULL);
		g_free(path);
		return end;
	}
	plan = plan_fetch(c, c->argv[0], &end);
	if (end == CMD_OK)
		end = plan_print(c, c->argv[0], plan, true);
	json_decref(plan);
	return end;
}

/* Make it, and print it. The body is the callee's. */
static int plan_make(struct cmd *c, json_t *body)
{
	json_t *reply = NULL, *plan;
	char id[24];
	int end = client_call(&c->client, "POST", "/api/plans", body, c->json, &reply);

	json_decref(body);
	if (end || c->json) {
		json_decref(reply);
		return end;
	}
	g_snprintf(id, sizeof(id), "%lld",
		   plan_number_of(json_object_get(reply, "data"), "planId"));
	json_decref(reply);
	plan = plan_await(c, id, &end);
	if (end == CMD_OK)
		end = plan_print(c, id, plan, true);
	if (end == CMD_OK && strcmp(plan_text_of(plan, "state"), "planned") == 0 &&
	    plan_number_of(plan, "rows"))
		printf("\nNothing was done. gatehouse plan apply %s does it.\n", id);
	json_decref(plan);
	return end;
}

/* `gatehouse plan send SN [PIN...]`, take-over, remove */
static int plan_people(struct cmd *c)
{
	json_t *select = json_pack("{s:s}", "device", c->argv[0]), *pins = json_array();
	char *kind = g_strdelimit(g_strdup(c->verb->word), "-", '_');
	json_t *body;

	for (int i = 1; i < c->argc; i++)
		json_array_append_new(pins, json_string(c->argv[i]));
	if (c->argc > 1)
		json_object_set(select, "pins", pins);
	json_decref(pins);
	body = json_pack("{s:s,s:o}", "kind", kind, "select", select);
	g_free(kind);
	return plan_make(c, body);
}

/* `gatehouse plan update-people ID... KEY=VALUE...`, erase-people ID... */
static int plan_many(struct cmd *c)
{
	char *kind = g_strdelimit(g_strdup(c->verb->word), "-", '_');
	json_t *ids = json_array(), *body, *set = NULL;
	int n = 0, end = CMD_OK;

	while (n < c->argc && strchr(c->argv[n], '=') == NULL)
		json_array_append_new(ids,
				      json_integer(g_ascii_strtoll(c->argv[n++], NULL, 10)));
	if (c->verb->fields)
		end = cmd_pairs(c, n, NULL, &set);
	body = json_pack("{s:s,s:{s:o}}", "kind", kind, "select", "ids", ids);
	if (set)
		json_object_set_new(body, "set", set);
	g_free(kind);
	if (end == CMD_OK)
		return plan_make(c, body);
	json_decref(body);
	return end;
}

static int plan_create(struct cmd *c)
{
	json_t *body = json_pack("{s:s}", "kind", "access");

	if (c->argc) {
		json_t *ids = json_array();

		for (int i = 0; i < c->argc; i++)
			json_array_append_new(ids, json_string(c->argv[i]));
		json_object_set_new(body, "select", json_pack("{s:o}", "ids", ids));
	}
	if (c->opt[CMD_resync])
		json_object_set_new(body, "resync", json_true());
	if (c->opt[CMD_remove_foreign])
		json_object_set_new(body, "removeForeign", json_true());
	return plan_make(c, body);
}

static int plan_follow(struct cmd *c, const char *id)
{
	double seconds = c->opt[CMD_wait] ? g_ascii_strtod(c->opt[CMD_wait], NULL) : 0;
	int64_t until = ghi_clock_monotonic_us() + (int64_t)(seconds * G_USEC_PER_SEC);
	int end = CMD_OK;
	json_t *plan = plan_fetch(c, id, &end);

	while (end == CMD_OK && strcmp(plan_text_of(plan, "state"), "running") == 0 &&
	       ghi_clock_monotonic_us() < until) {
		json_decref(plan);
		g_usleep(POLL_US);
		plan = plan_fetch(c, id, &end);
	}
	if (end == CMD_OK && !c->json)
		end = plan_print(c, id, plan,
				 strcmp(plan_text_of(plan, "state"), "failed") == 0);
	if (end == CMD_OK && strcmp(plan_text_of(plan, "state"), "done") != 0)
		end = CMD_FAILED;
	json_decref(plan);
	return end;
}

static int plan_apply(struct cmd *c)
{
	char *path = client_path(&c->client, "/api/plans/%s/apply", c->argv[0]);
	int end = CMD_OK;

	if (!c->json && !c->opt[CMD_yes]) {
		json_t *plan = plan_fetch(c, c->argv[0], &end);

		if (end == CMD_OK)
			end = plan_print(c, c->argv[0], plan, false);
		json_decref(plan);
	}
	if (end == CMD_OK && !confirm_question(c->opt[CMD_yes] != NULL,
					       "Plan %s will be carried out.", c->argv[0]))
		end = CMD_USAGE;
	if (end == CMD_OK)
		end = client_call(&c->client, "POST", path, NULL, c->json, NULL);
	g_free(path);
	if (end == CMD_OK && c->opt[CMD_wait])
		return plan_follow(c, c->argv[0]);
	if (end == CMD_OK && !c->json)
		printf("%s: runs; gatehouse plan show %s has how far it is\n", c->argv[0],
		       c->argv[0]);
	return end;
}

static const struct verb verbs[] = {
	{ .word = "list",
	  .args = "",
	  .options = LIST_OPTIONS,
	  .help = "Plans, the newest first",
	  .run = cmd_list,
	  .path = "/api/plans",
	  .columns = plan_columns },
	{ .word = "create",
	  .args = "[SN...]",
	  .least = 0,
	  .most = -1,
	  .options = "resync remove-foreign",
	  .help = "Show what would be sent to access units",
	  .examples = "\nCGDK201960012\nCGDK201960012 --resync",
	  .run = plan_create },
	{ .word = "send",
	  .args = "SN [PIN...]",
	  .least = 1,
	  .most = -1,
	  .options = "",
	  .help = "Show what a clock or terminal lacks, or has otherwise than the roster",
	  .examples = "CJDE231260005\nCJDE231260005 7 8",
	  .run = plan_people },
	{ .word = "take-over",
	  .args = "SN [PIN...]",
	  .least = 1,
	  .most = -1,
	  .options = "",
	  .help = "Show what it has otherwise, or the roster lacks, to take that",
	  .examples = "CJDE231260005 7",
	  .run = plan_people },
	{ .word = "remove",
	  .args = "SN [PIN...]",
	  .least = 1,
	  .most = -1,
	  .options = "",
	  .help = "Show what is on it and in no roster, to remove that",
	  .examples = "CJDE231260005 7",
	  .run = plan_people },
	{ .word = "update-people",
	  .args = "ID... KEY=VALUE...",
	  .least = 2,
	  .most = -1,
	  .options = "",
	  .help = "Show people whose fields would be set, by their numbers",
	  .fields = "RosterPersonPatch",
	  .examples = "17 18 19 department=Yard\n17 18 disabled=yes",
	  .run = plan_many },
	{ .word = "erase-people",
	  .args = "ID...",
	  .least = 1,
	  .most = -1,
	  .options = "",
	  .help = "Show people who would be deleted",
	  .examples = "17 18 19",
	  .run = plan_many },
	{ .word = "show",
	  .args = "ID",
	  .least = 1,
	  .most = 1,
	  .options = "",
	  .help = "One plan: its commands and rows, and how far they are",
	  .examples = "2",
	  .run = plan_show },
	{ .word = "apply",
	  .args = "ID",
	  .least = 1,
	  .most = 1,
	  .options = "yes wait",
	  .help = "Carry a plan out",
	  .examples = "2 --yes\n2 --yes --wait 60",
	  .run = plan_apply },
	{ .word = "cancel",
	  .args = "ID...",
	  .least = 1,
	  .most = -1,
	  .options = "",
	  .help = "Cancel plans; what devices have taken already stays",
	  .examples = "2",
	  .run = cmd_each,
	  .method = "POST",
	  .path = "/api/plans/%s/cancel",
	  .done = "cancelled" },
	{ 0 },
};

int cmd_plan(int argc, char **argv)
{
	static const struct noun noun = {
		"plan", "What would be sent to devices or taken from them, shown before", verbs
	};

	return cmd_run(&noun, argc, argv);
}

/* gatehouse plan …: what would be sent to access units, before it is. */
#include <glib.h>
#include <string.h>

#include "app/api_client/noun.h"
#include "app/confirm.h"
#include "app/message.h"
#include "app/subcommands.h"
#include "base/clock.h"

#define ROWS_SHOWN 5 /* of a command; --json shows all */
#define POLL_US 200000

static const struct column plan_columns[] = {
	{ "ID", "id", CELL_ID },
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

static long long plan_number_of(const json_t *o, const char *key)
{
	return (long long)json_integer_value(json_object_get(o, key));
}

static const char *plan_text_of(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? text : "";
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

/* --- printing --- */

static void change_print(const json_t *change)
{
	const char *before = plan_text_of(change, "before"),
		   *after = plan_text_of(change, "after");

	if (*before && *after)
		printf("       ~ %s\n         was: %s\n", after, before);
	else if (*after)
		printf("       + %s\n", after);
	else
		printf("       - %s\n", before);
}

static void step_print(const json_t *step, long long number)
{
	const json_t *changes = json_object_get(step, "changes"), *change;
	const char *table = plan_text_of(step, "table"), *state = plan_text_of(step, "state");
	size_t i;

	printf("  %3lld. ", number);
	if (*table)
		printf("%s %s, %lld row%s", plan_text_of(step, "verb"), table,
		       plan_number_of(step, "rows"),
		       plan_number_of(step, "rows") == 1 ? "" : "s");
	else
		printf("%s", plan_text_of(step, "wire"));
	if (json_is_true(json_object_get(step, "takes")))
		printf(" (takes a right away)");
	if (strcmp(state, "waiting") != 0)
		printf(": %s", state);
	if (json_is_integer(json_object_get(step, "returnCode")) &&
	    strcmp(state, "failed") == 0)
		printf(", %lld %s", plan_number_of(step, "returnCode"),
		       plan_text_of(step, "meaning"));
	if (plan_number_of(step, "leftOut"))
		printf(", %lld left out", plan_number_of(step, "leftOut"));
	printf("\n");
	json_array_foreach(changes, i, change)
	{
		if (i == ROWS_SHOWN) {
			printf("         and %zu more\n", json_array_size(changes) - i);
			break;
		}
		change_print(change);
	}
}

static int steps_print(struct cmd *c, const char *id, const char *serial)
{
	long long number = 0, after = 0;
	bool more = true;
	int end = CMD_OK;

	while (more && end == CMD_OK) {
		char *base = client_path(&c->client, "/api/plans/%s/steps", id),
		     *of = client_path(&c->client, "?device=%s", serial),
		     *path = after ? g_strdup_printf("%s%s&after=%lld", base, of, after)
				   : g_strconcat(base, of, NULL);
		json_t *reply = NULL, *data, *steps, *step;
		size_t i;

		end = client_call(&c->client, "GET", path, NULL, false, &reply);
		data = json_object_get(reply, "data");
		steps = json_object_get(data, "steps");
		json_array_foreach(steps, i, step) step_print(step, ++number);
		more = json_is_integer(json_object_get(data, "next"));
		after = plan_number_of(data, "next");
		json_decref(reply);
		g_free(base);
		g_free(of);
		g_free(path);
	}
	return end;
}

static void duration_print(long long seconds)
{
	if (seconds < 120)
		printf("%lld s", seconds);
	else if (seconds < 7200)
		printf("%lld min", seconds / 60);
	else
		printf("%lld h", seconds / 3600);
}

static void unit_print(const json_t *unit)
{
	const json_t *list = json_object_get(unit, "refusals"), *one;
	size_t i;

	printf("\n%s: %s", plan_text_of(unit, "deviceSerial"), plan_text_of(unit, "state"));
	if (plan_number_of(unit, "commands") == 0) {
		printf(", nothing to send");
	} else {
		printf(", %lld commands (%lld bytes, about ", plan_number_of(unit, "commands"),
		       plan_number_of(unit, "bytes"));
		duration_print(plan_number_of(unit, "seconds"));
		printf("): %lld rows come, %lld change, %lld go", plan_number_of(unit, "added"),
		       plan_number_of(unit, "changed"), plan_number_of(unit, "removed"));
	}
	printf("\n");
	if (plan_number_of(unit, "acknowledged") || plan_number_of(unit, "failed"))
		printf("  %lld of %lld rows acknowledged, %lld failed\n",
		       plan_number_of(unit, "acknowledged"), plan_number_of(unit, "rows"),
		       plan_number_of(unit, "failed"));
	if (*plan_text_of(unit, "goodUntil"))
		printf("  Right until %s by its clock; then another plan follows.\n",
		       plan_text_of(unit, "goodUntil"));
	if (*plan_text_of(unit, "note"))
		printf("  %s\n", plan_text_of(unit, "note"));
	json_array_foreach(list, i, one) printf("  ! %s\n", plan_text_of(one, "text"));
	list = json_object_get(unit, "foreignRows");
	if (json_array_size(list))
		printf("  %lld rows were not written from here and stay:\n",
		       plan_number_of(unit, "foreign"));
	json_array_foreach(list, i, one)
	{
		char *row = json_dumps(json_object_get(one, "row"), JSON_COMPACT);

		printf("       %s %s\n", plan_text_of(one, "table"), row);
		free(row);
	}
}

static int plan_print(struct cmd *c, const char *id, const json_t *plan, bool steps)
{
	const json_t *units = json_object_get(plan, "devices"), *unit;
	int end = CMD_OK;
	size_t i;

	printf("Plan %s: %s, %lld device%s, %lld commands, %lld rows\n", id,
	       plan_text_of(plan, "state"), plan_number_of(plan, "items"),
	       plan_number_of(plan, "items") == 1 ? "" : "s", plan_number_of(plan, "commands"),
	       plan_number_of(plan, "rows"));
	json_array_foreach(units, i, unit)
	{
		unit_print(unit);
		if (steps && end == CMD_OK)
			end = steps_print(c, id, plan_text_of(unit, "deviceSerial"));
	}
	return end;
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

static int plan_create(struct cmd *c)
{
	json_t *body = json_pack("{s:s}", "kind", "access"), *reply = NULL, *plan;
	char id[24];
	int end;

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
	end = client_call(&c->client, "POST", "/api/plans", body, c->json, &reply);
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
	    plan_number_of(plan, "commands"))
		printf("\nNothing was sent. gatehouse plan apply %s sends it.\n", id);
	json_decref(plan);
	return end;
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
	if (end == CMD_OK &&
	    !confirm_question(c->opt[CMD_yes] != NULL, "The commands of plan %s will be sent.",
			      c->argv[0]))
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
	  .help = "Send the commands of a plan",
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
		"plan", "What would be sent to access units, shown before it is", verbs
	};

	return cmd_run(&noun, argc, argv);
}

#include "app/api_client/plan_print.h"

#include <glib.h>
#include <string.h>

#include "app/api_client/wrapped.h"

#define ROWS_SHOWN 5 /* of a command; --json shows all */

long long plan_number_of(const json_t *o, const char *key)
{
	return (long long)json_integer_value(json_object_get(o, key));
}

const char *plan_text_of(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? text : "";
}

/* A line that begins with `lead`, which gives the column at which it goes on in the next. */
__attribute__((format(printf, 2, 3))) static void plan_line(const char *lead,
							    const char *format, ...)
{
	int column = (int)g_utf8_strlen(lead, -1);
	char *text;
	va_list ap;

	va_start(ap, format);
	text = g_strdup_vprintf(format, ap);
	va_end(ap);
	printf("%s", lead);
	wrapped_print(text, column, column);
	g_free(text);
}

static void change_print(const json_t *change)
{
	const char *before = plan_text_of(change, "before"),
		   *after = plan_text_of(change, "after");

	if (*before && *after) {
		plan_line("       ~ ", "%s", after);
		plan_line("         ", "was: %s", before);
	} else if (*after) {
		plan_line("       + ", "%s", after);
	} else {
		plan_line("       - ", "%s", before);
	}
}

static void step_print(const json_t *step, long long number)
{
	const json_t *changes = json_object_get(step, "changes"), *change;
	const char *table = plan_text_of(step, "table"), *state = plan_text_of(step, "state");
	GString *text = g_string_new(NULL);
	char lead[32];
	size_t i;

	if (*table)
		g_string_append_printf(text, "%s %s, %lld row%s", plan_text_of(step, "verb"),
				       table, plan_number_of(step, "rows"),
				       plan_number_of(step, "rows") == 1 ? "" : "s");
	else
		g_string_append(text, plan_text_of(step, "wire"));
	if (json_is_true(json_object_get(step, "takes")))
		g_string_append(text, " (takes a right away)");
	if (strcmp(state, "waiting") != 0)
		g_string_append_printf(text, ": %s", state);
	if (json_is_integer(json_object_get(step, "returnCode")) &&
	    strcmp(state, "failed") == 0)
		g_string_append_printf(text, ", %lld %s", plan_number_of(step, "returnCode"),
				       plan_text_of(step, "meaning"));
	if (plan_number_of(step, "leftOut"))
		g_string_append_printf(text, ", %lld left out",
				       plan_number_of(step, "leftOut"));
	g_snprintf(lead, sizeof(lead), "  %3lld. ", number);
	plan_line(lead, "%s", text->str);
	g_string_free(text, TRUE);
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

static void duration_append(GString *to, long long seconds)
{
	if (seconds < 120)
		g_string_append_printf(to, "%lld s", seconds);
	else if (seconds < 7200)
		g_string_append_printf(to, "%lld min", seconds / 60);
	else
		g_string_append_printf(to, "%lld h", seconds / 3600);
}

/* "Pin=77, Name=Visitor" */
static char *plan_row_text(const json_t *row)
{
	GString *text = g_string_new(NULL);
	const json_t *value;
	const char *key;

	json_object_foreach((json_t *)row, key, value)
		g_string_append_printf(text, "%s%s=%s", text->len ? ", " : "", key,
				       json_is_string(value) ? json_string_value(value) : "");
	return g_string_free(text, FALSE);
}

static void unit_head_print(const json_t *unit)
{
	GString *text = g_string_new(NULL);

	g_string_append_printf(text, "%s: %s", plan_text_of(unit, "deviceSerial"),
			       plan_text_of(unit, "state"));
	if (plan_number_of(unit, "commands") == 0 && plan_number_of(unit, "rows")) {
		g_string_append_printf(text, ", %lld to be taken",
				       plan_number_of(unit, "rows"));
	} else if (plan_number_of(unit, "commands") == 0) {
		g_string_append(text, ", nothing to send");
	} else {
		g_string_append_printf(text, ", %lld commands (%lld bytes, about ",
				       plan_number_of(unit, "commands"),
				       plan_number_of(unit, "bytes"));
		duration_append(text, plan_number_of(unit, "seconds"));
		g_string_append_printf(text, "): %lld rows come, %lld change, %lld go",
				       plan_number_of(unit, "added"),
				       plan_number_of(unit, "changed"),
				       plan_number_of(unit, "removed"));
	}
	printf("\n");
	wrapped_print(text->str, 0, 2);
	g_string_free(text, TRUE);
}

static void unit_print(const json_t *unit)
{
	const json_t *list = json_object_get(unit, "refusals"), *one;
	size_t i;

	unit_head_print(unit);
	if (plan_number_of(unit, "acknowledged") || plan_number_of(unit, "failed"))
		plan_line("  ", "%lld of %lld rows acknowledged, %lld failed",
			  plan_number_of(unit, "acknowledged"), plan_number_of(unit, "rows"),
			  plan_number_of(unit, "failed"));
	if (*plan_text_of(unit, "goodUntil"))
		plan_line("  ", "Right until %s by its clock; then another plan follows.",
			  plan_text_of(unit, "goodUntil"));
	if (*plan_text_of(unit, "note"))
		plan_line("  ", "%s", plan_text_of(unit, "note"));
	json_array_foreach(list, i, one) plan_line("  ! ", "%s", plan_text_of(one, "text"));
	list = json_object_get(unit, "foreignRows");
	if (json_array_size(list))
		plan_line("  ", "%lld rows were not written from here and stay:",
			  plan_number_of(unit, "foreign"));
	json_array_foreach(list, i, one)
	{
		char *row = plan_row_text(json_object_get(one, "row"));

		plan_line("       ", "%s %s", plan_text_of(one, "table"), row);
		g_free(row);
	}
}

/* {"department":"Yard"} as "department Yard" */
static char *item_values_text(const json_t *o)
{
	GString *text = g_string_new(NULL);
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)o, key, value)
	{
		char *shown = json_is_string(value)
				      ? g_strdup(json_string_value(value))
				      : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);

		g_string_append_printf(text, "%s%s %s", text->len ? ", " : "", key, shown);
		free(shown);
	}
	return g_string_free(text, FALSE);
}

static void item_print(const json_t *item)
{
	const json_t *after = json_object_get(item, "after");
	const char *state = plan_text_of(item, "state");
	char *before = item_values_text(json_object_get(item, "before")),
	     *becomes = json_is_object(after) ? item_values_text(after) : NULL;

	plan_line("  ", "%s %s%s%s%s%s", becomes ? "~" : "-", plan_text_of(item, "pin"),
		  strcmp(state, "waiting") ? ", " : "", strcmp(state, "waiting") ? state : "",
		  *plan_text_of(item, "note") ? ": " : "", plan_text_of(item, "note"));
	if (becomes)
		plan_line("    ", "%s", becomes);
	plan_line("    ", "was: %s", before);
	g_free(before);
	g_free(becomes);
}

static int items_print(struct cmd *c, const char *id, const json_t *plan)
{
	char *path = client_path(&c->client, "/api/plans/%s/items", id);
	json_t *reply = NULL, *list, *item;
	int end = client_call(&c->client, "GET", path, NULL, false, &reply);
	size_t i;

	list = json_object_get(json_object_get(reply, "data"), "items");
	json_array_foreach(list, i, item) item_print(item);
	if (plan_number_of(plan, "rows") > (long long)json_array_size(list))
		printf("  and %lld more\n",
		       plan_number_of(plan, "rows") - (long long)json_array_size(list));
	json_decref(reply);
	g_free(path);
	return end;
}

static int people_plan_print(struct cmd *c, const char *id, const json_t *plan, bool items)
{
	printf("Plan %s: %s, %s of %lld people", id, plan_text_of(plan, "state"),
	       plan_text_of(plan, "kind"), plan_number_of(plan, "rows"));
	if (plan_number_of(plan, "acknowledged") || plan_number_of(plan, "failed"))
		printf(": %lld done, %lld failed", plan_number_of(plan, "acknowledged"),
		       plan_number_of(plan, "failed"));
	printf("\n");
	return items ? items_print(c, id, plan) : CMD_OK;
}

int plan_print(struct cmd *c, const char *id, const json_t *plan, bool steps)
{
	const json_t *units = json_object_get(plan, "devices"), *unit;
	int end = CMD_OK;
	size_t i;

	if (g_str_has_suffix(plan_text_of(plan, "kind"), "_people"))
		return people_plan_print(c, id, plan, steps);
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
